"""Judge one submission: cells go in, a verdict comes out; no files, no gradebook."""
