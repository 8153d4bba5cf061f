"""Find MathJax in the JupyterLab that is installed, so that formulas are set without a network.

JupyterLab brings MathJax along in files of numbered modules (CommonJS), which the page's
``formulas.js`` puts together. The numbers change with each release; the names of what the modules
export stay. Which files are needed is found by going from those names along the numbers.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# What the page asks for by name. In another order the same files come together.
WANTED = re.compile(r"\.(TeX|AllPackages|mathjax|HTMLHandler|browserAdaptor)=void 0")
DEFINED = re.compile(r"[{,](\d{1,7})(?:\(|:\(|:function)")
REQUIRED = re.compile(r"[=,;(&|]\w\((\d{2,7})\)")
COMMON_JS = '"__esModule",{value:!0}'
MOST_FILES = 20  # seven are needed: a number that stands for something else must not bring all


@dataclass(frozen=True)
class Formulas:
    """The files of JupyterLab's that MathJax lies in; none where it is built in another way."""

    files: tuple[Path, ...] = ()

    @classmethod
    def installed(cls) -> Formulas:
        """Look for them in what is installed."""
        found = importlib.util.find_spec("jupyterlab")  # finds it without importing it
        places = list(found.submodule_search_locations or ()) if found else []
        files = [path for place in places for path in (Path(place) / "static").glob("*.js")]
        texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in files}
        parts = {path: text for path, text in texts.items() if COMMON_JS in text}
        return cls(tuple(sorted(files_with_parts(parts))))


def files_with_parts(texts: Mapping[Path, str]) -> set[Path]:
    """Return which files hold the wanted modules, and those that these require."""
    defined: dict[str, list[Path]] = {}
    for path, text in texts.items():
        for number in {*DEFINED.findall(text)}:
            defined.setdefault(number, []).append(path)
    left = [path for path, text in texts.items() if WANTED.search(text)]
    found: set[Path] = set()
    while left and len(found) < MOST_FILES:
        path = left.pop()
        found.add(path)
        for number in REQUIRED.findall(texts[path]):
            holders = defined.get(number, [])
            if holders and not found & {*holders}:
                left.append(min(holders, key=lambda each: len(texts[each])))
    return found
