"""Let nbgrader be imported without a Jupyter server: that takes as long as all the rest of it.

The package itself imports its extensions of one, so whoever wants no more than its gradebook waits
for a web server. Each is run when a server loads it, or somebody asks for more of it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

EXTENSIONS = frozenset(
    f"nbgrader.server_extensions.{name}"
    for name in ("assignment_list", "course_list", "formgrader", "validate_assignment")
)
LOAD = "load_jupyter_server_extension"  # a server calls it; nbgrader's package imports no more


class _NotRun(ModuleType):
    """A module that is found and runs when an attribute is asked for that it lacks."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_run(self), name)


def _run(module: ModuleType) -> ModuleType:
    if isinstance(module, _NotRun):
        module.__class__ = ModuleType  # type: ignore[assignment]
        assert module.__spec__ is not None and isinstance(module.__spec__.loader, _Later)
        module.__spec__.loader = module.__loader__ = module.__spec__.loader.own
        module.__spec__.loader.exec_module(module)
    return module


class _Later(Loader):
    """A loader that leaves its module as it is found, but for the function that a server calls."""

    def __init__(self, own: Loader) -> None:
        self.own = own

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        def load(app: Any) -> Any:
            return getattr(_run(module), LOAD)(app)

        module.__class__ = _NotRun
        setattr(module, LOAD, load)


class _Finder(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name in EXTENSIONS else None
        if spec is not None and spec.loader is not None:
            spec.loader = _Later(spec.loader)
        return spec


def import_server_later() -> None:
    """Put off nbgrader's extensions of a server, where they are not imported already.

    To be called once a process.
    """
    sys.meta_path.insert(0, _Finder())
