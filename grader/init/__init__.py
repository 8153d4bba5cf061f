"""Begin a course of one's own: a folder that runs, with a small assignment as an example."""
