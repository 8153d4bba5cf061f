"""List the names in a folder, and compare those that people typed: one may come in several forms.

An é may be one character, or an e and an accent: macOS and archives made on it write the second
form, most else the first. They look alike, and no student tells them apart.
Source: Unicode Standard Annex 15, normalization forms.
"""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path


def one_form(name: str) -> str:
    """Return a name in the form by which names are compared (NFC)."""
    return unicodedata.normalize("NFC", name)


def names_in(folder: Path) -> list[str]:
    """Return the names of what lies in a folder, in order; none where it is no folder."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
