"""Serve the judge from within a locked-in fork: run cells, answer calls, keep values.

Everything here lies open to the student code beside it, and nothing here is trusted: the judge
checks all that arrives. What is fetched from modules at import is only for robustness against
accidents, such as a student's variable called ``np``.
"""

from __future__ import annotations

import builtins
import importlib
import io
import os
import socket
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import repeat
from operator import is_
from typing import Any

import numpy as np

from . import frames, own_modules, reserve, shell
from .arguments import Given, resolve, useless, with_given, write_into
from .cells import Cells
from .clock import Clock
from .wire import (
    MOST_PLACES,
    ROOMY,
    Bounds,
    Encoded,
    Message,
    Refused,
    WireError,
    decode,
    encode,
    value_bounds,
)

# A product, too: what the library of matrices sets aside at its first one is the worker's then, and
# not of a job that may have used its memory up.
WARM_CELL = "import numpy as np\nnp.ones((64, 64)) @ np.ones((64, 64))\nnp.zeros(2)\n"
FAILING_CELL = "def fails():\n    raise NotImplementedError('empty')\nfails()"
MISSING = object()


def warm(scratch: str) -> None:
    """Import and exercise, before any fork, what cells will use."""
    for name in ("numpy.random", "IPython.core.ultratb", "stack_data"):
        importlib.import_module(name)
    reserve.keep()
    own_modules.import_kept()
    warm_shell = shell.make()
    stdout, stderr = sys.stdout, sys.stderr
    shell.capture_streams()
    shell.COLLECTOR.open()
    for cell in (WARM_CELL, FAILING_CELL):
        warm_shell.run_cell(cell)
    shell.COLLECTOR.close()
    sys.stdout, sys.stderr = stdout, stderr
    warm_shell.reset(new_session=True)
    sys.modules["selfcheck"] = _inert_selfcheck()


def warm_figures() -> None:
    """Import and exercise, before any fork that may draw, what draws."""
    shell.import_figures(shell.Shell.instance())
    plt = importlib.import_module("matplotlib.pyplot")
    plt.plot([0, 1])
    plt.title("a")
    plt.savefig(io.BytesIO(), format="png")
    plt.close("all")


def keep_own(sources: list[str], modules: list[bytes]) -> None:
    """Compile the kit's own cells and modules once for all forks; nothing of them runs."""
    shell.Shell.instance().compile.keep(sources)
    own_modules.keep_modules(modules)


def _inert_selfcheck() -> types.ModuleType:
    """Return a stand-in for the student's check: there is nothing to be learnt from it here."""
    module = types.ModuleType("selfcheck", "Checks are not run where notebooks are graded.")

    def check(*_: object, **__: object) -> None:
        """Do nothing."""

    def drive(name: str, *arguments: Any) -> Any:
        """Do with the names of the cells what the exercise's driver does."""
        drivers = importlib.import_module("selfcheck_drivers").DRIVERS
        return _portable(drivers[name])(_Names(sys._getframe(1).f_globals), *arguments)

    def summary(*_: object, **__: object) -> None:
        """Do nothing."""

    module.check = check  # type: ignore[attr-defined]
    module.drive = drive  # type: ignore[attr-defined]
    module.summary = summary  # type: ignore[attr-defined]
    return module


