"""Drive one job from the judge's side: cells to run, functions to call in one locked-in fork.

All that arrives is untrusted. A message that is not what it should be ends the job as if its
process had crashed; it never becomes anything but plain data, and never raises at the caller.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any

from . import replies
from .channel import Channel, Closed, TooLong, deadline
from .data import ENDED, Call, CellResult, CellSource, Definition, Reply, SandboxError
from .dialogue import Dialogue
from .inside.lockdown import locks
from .inside.wire import ROOMY, Encoded, Stored, WireError, decode, encode
from .limits import Limits
from .outputs import Allowance
from .stand_ins import Answers, OffPath
from .watch import Stopped
from .worker_process import WorkerProcess

READY_SECONDS = 30.0
MOST_SENT = 4 << 20  # bytes, about, of the calls that are sent together
# What cells may make the judge read: 128 MB of text, or two million values. An honest process cuts
# its outputs long before.
MOST_HEARD = 2_000_000


class Job:
    """A job: cells and calls in one fork; a context manager that leaves nothing behind."""

    def __init__(
        self,
        worker: WorkerProcess,
        channel: Channel,
        pid: int,
        limits: Limits,
        cells: Sequence[CellSource],
    ) -> None:
        self.cells = tuple(cells)
        self.limits = limits
        self.alive = True
        self.cpu_seconds = 0.0  # known when the job is closed
        self.inconclusive = False  # ended or cut by what need not be its own doing
        self.unclear = False  # which cell or call it was that ended it
        self.off_path = False  # ended by a question that no right function asks
        self._worker = worker
        self._channel = channel
        self._pid = pid
        self._await_lockdown()
        self._dialogue = Dialogue(worker, pid, channel, limits)

    def _await_lockdown(self) -> None:
        """Wait until the fork has locked itself in."""
        late = SandboxError("a fork did not lock itself in in time")
        try:
            frame = self._channel.receive(1 << 16, deadline(READY_SECONDS, late))
            ready = decode(frame)
            # A fork that is not locked in runs no cell: that is a fault of the kit's.
            if ready != {"layers": locks.layers(self._worker.tier)}:
                raise SandboxError(f"a fork could not lock itself in: {ready}")
        except (Closed, TooLong, WireError) as error:
            self.close()
            raise SandboxError(f"a fork could not lock itself in {error}".strip()) from None
        except SandboxError:
            self.close()
            raise

    def run(
        self,
        end: float = math.inf,
        allowance: Allowance | None = None,
        stepwise: bool = False,
        quiet: bool = False,
    ) -> list[CellResult]:
        """Run the cells in order, up to the first that hangs or ends the process.

        What they show is taken off the ``allowance``; with ``quiet`` it is thrown away unseen. What
        follows the last one is ``not_run``: in this process it would meet what was left behind. So
        is what has not ended by ``end``, on the monotonic clock; the job is over then.

        The cells are sent together, and so are their replies: where one ends the process or has to
        be stopped it is ``unclear`` which one it was; ``stepwise``, each is looked at before the
        next one begins.
        """
        results: list[CellResult] = []
        shown = None if quiet else allowance or Allowance()
        for batch in [[cell] for cell in self.cells] if stepwise else [self.cells]:
            self._begin(batch, quiet)
            for cell in batch:
                if not self.alive or (results and results[-1].outcome in ENDED):
                    break
                if time.monotonic() > end:
                    self.inconclusive = True
                    self._end()
                    break
                # The fork is looked at while a reply is waited for; after the last nobody would.
                last = len(results) == len(self.cells) - 1
                results.append(self._cell_result(cell, shown, stepwise or last))
                self.unclear &= len(batch) > 1
        return results + [CellResult(cell.id, "not_run") for cell in self.cells[len(results) :]]

    def _begin(self, batch: Sequence[CellSource], quiet: bool) -> None:
        cpu = self.limits.cell_cpu_seconds
        cells = [{"id": c.id, "source": c.source, "kind": c.kind, "cpu": cpu} for c in batch]
        try:
            if self.alive and cells:
                self._dialogue.ask({"op": "cells", "cells": cells, "quiet": quiet}, cpu)
        except (Closed, Stopped):
            self._end()

    def _cell_result(self, cell: CellSource, shown: Allowance | None, look: bool) -> CellResult:
        try:
            reply = self._dialogue.reply(self.limits.cell_cpu_seconds)
            if self._dialogue.heard > MOST_HEARD:
                raise WireError("more than is read")
            result = replies.cell_result(cell.id, reply, self.limits, shown)
            if look:
                self._dialogue.look()
        except Stopped as stop:
            # Files and threads that were left behind may be an earlier cell's, or the next one's:
            # the fork works on while its replies are read, and sends some of them together.
            self.unclear = True
            result = replies.stopped_cell(cell.id, stop.outcome, str(stop))
        except Closed:
            self.unclear = True
            result = replies.stopped_cell(cell.id, "crashed", "this cell ended its process")
        except WireError:  # sent in advance, perhaps, of the replies that were to come before it
            self.unclear = True
            result = replies.stopped_cell(cell.id, "crashed", "this cell broke its process")
        else:
            self.inconclusive |= self._dialogue.inconclusive
            return result
        self._end()
        return result

    def defines(self, names: Sequence[str]) -> dict[str, Definition]:
        """Tell which names are functions; all are missing in a dead job."""
        nothing: dict[str, Definition] = dict.fromkeys(names, "missing")
        if not self.alive:
            return nothing
        cpu = self.limits.call_cpu_seconds
        try:
            self._dialogue.ask({"op": "defines", "names": list(names)}, cpu)
            found = replies.definitions(names, self._dialogue.reply(cpu))
        except (Closed, Stopped, WireError):
            self._end()
            return nothing
        self.inconclusive |= self._dialogue.inconclusive
        return found

    def call(self, function: str, arguments: tuple[Any, ...], **options: Any) -> Reply:
        """Call a student's function once; ``options`` are those of a `Call`."""
        return next(self.calls([Call(function, arguments, **options)]))

    def calls(
        self, calls: Sequence[Call], until: str = "", one_by_one: bool = False
    ) -> Generator[Reply]:
        """Make one call after the other and yield what each did.

        They are sent together, and so are their replies: where one of several calls ends the
        process, replies before it may be lost, and it is ``unclear`` which one it was; not with
        ``one_by_one``, which takes longer. The end comes early after the first reply that ends the
        job, and with ``until`` after the first call that raises a NotImplementedError with this
        text. Whoever does not take all the replies ends the job.
        """
        sent = 0
        encoded = {id(call): _encoded(call, self.limits) for call in calls}  # some come twice
        try:
            for batch in _batches([encoded[id(call)] for call in calls]):
                if self.alive:
                    self._send(batch, until, one_by_one)
                for call in calls[sent : sent + len(batch)]:
                    sent += 1
                    reply = self._reply(call) if self.alive else Reply("crashed")
                    self.unclear &= len(batch) > 1 and not one_by_one
                    yield reply
                    error = reply.error
                    stub = bool(until) and error is not None and error.is_stub(until)
                    if reply.outcome in ENDED or stub:
                        sent = len(calls)
                        return
        finally:
            if sent < len(calls):
                self._end()

    def _send(self, batch: list[bytes], until: str, one_by_one: bool) -> None:
        calls = [Encoded(call) for call in batch]
        try:
            request = {"op": "calls", "calls": calls, "until": until, "one_by_one": one_by_one}
            self._dialogue.ask(request, self.limits.call_cpu_seconds)
        except (Closed, Stopped):
            self._end()

    def _reply(self, call: Call) -> Reply:
        answers = Answers(call)
        cpu = self.limits.call_cpu_seconds if call.cpu_seconds is None else call.cpu_seconds
        try:
            reply = replies.reply(*self._dialogue.call_reply(cpu, answers, call.right))
        except OffPath:
            self.off_path = True
            reply = Reply("crashed")
        except Stopped as stop:
            self.unclear = True
            reply = Reply(stop.outcome)
        except (Closed, WireError):
            self.unclear = True
            reply = Reply("crashed")
        self.inconclusive |= self._dialogue.inconclusive
        if reply.outcome in ENDED:
            self._end()
        if reply.error is not None and answers.raised is not None:
            name, error = answers.raised
            if f"{name}: {type(error).__name__}" in reply.error.message:  # else it was caught
                return replace(reply, below=answers.raised)
        return reply

    @property
    def heard(self) -> int:
        """Return how much has been read from the fork: values, and bytes in units of 64."""
        return self._dialogue.heard

    @property
    def idle_seconds(self) -> float:
        """Return how long the fork has let the judge wait while it did nothing."""
        return self._dialogue.idle_seconds

    def _end(self) -> None:
        self.inconclusive |= self._dialogue.inconclusive
        self.close()

    def close(self) -> None:
        """End the fork and empty its folder."""
        if not self.alive:
            return
        self.alive = False
        self._channel.close()
        # A worker that has died has taken its forks along.
        with contextlib.suppress(SandboxError):
            ended = self._worker.ask({"op": "end", "pid": self._pid})
            self.cpu_seconds = ended["cpu"]

    def __enter__(self) -> Job:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _encoded(call: Call, limits: Limits) -> bytes:
    """Encode a call by itself, to be decoded by itself: an array in two calls becomes two."""
    request = {
        "function": call.function,
        "arguments": tuple(call.arguments),
        "kept": any(isinstance(argument, Stored) for argument in call.arguments),
        "stand_ins": list(call.stand_ins),
        "store_as": call.store_as,
        "mask_globals": call.mask_globals
        if isinstance(call.mask_globals, bool)
        else dict(call.mask_globals),
        "cpu": limits.call_cpu_seconds if call.cpu_seconds is None else call.cpu_seconds,
        "driver": call.driver,
        "after": call.after,
    }
    return encode(request, ROOMY, markers=True)


def _batches(calls: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Yield as many calls at a time as may be sent together, and at least one."""
    batch: list[bytes] = []
    size = 0
    for call in calls:
        if batch and size + len(call) > MOST_SENT:
            yield batch
            batch, size = [], 0
        batch.append(call)
        size += len(call)
    if batch:
        yield batch
