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

    The file says who holds it, and is gone afterwards. The kernel lets go of it when this process
    ends, however it ends; what is left then holds nobody up. Raises UsageError that names who does
    it already.
    """
    handle = _held(path)
    try:
        since = datetime.now().astimezone().strftime("%H:%M")
        told = (
            f"{_user()} is {what} since {since} (process {os.getpid()} on {socket.gethostname()})"
        )
        with contextlib.suppress(OSError):  # no space: the lock holds without it
            os.ftruncate(handle, 0)
            os.pwrite(handle, told.encode(), 0)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def held_by(path: Path) -> str:
    """Say who holds a lock, in the words of `alone`; empty where nobody does."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        # Where nobody holds it there is no such file, but for one that a killed process left.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        told = os.read(handle, LONGEST).decode("utf-8", "replace")
        return one_line(told, LONGEST) or "somebody else is at it"
    finally:
        os.close(handle)
    return ""


def _held(path: Path) -> int:
    """Return the descriptor of the file, locked: of the one that is there, not of one removed."""
    while True:
        handle = _opened(path)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(handle, path):
                if fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_RDWR:
                    return handle
                path.unlink()  # another instructor's, left behind: a new one is made
        except BlockingIOError:
            told = os.read(handle, LONGEST).decode("utf-8", "replace")
            os.close(handle)
            raise UsageError(
                f"{one_line(told, LONGEST) or 'somebody else is at it'} in {path.parent}: "
                "wait until that has ended and run this again"
            ) from None
        except OSError as error:  # a file system without locks
            error.filename = error.filename or str(path)
            os.close(handle)
            raise
        os.close(handle)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o664)
    except PermissionError as denied:  # another instructor's, who does not let the group write
        try:
            return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise denied from None


def _is_at(handle: int, path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(handle), path.stat())
    return False


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a process without a name, as in many containers
        return f"user {os.getuid()}"
