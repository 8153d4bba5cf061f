"""Send requests to one fork and receive the replies to them, in order.

All that arrives is untrusted: what is not a reply to the request that waits for one is an error,
and never becomes anything but plain data.
"""

from __future__ import annotations

import secrets

from .channel import Channel, Closed, TooLong
from .data import Right
from .inside.wire import ROOMY, Bounds, Message, WireError, decode_counted, encode
from .limits import Limits
from .outputs import text
from .returned import Returned, read_returned
from .stand_ins import Answers
from .watch import Stopped, Watch
from .worker_process import WorkerProcess

ENVELOPE_DEPTH = 4  # levels of a message around the value in it
UNIT = 64  # bytes that are read in about the time of one value


class Dialogue:
    """A dialogue with one fork, from the judge's side.

    A request may have several replies: the fork works on while the judge reads the first. Each
    carries the number of its request, which nobody can know before, and its place among them.
    """

    def __init__(self, worker: WorkerProcess, pid: int, channel: Channel, limits: Limits) -> None:
        self.inconclusive = False  # ended or cut by what need not be the fork's own doing
        self.idle_seconds = 0.0  # that the fork has let its judge wait for nothing
        self.heard = 0  # how much has been read from it: values, and bytes in units of `UNIT`
        self._worker = worker
        self._pid = pid
        self._channel = channel
        self._limits = limits
        self._bounds = Bounds(
            limits.message_bytes, limits.depth + ENVELOPE_DEPTH, limits.items, limits.ndim
        )
        self._number = 0  # that the next reply must carry

    def ask(self, request: Message, cpu: float) -> None:
        """Send a request. Raises: Closed, Stopped."""
        # Drawn anew, so that no reply can be forged ahead of its request; 62 of the wire's 64 bits
        # leave room to count on.
        self._number = secrets.randbits(62)
        message = encode({**request, "number": self._number}, ROOMY, markers=True)
        watch = self._watch(cpu)
        try:
            self._channel.send(message, watch)
        except (Closed, Stopped) as error:
            self._doubt(error)
            raise

    def call_reply(
        self, cpu: float, answers: Answers, right: Right | None
    ) -> tuple[Message, Returned]:
        """Receive the next reply to a request for calls, and open what the call gave back.

        Raises: as `reply`.
        """
        told = self.reply(cpu, answers, apart=True)
        returned = read_returned(told, self._bounds, right)
        self.heard += returned.items
        return told, returned

    def reply(self, cpu: float, answers: Answers | None = None, apart: bool = False) -> Message:
        """Receive the next reply to the request, answering stand-ins in between.

        The fork may use ``cpu`` seconds for it. On a busy machine the time on the wall is over
        sooner, and a crowded one kills processes, workers among them: both leave the dialogue
        inconclusive, for the job to be tried again alone.

        Raises: Closed, Stopped, WireError; the dialogue is over then.
        """
        watch = self._watch(cpu)
        try:
            reply = self._heard(watch, answers, apart)
        except TooLong as error:
            raise WireError(str(error)) from None
        except (Closed, Stopped) as error:
            self.idle_seconds += watch.idle
            self._doubt(error)
            raise
        self.idle_seconds += watch.idle
        self.inconclusive |= watch.doubtful
        told = reply.get("number")
        if type(told) is not int or told != self._number:
            raise WireError("the reply is not to this request")
        self._number += 1
        return reply

    def _heard(self, watch: Watch, answers: Answers | None, apart: bool) -> Message:
        while True:
            stopped: Stopped | None = None
            try:
                frame = self._channel.receive(self._limits.message_bytes, watch)
            except Stopped as stop:
                # The fork works on while its replies are read: one that has come counts, and what
                # it is stopped for is found again, by whoever waits for the next.
                if not self._channel.holds_frame(self._limits.message_bytes):
                    raise
                stopped, frame = stop, self._channel.receive(self._limits.message_bytes, watch)
            reply, values = decode_counted(frame, self._bounds, apart=apart)
            self.heard += values + len(frame) // UNIT
            if not isinstance(reply, dict):
                raise WireError("not a reply")
            if text(reply, "op") != "ask":
                return reply
            # A question is no reply that counts: the fork has used up its time and gets no answer.
            if stopped is not None:
                raise stopped
            if answers is None:
                raise WireError("nothing may be asked now")
            answer = answers.to(reply, len(frame), self._limits.stand_in_bytes)
            self._channel.send(encode(answer), watch)
            watch.rest()  # the fork had to wait for the answer

    def look(self) -> None:
        """Look at what the fork has left behind so far. Raises: Closed, Stopped."""
        try:
            self._watch(self._limits.job_cpu_seconds)()
        except (Closed, Stopped) as error:
            if isinstance(error, Stopped) and error.outcome != "crashed":
                return  # its time is looked at while it works
            self._doubt(error)
            raise

    def _watch(self, cpu: float) -> Watch:
        return Watch(self._worker, self._pid, cpu, self._limits)

    def _doubt(self, error: Closed | Stopped) -> None:
        self.inconclusive |= isinstance(error, Closed) or error.wall_clock
