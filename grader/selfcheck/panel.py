"""Show the result of a student's check: a small table in a notebook, text in a terminal."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

HEADS = ("check", "result", "points", "remark")
BAR_WIDTH = 20  # characters of the points bar in text
ON_TOP = ", a bonus on top"
WIDTH = 98  # columns of a message in text, beside its margin of two
CELL_STYLE = "text-align:left;vertical-align:top;padding:0.1em 0.8em 0.1em 0;overflow-wrap:anywhere"
LINE = "1px solid rgba(128,128,128,0.4)"  # visible on light and on dark, quieter than the text


@dataclass(frozen=True)
class Row:
    """A row of the table: a check, its outcome in words, its points and a remark."""

    name: str
    passed: bool
    points: float
    max_points: float
    remark: str = ""
    to_do: bool = False
    answered: bool = False
    bonus: bool = False

    @property
    def word(self) -> str:
        """Return the outcome as a word, so that colour never carries it alone."""
        if self.answered:
            return "answered"
        if self.to_do:
            return "to do"
        return "passed" if self.passed else "failed"

    @property
    def mark(self) -> str:
        """Return the outcome as a sign, beside the word."""
        if self.to_do or self.answered:
            return "\N{WHITE CIRCLE}"
        return "\N{CHECK MARK}" if self.passed else "\N{BALLOT X}"

    @property
    def score(self) -> str:
        """Return the points with at most two decimals: thirds do not fit any table."""
        return f"{round(self.points, 2):g} / {self.max_points:g}"


@dataclass(frozen=True)
class Panel:
    """A panel: title, table of rows, what is wrong line by line (label and text), and notes.

    Jupyter shows the HTML form, a terminal the text.
    """

    title: str
    rows: Sequence[Row] = ()
    lines: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    good: bool = False

    @property
    def points(self) -> float:
        """Return the points earned over all rows."""
        return round(float(sum(row.points for row in self.rows)), 9)  # 9, not 8.999999999999998

    @property
    def score(self) -> str:
        """Return the points with at most two decimals, of how many."""
        return f"{round(self.points, 2):g} of {self.max_points:g}"

    @property
    def max_points(self) -> float:
        """Return the points that can be earned over all rows; a bonus counts on top of them."""
        counted = [row for row in self.rows if self.bonus or not row.bonus]
        return float(sum(row.max_points for row in counted))

    @property
    def bonus(self) -> bool:
        """Tell whether all of it is a bonus."""
        return bool(self.rows) and all(row.bonus for row in self.rows)

    @property
    def to_do(self) -> bool:
        """Tell whether nothing of it was begun."""
        return bool(self.rows) and all(row.to_do for row in self.rows)

    @property
    def share(self) -> float:
        """Return the points earned as a share of those that there are, at most 1."""
        return min(self.points / self.max_points, 1.0)

    def __repr__(self) -> str:
        """Return the panel as plain text of at most 100 columns."""
        lines = [self.title]
        width = max((len(row.name) for row in self.rows), default=0)
        words = max([len("passed"), *(len(row.word) for row in self.rows)])
        for row in self.rows:
            line = f"  {row.name:<{width}}  {row.word:<{words}}  {row.score:>11}  {row.remark}"
            lines.append(line.rstrip())
        if self.rows:
            done = round(BAR_WIDTH * self.share)
            bar = "#" * done + "." * (BAR_WIDTH - done)
            lines.append(f"  [{bar}] {self.score} points{ON_TOP if self.bonus else ''}")
        told = _folded(self.lines, self.notes)
        return "\n".join([*lines, *("  " + line if line else "" for line in told)])

    def _repr_html_(self) -> str:
        """Return the panel as HTML that takes its colours from the notebook's theme."""
        edge = "#2e7d32" if self.good else "#757575" if self.to_do else "#c62828"
        parts = [
            f'<div style="border-left:4px solid {edge};padding:0.2em 0.8em;margin:0.3em 0">'
            f"<strong>{html.escape(self.title)}</strong>"
        ]
        if self.rows:
            parts.append('<table style="margin:0.4em 0;border-collapse:collapse">')
            columns = len(HEADS) if any(row.remark for row in self.rows) else len(HEADS) - 1
            head = "".join(_cell("th", text) for text in HEADS[:columns])
            parts.append(f"<thead><tr>{head}</tr></thead><tbody>")
            parts += [_row(row, columns) for row in self.rows]
            parts.append("</tbody></table>")
            parts.append(
                f'<div>{self.score} points{ON_TOP if self.bonus else ""} <meter min="0" '
                f'max="{self.max_points:g}" value="{self.points:g}" style="width:10em" '
                f'aria-label="points earned"></meter></div>'
            )
        return "".join([*parts, _told(self.lines, self.notes), "</div>"])


def _cell(tag: str, text: str) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    style = f"text-align:left;padding:0.1em 0.8em 0.1em 0;border-bottom:{LINE}"
    return f'<{tag}{scope} style="{style}">{html.escape(text)}</{tag}>'


def _row(row: Row, columns: int) -> str:
    texts = (row.name, f"{row.mark} {row.word}", row.score, row.remark)
    return "<tr>" + "".join(_cell("td", text) for text in texts[:columns]) + "</tr>"


def _folded(labelled: Sequence[tuple[str, str]], notes: Sequence[str]) -> list[str]:
    """Fold long lines for a terminal; what follows a label stays in the label's column."""
    inside = " " * len("expected: ")
    lines = [""] if labelled else []
    for label, text in labelled:
        first, *more = text.splitlines() or [""]  # an exception's words may be several lines
        lines += _wrapped(f"{label + ':':<{len(inside)}}{first}", inside)
        lines += [line for part in more for line in _wrapped(inside + part, inside)]
    for note in notes:
        lines += ["", *(line for part in note.splitlines() for line in _wrapped(part, ""))]
    return lines


def _wrapped(text: str, inside: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=inside, break_on_hyphens=False) or [""]


def _told(labelled: Sequence[tuple[str, str]], notes: Sequence[str]) -> str:
    """Show labelled lines as a table without lines of its own, the notes as paragraphs."""
    rows = "".join(
        '<tr style="background:none">'
        f'<th scope="row" style="{CELL_STYLE}">{html.escape(label)}</th>'
        f'<td style="{CELL_STYLE}">{html.escape(text)}</td></tr>'
        for label, text in labelled
    )
    table = f'<table style="margin:0.4em 0;border-collapse:collapse">{rows}</table>' if rows else ""
    return table + "".join(
        f'<p style="margin:0.4em 0;overflow-wrap:anywhere">{html.escape(note)}</p>'
        for note in notes
    )
