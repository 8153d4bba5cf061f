"""Write CSV that a spreadsheet shows as text: no cell becomes a formula.

Source: OWASP, CSV Injection. ``|`` starts a program in spreadsheets that still speak Dynamic Data
Exchange.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

ACTIVE = ("=", "+", "-", "@", "|", "\t", "\r")


def neutral(cell: object) -> object:
    """Return ``cell``, with ``'`` before a text that a spreadsheet would take for a formula.

    Numbers stay numbers: ``-0.5`` is no formula, the text ``"-0.5"`` could grow into one.
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(ACTIVE) else cell


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Return ``rows`` as CSV (RFC 4180) with every cell neutralised."""
    made = io.StringIO(newline="")
    csv.writer(made).writerows([neutral(cell) for cell in row] for row in rows)
    return made.getvalue()
