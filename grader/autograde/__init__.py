"""Grade a class into gradebook and folders, and one file for `mark`."""
