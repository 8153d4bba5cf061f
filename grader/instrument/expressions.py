"""Describe an expression of a source: where it stands, what it does, what it reads."""

from __future__ import annotations

import re
from dataclasses import dataclass

PART = r"\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]"  # brackets, and brackets within
BASE = re.compile(rf"([A-Za-z_]\w*(?:\.(?!T\b)\w+)*)(?:{PART}|\.T)*")


def base_name(text: str) -> str:
    """Return the name that an expression takes a part of, or is; empty for any other."""
    found = BASE.fullmatch(text)
    return found[1] if found else ""


@dataclass(frozen=True)
class Expression:
    """A place: one expression of a source, what it does, and what its operands are called."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    op: str
    parts: tuple[str, ...]
    loop: int = 0  # the line of the loop around it; 0: none
    function: str = ""  # in which it stands
    names: frozenset[str] = frozenset()  # that it reads
    items: tuple[tuple[str | int, Expression], ...] = ()  # of a display, by key or place
