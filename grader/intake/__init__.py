"""Read a submission as data, without trust, match it with the assignment's cells, mend it."""
