"""Read a notebook file without trusting it: cell types, ids, sources and pictures, no more."""

from __future__ import annotations

import errno
import itertools
import json
import os
import re
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.assignment.python_cells import LONGEST_PARSED, defined_function
from grader.intake.no_notebook import what_it_is

OTHER_ENDING = re.compile(r"\.ipynb(\.(json|txt))?$", re.IGNORECASE)
MAX_BYTES = 64 * 2**20
MAX_CELLS = 2000
MOST_ATTACHED = 100  # attachments of one cell that are looked at
MAX_SOURCE = 2**20  # characters of a code cell
MAX_TEXT = 2**23  # of any other: Colab keeps pasted images in the text
MAX_PARSED = 10**6  # of all cells together that are short enough to be parsed
MAX_VALUES = 2 * 10**6  # in the whole file: an empty list takes 70 bytes of memory for 3 of text
# A link, a socket, nothing: what was handed in is no file. Anything else is this machine's fault.
NO_FILE = (errno.ELOOP, errno.ENXIO, errno.ENODEV, errno.ENOENT, errno.ENOTDIR)


class UnreadableSubmission(Exception):
    """A notebook that cannot be graded at all; the message says to the student why."""


@dataclass(frozen=True)
class RawCell:
    """One cell as it stands in the file: its type, the id it claims, its source, its pictures.

    ``attached`` are pictures in base64 by name, and nothing of them is checked.
    """

    kind: str
    claimed: str
    source: str
    attached: tuple[tuple[str, str], ...] = ()

    @cached_property
    def function(self) -> str | None:
        """Return the last function that the cell defines, parsed once however often it is asked."""
        return defined_function(self.source)


def read_file(path: Path) -> bytes:
    """Read a regular file of at most 64 MB, following no link.

    Raises UnreadableSubmission for what was handed in, OSError for what ails this machine.
    """
    # A link could lead to a file of the instructor's; to open a pipe would wait for its writer.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        handle = os.open(path, flags)
    except OSError as error:
        if error.errno not in NO_FILE:
            raise
        why = "it is a link" if error.errno == errno.ELOOP else error.strerror
        raise UnreadableSubmission(f"it cannot be opened: {why}") from None
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode):
        os.close(handle)
        raise UnreadableSubmission("it is not a regular file")
    with os.fdopen(handle, "rb") as file:
        # One byte more than may be: a file can grow after it was looked at.
        data = file.read(MAX_BYTES + 1) if about.st_size <= MAX_BYTES else b""
    size = max(about.st_size, len(data))
    if size > MAX_BYTES:
        raise UnreadableSubmission(
            f"it has {size // 2**20} MB, at most {MAX_BYTES // 2**20} are read: "
            "clear the outputs and hand it in again"
        )
    return data


def find_notebook(folder: Path, name: str) -> tuple[Path, tuple[str, ...]]:
    """Return the notebook of a submission folder, and a note when it had another name.

    Raises UnreadableSubmission when there is none, or several and none has the right name.
    """
    wanted = folder / f"{name}.ipynb"
    if wanted.is_symlink() or wanted.exists():
        return wanted, ()
    found = _notebooks_in(folder)
    if len(found) == 1:
        return found[0], (f"the notebook was called {found[0].name!r}",)
    if not found:
        raise UnreadableSubmission(f"there is none in the folder: it is to be called {name}.ipynb")
    raise UnreadableSubmission(f"there are several and none is called {name}.ipynb")


def notebook_in(folder: Path, name: str) -> bool:
    """Tell whether a folder holds work to grade, be it several notebooks or no regular file.

    A folder that is called like the notebook is none: what lies in it may be.
    """
    wanted = folder / f"{name}.ipynb"
    named = wanted.is_symlink() or (wanted.exists() and not wanted.is_dir())
    return named or bool(_notebooks_in(folder))


def is_hidden(name: str) -> bool:
    """Tell whether a file's name is the system's own: ``._x.ipynb`` of macOS, ``.DS_Store``."""
    return name.startswith(".") and not name.startswith("..")


def _notebooks_in(folder: Path) -> list[Path]:
    """Return the notebooks in a folder, in order.

    Where none has the right ending, those that a browser or an editor gave another one.
    """
    files = [path for path in folder.iterdir() if not is_hidden(path.name)]
    files = sorted(path for path in files if path.is_file() or path.is_symlink())
    right = [path for path in files if path.suffix == ".ipynb"]
    return right or [path for path in files if OTHER_ENDING.search(path.name)]


def parse_notebook(data: bytes) -> list[RawCell]:
    """Take a notebook's cells from its bytes; raises UnreadableSubmission."""
    if data.count(b",") > MAX_VALUES:
        raise UnreadableSubmission("it has millions of values: clear the outputs and save it again")
    try:
        # NaN in an output or in metadata is no JSON, and nothing that is graded.
        book = json.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise UnreadableSubmission("it is nested too deeply to be a notebook") from None
    except ValueError as error:
        raise UnreadableSubmission(what_it_is(data, error)) from None
    cells = book.get("cells") if isinstance(book, dict) else None
    if not isinstance(cells, list):
        raise UnreadableSubmission("it is not a notebook of format 4: open it and save it again")
    if len(cells) > MAX_CELLS:
        raise UnreadableSubmission(f"it has {len(cells)} cells, at most {MAX_CELLS} are read")
    raw = [_raw(cell) for cell in cells if isinstance(cell, dict)]
    if sum(len(cell.source) for cell in raw if len(cell.source) <= LONGEST_PARSED) > MAX_PARSED:
        raise UnreadableSubmission(f"its cells have more than {MAX_PARSED} characters")
    return raw


def _raw(cell: dict[str, Any]) -> RawCell:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    source = source if isinstance(source, str) else ""
    if len(source) > (MAX_SOURCE if cell.get("cell_type") == "code" else MAX_TEXT):
        raise UnreadableSubmission(f"one of its cells has {len(source)} characters")
    if not source.isascii():
        source = source.encode("utf-8", "replace").decode()  # lone surrogates: cannot be written
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    claimed = about.get("grade_id") if isinstance(about, dict) else None
    claimed = claimed if isinstance(claimed, str) else cell.get("id", "")
    kind = cell.get("cell_type")
    return RawCell(
        kind if kind in ("code", "markdown", "raw") else "raw",
        claimed if isinstance(claimed, str) else "",
        source.replace("\r\n", "\n").replace("\r", "\n") if "\r" in source else source,
        () if kind == "code" else _attached(cell.get("attachments")),
    )


def _attached(told: Any) -> tuple[tuple[str, str], ...]:
    """Return the pictures among a cell's attachments: the name and, of each, the first form."""
    found = []
    for name, forms in itertools.islice(
        told.items() if isinstance(told, dict) else (), MOST_ATTACHED
    ):
        for kind, data in forms.items() if isinstance(forms, dict) else ():
            data = (
                "".join(data)
                if isinstance(data, list) and all(isinstance(part, str) for part in data)
                else data
            )
            if kind.startswith("image/") and isinstance(data, str):
                found.append((name, "".join(data.split())))
                break
    return tuple(found)
