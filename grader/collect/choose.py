"""Choose, of all that a student handed in, the notebook that is to be graded."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from grader.collect.handed_file import HandedFile
from grader.intake.handed_in import ARCHIVES, Stray
from grader.intake.read import OTHER_ENDING
from grader.plain_text import some

# What platforms and browsers add to a name that there is already: "a-1.ipynb", "a (1).ipynb".
COUNTED = re.compile(r"( ?\(\d+\)|-\d+)+(?=\.ipynb)", re.IGNORECASE)


@dataclass(frozen=True)
class Chosen:
    """What was chosen of a student's files, None where nothing was; ``strays`` are the others.

    ``passed_over`` are earlier attempts at the same notebook.
    """

    file: HandedFile | None
    passed_over: tuple[HandedFile, ...] = ()
    strays: tuple[Stray, ...] = ()


def choose(files: Sequence[HandedFile], name: str, handed_out: Collection[str]) -> Chosen:
    """Choose the notebook of the assignment ``name``, of two attempts the later.

    ``handed_out`` are files that lie beside the notebook: that they come back is nothing odd.
    """
    books = [file for file in files if OTHER_ENDING.search(file.file)]
    others = [f for f in files if f not in books and f.file not in handed_out]
    named = [file for file in books if _called(file) == f"{name}.ipynb".casefold()]
    pool = named or books
    if not pool:
        return Chosen(None, strays=tuple(_no_notebook(file, name) for file in others))
    beside = tuple(
        Stray(file.member.name, "lies beside the notebook", "", lost=False)
        for file in files
        if file in others or (file in books and file not in pool)
    )
    names = {_called(file) for file in pool}
    last = max(pool, key=_order)
    rivals = [file for file in pool if file is not last and _order(file) == _order(last)]
    if len(names) > 1 or rivals:
        which = some(sorted(file.member.name for file in pool))
        why = f"several notebooks, and which is {name}.ipynb is not told"
        return Chosen(None, strays=(*beside, Stray(which, why, "hand in one of them")))
    return Chosen(last, tuple(file for file in pool if file is not last), beside)


def _called(file: HandedFile) -> str:
    """Return a notebook's name without what was added to it."""
    return OTHER_ENDING.sub(".ipynb", COUNTED.sub("", file.file)).casefold()


def _order(file: HandedFile) -> tuple[datetime, int]:
    return file.time or datetime.min, file.order


def _no_notebook(file: HandedFile, name: str) -> Stray:
    if file.file.casefold().endswith(ARCHIVES):
        told, remedy = "an archive", f"unpack it into submitted/<student>/{name}/"
    else:
        told, remedy = "no notebook", f"it is to be called {name}.ipynb"
    return Stray(file.member.name, told, remedy)
