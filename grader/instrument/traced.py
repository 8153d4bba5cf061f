"""Run a rewritten function once and give back what it told of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grader.instrument.recorder import RECORDER, SUBSCRIPT, Full, Index, Recorder, arrays_in
from grader.instrument.report import report_of, trace

WOVEN = "<woven>"


def traced(
    code: Any,
    recorder: Recorder,
    names: Mapping[str, Any],
    others: Sequence[str],
    after: Mapping[str, int],
    wanted: Callable[[Mapping[str, Any]], Callable[..., Any]],
    led_here: Sequence[tuple[str, tuple[Any, ...]]] = (),
) -> Callable[..., dict[str, Any]]:
    """Return what calls a rewritten function, once, and tells what happened.

    ``code`` is rewritten text, compiled or not, that is run in a copy of ``names``; ``wanted``
    takes from there what is to be called. ``others`` are the functions of other exercises, and
    ``after`` the places of arguments whose state after the call is a part of the result. Calls that
    ``led_here`` are made before, so that what they compute is known, too. What is given back has
    the keys ``returned``, ``error`` (its type, its lines, a name that had no value) and ``report``.
    """
    space = dict(names)
    space[RECORDER], space[SUBSCRIPT] = recorder, Index()
    exec(compile(code, WOVEN, "exec") if isinstance(code, str) else code, space)
    recorder.others = {id(space[name]): name for name in others if name in space}
    function = wanted(space)

    def run(*arguments: Any) -> dict[str, Any]:
        before = [value.copy() for value in arrays_in(arguments)]
        recorder.use(arguments)
        recorder.inside += 1
        for other, given in led_here:
            space[other](*given)
        recorder.inside -= 1
        recorder.begins = len(recorder.records)
        returned: Any = None
        error: Exception | None = None
        try:
            returned = function(*arguments)
            if after:
                states = {name: arguments[i] for name, i in after.items()}
                returned = {"returned": returned, "after": states}
        except Full:
            raise
        except Exception as raised:
            error = raised
        told = report_of(recorder, returned, error, arguments, before)
        if error is None:
            return {"returned": returned, "error": None, "report": told}
        name = getattr(error, "name", None) if isinstance(error, NameError) else None
        through = tuple(trace(error, WOVEN)[-50:])
        said = (type(error).__name__[:200], through, str(name or "")[:200])
        return {"returned": None, "error": said, "report": told}

    return run
