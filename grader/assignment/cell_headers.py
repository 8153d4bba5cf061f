"""Expand the short headers of an assignment's cells to nbgrader's metadata, and shorten them again.

=============================  =====================================================================
header                         cell
=============================  =====================================================================
``# %% answer``                the function that students write; its name is read from the ``def``
``# %% example [NAME]``        runs and prints, is not graded; of the function above, or of its own
``# %% check``                 the check of the function above; its points are the exercise's, those
                               of a bonus 0: nothing may count them in a maximum
``# %% lesson [NAME]``         shown to students, not run where marks are made; named likewise
``# %% written NAME POINTS``   a question that is marked by hand, in markdown
``# %% locked NAME``           any other code that students may not change: set-up, summary
=============================  =====================================================================

The long form, with nbgrader's metadata in the header, stays valid, cell by cell.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Iterator, Mapping

from grader.assignment.lesson_text import MARKER, LessonCell, lesson_cells
from grader.assignment.places import in_lesson
from grader.assignment.python_cells import defined_function, parsed
from grader.assignment.source import CHECK_CELL, LESSON, WRITTEN_CELL
from grader.errors import UsageError

KINDS = ("answer", "example", "check", "lesson", "written", "locked")
SHORT = re.compile(rf" (?P<kind>{'|'.join(KINDS)})(?P<words>(?: [\w.-]+)*) *")
LONG = re.compile(r"(?P<markdown> \[markdown\])? nbgrader=(?P<about>\{[^}]*\})(?P<rest>.*)")
TAGGED = f' tags=["{LESSON}"]'
WORDS = {"answer": (0,), "example": (0, 1), "check": (0,), "lesson": (0, 1), "locked": (1,)}
WORDS["written"] = (2,)


def expand(text: str, points: Mapping[str, float], name: str = "") -> str:
    """Return percent text with long headers; ``points`` are the checks' by exercise.

    ``name`` is the assignment's, for messages, which begin with the line in its lesson.

    Raises UsageError for a header that has too few or too many words, points that are no number
    above 0, an answer that defines no function or does not parse, and a check that follows none or
    has no exercise.
    """
    made = [_before_the_first(text)]
    for cell, function in _cells(text):
        found = SHORT.fullmatch(cell.header)
        if found and found["kind"] == "answer":
            _refuse_unparsed(cell, name)
        _refuse_misspelt(cell, name)
        try:
            header = _long(found, function, points) if found else cell.header
        except UsageError as error:
            raise UsageError(f"{in_lesson(name, cell.line)}: {error}") from None
        made.append(header + cell.body)
    return "# %%".join(made)


def _refuse_misspelt(cell: LessonCell, name: str) -> None:
    """Raise UsageError for a header that is a short one but for a letter or two."""
    kind, *words = cell.header.split() or [""]
    near = difflib.get_close_matches(kind, KINDS, 1, cutoff=0.8)
    if near and not kind.startswith(near[0]) and len(words) in WORDS[near[0]]:
        place = in_lesson(name, cell.line)
        raise UsageError(f"{place}: there is no cell '# %% {kind}': is '# %% {near[0]}' meant?")


def _refuse_unparsed(cell: LessonCell, name: str) -> None:
    tree = parsed(cell.body)
    if isinstance(tree, SyntaxError):
        place = in_lesson(name, cell.line + (tree.lineno or 1) - 1)
        line = (tree.text or "").strip()
        raise UsageError(f"{place}: an answer that is no Python ({tree.msg}): mend {line!r}")
    if tree is None:
        why = "an answer cell is too long or too deep to be parsed"
        raise UsageError(f"{in_lesson(name, cell.line)}: {why}: {cell.body[:60]!r} ...")


def shorten(text: str, points: Mapping[str, float]) -> str:
    """Return percent text with a short header wherever one stands for the long one."""
    made = [_before_the_first(text)]
    for cell, function in _cells(text):
        short = _short(cell.header, function)
        found = SHORT.fullmatch(short)
        same = found is not None and _expands_to(found, function, points, cell.header)
        made.append((short if same else cell.header) + cell.body)
    return "# %%".join(made)


def _before_the_first(text: str) -> str:
    first = MARKER.search(text)
    return text[: first.start()] if first else text


def _cells(text: str) -> Iterator[tuple[LessonCell, str]]:
    """Yield each cell, and the function of the last answer so far."""
    function = ""
    for cell in lesson_cells(text):
        if _is_answer(cell.header):
            function = defined_function(cell.body) or ""
        yield cell, function


def _is_answer(header: str) -> bool:
    short, long = SHORT.fullmatch(header), LONG.fullmatch(header)
    if short:
        return short["kind"] == "answer"
    about = _about(long) if long and not long["markdown"] else {}
    return bool(about.get("solution")) and not about.get("grade")


def _about(long: re.Match[str]) -> dict[str, object]:
    try:
        about = json.loads(long["about"])
    except ValueError:  # whoever reads the notebook says so, with its place
        return {}
    return about if isinstance(about, dict) else {}


def _long(short: re.Match[str], function: str, points: Mapping[str, float]) -> str:
    kind, words = short["kind"], short["words"].split()
    if len(words) not in WORDS[kind]:
        raise UsageError(
            f"the cell header '# %%{short[0]}' has {len(words)} words after {kind!r}: "
            "docs/authoring.md lists which it takes; a title of your own begins with another word"
        )
    if not words and not function:
        where = "there" if kind == "answer" else "above it"
        named = ", or give the cell a name" if 1 in WORDS[kind] else ""
        raise UsageError(
            f"the cell headed '# %% {kind}' belongs to no function: define one {where}{named}"
        )
    if kind == "check" and function not in points:
        raise UsageError(f"the check of {function} has no exercise: describe it, or leave it out")
    if kind == "written":
        return " [markdown]" + _metadata(
            WRITTEN_CELL + words[0], solution=True, points=_written_points(short)
        )
    if kind == "answer":
        return _metadata(function, solution=True)
    if kind == "check":
        return _metadata(CHECK_CELL + function, points=points[function])
    name = words[0] if words else function
    prefix = "" if kind == "locked" else f"{kind}_"
    return _metadata(prefix + name) + (TAGGED if kind == "lesson" else "")


def _written_points(short: re.Match[str]) -> float:
    word = short["words"].split()[-1]
    try:
        points = float(word)
    except ValueError:
        points = math.nan
    if not (math.isfinite(points) and points > 0):
        raise UsageError(f"the cell header '# %%{short[0]}' has {word!r} for points: give a number")
    return points


def _metadata(name: str, *, solution: bool = False, points: float | None = None) -> str:
    """Return nbgrader's part of a header, with its keys in the order that jupytext writes."""
    about: dict[str, object] = {
        "grade": points is not None,
        "grade_id": name,
        "locked": not solution,
    }
    if points is not None:
        about["points"] = int(points) if float(points).is_integer() else points
    about |= {"schema_version": 3, "solution": solution, "task": False}
    return f" nbgrader={json.dumps(about)}"


def _short(header: str, function: str) -> str:
    """Return the short header that may stand for a long one; whether it does is for `expand`."""
    long = LONG.fullmatch(header)
    about = _about(long) if long else {}
    name, points = str(about.get("grade_id", "")), about.get("points")
    if long and long["markdown"]:
        return f" written {name.removeprefix(WRITTEN_CELL)} {points}"
    if about.get("grade"):
        return " check"
    if about.get("solution"):
        return " answer"
    tagged = long is not None and long["rest"] == TAGGED
    kind = LESSON if tagged else "example" if name.startswith("example_") else "locked"
    own = name.removeprefix(f"{kind}_")
    return f" {kind}" if own == function and kind != "locked" else f" {kind} {own}"


def _expands_to(
    short: re.Match[str], function: str, points: Mapping[str, float], header: str
) -> bool:
    try:
        return _long(short, function, points) == header
    except (UsageError, ValueError):
        return False
