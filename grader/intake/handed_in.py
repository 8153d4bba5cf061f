"""Survey what was handed in: whose work can be graded, and what lies elsewhere or otherwise.

Nothing is passed over: what is not graded is named, with what was found and what to do about it.
Hidden files (``._x.ipynb``, ``.DS_Store``) are the system's own and do not count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.files.names import names_in, one_form
from grader.intake.read import is_hidden, notebook_in
from grader.plain_text import one_line

ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz")
STAMP, SECRET = (
    "timestamp.txt",
    "submission_secret.txt",
)  # what nbgrader's exchange puts beside work
NO_LINK = "put the folder itself there: no link is followed"
TWICE = "the same name as {}, in another Unicode form"
KEEP_ONE = "keep one of the two folders"
LONGEST_LINE = 1_000  # characters: a name may have 255, twice
DEEPEST = 4  # folders in folders that are looked into


@dataclass(frozen=True)
class Stray:
    """Something in ``submitted/`` that is not graded: where, what it is, and what to do.

    ``lost`` is what was handed in; a folder in which nothing lies was not.
    """

    where: str
    found: str
    remedy: str
    lost: bool = True

    def __str__(self) -> str:
        """Say it in one line; names of files are their owners' and may hold anything."""
        line = f"{self.where}: {self.found}" + (f"; {self.remedy}" if self.remedy else "")
        return one_line(line, LONGEST_LINE)


@dataclass(frozen=True)
class HandedIn:
    """What was handed in for one assignment: by whom, and what is not graded."""

    students: tuple[str, ...] = ()
    strays: tuple[Stray, ...] = field(default=())


def survey(
    submitted: Path, name: str, names: Collection[str] = (), only: str | None = None
) -> HandedIn:
    """Look through ``submitted/`` for work on the assignment ``name``.

    ``names`` are all assignments of the course, ``only`` is the one student that is asked for.
    """
    students: list[str] = []
    strays: list[Stray] = []
    spelt: dict[str, str] = {}  # the folder of each name, whatever its Unicode form
    for entry in _entries(submitted):
        if only is not None and one_form(only) != one_form(entry.name):
            continue
        graded, about = _student(entry, name, {name, *names})
        other = spelt.setdefault(one_form(entry.name), entry.name) if graded else entry.name
        if other != entry.name:  # they look alike, so both are spelt out
            graded, where = False, f"{ascii(entry.name)[1:-1]}/{name}"
            about.append(Stray(where, TWICE.format(ascii(other)[1:-1]), KEEP_ONE))
        students += [entry.name] if graded else []
        strays += about
    return HandedIn(tuple(students), tuple(strays))


def _student(entry: Path, name: str, names: Collection[str]) -> tuple[bool, list[Stray]]:
    """Tell whether an entry of ``submitted/`` holds work to grade, and what is odd about it.

    A student may hand in one assignment and not another: that is not odd.
    """
    place = f"<student>/{name}/"
    if entry.is_symlink():
        return False, [Stray(entry.name, "a link", NO_LINK)]
    if not entry.is_dir():
        return False, [Stray(entry.name, _what(entry), f"move it into {place}")]
    folder, where = entry / name, f"{entry.name}/{name}"
    graded = folder.is_dir() and not folder.is_symlink() and notebook_in(folder, name)
    if graded:
        return True, [replace(stray, lost=False) for stray in _beside(entry, where, names)]
    strays = _beside(entry, where, names)
    if folder.is_symlink():
        strays.append(Stray(where, "a link", NO_LINK))
    elif folder.is_dir():
        strays += _folder(folder, where, name)
    elif not any(_entries(entry)):
        strays.append(Stray(f"{entry.name}/", "an empty folder", "", lost=False))
    return False, strays


def _beside(entry: Path, where: str, names: Collection[str]) -> list[Stray]:
    """Return what lies in a student's folder beside the assignments' folders."""
    inside = list(_entries(entry))
    strays = [
        Stray(_below(path, entry), _what(path), f"move it into {where}/")
        for path in inside
        if not path.is_dir() and path.name not in (STAMP, SECRET)
    ]
    for path in inside:
        if path.name not in names and path.is_dir() and _has_files(path):
            told = f"no assignment is called {path.name}"
            strays.append(Stray(_below(path, entry) + "/", told, f"is it to be {where}/?"))
    return strays


def _folder(folder: Path, where: str, name: str) -> list[Stray]:
    """Return what is odd about a folder without a notebook to grade."""
    inside = [path for path in _entries(folder) if path.name not in (STAMP, SECRET)]
    if not inside:
        return [Stray(f"{where}/", "an empty folder: nothing was handed in", "", lost=False)]
    wanted = f"{where}/{name}.ipynb"
    strays = []
    for path in inside:
        told, remedy = _what(path), f"the notebook is to be {wanted}"
        if path.is_dir():
            told, remedy = "a folder in the folder", f"move what it holds to {where}/"
        elif path.suffix.lower() in ARCHIVES:
            remedy = f"unpack it, so that there is {wanted}"
        strays.append(Stray(f"{where}/{path.name}", told, remedy))
    return strays


def _what(path: Path) -> str:
    if path.is_symlink():
        return "a link"
    if path.is_dir():
        return "a folder"
    if path.suffix.lower() in ARCHIVES:
        return "an archive"
    return "a notebook in the wrong place" if ".ipynb" in path.name.lower() else "a file"


def _below(path: Path, student: Path) -> str:
    return f"{student.name}/{path.name}"


def _has_files(folder: Path, depth: int = DEEPEST) -> bool:
    return any(
        not path.is_dir() or (depth > 0 and not path.is_symlink() and _has_files(path, depth - 1))
        for path in _entries(folder)
    )


def _entries(folder: Path) -> Iterator[Path]:
    """Yield what lies in a folder, in order; nothing where it is no folder."""
    yield from (folder / name for name in names_in(folder) if not is_hidden(name))
