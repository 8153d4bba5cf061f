"""An environment that all users of a machine share, with the kit in it from its wheel."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import sysconfig
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.kit.other_user import lay_open
from tests.kit.people import Person
from tests.kit.wheel import build_wheel

PACKAGES = Path(sysconfig.get_path("purelib"))
NEEDED = [Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()]


@dataclass(frozen=True)
class SharedPython:
    """The environment in a folder that every user can read."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.folder / "bin" / "python"

    @property
    def search(self) -> str:
        """What ``PATH`` is in it."""
        return os.pathsep.join(
            map(str, (self.folder / "bin", Path(sys.prefix) / "bin", os.defpath))
        )

    def in_reach(self, *command: str | Path, others: tuple[Path, ...] = ()) -> list[str]:
        """Return a command of root's that runs ``command`` where other users can reach Python.

        ``others`` are further files that they shall reach.
        """
        needed = [*NEEDED, *others]
        lines = f'held={self.folder / "held"}\n{lay_open(needed)}\nexec "$@"'
        start = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", lines, "sh"]
        return [*start, *map(str, command)]

    def run(self, person: Person, *arguments: str | Path, where: Path) -> tuple[int, str]:
        """Run a module of this Python as a person; returns its exit code and what it said."""
        prefix = self.in_reach()
        return person.run(
            self.python, "-m", *arguments, where=where, prefix=prefix, PATH=self.search
        )

    def set_up(self, text: str) -> None:
        """Write nbgrader's configuration for everybody, as ``/etc/jupyter`` has it."""
        (self.folder / "etc" / "jupyter" / "nbgrader_config.py").write_text(text, encoding="utf-8")


@contextlib.contextmanager
def shared_python() -> Iterator[SharedPython]:
    """Make the environment: what the tests are run with, and the wheel in place of the clone."""
    if shutil.which("unshare") is None or shutil.which("mount") is None:
        pytest.skip("not installed here: unshare, mount")
    folder = Path(tempfile.mkdtemp(prefix="shared-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        venv.create(folder, symlinks=True)
        [site] = folder.glob("lib/python*/site-packages")
        # A line of a .pth file, so that the .pth file of the clone there is not read.
        (site / "packages.pth").write_text(f"{PACKAGES}\n", encoding="utf-8")
        with zipfile.ZipFile(build_wheel(folder)) as archive:
            archive.extractall(site)
        shutil.copytree(Path(sys.prefix) / "etc" / "jupyter", folder / "etc" / "jupyter")
        (folder / "share").symlink_to(Path(sys.prefix) / "share")
        (folder / "held").mkdir()
        yield SharedPython(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
