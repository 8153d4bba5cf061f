"""Import an assignment's own modules from their texts: the same on every machine that judges.

An assignment's exercises are a program of several files. Their texts travel with it, so that a
cluster's workers need no copy of the course, and are imported from there.
"""

from __future__ import annotations

import hashlib
import importlib
import linecache
import sys
import types
from collections.abc import Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import PurePosixPath

from grader.assignment.places import FOLDER, place_of
from grader.assignment.spec import Spec, SpecError
from grader.errors import UsageError

Texts = tuple[tuple[str, str], ...]  # path below the assignment's folder, and what it holds
EXERCISES, DEMO_CLASS = "exercises", "demo_class"


class TextLoader(InspectLoader):
    """A loader of one module, whose text is already in memory."""

    def __init__(self, path: str, text: str, package: bool) -> None:
        self.path = path
        self._text = text
        self._package = package

    def is_package(self, fullname: str) -> bool:
        """Tell whether other modules lie below this one."""
        return self._package

    def get_source(self, fullname: str) -> str:
        """Return the module's text; tracebacks show lines of it."""
        return self._text

    def get_code(self, fullname: str) -> types.CodeType:
        """Compile the text under the path that its author knows."""
        linecache.cache.pop(self.path, None)  # lines of another version, or of another course
        code: types.CodeType = compile(self._text, self.path, "exec", dont_inherit=True)
        return code


class TextFinder(MetaPathFinder):
    """A finder of the modules whose texts were handed to it, by their full names."""

    def __init__(self) -> None:
        self.loaders: dict[str, TextLoader] = {}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: types.ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return where the import system finds a module; None for everybody else's."""
        loader = self.loaders.get(fullname)
        return spec_from_loader(fullname, loader) if loader else None


_finder = TextFinder()
sys.meta_path.append(_finder)


def load_spec(name: str, texts: Texts) -> Spec:
    """Load an assignment's specification: what ``A`` of its exercises describes, or ``SPEC``.

    Raises UsageError when there is none, when a file fails, and when it is another assignment's.
    """
    if not any(PurePosixPath(path).parts[0].removesuffix(".py") == EXERCISES for path, _ in texts):
        raise UsageError(
            f"{name} has no exercises: write solutions/{name}/{EXERCISES}.py "
            "(docs/authoring.md shows how)"
        )
    module = load_module(name, texts, EXERCISES)
    found, described = getattr(module, "SPEC", None), getattr(module, "A", None)
    if found is None and described is not None and hasattr(described, "spec"):
        try:
            found = described.spec(name)
        except SpecError as error:
            where = "" if str(error).startswith(FOLDER) else f"the exercises of {name}: "
            raise UsageError(f"{where}{error}") from None
    if not isinstance(found, Spec):
        raise UsageError(
            f"the exercises of {name} define no A: make one with grader.authoring.Assignment"
        )
    if found.name != name:
        raise UsageError(
            f"the exercises of {name} say name={found.name!r}: an assignment has the name of its "
            "folder, write that"
        )
    return found


def load_module(name: str, texts: Texts, module: str) -> types.ModuleType:
    """Import one of the assignment's modules; the same texts give the same module.

    Raises UsageError with the file and the line when it fails.
    """
    package = _package(name, texts)
    try:
        return importlib.import_module(f"{package}.{module}")
    except Exception as error:  # it is a program: anything can go wrong in it
        if isinstance(error, SpecError) and str(error).startswith(FOLDER):
            raise UsageError(str(error)) from None
        why = f"{type(error).__name__}: {error}".partition("\n")[0]
        place = place_of(error, name) or f"solutions/{name}/{module}.py"
        raise UsageError(f"{place}, fails ({why}): mend it") from None


def _package(name: str, texts: Texts) -> str:
    """Register the texts below one package, whose name differs for other texts."""
    package = f"assignment_{hashlib.sha256(repr((name, texts)).encode()).hexdigest()[:16]}"
    if package not in _finder.loaders:
        _finder.loaders[package] = TextLoader(f"solutions/{name}", "", package=True)
        for path, text in texts:
            parts = PurePosixPath(path).with_suffix("").parts
            inner = parts[-1] == "__init__"
            full = ".".join((package, *(parts[:-1] if inner else parts)))
            _finder.loaders[full] = TextLoader(f"solutions/{name}/{path}", text, package=inner)
    return package
