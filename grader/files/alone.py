"""Do something in a folder that nobody else is doing there at the same time."""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import os
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from grader.errors import UsageError
from grader.plain_text import one_line

LONGEST = 300  # bytes of what is said of who holds a lock


@contextlib.contextmanager
def alone(path: Path, what: str) -> Iterator[None]:
    """Hold the lock ``path`` while ``what`` is done, in words: "grading".

    The kernel lets go of it when this process ends, however it ends; the file stays, and says who
    holds it. Raises UsageError that names who does it already.
    """
    # Whoever may write to the folder may hold it next: a second instructor of the same group.
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o664)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            told = os.read(handle, LONGEST).decode("utf-8", "replace")
            raise UsageError(
                f"{one_line(told, LONGEST) or 'somebody else is at it'} in {path.parent}: "
                "wait until that has ended and run this again"
            ) from None
        since = datetime.now().astimezone().strftime("%H:%M")
        _tell(handle, f"{_user()} is {what} since {since} (process {os.getpid()} on {_host()})")
        yield
        _tell(handle, "")
    finally:
        os.close(handle)


def _tell(handle: int, text: str) -> None:
    """Write who holds the lock, as far as there is space for it: the lock holds without."""
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, text.encode(), 0)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a process without a name, as in many containers
        return f"user {os.getuid()}"


def _host() -> str:
    return socket.gethostname()
