"""Backward functions that differentiate by themselves: right gradients, something to look at.

Each module is one student's: exercises by their names, and what these lean on.
"""

from __future__ import annotations

import ast
from pathlib import Path

from tests.kit.solution import NAMES

FOLDER = Path(__file__).parent
STYLES = ("operators", "closures", "differences")


def answers(style: str) -> dict[str, str]:
    """A student's cells by exercise; what the functions lean on stands above the first of them."""
    text = (FOLDER / f"{style}.py").read_text(encoding="utf-8")
    lines = text.splitlines()
    cells: dict[str, str] = {}
    above = ""
    for node in ast.parse(text).body[1:]:
        code = "\n".join(lines[node.lineno - 1 : node.end_lineno]) + "\n"
        if isinstance(node, ast.FunctionDef) and node.name in NAMES:
            cells[node.name] = f"{above}{code}"
            above = ""
        else:
            above += f"{code}\n\n" if isinstance(node, ast.ClassDef | ast.FunctionDef) else code
    return cells
