"""Describe an assignment: its specification, its source, its right and mistaken functions."""
