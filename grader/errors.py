"""Define errors that end a command with one line and a remedy, never with a traceback."""

from __future__ import annotations


class UsageError(Exception):
    """An error in what the caller gave; the message says what is wrong and how to mend it."""
