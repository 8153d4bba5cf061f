"""Locate what a course keeps: nbgrader's folders, the assignments, their specifications."""

from __future__ import annotations

import contextlib
import os
import secrets
import shlex
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from grader.assignment.assignment import Packed
from grader.assignment.modules import DEMO_CLASS, EXERCISES, Texts, load_module, load_spec
from grader.assignment.source import read_source
from grader.assignment.spec import Spec
from grader.errors import UsageError
from grader.files.atomic import read_text

LESSON = "lesson.py"  # an assignment's text
NEIGHBOURHOOD = "neighbourhood"  # what is kept of an assignment's wrong versions
KEPT_FOLDER = ".kept"  # the folder of what was found out about texts, which may be deleted


@dataclass(frozen=True)
class Course:
    """A course folder and the folders in it; nothing is created by looking."""

    root: Path

    @classmethod
    def at(cls, folder: Path) -> Course:
        """Return the course in ``folder``; raises UsageError when there is none."""
        root = folder.resolve()
        if not (root / "solutions").is_dir():
            raise UsageError(
                f"{root} is not a course: it has no solutions/ folder; "
                "give the course's folder with --course DIR, or begin one with `grader init DIR`"
            )
        return cls(root)

    @property
    def solutions(self) -> Path:
        """Return the folder from which all else is made: one folder in it an assignment."""
        return self.root / "solutions"

    @property
    def source(self) -> Path:
        """Return nbgrader's source folder: copies, made from the folders of the assignments."""
        return self.root / "source"

    @property
    def assignments(self) -> Path:
        """Return nbgrader's release folder: what students get."""
        return self.root / "assignments"

    @property
    def submitted(self) -> Path:
        """Return the folder of what students handed in: ``submitted/<student>/<assignment>/``."""
        return self.root / "submitted"

    @property
    def autograded(self) -> Path:
        """Return the folder of graded notebooks and verdicts, ``<student>/<assignment>/`` in it."""
        return self.root / "autograded"

    @property
    def feedback(self) -> Path:
        """Return the folder of pages for students: ``feedback/<student>/<assignment>/``."""
        return self.root / "feedback"

    def kept(self, name: str, what: str) -> Path:
        """Return the file of what was found out about an assignment's texts; it may be deleted."""
        return self.root / KEPT_FOLDER / f"{name}.{what}"

    @property
    def lock(self) -> Path:
        """Return the file that says who grades here: one at a time."""
        return self.root / ".grading"

    def names(self) -> list[str]:
        """List the assignments that have a lesson or a notebook, by name."""
        folders = {path.parent for path in self.solutions.glob(f"*/{LESSON}")}
        books = {path for path in self.solutions.glob("*/*.ipynb") if path.stem == path.parent.name}
        return sorted({path.name for path in folders} | {path.stem for path in books})

    def assignment(self, name: str | None) -> str:
        """Return ``name`` if there is such an assignment, or the only one when None.

        Raises UsageError with the names that exist.
        """
        names = self.names()
        if name is None and len(names) == 1:
            return names[0]
        if name is None:
            raise UsageError(f"say which assignment: one of {', '.join(names) or '(none yet)'}")
        if name not in names:
            known = ", ".join(names) or "none yet"
            raise UsageError(f"there is no assignment {name!r} in {self.solutions}: {known}")
        return name

    def folder(self, name: str) -> Path:
        """Return the folder of all that an assignment is made of."""
        return self.solutions / name

    def lesson(self, name: str) -> Path:
        """Return the path of the assignment's text, whether or not it exists."""
        return self.folder(name) / LESSON

    def figures(self, name: str) -> Path:
        """Return the folder of the assignment's SVG masters."""
        return self.folder(name) / "figures"

    def solution_notebook(self, name: str) -> Path:
        """Return the path of the notebook with the solutions, whether or not it exists."""
        return self.folder(name) / f"{name}.ipynb"

    def source_notebook(self, name: str) -> Path:
        """Return the path of its copy in nbgrader's source folder, whether or not it exists."""
        return self.source / name / f"{name}.ipynb"

    def released_notebook(self, name: str) -> Path:
        """Return the path of the notebook that students get, whether or not it exists."""
        return self.assignments / name / f"{name}.ipynb"

    def exercises(self, name: str) -> Texts:
        """Read the assignment's exercises: one file, or a folder of several.

        Raises UsageError when there are both.
        """
        folder = self.folder(name)
        one, several = folder / f"{EXERCISES}.py", folder / EXERCISES
        if one.exists() and several.is_dir():
            raise UsageError(
                f"{name} has {one.name} and a folder {EXERCISES}/: keep one of the two"
            )
        paths = [one] if one.exists() else sorted(several.rglob("*.py"))
        found = ((path.relative_to(folder).as_posix(), path) for path in paths)
        # No hidden folders: editors keep copies there.
        return tuple((place, _program(path)) for place, path in found if "/." not in place)

    def styles(self, name: str) -> Mapping[str, str]:
        """Read the right answers in other styles than the solution's, by file name; often none."""
        paths = sorted((self.folder(name) / "styles").glob("*.py"))
        return {path.stem: _program(path) for path in paths}

    def demo_class(self, name: str) -> ModuleType | None:
        """Import the assignment's own class for the demo; None where it has none."""
        path = self.folder(name) / f"{DEMO_CLASS}.py"
        if not path.exists():
            return None
        texts = (*self.exercises(name), (path.name, _program(path)))
        return load_module(name, texts, DEMO_CLASS)

    def spec(self, name: str) -> Spec:
        """Load an assignment's specification; raises UsageError when there is none."""
        return load_spec(name, self.exercises(name))

    def packed(self, name: str) -> Packed:
        """Read the notebook with the assignment's solutions, and its exercises.

        Raises UsageError when one of them is missing or fails.
        """
        exercises = self.exercises(name)
        files = self.files(load_spec(name, exercises))
        source = read_source(self.solution_notebook(name), files)
        return Packed(source, exercises, self._neighbourhood(name))

    def _neighbourhood(self, name: str) -> bytes:
        """Read the tables of an assignment's wrong versions; nothing where there are none."""
        try:
            return self.kept(name, NEIGHBOURHOOD).read_bytes()
        except OSError:
            return b""

    def files(self, spec: Spec) -> tuple[tuple[str, bytes], ...]:
        """Read what is handed out beside the notebook, as names and contents.

        A file lies in the assignment's ``files/`` or, where several assignments share it, at the
        course's top. Raises UsageError when it lies in neither or in both, and when ``files/``
        holds one that the specification does not name.
        """
        folder = self.folder(spec.name) / "files"
        lying = folder.iterdir() if folder.is_dir() else ()
        unnamed = {p.name for p in lying if p.is_file() and p.name[0] != "."} - {*spec.files}
        if unnamed:
            raise UsageError(
                f"{folder / min(unnamed)} is not handed out: name it in files= of {spec.name}'s "
                "exercises, or take it away"
            )
        return tuple((file, self._file(folder, file)) for file in spec.files)

    def place(self, spec: Spec, file: str) -> str:
        """Say where a handed-out file lies, for people."""
        own = self.folder(spec.name) / "files" / file
        return str(own.relative_to(self.root)) if own.exists() else f"{file} at the project's root"

    def _file(self, folder: Path, file: str) -> bytes:
        own, shared = folder / file, self.root / file
        if own.exists() and shared.exists():
            raise UsageError(f"{file} lies in {folder} and in {self.root}: keep one of the two")
        if not (own.exists() or shared.exists()):
            raise UsageError(f"{own} is missing: put it there, or beside {self.solutions.name}/")
        return (own if own.exists() else shared).read_bytes()

    def secret(self) -> bytes:
        """Return the course's secret, made at first use, readable by its owner alone."""
        path = self.root / ".course_secret"
        if not path.exists():
            # Written first and linked then: no other process reads half a secret, or another one.
            handle, temporary = tempfile.mkstemp(dir=self.root, prefix=".course_secret.")
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32))
            with contextlib.suppress(FileExistsError):  # another process was first
                os.link(temporary, path)
            os.unlink(temporary)
        try:
            secret = path.read_bytes()
        except PermissionError:
            raise UsageError(f"{path} cannot be read: {_to_share(path)}") from None
        if len(secret) < 32:
            raise UsageError(f"{path} holds no secret: delete it, a new one is made")
        return secret


def _to_share(path: Path) -> str:
    """Say how the owner of a file lets those who work on the course read it: its folder's group."""
    group, quoted = _name(path.parent.group, path.parent.stat().st_gid), shlex.quote(str(path))
    return (
        f"let {_name(path.owner, path.stat().st_uid)}, whose it is, run `chgrp {group} {quoted} && "
        f"chmod 640 {quoted}`, and be in the group {group}"
    )


def _name(ask: Callable[[], str], number: int) -> str:
    """Return an owner's or a group's name, the number where this machine knows none."""
    try:
        return ask()
    except KeyError:
        return str(number)


def _program(path: Path) -> str:
    return read_text(path, "write it anew")
