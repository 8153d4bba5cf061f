"""Make the modules that cells import importable for a while, in this process."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def importable(modules: Sequence[tuple[str, str]]) -> Iterator[None]:
    """Make ``modules`` (file name, text) and an inert ``selfcheck`` importable for a while."""
    inert = types.ModuleType("selfcheck")
    for name in ("check", "summary"):
        setattr(inert, name, lambda *_: None)
    made = {"selfcheck": inert}
    for file, text in modules:
        if file == "selfcheck.py":
            continue
        module = types.ModuleType(file.removesuffix(".py"))
        exec(compile(text, file, "exec"), module.__dict__)
        made[module.__name__] = module
    before = {name: sys.modules.get(name) for name in made}
    sys.modules.update(made)
    try:
        yield
    finally:
        for name, module_ in before.items():
            if module_ is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module_
