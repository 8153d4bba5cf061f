"""Compare names that people and systems typed: one name may come in several Unicode forms.

An é may be one character, or an e and an accent: macOS and archives made on it write the second
form, most else the first. They look alike, and no student tells them apart.
Source: Unicode Standard Annex 15, normalization forms.
"""

from __future__ import annotations

import unicodedata


def one_form(name: str) -> str:
    """Return a name in the form by which names are compared (NFC)."""
    return unicodedata.normalize("NFC", name)
