"""What a run leaves behind: processes below this one, and changes of files."""

from __future__ import annotations

import hashlib
import os
import resource
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from grader.course import KEPT_FOLDER
from tests.hostile.pupils import MARKER

PR_SET_CHILD_SUBREAPER = 36


def fingerprints(world: Path) -> dict[str, str]:
    """A hash of everything in course, home and temporary folder that grading has to leave alone."""
    found: dict[str, str] = {}
    own = {world / "course" / name for name in ("autograded", "gradebook.db", KEPT_FOLDER)}
    for folder, folders, names in os.walk(world):
        here = Path(folder)
        folders[:] = [name for name in folders if here / name not in own]
        for name in (*folders, *names):
            path = here / name
            if path in own:
                continue
            about = path.lstat()
            text = f"{about.st_mode} {about.st_uid}"
            if path.is_file() and not path.is_symlink() and about.st_size < 1 << 24:
                text += hashlib.sha256(path.read_bytes()).hexdigest()
            found[str(path.relative_to(world))] = text
    found |= dict.fromkeys(marked(), MARKER)
    return found


def marked() -> list[str]:
    """Things with the attackers' name in places where they try to put them."""
    places = (
        "/",
        "/tmp",
        "/var/tmp",
        "/dev/shm",
        "/etc",
        "/usr/lib",
        "/root",
        "/home",
        os.getcwd(),
    )
    found = [Path(place, MARKER) for place in (*places, *package_folders())]
    return [str(path) for path in found if os.path.lexists(path)]


def package_folders() -> list[str]:
    import IPython
    import numpy

    packages = [Path(str(module.__file__)).parent for module in (numpy, IPython)]
    return [str(folder) for package in packages for folder in (package, package.parent)]


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return sorted(k for k in {**before, **after} if before.get(k) != after.get(k))


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def below(pid: int) -> list[int]:
    """The processes below one, dead ones that nobody has fetched included."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                about = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(about[1]), []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def left_running(before: set[int]) -> list[str]:
    """What still runs below this process; the dead are fetched, the dying get a moment."""
    for _ in range(50):
        left = set(below(os.getpid())) - before
        for pid in left:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        if not left:
            return []
        time.sleep(0.1)
    return [f"{pid} {command(pid)}" for pid in left]


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:200]
    except OSError:
        return "?"
