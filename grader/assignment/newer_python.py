"""Recognise the syntax of a newer Python than the one that runs here.

What does not parse is written in the older way, one piece of syntax after the other; where that
parses, the newer way was meant. No library reads the grammars of Pythons to come.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable

from grader.assignment.python_cells import parsed

Version = tuple[int, int]
LITERAL = re.compile(r"(?<![\w'\"])[fF][rR]?(['\"])(?!\1)")
TYPE = re.compile(r"^([ \t]*)type[ \t]+(\w+)(?:\[[^\]\n]*\])?[ \t]*=", re.M)
PARAMETERS = re.compile(r"^([ \t]*(?:async +)?(?:def|class) +\w+)\[[^\]\n]*\]", re.M)
EXCEPT = re.compile(r"^([ \t]*except)[ \t]+([\w.]+(?:,[ \t]*[\w.]+)+)[ \t]*:", re.M)
TEMPLATE = re.compile(r"(?<![\w'\"])[tT](?=[rR]?['\"])")
OTHER_QUOTE = {"'": '"', '"': "'"}


def newer_python(source: str) -> Version | None:
    """Return the first Python that can read a cell which this one cannot; None where none is known.

    Sources: PEP 695 and PEP 701 (3.12), PEP 750 and PEP 758 (3.14).
    """
    for version, older in WRITTEN_OLDER.items():
        if version <= sys.version_info[:2]:
            continue
        source = older(source)
        if isinstance(parsed(source), ast.Module):
            return version
    return None


def _before_3_12(source: str) -> str:
    source = TYPE.sub(r"\1\2 =", source)
    source = PARAMETERS.sub(r"\1", source)
    return "\n".join(map(_plain_fields, source.split("\n")))


def _before_3_14(source: str) -> str:
    return _before_3_12(TEMPLATE.sub("f", EXCEPT.sub(r"\1 (\2):", source)))


def _plain_fields(line: str) -> str:
    """Write the fields of a line's formatted texts without the text's own quote or a backslash."""
    start = LITERAL.search(line)
    if start is None:
        return line
    quote, made, depth = start[1], [line[: start.end()]], 0
    for place in range(start.end(), len(line)):
        sign = line[place]
        depth += (sign == "{") - (sign == "}")
        if sign == quote and depth <= 0:
            return "".join([*made, sign, _plain_fields(line[place + 1 :])])
        kept = "" if sign == "\\" and depth > 0 else sign
        made.append(OTHER_QUOTE[quote] if sign == quote else kept)
    return line


WRITTEN_OLDER: dict[Version, Callable[[str], str]] = {(3, 12): _before_3_12, (3, 14): _before_3_14}