class Server:
    """A server of one job: the shell with the student's names, and what calls have kept."""

    def __init__(self, connection: socket.socket, folder: str, limits: Mapping[str, Any]) -> None:
        self.connection = connection
        self.replies = frames.Gathering(connection)
        self.folder = folder
        self.bounds = Bounds(
            message_bytes=limits["message_bytes"],
            depth=limits["depth"] + 4,  # the envelope around a value
            items=limits["items"],
            ndim=limits["ndim"],
        )
        self.value_bounds = value_bounds(limits)
        self.shell: Any = shell.Shell.instance()
        self.clock = Clock()
        self.cells = Cells(self.shell, self.clock)
        self.kept: dict[str, Any] = {}
        self.masks: dict[str, Any] = {}  # made once: to make them takes longer than a call
        self.unmasked: dict[str, Any] = {}  # what they stand for
        shell.COLLECTOR.limit(
            limits["output_bytes"],
            limits["image_bytes"],
            limits["display_calls"],
            limits["shown_bytes"],
        )
        sys.path.insert(0, folder)

    def serve(self) -> None:
        """Answer until the judge hangs up; each reply carries its request's number, counted on."""
        handlers: dict[str, Callable[[Message], Iterator[Message]]] = {
            "cells": self.cells.run, "defines": self.defines, "calls": self.calls,
        }  # fmt: skip
        while (frame := frames.receive(self.connection)) is not None:
            request = decode(frame, ROOMY, markers=True, layouts=True, apart=True)
            for place, reply in enumerate(handlers[request["op"]](request)):
                self._add({**reply, "number": request["number"] + place})
                if request.get("one_by_one"):
                    self.replies.send()
            self.replies.send()

    def _add(self, message: Message) -> None:
        self.replies.add(encode(message, self.bounds))

    def defines(self, request: Message) -> Iterator[Message]:
        """Tell which names are functions."""
        found = {}
        for name in request["names"]:
            value = self.shell.user_ns.get(name, MISSING)
            kind = "function" if callable(value) else "other"
            found[name] = "missing" if value is MISSING else kind
        yield {"defines": found}

    def calls(self, request: Message) -> Iterator[Message]:
        """Make calls up to the first that takes too long or shows the stub's own text."""
        until = request["until"]
        self.clock.listen()
        for call in request["calls"]:
            reply = self.call(Given(call.data))
            yield reply
            if reply["outcome"] == "timed_out" or (until and _is_stub(reply, until)):
                break

    def call(self, given: Given) -> Message:
        """Call a student's function on the judge's arguments."""
        request = given.call
        function = self.shell.user_ns.get(request["function"])
        if not callable(function):
            return {"outcome": "missing"}
        arguments = request["arguments"]
        try:
            if request["kept"]:
                arguments = resolve(arguments, self.kept)
        except (LookupError, TypeError) as error:
            return {"outcome": "refused", "reason": f"what was kept does not fit: {error}"}
        mask_globals = request["mask_globals"]
        replaced = dict(self._masked() if mask_globals is True else mask_globals or {})
        if request["stand_ins"]:
            replaced.update(self._stand_ins(request["stand_ins"]))
        if request["driver"]:
            function = self._driven(request["driver"])
        with _replaced(self.shell.user_ns, replaced):
            reply, result = self._timed_call(function, arguments, request)
        if reply["outcome"] == "returned" and request["store_as"] is not None:
            self.kept[request["store_as"]] = result
        if reply["outcome"] in ("returned", "refused"):
            reply["inputs_changed"] = given.changed(arguments, request["after"])
        _close_figures()
        return reply

    def _driven(self, text: str) -> Callable[..., Any]:
        """Return what a driver does with the student's names."""
        drive = _portable(text)
        student = _Names(self.shell.user_ns)
        return lambda *arguments: drive(student, *arguments)

    def _timed_call(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], request: Message
    ) -> tuple[Message, Any]:
        result = None
        try:
            with self.clock.limit(request["cpu"]):
                result = function(*arguments)
                if not request["after"]:
                    return {"outcome": "returned", "value": self._encoded(result)}, result
                # Both at once: what they share is written once, and nothing can change in between.
                states = tuple(arguments[i] for i in request["after"])
                value, after = self._encoded(result), self._encoded(states)
            return {"outcome": "returned", "value": value, "after": after}, result
        except Refused as error:
            return {"outcome": "refused", "reason": str(error)}, result
        except shell.TimeUp:
            return {"outcome": "timed_out"}, None
        except BaseException as error:
            if isinstance(error, MemoryError):
                reserve.release()
            return {"outcome": "raised", "error": self._described(error)}, None

    def _encoded(self, result: Any) -> Encoded:
        """Turn what was returned into bytes at once, whatever it pretends to be."""
        try:
            return Encoded(encode(result, self.value_bounds))
        except Refused:
            raise
        except Exception as error:
            raise Refused(f"a value that cannot be read ({type(error).__name__})") from None

    def _described(self, error: BaseException) -> tuple[str, str, tuple[tuple[str, int], ...]]:
        """Say what was raised, and through which lines of which cells, outermost first."""
        places: deque[tuple[str, int]] = deque(maxlen=MOST_PLACES)
        trace = error.__traceback__
        while trace is not None:
            name = trace.tb_frame.f_code.co_filename
            if name in shell.CELL_NAMES.of:
                cell, blank = shell.CELL_NAMES.of[name]
                places.append((cell, trace.tb_lineno + blank))
            trace = trace.tb_next
        try:
            message = str(error)[:2000]
        except Exception:
            message = ""
        return type(error).__name__[:200], message, tuple(places)

    def _stand_ins(self, names: Iterable[str]) -> dict[str, Callable[..., Any]]:
        """Return a stand-in for each name, and for every other name of the same function."""
        mine = self.shell.user_ns
        stand_ins = {name: self._stand_in(name) for name in names}
        by_function = {id(mine[name]): made for name, made in stand_ins.items() if name in mine}
        aliases = {name: by_function.get(id(value)) for name, value in mine.items()}
        return {name: made for name, made in aliases.items() if made is not None} | stand_ins

    def _stand_in(self, name: str) -> Callable[..., Any]:
        """Return a function that asks the judge for its answer."""

        def stand_in(*arguments: Any, **keywords: Any) -> Any:
            asked = {"op": "ask", "name": name, "arguments": arguments, "keywords": keywords}
            try:
                self._add(asked)
                self.replies.send()
            except Refused as refused:
                raise TypeError(f"{name} was given {refused}") from None
            frame = frames.receive(self.connection)
            if frame is None:
                os._exit(0)
            answer = decode(frame, self.bounds, markers=True)
            if "error" in answer:
                kind = getattr(builtins, answer.get("type", ""), RuntimeError)
                raise kind(answer["error"])
            given = {"arguments": arguments, "keywords": keywords}
            if answer["writes"] is not None:
                write_into(given, answer["writes"])
            return with_given(answer["value"], given)

        stand_in.__name__ = name
        return stand_in

    def _masked(self) -> Message:
        """Return useless values for the variables that example cells have set."""
        masked = self.cells.from_examples
        now = dict(zip(masked, _values(self.shell.user_ns, masked), strict=True))
        was = self.unmasked
        if now.keys() != was.keys() or not all(map(is_, now.values(), was.values())):
            there = ((name, value) for name, value in now.items() if value is not MISSING)
            self.masks = {name: useless(value) for name, value in there}
            self.unmasked = now
        return self.masks


