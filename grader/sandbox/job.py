"""One job, from the judge's side: cells to run and functions to call in one locked-in fork.

All that arrives is untrusted. A message that is not what it should be ends the job as if its
process had crashed; it never becomes anything but plain data, and never raises at the caller.
"""

from __future__ import annotations

import contextlib
import math
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any

import numpy as np

from . import replies
from .channel import Channel, Closed, TooLong, deadline
from .data import ENDED, CellResult, CellSource, Definition, Reply, SandboxError, StandInCall
from .inside import lockdown
from .inside.wire import Bounds, WireError, decode, encode
from .limits import Limits
from .outputs import text
from .stand_ins import Answers
from .watch import Stopped, Watch
from .worker_process import WorkerProcess

READY_SECONDS = 30.0
ENVELOPE_DEPTH = 4
MOST_SHOWN = 32 << 20  # bytes, about, of the outputs of all cells together
TOO_MUCH = {"output_type": "stream", "name": "stdout", "text": "[too much was shown: not kept]\n"}
Message = dict[str, Any]


class Job:
    """Cells and calls in one fork; a context manager that leaves nothing behind."""

    def __init__(
        self,
        worker: WorkerProcess,
        channel: Channel,
        pid: int,
        limits: Limits,
        cells: Sequence[CellSource],
        files: Mapping[str, bytes],
    ) -> None:
        self.cells = tuple(cells)
        self.limits = limits
        self.alive = True
        self.cpu_seconds = 0.0  # known when the job is closed
        self.memory_kb = 0
        self.doubtful = False  # ended or cut by what need not be its own doing: see _exchange
        self._shown = 0
        self._worker = worker
        self._channel = channel
        self._pid = pid
        self._bounds = Bounds(
            limits.message_bytes, limits.depth + ENVELOPE_DEPTH, limits.items, limits.ndim
        )
        self._begin(files)

    def _begin(self, files: Mapping[str, bytes]) -> None:
        """Wait until the fork has locked itself in, then put the files into its folder."""
        late = SandboxError("a fork did not lock itself in in time")
        try:
            frame = self._channel.receive(1 << 16, deadline(READY_SECONDS, late))
            ready = decode(frame)
            if ready != {"layers": lockdown.layers(self._worker.tier)}:
                raise SandboxError(f"a fork could not lock itself in: {ready}")
        except (Closed, TooLong, WireError) as error:
            self.close()
            raise SandboxError(f"a fork could not lock itself in {error}".strip()) from None
        except SandboxError:
            self.close()
            raise
        if files:
            content = {name: np.frombuffer(data, np.uint8) for name, data in files.items()}
            try:
                self._exchange({"op": "files", "files": content}, READY_SECONDS)
            except (Closed, Stopped) as error:
                raise SandboxError(f"a job's files could not be written {error}") from None

    def run(self, end: float = math.inf) -> list[CellResult]:
        """Run the cells in order, up to the first that hangs or ends the process.

        What follows that one is ``not_run``: in this process it would meet what was left behind.
        So is what is not begun by ``end``, on the monotonic clock.
        """
        results: list[CellResult] = []
        for cell in self.cells:
            over = results and results[-1].outcome in (*ENDED, "not_run")
            late = not over and time.monotonic() > end
            self.doubtful |= late
            skip = over or late
            results.append(
                CellResult(cell.id, "not_run") if skip else self._bounded(self._run_cell(cell))
            )
        return results

    def _bounded(self, result: CellResult) -> CellResult:
        """Leave the outputs out once those of all cells together are too much."""
        self._shown += sum(map(_size, result.outputs))
        return result if self._shown <= MOST_SHOWN else replace(result, outputs=(dict(TOO_MUCH),))

    def _run_cell(self, cell: CellSource) -> CellResult:
        if not self.alive:
            return CellResult(cell.id, "not_run")
        cpu = self.limits.cell_cpu_seconds
        request = {"op": "cell", "id": cell.id, "source": cell.source, "kind": cell.kind}
        try:
            reply = self._exchange({**request, "cpu": cpu}, cpu)
            return replies.cell_result(cell.id, reply, self.limits)
        except Stopped as stop:
            return replies.stopped_cell(cell.id, stop.outcome, str(stop))
        except Closed:
            return replies.stopped_cell(cell.id, "crashed", "this cell ended its process")
        except WireError:
            self.close()
            return replies.stopped_cell(cell.id, "crashed", "this cell broke its process")

    def defines(self, names: Sequence[str]) -> dict[str, Definition]:
        """Tell which names are functions; all are missing in a dead job."""
        nothing: dict[str, Definition] = dict.fromkeys(names, "missing")
        if not self.alive:
            return nothing
        try:
            request = {"op": "defines", "names": list(names)}
            reply = self._exchange(request, self.limits.call_cpu_seconds)
            return replies.definitions(names, reply)
        except (Closed, Stopped, WireError):
            self.close()
            return nothing

    def call(
        self,
        function: str,
        arguments: tuple[Any, ...],
        *,
        stand_ins: Mapping[str, Callable[..., Any]] | None = None,
        max_stand_in_calls: int = 0,
        keep: str | None = None,
        poison: bool | Mapping[str, Any] = False,
        cpu_seconds: float | None = None,
    ) -> Reply:
        """Call a student's function on plain data and return what it did.

        ``arguments`` may hold `Kept` markers; arrays arrive in the layout they have here.
        ``stand_ins`` replace global functions during the call by the judge's, which get copies
        of their arguments, at most ``max_stand_in_calls`` times in all. ``keep`` leaves the
        result in the fork under a name. ``poison`` makes variables useless during the call:
        True for those that example cells have set, a mapping for others.
        """
        if not self.alive:
            return Reply("crashed")
        cpu = self.limits.call_cpu_seconds if cpu_seconds is None else cpu_seconds
        helpers = dict(stand_ins or {})
        request = {
            "op": "call",
            "function": function,
            "arguments": tuple(arguments),
            "stand_ins": list(helpers),
            "keep": keep,
            "poison": poison if isinstance(poison, bool) else dict(poison),
            "cpu": cpu,
        }
        asked: list[StandInCall] = []
        try:
            answer = Answers(helpers, max_stand_in_calls, asked)
            told = self._exchange(request, cpu, answer)
            reply = replies.reply(told)
        except Stopped as stop:
            reply = Reply(stop.outcome)
        except (Closed, WireError):
            reply = Reply("crashed")
        if reply.outcome in ("timed_out", "crashed"):
            self.close()
        return replies.with_stand_in_calls(reply, asked)

    def _exchange(self, request: Message, cpu: float, answers: Answers | None = None) -> Message:
        """Send a request and receive its reply, answering stand-ins in between.

        On a busy machine the time on the wall is over sooner, and a crowded one kills processes,
        workers among them: both leave the job doubtful, to be tried again alone.

        Raises: Closed, Stopped (the process is gone then), WireError.
        """
        number = secrets.randbits(62)
        watch = Watch(self._worker, self._pid, cpu, self.limits)
        try:
            message = encode({**request, "number": number}, self._roomy(), markers=True)
            self._channel.send(message, watch)
            while True:
                frame = self._channel.receive(self.limits.message_bytes, watch)
                reply = decode(frame, self._bounds)
                if not isinstance(reply, dict):
                    raise WireError("not a reply")
                if text(reply, "op") != "ask":
                    break
                if answers is None:
                    raise WireError("nothing may be asked now")
                answer = answers.to(reply, len(frame), self.limits.stand_in_bytes)
                self._channel.send(encode(answer), watch)
        except TooLong as error:
            self.close()
            raise WireError(str(error)) from None
        except (Closed, Stopped) as error:
            self.doubtful |= isinstance(error, Closed) or error.wall_clock
            self.close()
            raise
        self.doubtful |= watch.interrupted
        told = reply.get("number")
        if type(told) is not int or told != number:
            raise WireError("the reply is not to this request")
        return reply

    def _roomy(self) -> Bounds:
        """The judge's own messages need no bounds."""
        return Bounds(1 << 31, 1000, 1 << 31, 32)

    def close(self) -> None:
        """End the fork and empty its folder."""
        if not self.alive:
            return
        self.alive = False
        self._channel.close()
        with contextlib.suppress(SandboxError):
            ended = self._worker.ask({"op": "end", "pid": self._pid})
            self.cpu_seconds = ended["cpu"]
            self.memory_kb = ended["memory_kb"]

    def __enter__(self) -> Job:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _size(tree: Any) -> int:
    """Return about how many bytes an output takes, however little text there is in its parts."""
    if isinstance(tree, dict):
        return sum(map(_size, tree.values()))
    return sum(map(_size, tree)) if isinstance(tree, list) else 50 + len(str(tree))
