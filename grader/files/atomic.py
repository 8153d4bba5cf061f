"""Write files so that a reader never sees half of one, nor an empty one after a power cut."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from grader.errors import UsageError

File = tuple[Path, bytes | None]  # where, and what is to stand there; None: nothing


def read_text(path: Path, remedy: str) -> str:
    """Return the text of ``path``; raises UsageError with the ``remedy`` when it has none."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"{path} is missing: {remedy}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read ({error}): {remedy}") from None


def write_beside(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write ``data`` to ``path`` by writing beside it and renaming, so that it is never half.

    Parts are written as they come, so that nobody holds all of them.
    """
    temporary = _written(path, data)
    try:
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_all(files: Sequence[File]) -> None:
    """Write many files as `write_beside` does: first all of them beside, then all in their places.

    They are forced to the disk once, in between: a file system may put a name in its place before
    the file's contents. Where that fails, as on a full disk, every place is as it was.
    """
    written: list[tuple[Path, Path | None]] = []
    try:
        for path, data in files:
            written.append((path, None if data is None else _written(path, data)))
        disks = {path.parent.stat().st_dev: path.parent for path, new in written if new}
        for folder in disks.values():
            _force(folder)
        while written:
            path, temporary = written[0]
            if temporary is None:
                path.unlink(missing_ok=True)
            else:
                os.replace(temporary, path)
            del written[0]
    finally:
        for _, temporary in written:
            if temporary is not None:
                temporary.unlink(missing_ok=True)


def _written(path: Path, data: bytes | Iterable[bytes]) -> Path:
    """Write a file beside ``path``; an OSError names ``path``, where there may be no space."""
    with _about(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent, path.name)
        prefix = f".{path.name}.{os.getpid()}-"
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines([data] if isinstance(data, bytes) else data)
            # mkstemp makes files that their owner alone can read.
            shutil.copymode(path, temporary) if path.exists() else os.chmod(temporary, 0o644)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    return temporary


def sweep(folder: Path, name: str | None = None) -> None:
    """Take away what a process that is no more has left in a folder; beside ``name`` only."""
    pattern = re.compile(rf"\.{'.+' if name is None else re.escape(name)}\.(\d+)-\w+")
    try:
        with os.scandir(folder) as entries:
            found = [(pattern.fullmatch(entry.name), entry.path) for entry in entries]
    except FileNotFoundError:
        return  # nothing was written there yet
    for match, left in found:
        if match and not _lives(int(match[1])):
            Path(left).unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _force(folder: Path) -> None:
    """Force what was written to a folder's file system to its disk, all at once."""
    with _about(folder):
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
            if syncfs is None:  # Linux alone has it
                os.sync()
            elif syncfs(handle) != 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        finally:
            os.close(handle)


@contextlib.contextmanager
def _about(path: Path) -> Iterator[None]:
    """Name the path in an error that names none: of a full disk none does."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise
