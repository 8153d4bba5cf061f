"""Locate what a course keeps: nbgrader's folders, the assignments, their specifications."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from grader.assignment.assignment import Packed, load_spec
from grader.assignment.source import read_source
from grader.assignment.spec import Spec
from grader.errors import UsageError
from grader.files.atomic import read_text


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
                "give the course's folder with --course DIR"
            )
        return cls(root)

    @property
    def solutions(self) -> Path:
        """Return nbgrader's source folder, from which all else is made."""
        return self.root / "solutions"

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

    def names(self) -> list[str]:
        """List the assignments that have a source, by name."""
        texts = {path.stem for path in self.solutions.glob("*.py")}
        books = {path.stem for path in self.solutions.glob("*/*.ipynb")}
        # `<assignment>_exercises.py` is an assignment's own specification beside its text.
        return sorted(name for name in texts | books if not name.endswith("_exercises"))

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

    def source_notebook(self, name: str) -> Path:
        """Return the path of the assignment's source notebook, whether or not it exists."""
        return self.solutions / name / f"{name}.ipynb"

    def released_notebook(self, name: str) -> Path:
        """Return the path of the notebook that students get, whether or not it exists."""
        return self.assignments / name / f"{name}.ipynb"

    def spec_text(self, name: str) -> str | None:
        """Read the assignment's own exercises file beside its text, None where the kit has them."""
        beside = self.solutions / f"{name}_exercises.py"
        return read_text(beside, "write it anew") if beside.exists() else None

    def spec(self, name: str) -> Spec:
        """Load an assignment's specification; raises UsageError when there is none."""
        return load_spec(name, self.spec_text(name))

    def packed(self, name: str) -> Packed:
        """Read the assignment's source notebook and specification."""
        modules = self.modules(self.spec(name))
        return Packed(read_source(self.source_notebook(name), modules), self.spec_text(name))

    def modules(self, spec: Spec) -> tuple[tuple[str, str], ...]:
        """Read the files at the root that students import, as names and texts."""
        remedy = "it belongs to the assignment, put it back"
        return tuple((name, read_text(self.root / name, remedy)) for name in spec.modules)

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
        secret = path.read_bytes()
        if len(secret) < 32:
            raise UsageError(f"{path} holds no secret: delete it, a new one is made")
        return secret
