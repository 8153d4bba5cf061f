"""Mark answers in words, one question at a time: a page on this machine, or a table to and fro."""
