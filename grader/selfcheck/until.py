"""Say up to which line a student's function is right, by the values that equations name."""

from __future__ import annotations

import inspect
import itertools
import linecache
import warnings
from collections.abc import Callable, Collection, Iterator
from typing import Any

import numpy as np

from grader.comparison.drivers import driven
from grader.comparison.time_limit import time_limit
from grader.comparison.trees import deep_copy
from grader.instrument.digests import known_by
from grader.instrument.recorder import Made, Recorder
from grader.instrument.sketches import Numeric
from grader.instrument.traced import traced
from grader.instrument.weave import NotWoven, woven
from grader.selfcheck.names import names_around
from grader.selfcheck.references_file import Reference
from grader.selfcheck.replay import replaying

WATCHED_SECONDS = 2.0  # of processor time, for a loop that never ends
LONGEST_LINE = 80  # characters


def right_until(
    reference: Reference, function: Callable[..., Any], right: Collection[str] = ()
) -> str:
    """Return the last line that makes a value which an equation names, and what is not made.

    Outputs that are ``right`` are made, whichever way. Empty where no equation names a value, and
    where nothing can be looked at.
    """
    if not reference.known:
        return ""
    try:
        lines, start = inspect.getsourcelines(function)
        made = woven(inspect.cleandoc("\n" + "".join(lines)), [reference.layout.name])
    except (OSError, TypeError, NotWoven):
        return ""
    recorder = Recorder(made.needed)
    _run(reference, function, made.text, recorder)
    found: dict[str, int] = {}
    lines_of = [place.line for place in made.places]
    for record in _finished(recorder, lines_of):
        for name in _known(reference, record):
            found.setdefault(name, lines_of[record.place])
    missing = [k for k in reference.known if k["name"] not in found and k["name"] not in right]
    if not missing:
        return ""
    return " ".join(filter(None, (_until(reference, function, start, found), _not_made(missing))))


def _finished(recorder: Recorder, lines: list[int]) -> Iterator[Made]:
    """Yield the values that a line comes to: what goes on within it is on the way there."""
    on_the_way = {
        number
        for record in recorder.records
        if record.place >= 0 and not record.moved
        for number in record.inputs
        if recorder.records[number].place >= 0
        and lines[recorder.records[number].place] == lines[record.place]
    }
    bound = {number for _, _, number in recorder.bindings}
    for number, record in enumerate(recorder.records):
        if record.place >= 0 and (number in bound or number not in on_the_way):
            yield record


def _run(reference: Reference, function: Callable[..., Any], text: str, recorder: Recorder) -> None:
    """Call the rewritten function on the visible example; what it raises ends it there."""
    name, driver = reference.layout.name, reference.driver

    def wanted(space: Any) -> Callable[..., Any]:
        called: Callable[..., Any] = driven(driver, space) if driver else space[name]
        return called

    scope = names_around(function)
    try:
        with (
            replaying(reference, scope),
            np.errstate(all="ignore"),
            warnings.catch_warnings(),
            time_limit(WATCHED_SECONDS, processor=True),
        ):
            warnings.simplefilter("ignore")
            run = traced(text, recorder, scope, list(reference.steps), {}, wanted)
            run(*deep_copy(reference.arguments))
    except Exception:
        return  # what was recorded until then is looked at


def _known(reference: Reference, record: Made) -> Iterator[str]:
    """Yield the names of the values that a record, or a stretch of it, holds."""
    table = [known["digests"] for known in reference.known]
    for place in known_by(record.value, table, reference.salt):
        yield reference.known[place]["name"]
    for known in reference.known:
        for stretch in _stretches(record.value, tuple(known["shape"])):
            if known_by(stretch, [known["digests"]], reference.salt):
                yield known["name"]


def _stretches(value: Numeric, shape: tuple[int, ...]) -> Iterator[Numeric]:
    """Yield the parts of that shape that a stack of several has, one after the other."""
    if value.ndim == len(shape) and value.shape[1:] == shape[1:] and value.shape[0] > shape[0]:
        for at in range(0, value.shape[0] - shape[0] + 1, shape[0]):
            yield value[at : at + shape[0]]
    elif value.ndim == len(shape) + 1:
        if value.shape[1:] == shape:
            yield from value
        elif value.shape[:-1] == shape:
            yield from np.moveaxis(value, -1, 0)


def _last_in_a_row(reference: Reference, found: dict[str, int]) -> str:
    """Return the last value that is made before one is missing, in the equations' order."""
    names = [str(known["name"]) for known in reference.known]
    row = list(itertools.takewhile(found.__contains__, names))
    return row[-1] if row else next(name for name in names if name in found)


def _until(
    reference: Reference, function: Callable[..., Any], start: int, found: dict[str, int]
) -> str:
    if not found:
        return ""
    name = _last_in_a_row(reference, found)
    equation = next(k["equation"] for k in reference.known if k["name"] == name)
    line = start + found[name] - 1
    text = linecache.getline(function.__code__.co_filename, line).strip()[:LONGEST_LINE]
    told = f": {text}" if text else ""
    return f"Right until here: line {line} makes {name}, equation ({equation}){told}."


def _not_made(missing: list[Any]) -> str:
    first = missing[0]
    return (
        f"{first['name']}, equation ({first['equation']}), is among nothing that your lines make."
    )
