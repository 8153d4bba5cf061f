"""Hostile files: notebooks that are none, links out of the folder, modules laid beside, cells edited."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.assignment.filled import Book
from grader.course import Course
from grader.intake.match import plan
from grader.intake.read import UnreadableSubmission, parse_notebook
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from tests.hostile.graded import Graded, assert_harmless, graded_again, new_course
from tests.hostile.pupils import (
    FULL,
    LOOT,
    MARKER,
    NAME,
    NAMES,
    TRIED,
    assignment,
    neighbours,
    released_text,
    with_cell,
)

pytestmark = pytest.mark.sandbox

DEEP = b"[" * 2_000_000
UNREADABLE: dict[str, Callable[[Book], bytes]] = {
    "deep-json": lambda book: DEEP,
    "deep-in-cells": lambda book: json.dumps(book).encode()[:-2] + b', "x": ' + DEEP,
    "deep-objects": lambda book: b'{"cells": ' * 500_000,
    "not-utf-8": lambda book: json.dumps(book).encode("utf-16"),
    "latin-1": lambda book: b'{"cells": [{"source": "\xe9"}]}',
    "nul-bytes": lambda book: bytes(100_000),
    "empty": lambda book: b"",
    "not-json": lambda book: b"<html><script>alert(1)</script></html>",
    "half": lambda book: json.dumps(book).encode()[:20_000],
    "a-number": lambda book: b"95.0",
    "a-list": lambda book: b"[]",
    "cells-no-list": lambda book: b'{"cells": {"0": {}}, "nbformat": 4}',
    "infinite": lambda book: b'{"cells": [], "nbformat": Infinity}',
    "huge-integer": lambda book: b'{"cells": [], "nbformat": ' + b"9" * 1_000_000 + b"}",
    "many-cells": lambda book: json.dumps({**book, "cells": book["cells"] * 60}).encode(),
    "many-values": lambda book: b'{"cells": [], "x": [' + b"{}," * 15_000_000 + b"0]}",
    "long-cell": lambda book: json.dumps(with_cell("x" * (1 << 21))(book)).encode(),
    "another-notebook": lambda book: b'{"cells": [], "nbformat": 4, "nbformat_minor": 5}',
    "pickle": lambda book: b"\x80\x04\x95" + b"cos\nsystem\n(S'true'\ntR.",
}


def _changed(change: Callable[[dict[str, Any]], None]) -> Callable[[Book], Book]:
    """Change every cell of a notebook."""

    def damage(book: Book) -> Book:
        for cell in book["cells"]:
            change(cell)
        return book

    return damage


def _points(cell: dict[str, Any]) -> None:
    about = cell["metadata"].get("nbgrader", {})
    if "points" in about:
        about["points"] = 1000.0
        about["locked"] = False


def _passed(cell: dict[str, Any]) -> None:
    if cell["metadata"].get("nbgrader", {}).get("grade"):
        cell["source"] = "95.0"
        cell["metadata"]["tags"] = ["skip-execution"]
        if cell["cell_type"] == "code":
            data = {"text/plain": "95.0"}
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "data": data,
                    "metadata": {},
                    "execution_count": 1,
                }
            ]


def _ungraded(cell: dict[str, Any]) -> None:
    about = cell["metadata"].get("nbgrader", {})
    about.update(grade=False, solution=False, locked=False)


def _bonus(book: Book) -> Book:
    """Cells of the student's own that claim to be graded, for more points than there are."""
    for name in ("bonus", "check_bonus", "check_rnn_cell_forward", "written_gradients"):
        about = {"grade": True, "grade_id": name, "points": 95.0, "solution": False, "locked": True}
        cell = {"cell_type": "code", "metadata": {"nbgrader": {**about, "schema_version": 3}}}
        book["cells"].append({**cell, "source": "95.0", "outputs": [], "execution_count": None})
    return book


