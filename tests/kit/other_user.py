"""Commands run as other users of this machine, who can reach the kit wherever it lies."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.kit.toy import ROOT

GROUP = 54321  # a number that no machine gives to anybody
PROGRAMS = ("unshare", "setpriv", "mount")
# What the kit and its Python lie in.
NEEDED = [ROOT, Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()]


def as_user(number: int, where: Path, *command: str | Path) -> tuple[int, str]:
    """Run a command as a user of the group, with the umask that the documentation names.

    A folder that is closed to others and in which the kit lies is opened for this command alone: in
    a mount namespace of its own, where nothing else of that folder is to be seen.
    """
    opened = f'{lay_open(NEEDED)}\numask 0002\nexec {shlex.join(_becoming(number))} -- "$@"'
    with tempfile.TemporaryDirectory(prefix="held-") as held:
        done = subprocess.run(
            ["unshare", "--mount", "--propagation", "private", "sh", "-ec", opened, "sh", *command],
            cwd=where,
            env={
                "HOME": "/nonexistent",
                "MPLCONFIGDIR": "/nonexistent",
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "PYTHONDONTWRITEBYTECODE": "1",
                "held": held,
            },
            capture_output=True,
            text=True,
            timeout=600,
        )
    return done.returncode, done.stdout + done.stderr


def why_not(number: int) -> str:
    """Say why no command of the kit can be run here as another user; empty if one can."""
    if os.getuid() != 0:
        return "only root can be other users"
    if lacking := [name for name in PROGRAMS if shutil.which(name) is None]:
        return f"not installed here: {', '.join(lacking)}"
    code, said = as_user(number, Path("/"), sys.executable, "-c", "import grader.cli")
    return f"other users cannot run this Python: {said[-300:]}" if code else ""


def _becoming(number: int) -> list[str]:
    return ["setpriv", f"--reuid={number}", f"--regid={number}", f"--groups={GROUP}"]


def lay_open(needed: list[Path]) -> str:
    """Return shell lines that lay open what lies in closed folders.

    They are for a mount namespace, in which ``$held`` names an empty folder.
    """
    hidden = {path: shut for path in needed if (shut := _shut(path))}
    if not hidden:
        return ""
    lines = ['mount -t tmpfs -o mode=755 held "$held"']
    for index, path in enumerate(hidden):
        held = f'"$held/{index}"'
        lines += [f"mkdir {held}", f"mount --bind {shlex.quote(str(path))} {held}"]
    for folder in sorted(set(hidden.values())):
        lines.append(f"mount -t tmpfs -o mode=755 open {shlex.quote(str(folder))}")
    for index, path in enumerate(hidden):
        place = shlex.quote(str(path))
        lines += [f"mkdir -p {place}", f'mount --bind "$held/{index}" {place}']
    return "\n".join(lines)


def _shut(path: Path) -> Path | None:
    """Return the first folder above ``path`` that others cannot walk through."""
    for folder in reversed(path.parents):
        if not folder.stat().st_mode & 0o001:
            return folder
    return None
