"""Errors that end a command with one line and a remedy, never with a traceback."""

from __future__ import annotations


class UsageError(Exception):
    """The caller gave something that cannot be used; the message says what and how to mend it."""