def _without_checks(book: Book) -> Book:
    kept = [c for c in book["cells"] if not c["metadata"].get("nbgrader", {}).get("grade")]
    return {**book, "cells": kept}


def _claims(book: Book) -> Book:
    """Every cell claims to be the same answer."""
    for cell in book["cells"]:
        cell["metadata"] = {"nbgrader": {"grade_id": "lstm_backward", "grade": True, "points": 95}}
    return book


def _odd_kinds(book: Book) -> Book:
    """Types, ids and metadata that no notebook has."""
    odd: list[Any] = [None, 7, [], {}, "text", {"cell_type": []}, {"metadata": []}, {"id": {}}]
    odd += [{"cell_type": "code", "source": {"a": 1}, "metadata": {"nbgrader": []}}]
    odd += [
        {
            "cell_type": "code",
            "source": [1, None, "x = 1"],
            "metadata": {"nbgrader": {"grade_id": 3}},
        }
    ]
    odd += [{"cell_type": "<script>", "id": "../../x", "source": "\ud800", "metadata": None}]
    book["cells"] = [*odd, *book["cells"]]
    book["metadata"] = {"kernelspec": {"name": "../../bin/sh"}, "nbgrader": {"points": 95}}
    return {**book, "nbformat": "four", "worksheets": []}


# Changes to the notebook of a student who solved nothing.
EDITED: dict[str, Callable[[Book], Book]] = {
    "points-edited": _changed(_points),
    "checks-print-points": _changed(_passed),
    "checks-ungraded": _changed(_ungraded),
    "bonus-cells": _bonus,
    "no-checks": _without_checks,
    "same-claims": _claims,
    "odd-kinds": _odd_kinds,
    "checks-raw": _changed(
        lambda c: c.update(cell_type="raw") if "check" in str(c.get("id")) else None
    ),
}


