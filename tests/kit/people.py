"""Real users of this machine, made for a test and removed again, with homes closed to others."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = ("useradd", "userdel", "chpasswd", "setpriv")


@dataclass(frozen=True)
class Person:
    """A user with a home of mode 0700."""

    name: str
    number: int
    password: str
    home: Path

    def owns(self, *paths: Path) -> None:
        """Give them files, and folders with all that is in them."""
        for path in paths:
            for each in (path, *path.rglob("*")):
                os.chown(each, self.number, self.number, follow_symlinks=False)

    def run(
        self, *command: str | Path, where: Path, prefix: Sequence[str] = (), **environment: str
    ) -> tuple[int, str]:
        """Run a command as them; returns its exit code and all that it said.

        ``prefix`` is a command of root's that runs another one.
        """
        ids = [f"--reuid={self.number}", f"--regid={self.number}", "--clear-groups"]
        done = subprocess.run(
            [*prefix, "setpriv", *ids, "--", *command],
            cwd=where,
            env={"HOME": str(self.home), "USER": self.name, "LOGNAME": self.name, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        return done.returncode, done.stdout + done.stderr


@contextlib.contextmanager
def people(*roles: str) -> Iterator[list[Person]]:
    """Make a user for each role, in a folder of their own that others can walk through.

    They skip by name where no users can be made; the users and the folder are removed afterwards.
    """
    if os.getuid() != 0:
        pytest.skip("only root can make users")
    if lacking := [name for name in PROGRAMS if shutil.which(name) is None]:
        pytest.skip(f"not installed here: {', '.join(lacking)}")
    folder = Path(tempfile.mkdtemp(prefix="homes-", dir="/tmp"))
    folder.chmod(0o755)
    mark = secrets.token_hex(3)
    try:
        with contextlib.ExitStack() as held:
            yield [held.enter_context(_person(f"t{mark}-{role}", folder)) for role in roles]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _person(name: str, folder: Path) -> Iterator[Person]:
    home = folder / name
    options = ("--home-dir", str(home), "--no-create-home", "--user-group", "--shell", "/bin/sh")
    _call("useradd", "--no-log-init", *options, name)
    try:
        made = Person(name, pwd.getpwnam(name).pw_uid, secrets.token_urlsafe(12), home)
        _call("chpasswd", told=f"{name}:{made.password}\n")
        home.mkdir(mode=0o700)
        made.owns(home)
        try:
            yield made
        finally:
            _end_all(made)
    finally:
        _call("userdel", name)


def _end_all(person: Person) -> None:
    """Kill what runs as this user; no other user has the number."""
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if entry.stat().st_uid == person.number:
                os.kill(int(entry.name), signal.SIGKILL)


def _call(*command: str, told: str = "") -> None:
    done: Any = subprocess.run(command, input=told, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, (command[0], done.stderr)
