"""Tell what nobody wrote down: two mistakes at once, and on which road all that is wrong lies."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.assignment.assignment import Assignment
from grader.assignment.calling import bound
from grader.assignment.spec import Exercise
from grader.comparison.causes import Cause
from grader.comparison.ladder import by_name
from grader.comparison.layout import INPUTS
from grader.judge.attempt import Attempt
from grader.neighbourhood.versions import CHANGE, Places
from grader.parting.finding import Parting

WORD = re.compile(r"\w+")
MUCH = 8  # numbers that are wrong: no two changes give the same ones by chance
ROAD = "wrong-road"  # how the id of such a cause begins
_places: dict[tuple[str, str], Places] = {}  # by the assignment's digest and the exercise


def defined(assignment: Assignment, exercise: Exercise, text: str) -> Callable[..., Any]:
    """Return what is done with an exercise's arguments, with another text for its function."""
    own = dict(assignment.names)
    exec(compile(text, f"<{exercise.name}>", "exec"), own)
    return bound(exercise, {**assignment.functions, exercise.name: own[exercise.name]})


def says_much(exercise: Exercise, tried: Attempt) -> bool:
    """Tell whether what is wrong are numbers with a fraction, and many of them."""
    wrong = {name for name, found in tried.findings.items() if found} - {INPUTS}
    number = 0
    for trial in tried.trials:
        right, _ = by_name(tried.layout, trial.expected)
        floats = (right.get(name) for name in wrong)
        number += sum(
            value.size
            for value in floats
            if isinstance(value, np.ndarray | np.floating) and value.dtype.kind == "f"
        )
    return number >= MUCH


def of_a_change(cause: Cause | None) -> bool:
    """Tell whether a cause is a change that nobody wrote down."""
    return cause is not None and cause.id.startswith(f"{CHANGE}-")


def speaks_of(cause: Cause | None, found: Parting) -> bool:
    """Tell whether a cause may speak of the value at which the values part.

    Only causes that nobody wrote down are asked, and only where the value has a name.
    """
    if cause is None or not (of_a_change(cause) or cause.id.startswith(f"{ROAD}-")):
        return True
    names = {name[0] for text in (found.wanted, found.towards) if (name := WORD.match(text))}
    return not names or not names.isdisjoint(WORD.findall(cause.title))


def wrong_road(assignment: Assignment, exercise: Exercise, tried: Attempt) -> Cause | None:
    """Return what all wrong outputs are made from and no right one; None where nothing is.

    Where that is something given, its last step to each of them is what is wrong. It follows from
    the solution's own text. Of an exception nothing follows.
    """
    outputs = set(exercise.returns)
    if tried.error is not None or len(outputs) < 3 or exercise.drive is not None:
        return None
    wrong = {name for name, found in tried.findings.items() if found} & outputs
    right = outputs & tried.findings.keys() - wrong
    if len(wrong) < 2 or not right:
        return None
    key = assignment.sha256, exercise.name
    if key not in _places:
        _places[key] = Places(assignment, exercise)
    places = _places[key]
    names = places.flow.road(wrong, right, places.names)
    if not names:
        given = places.flow.given_to(wrong, right, places.names)
        return _last_steps(given, [n for n in exercise.returns if n in wrong]) if given else None
    title = f"{' or '.join(map(places.named, names))} is not right"
    hint = "All that is wrong is made from it, and nothing that is right."
    return Cause("-".join([ROAD, *names]), title.replace(", is", " is"), hint, certain=False)


def _last_steps(given: str, wrong: list[str]) -> Cause:
    title = f"the last step to {', '.join(wrong[:-1])} and {wrong[-1]} is not right"
    hint = (
        f"They alone are made with {given}; what else they are made from gives what is right, too."
    )
    return Cause("-".join([ROAD, "last", *wrong]), title, hint, certain=False)
