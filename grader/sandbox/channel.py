"""Send and receive frames at the judge's end, with a size limit and one deadline each.

The other end is not trusted: it may stall, dribble, flood or hang up.
"""

from __future__ import annotations

import array
import select
import socket
import time
from collections.abc import Callable

from .inside.frames import HEADER

# Where the kernel does not limit a job's threads (root's, at tier A), these looks alone count them.
FIRST_LOOK_SECONDS = 0.05
LATER_LOOKS_SECONDS = 0.1
PIECE, SHORT = 1 << 20, 1 << 16  # bytes read at a time, at most and at least


class Closed(Exception):
    """A connection that the other end has closed."""


class TooLong(Exception):
    """A message beyond the bound, by what the other end announces."""


class _NotYet(Exception):
    """A frame that is not here in full: there would be something to wait for."""


Look = Callable[[], None]


def _not_now() -> None:
    raise _NotYet


class Channel:
    """A stream socket for frames; ``watch`` is called while waiting, and stops it by raising."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._came = bytearray()  # and has not been asked for yet
        connection.setblocking(False)
        self._looked = time.monotonic()

    def send(self, data: bytes, watch: Look, passing: socket.socket | None = None) -> None:
        """Write one frame, and hand over a connection with it.

        Raises: Closed, and whatever ``watch`` raises.
        """
        waiting = memoryview(HEADER.pack(len(data)) + data)
        if passing is not None:
            descriptor = array.array("i", [passing.fileno()])
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptor)]
            try:
                waiting = waiting[self.connection.sendmsg([waiting], rights) :]
            except OSError:
                raise Closed from None
        while waiting:
            try:
                waiting = waiting[self.connection.send(waiting[:PIECE]) :]
            except BlockingIOError:
                self._wait(select.POLLOUT, watch)
            except OSError:
                raise Closed from None

    def receive(self, limit: int, watch: Look) -> bytes:
        """Read one frame of at most ``limit`` bytes.

        Raises: Closed, TooLong, and whatever ``watch`` raises.
        """
        self._await(HEADER.size, watch)
        length: int = HEADER.unpack_from(self._came)[0]
        # Refused by the announced length, before memory is set aside for it.
        if length > limit:
            raise TooLong(f"a message of {length} bytes is too long")
        end = HEADER.size + length
        self._await(end, watch)
        frame = bytes(memoryview(self._came)[HEADER.size : end])
        del self._came[:end]
        return frame

    def holds_frame(self, limit: int) -> bool:
        """Tell whether a whole frame has come already; waits for a moment only."""
        self._looked = time.monotonic()
        try:
            self._await(HEADER.size, _not_now)
            length: int = HEADER.unpack_from(self._came)[0]
            if length <= limit:
                self._await(HEADER.size + length, _not_now)
        except (_NotYet, Closed):
            return False
        return length <= limit

    def _await(self, count: int, watch: Look) -> None:
        """Wait until ``count`` bytes have come; what comes with them is kept for the next frame."""
        while len(self._came) < count:
            try:
                piece = self.connection.recv(max(SHORT, min(count - len(self._came), PIECE)))
            except BlockingIOError:
                self._wait(select.POLLIN, watch)
                continue
            except OSError:
                raise Closed from None
            if not piece:
                raise Closed
            self._came += piece
            self._look(watch)

    def _wait(self, event: int, watch: Look) -> None:
        poll = select.poll()
        poll.register(self.connection, event)
        pause = FIRST_LOOK_SECONDS
        while not poll.poll(pause * 1000):
            watch()
            pause = LATER_LOOKS_SECONDS

    def _look(self, watch: Look) -> None:
        """Look now and then even if the other end never makes us wait: dribbles and floods."""
        now = time.monotonic()
        if now - self._looked > LATER_LOOKS_SECONDS:
            self._looked = now
            watch()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def deadline(seconds: float, expired: Exception) -> Look:
    """Return a watch that raises ``expired`` after ``seconds`` by the wall clock."""
    end = time.monotonic() + seconds

    def watch() -> None:
        if time.monotonic() > end:
            raise expired

    return watch
