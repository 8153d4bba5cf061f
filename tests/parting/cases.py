"""Read the wrong functions whose faulty lines are known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
HEAD = re.compile(r"# (?:===|MISTAKE|RIGHT LINE)")
MARK = re.compile(r"\s*# <- (?:FAULT|MISSING).*")


@dataclass(frozen=True)
class Wrong:
    """A wrong function: its text, without what is said of it, and the lines to point at."""

    exercise: str
    number: int
    source: str
    lines: frozenset[int]
    mistakes: int


def read(folder: str) -> Iterator[Wrong]:
    """Yield the cases of a folder, exercise by exercise."""
    for path in sorted((FOLDER / folder).glob("*.txt")):
        for part in re.split(r"(?m)^(?=# === )", path.read_text(encoding="utf-8"))[1:]:
            lines = part.splitlines()
            said = sum(line.startswith("# MISTAKE") for line in lines)
            code = [line for line in lines if not HEAD.match(line)]
            while code[0].startswith("#"):
                code = code[1:]
            marked = frozenset(n for n, line in enumerate(code, 1) if MARK.search(line))
            source = "\n".join(MARK.sub("", line) for line in code) + "\n"
            number = int(lines[0].split()[3])
            yield Wrong(path.stem, number, source, marked, said)
