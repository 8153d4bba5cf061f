"""Make text that anybody may have written fit to be shown: on a page, in a notebook, on a terminal.

A program's output may hold characters that are not to be read but obeyed: escapes that move the
cursor or rename the window, line ends in what is one line, marks that turn the direction of writing
so that a text reads otherwise than it is. Colours are harmless where escapes are understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # \n apart
# Of the escapes that set colours and weight (ECMA-48, SGR) those that neither conceal nor blink.
COLOUR = (
    r"\x1b\[(?:(?:0?[0-47]|2[1-47]|[34][0-79]|9[0-7]|10[0-7]|[34]8;5;\d{1,3}"
    r"|[34]8;2(?:;\d{1,3}){3})(?:;(?=\d)|(?=m)))*m"
)
# Of the others: strings for the terminal, sequences with parameters, and those of a few characters.
ESCAPE = r"\x1b(?:[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)|\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~])"
CONTROL = r"[\x00-\x08\x0e-\x1f\x7f-\x9f]"
OBEYED = re.compile(f"({COLOUR})|{ESCAPE}|{CONTROL}")
# Marks of the direction of writing: with them code can be shown in another order than it runs.
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
HALF = re.compile("[\ud800-\udfff]")  # of a character: it cannot be written out
SHOWN = 10  # names in one message
NO_CHARACTER = "\ufffd"


def plain(text: str) -> str:
    """Return ``text`` without control characters; those that turn its direction are spelt out."""
    return _readable(OBEYED.sub("", LINE_END.sub("\n", text)))


def coloured(text: str) -> str:
    """Return ``text`` as `plain` does, but with its colours, which a notebook shows."""
    return _readable(OBEYED.sub(lambda found: found[1] or "", LINE_END.sub("\n", text)))


def one_line(text: str, most: int = 200) -> str:
    """Return ``text`` as `plain` does, in one line of at most so many characters."""
    return " ".join(plain(text).split())[:most]


def some(names: Iterable[str]) -> str:
    """Return the names with commas, at most ten of them and how many more there are."""
    listed = list(names)
    more = f" and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
    return ", ".join(listed[:SHOWN]) + more


def _readable(text: str) -> str:
    text = TURNING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return HALF.sub(NO_CHARACTER, text)
