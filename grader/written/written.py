"""``grader written``: serve the page for marking until Ctrl-C, and say how far it came."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import signal
from collections.abc import Callable, Sequence

from grader.errors import UsageError
from grader.serving.guard import Guard
from grader.serving.listening import HERE, listen
from grader.written.desk import Desk
from grader.written.formulas import Formulas
from grader.written.served import MOST_BODY, Marking
from grader.written.shown import ShownAnswers

PORTS = range(49152, 65536)  # those that nobody is given (RFC 6335)


def serve_marking(
    desk: Desk,
    *,
    port: int | None,
    names: Sequence[str],
    anonymous: bool,
    say: Callable[[str], None],
) -> None:
    """Serve the page until Ctrl-C.

    Raises UsageError where the gradebook cannot be read and where the port is taken.
    """
    tally = desk.tally()
    say(f"{desk.name}: {tally.waiting} of {tally.answers} answers wait for a mark")
    marking = Marking(ShownAnswers(desk, anonymous), Guard(names), Formulas.installed())
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(marking, port, say))
    marking.thread.shutdown(wait=True)


async def _serve(marking: Marking, port: int | None, say: Callable[[str], None]) -> None:
    taken = _listening(marking, port)
    say(f"http://{HERE}:{taken}/?key={marking.guard.token}")
    say("open this address in a browser of this machine; Ctrl-C ends")
    ended = asyncio.Event()
    with contextlib.suppress(NotImplementedError):  # on Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()


def _listening(marking: Marking, port: int | None) -> int:
    application = marking.application()
    if port is not None:
        return listen(application, port, max_body_size=MOST_BODY)
    # The same in every sitting: what a browser keeps unsaved, it keeps by address and port.
    told = f"{marking.shown.desk.course.root}\0{marking.shown.desk.name}".encode(errors="replace")
    usual = PORTS[int.from_bytes(hashlib.sha256(told).digest()[:4], "big") % len(PORTS)]
    try:
        return listen(application, usual, max_body_size=MOST_BODY)
    except UsageError:
        return listen(application, 0, max_body_size=MOST_BODY)