class _Names:
    """The student's names, as a driver reads them."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.__names = names

    @property
    def __names__(self) -> Mapping[str, Any]:
        """Return all names, for a driver that runs code among them."""
        return self.__names

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__names[name]
        except KeyError:
            raise NameError(f"name {name!r} is not defined") from None


def _portable(text: str) -> Callable[..., Any]:
    """Return the function that a driver's text defines."""
    scope: dict[str, Any] = {"np": np}
    exec(compile(text, "<driver>", "exec"), scope)
    function: Callable[..., Any] = scope["portable"]
    return function


def _is_stub(reply: Message, text: str) -> bool:
    error = reply.get("error") or ("", "")
    return error[0] == "NotImplementedError" and text in error[1]


@contextmanager
def _replaced(names: dict[str, Any], values: Mapping[str, Any]) -> Iterator[None]:
    """Replace the values of names for a while."""
    before = _values(names, values)
    names.update(values)
    try:
        yield
    finally:
        names.update(zip(values, before, strict=True))
        if any(map(is_, before, repeat(MISSING))):
            for name in [name for name in values if names[name] is MISSING]:
                del names[name]


def _values(names: Mapping[str, Any], which: Iterable[str]) -> list[Any]:
    """Return the values of some names, MISSING for those that there are not."""
    return list(map(names.get, which, repeat(MISSING)))


def _close_figures() -> None:
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and pyplot.get_fignums():
        pyplot.close("all")


def serve(connection: socket.socket, folder: str, limits: Mapping[str, Any]) -> None:
    """Serve one job until the judge hangs up."""
    shell.capture_streams()
    try:
        Server(connection, folder, limits).serve()
    except WireError:
        os._exit(2)
