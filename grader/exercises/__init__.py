"""Assignments as the engine sees them: one module each, with a ``SPEC``."""
