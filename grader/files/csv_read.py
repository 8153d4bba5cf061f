"""Read tables that people made: CSV in the encodings and with the separators of their programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.files.decode import decoded

SEPARATORS = (",", ";", "\t")  # Excel writes the one of its locale
LARGEST = 20_000_000  # bytes; a class is a thousandth of it


@dataclass(frozen=True)
class Table:
    """A table as it was read: its column names and its rows, each with its line in the file."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield each row's line and its cells by column name, without surrounding blanks."""
        for line, cells in self.rows:
            stripped = (cell.strip() for cell in cells)
            yield line, dict(zip(self.columns, stripped, strict=True))


def read_table(path: Path, needed: Sequence[str]) -> Table:
    """Read the CSV file at ``path``, which must have the ``needed`` columns, in any order.

    UTF-8, UTF-16 and Windows-1252 are recognised, as are comma, semicolon and tab. Raises
    UsageError when the file cannot be read or a column is missing or occurs twice.
    """
    rows = _rows(path, _text(path), needed)
    if not rows:
        raise UsageError(f"{path} is empty: its first line must name {', '.join(needed)}")
    columns = tuple(name.strip() for name in rows[0][1])
    missing = [name for name in needed if name not in columns]
    if missing:
        have = ", ".join(filter(None, columns))
        raise UsageError(
            f"{path} has no column {', '.join(missing)}: name it in the first line (it has {have})"
        )
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise UsageError(f"{path} has two columns {', '.join(twice)}: leave one of them out")
    return Table(path, columns, tuple(_filled(path, row, len(columns)) for row in rows[1:]))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path} is larger than {LARGEST // 1_000_000} MB: is it a CSV file?")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): check its name") from None
    text = decoded(data)
    if "\0" in text:
        raise UsageError(f"{path} is not a text file: save it as CSV (UTF-8)")
    return text


def _rows(path: Path, text: str, needed: Sequence[str]) -> list[tuple[int, tuple[str, ...]]]:
    """Take the text apart at the separator by which the most needed columns are found."""

    def read(separator: str) -> Any:
        # With newline="" a line may also end in a lone carriage return, as old programs write it.
        return csv.reader(io.StringIO(text, newline=""), delimiter=separator)

    def found(separator: str) -> int:
        names: list[str] = next(read(separator), [])
        return len({name.strip() for name in names} & set(needed))

    rows, line = [], 1
    try:
        reader = read(max(SEPARATORS, key=found))
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{path}, line {line}: {error}: save it as CSV again") from None
    return rows


def _filled(
    path: Path, row: tuple[int, tuple[str, ...]], width: int
) -> tuple[int, tuple[str, ...]]:
    """Make a row as wide as the header; spreadsheets leave out empty cells at the end."""
    line, cells = row
    if any(cell.strip() for cell in cells[width:]):
        raise UsageError(
            f"{path}, line {line}: {len(cells)} cells under {width} columns: quote what holds "
            "a separator"
        )
    return line, cells[:width] + ("",) * (width - len(cells))