def _grade_id(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _retyped(kind: str) -> Callable[[Book], Book]:
    def change(cell: dict[str, Any]) -> None:
        if _grade_id(cell) in NAMES:
            cell["cell_type"] = kind
            cell.pop("outputs", None)

    return _changed(change)


def _there_and_back(book: Book) -> Book:
    """From code to raw and back, as an editor does it: outputs, counts and metadata are lost."""
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell.pop("outputs", None)
            cell.pop("execution_count", None)
            cell["metadata"] = {}
    return book


def _twice(book: Book) -> Book:
    """Every answer twice under one id, an untouched stub behind the real one."""
    stubs = {_grade_id(cell): cell for cell in _released()["cells"]}
    cells: list[Any] = []
    for cell in book["cells"]:
        cells.append(cell)
        name = _grade_id(cell)
        if name in NAMES:
            cells.append({**stubs[name], "source": "# tried something else here"})
    return {**book, "cells": cells}


def _released() -> Book:
    book: Book = json.loads(released_text())
    return book


# Changes to the notebook of a student who solved everything, and keeps all marks.
KEPT: dict[str, Callable[[Book], Book]] = {
    "answers-raw": _retyped("raw"),
    "answers-markdown": _retyped("markdown"),
    "there-and-back": _there_and_back,
    "answers-twice": _twice,
    "solved-points-edited": _changed(_points),
    "solved-checks-edited": _changed(_passed),
    "solved-odd-kinds": _odd_kinds,
}
# Source that costs seconds or minutes, or ends the process, when somebody parses much of it.
PARSED: dict[str, Callable[[int], str]] = {
    "f-string": lambda n: "x = f'" + "{1}" * n + "'",
    "sum": lambda n: "x = 1" + "+1" * n,
    "comparison": lambda n: "x = 1" + "<1" * n,
    "calls": lambda n: "x = f" + "()" * n,
    "parentheses": lambda n: "(" * n,
    "minus": lambda n: "x = " + "-" * n + "1",
    "statements": lambda n: "a = 1; " * (n // 2),
    "decorators": lambda n: "@a\n" * (n // 2) + "def f(): pass",
    "spaces": lambda n: "def" + " " * n,
    "lines": lambda n: "\n" * n,
    "nul": lambda n: "x = 1\0" * (n // 10),
    "else-if": lambda n: "if 1:\n pass\n" + "elif 1:\n pass\n" * (n // 8),
}
SOME, MUCH = 5_000, 200_000
BESIDE = f"""
import pathlib, os
for place in ({"{places}"}):
    try:
        pathlib.Path(place, "{MARKER}").write_text("x")
    except OSError:
        pass
raise SystemExit("a module from the submission's folder was imported")
"""
MODULES = (
    "numpy.py",
    "sitecustomize.py",
    "usercustomize.py",
    "rnn_utils.py",
    "selfcheck.py",
    "conftest.py",
)
MODULES += (
    "nbgrader_config.py",
    "jupyter_config.py",
    "json.py",
    "grader.py",
    "rnn_step_by_step.py",
    "x.pth",
)


def parsing(source: str, names: Sequence[str] = NAMES) -> Callable[[Book], Book]:
    """Put a source into two cells for each answer, so that one of the two has to be chosen."""

    def damage(book: Book) -> Book:
        answers = [cell for cell in book["cells"] if _grade_id(cell) in names]
        for cell in answers:
            cell["source"] = source
        return {**book, "cells": [*book["cells"], *(dict(cell) for cell in answers)]}

    return damage


def links(course: Course) -> None:
    """Submissions that are links: to the solution, to other students, out of the course."""
    submitted, right = course.submitted, course.submitted / "honest-00" / NAME / f"{NAME}.ipynb"

    def folder(student: str) -> Path:
        made = submitted / student / NAME
        made.mkdir(parents=True)
        return made

    (folder("link-to-solution") / f"{NAME}.ipynb").symlink_to(course.solution_notebook(NAME))
    (folder("link-to-neighbour") / f"{NAME}.ipynb").symlink_to(right)
    (folder("link-to-secret") / f"{NAME}.ipynb").symlink_to(course.root / ".course_secret")
    (folder("link-to-device") / f"{NAME}.ipynb").symlink_to("/dev/zero")
    (folder("link-to-itself") / f"{NAME}.ipynb").symlink_to(f"{NAME}.ipynb")
    (folder("link-relative") / f"{NAME}.ipynb").symlink_to(
        f"../../../solutions/{NAME}/{NAME}.ipynb"
    )
    (folder("other-name-link") / "work.ipynb").symlink_to(right)
    os.mkfifo(folder("fifo") / f"{NAME}.ipynb")
    os.mkfifo(folder("other-name-fifo") / "work.ipynb")
    (folder("a-folder") / f"{NAME}.ipynb").mkdir()
    (folder("dots") / "..ipynb").write_bytes(b"{}")
    shutil.copy(right, folder("dotted-name") / "..%2f..%2fgradebook.ipynb")
    (folder("nothing"))
    sparse = folder("sparse") / f"{NAME}.ipynb"
    sparse.touch()
    os.truncate(sparse, 200 << 20)
    (submitted / "linked-student").symlink_to(submitted / "honest-00")
    (submitted / "linked-assignment").mkdir()
    (submitted / "linked-assignment" / NAME).symlink_to(submitted / "honest-00" / NAME)
    (submitted / "linked-solutions").mkdir()
    (submitted / "linked-solutions" / NAME).symlink_to(course.solutions / NAME)


LINKED = ("link-to-solution", "link-to-neighbour", "link-to-secret", "link-to-device")
LINKED += ("link-to-itself", "link-relative", "other-name-link", "fifo", "dots", "sparse")
STRAY = ("other-name-fifo", "a-folder", "nothing")


def modules_beside(course: Course) -> None:
    """Lay modules that act when imported beside notebooks, and odd time stamps."""
    places = ", ".join(map(repr, map(str, (course.root, course.root.parent / "home", "/tmp"))))
    for student in ("beside-empty", "beside-solved"):
        folder = course.submitted / student / NAME
        for name in MODULES:
            (folder / name).write_text(BESIDE.format(places=places))
        for name in ("numpy", "IPython", "__pycache__"):
            (folder / name).mkdir()
            (folder / name / "__init__.py").write_text(BESIDE.format(places=places))
    stamps = {
        "stamp-link": None,
        "stamp-fifo": None,
        "stamp-odd": b"\xff" * 1000,
        "stamp-far": b"9999-99",
    }
    for student, text in stamps.items():
        path = course.submitted / student / NAME / "timestamp.txt"
        if student == "stamp-link":
            path.symlink_to(course.root / ".course_secret")
        elif student == "stamp-fifo":
            os.mkfifo(path)
        else:
            path.write_bytes(text or b"")


@pytest.fixture(scope="module")
def graded() -> Iterator[Graded]:
    """All damaged and hostile files and their neighbours in one class."""
    pupils = [Pupil(f"file-{name}", damage=damage) for name, damage in UNREADABLE.items()]
    pupils += [Pupil(f"edit-{name}", solved=(), damage=d) for name, d in EDITED.items()]
    pupils += [Pupil(f"kept-{name}", damage=damage) for name, damage in KEPT.items()]
    pupils += [Pupil(f"parse-{k}", (), damage=parsing(v(SOME), TRIED)) for k, v in PARSED.items()]
    pupils += [Pupil("beside-empty", solved=()), Pupil("beside-solved"), *neighbours(6)]
    pupils += [Pupil(name) for name in ("stamp-link", "stamp-fifo", "stamp-odd", "stamp-far")]
    with new_course() as course:
        hand_in(course, assignment(), pupils)
        links(course)
        modules_beside(course)
        yield graded_again(course)


def test_hostile_files_harm_nobody(graded: Graded) -> None:
    """Neighbours keep their marks, links are not followed, nothing is imported, all is on time."""
    assert_harmless(graded, longest=300)
    for student in ("linked-student", "linked-assignment", "linked-solutions"):
        assert student not in graded.verdicts
    secret = graded.course.secret()
    kept = [path for path in graded.course.autograded.rglob("*") if path.is_file()]
    assert not [path for path in kept if path.is_symlink() or secret in path.read_bytes()]


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_notebook_is_unreadable(graded: Graded, name: str) -> None:
    """The verdict says so in a sentence; it is no fault of the kit's and stops nobody."""
    verdict = graded.verdicts[f"file-{name}"]
    assert (verdict.outcome, verdict.score) == ("unreadable", 0.0)
    assert verdict.message.startswith("The notebook cannot be read: ")
    assert len(verdict.message) < 300


@pytest.mark.parametrize("name", LINKED)
def test_links_and_pipes_are_not_followed(graded: Graded, name: str) -> None:
    """What a link leads to is no submission, be it the solution itself."""
    verdict = graded.verdicts[name]
    assert (verdict.outcome, verdict.score) == ("unreadable", 0.0)
    assert LOOT not in verdict.message
    assert graded.course.secret().decode() not in verdict.to_json()


@pytest.mark.parametrize("name", STRAY)
def test_what_holds_no_file_was_not_handed_in(graded: Graded, name: str) -> None:
    """It is named, and has no verdict: a zero would be for nothing."""
    assert name not in graded.verdicts
    assert any(stray.where.startswith(f"{name}/{NAME}") for stray in graded.summary.strays)


def test_a_notebook_with_dots_in_its_name_is_taken_by_its_contents(graded: Graded) -> None:
    """The name leads nowhere: it is only noted."""
    verdict = graded.verdicts["dotted-name"]
    assert verdict.score == FULL
    assert verdict.mended == ("the notebook was called '..%2f..%2fgradebook.ipynb'",)


@pytest.mark.parametrize("name", EDITED)
def test_edited_points_tests_and_ids_earn_nothing(graded: Graded, name: str) -> None:
    """Which cells are graded, for how much and by which tests, is not the submission's to say."""
    verdict = graded.verdicts[f"edit-{name}"]
    assert (verdict.score, verdict.max_score) == (0.0, FULL)
    graded_cells = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell["metadata"]["nbgrader"]["points"]
        for cell in graded.book(f"edit-{name}")["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade")
    }
    assert sum(graded_cells.values()) == FULL + 5
    assert len(graded_cells) == len(NAMES) + 1


@pytest.mark.parametrize("name", KEPT)
def test_retyped_and_doubled_cells_keep_their_marks(graded: Graded, name: str) -> None:
    """A cell re-typed from code to raw and back, or twice under one id, is still an answer."""
    assert graded.verdicts[f"kept-{name}"].score == FULL, graded.verdicts[f"kept-{name}"]


@pytest.mark.parametrize("name", PARSED)
def test_source_that_is_hard_to_parse_ends_nothing(graded: Graded, name: str) -> None:
    """It costs its owner the exercises, without holding up the judge or the reading of files."""
    assert graded.verdicts[f"parse-{name}"].score == 0.0


@pytest.mark.parametrize("name", PARSED)
def test_reading_a_hostile_source_takes_no_time(name: str) -> None:
    """The course's own process, which reads for everybody, spends no more than a moment on it."""
    book = parsing(PARSED[name](MUCH))(_released())
    began = time.process_time()
    try:
        plan(parse_notebook(json.dumps(book).encode()), assignment().source)
    except UnreadableSubmission as why:
        assert "characters" in str(why)
    assert time.process_time() - began < 5


def test_modules_beside_the_notebook_are_never_imported(graded: Graded) -> None:
    """numpy.py, sitecustomize.py and their like in the submission's folder do nothing at all."""
    assert graded.verdicts["beside-empty"].score == 0.0
    assert graded.verdicts["beside-solved"].score == FULL
    assert not graded.changed


@pytest.mark.parametrize("name", ["stamp-link", "stamp-fifo", "stamp-odd", "stamp-far"])
def test_odd_time_stamps_cost_nothing(graded: Graded, name: str) -> None:
    """A time stamp that is a link, a pipe or nonsense is as good as none."""
    assert graded.verdicts[name].score == FULL


def test_the_same_cells_under_other_ids_are_another_submission() -> None:
    """Ids decide which cell is an answer, so they count: a mended notebook is graded anew."""

    def one_of_two(right: bool) -> Callable[[Book], Book]:
        """The answer and a wrong one, both as text; the id says which of them is the answer."""

        def damage(book: Book) -> Book:
            about = {"nbgrader": {"grade_id": "rnn_cell_forward"}}
            place = next(i for i, c in enumerate(book["cells"]) if _grade_id(c) in NAMES)
            good = {"cell_type": "markdown", "source": book["cells"].pop(place)["source"]}
            bad = {"cell_type": "markdown", "source": "def rnn_cell_forward(*inputs):\n    pass"}
            good["metadata"], bad["metadata"] = (about, {}) if right else ({}, about)
            book["cells"][place:place] = [good, bad]
            return book

        return damage

    with new_course() as course:
        pupils = neighbours(2)
        hand_in(course, assignment(), [Pupil("late", damage=one_of_two(right=False)), *pupils])
        first = graded_again(course)
        assert first.verdicts["late"].score < FULL
        hand_in(course, assignment(), [Pupil("late", damage=one_of_two(right=True))])
        second = graded_again(course)
        assert set(second.verdicts) == {"late"}
        assert second.verdicts["late"].score == FULL
        inputs = [graded.verdicts["late"].inputs["submission"] for graded in (first, second)]
        assert inputs[0] != inputs[1]
