"""Grades in the formats of other systems: one module a format, and what they share."""
