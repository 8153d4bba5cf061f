"""List the files that student code may read: interpreter, library, and what cells import.

Never ``grader``, solutions or a course: packages are listed one by one, by what NumPy, IPython
and matplotlib say they need, and folders that hold packages are never allowed as a whole.
"""

from __future__ import annotations

import importlib.metadata
import os
import sys
import sysconfig
from functools import lru_cache
from pathlib import Path

WANTED = ("numpy", "ipython", "matplotlib")
PACKAGE_FOLDERS = ("site-packages", "dist-packages")
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
LIBRARY_FOLDERS = ("/lib64", "/usr/lib64", "/lib/{0}", "/usr/lib/{0}")
LOADER_CACHE = "/etc/ld.so.cache"
INSIDE = Path(__file__).resolve().parent / "inside"


@lru_cache(maxsize=1)
def interpreter() -> str:
    """Return the real Python below any virtual environment."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


@lru_cache(maxsize=1)
def standard_library() -> tuple[str, ...]:
    """Return the folders of the standard library, compiled modules included."""
    folders = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
    base = [_below_base(folder) for folder in folders]
    loaded = [os.path.join(folder, "lib-dynload") for folder in base]
    return tuple(dict.fromkeys(folder for folder in (*base, *loaded) if os.path.isdir(folder)))


def _below_base(folder: str) -> str:
    """Return the base installation's folder for one of a virtual environment."""
    for prefix in (sys.prefix, sys.exec_prefix):
        if folder.startswith(prefix + os.sep) and prefix != sys.base_prefix:
            return sys.base_prefix + folder[len(prefix) :]
    return folder


@lru_cache(maxsize=1)
def packages() -> tuple[str, ...]:
    """Return the top-level files and folders of the packages that cells may import."""
    found: dict[str, None] = {}
    for name in sorted(_needed()):
        distribution = importlib.metadata.distribution(name)
        for top in _top_level(distribution):
            if top not in ("", "..", "__pycache__") and not top.endswith(".pth"):
                found[str(Path(str(distribution.locate_file(top))))] = None
    return tuple(path for path in found if os.path.exists(path))


def _top_level(distribution: importlib.metadata.Distribution) -> set[str]:
    """Return the first part of the path of every file of a package."""
    record = distribution.read_text("RECORD")
    if record is not None:  # ten times as fast as `files`
        return {line.lstrip('"').split("/")[0].split(",")[0] for line in record.splitlines()}
    return {file.parts[0] for file in distribution.files or ()}


def _needed() -> set[str]:
    """Follow the requirements of what is wanted, as they hold on this machine."""
    from packaging.requirements import Requirement  # only who starts a sandbox waits for it
    from packaging.utils import canonicalize_name

    needed: set[str] = set()
    waiting = list(WANTED)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in needed:
            continue
        try:
            lines = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        needed.add(name)
        for line in lines:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return needed


def import_path() -> list[str]:
    """Return the worker's ``sys.path``."""
    roots = dict.fromkeys(str(Path(path).parent) for path in packages())
    return [*standard_library(), *roots]


@lru_cache(maxsize=1)
def libraries() -> tuple[str, ...]:
    """Return shared libraries: the system's folders, and single files that lie elsewhere."""
    multiarch = sysconfig.get_config_var("MULTIARCH") or "none"
    folders = [folder.format(multiarch) for folder in LIBRARY_FOLDERS]
    allowed = [folder for folder in folders if os.path.isdir(folder) and not _has_python(folder)]
    files = {path for path in _mapped() if ".so" in os.path.basename(path)}
    conda = Path(sys.base_prefix, "conda-meta").is_dir()
    # conda's lib/ also holds Python's own folder, so its shared libraries are listed one by one.
    if conda:
        files |= {str(path) for path in Path(sys.base_prefix, "lib").glob("*.so*")}
    known = [*allowed, *standard_library(), *packages()]
    outside = sorted(path for path in files if not _is_below(path, known))
    outside = [path for path in outside if not set(PACKAGE_FOLDERS) & set(Path(path).parts)]
    return (*allowed, *outside, LOADER_CACHE)


def _has_python(folder: str) -> bool:
    return any(name.startswith("python") for name in os.listdir(folder))


def _is_below(path: str, folders: list[str]) -> bool:
    return any(path.startswith(folder + os.sep) for folder in folders)


def _mapped() -> set[str]:
    """Return the files that this process has mapped, with NumPy's libraries among them."""
    try:
        lines = Path("/proc/self/maps").read_text().splitlines()
    except OSError:
        return set()
    fields = (line.split(maxsplit=5) for line in lines)
    return {parts[5] for parts in fields if len(parts) == 6 and parts[5].startswith("/")}


@lru_cache(maxsize=1)
def readable() -> tuple[str, ...]:
    """Return every path that student code may read, for Landlock."""
    library = [
        entry.path
        for folder in standard_library()
        for entry in os.scandir(folder)
        if entry.name not in PACKAGE_FOLDERS
    ]
    return (interpreter(), *library, *packages(), *libraries(), str(INSIDE), *DEVICES)
