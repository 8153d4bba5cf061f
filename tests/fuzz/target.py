"""Know the targets: what is searched, from which seeds, and by which words of its own."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
LONGEST_TOKEN = 24  # bytes; what is longer is a sentence for people

Change = Callable[[bytes], bytes]
Mutate = Callable[[bytes, Random, Change], bytes]


@dataclass(frozen=True)
class Target:
    """A reader of bytes; ``run`` raises when something that must hold of it does not."""

    name: str
    run: Callable[[bytes], None]
    modules: tuple[str, ...]
    longest: int
    mutate: Mutate | None = None

    @property
    def folder(self) -> Path:
        """Where the inputs lie that every search begins from."""
        return HERE / "seeds" / self.name

    def seeds(self) -> list[bytes]:
        """The inputs that every search begins from."""
        paths = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        return [path.read_bytes() for path in paths]

    def tokens(self) -> list[bytes]:
        """The short constants in the modules' texts: tags, keys and numbers that they look for."""
        found: set[bytes] = set()
        for name in self.modules:
            text = inspect.getsource(importlib.import_module(name))
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Constant):
                    found |= _spelled(node.value)
        return sorted(token for token in found if 0 < len(token) <= LONGEST_TOKEN)


def names() -> list[str]:
    """The targets that there are."""
    return sorted(p.stem for p in (HERE / "targets").glob("*.py") if p.stem != "__init__")


def load(name: str) -> Target:
    """Import a target: one of `names`, or what is planted: ``planted.forgets``."""
    where = "tests.fuzz" if name.startswith("planted.") else "tests.fuzz.targets"
    module = importlib.import_module(f"{where}.{name}")
    mutate = getattr(module, "mutate", None)
    return Target(name, module.run, module.MODULES, module.LONGEST, mutate)


def _spelled(value: object) -> set[bytes]:
    if isinstance(value, bytes):  # a row of tags, perhaps
        return {value, *(bytes([byte]) for byte in value)}
    if isinstance(value, str):
        return {value.encode("utf-8", "replace")}
    if type(value) is int and 0 <= value < 1 << 32:
        sizes = [size for size in (1, 4, 8) if value < 1 << 8 * size]
        return {value.to_bytes(size, order) for size in sizes for order in ("little", "big")}
    return set()
