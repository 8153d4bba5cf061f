"""Find where the values of a student's function part from those of the reference."""
