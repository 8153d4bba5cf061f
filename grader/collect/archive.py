"""Open an archive without trusting it: its members by name, and what of them is not to be read.

No member is ever unpacked to a place of its own name; that a name is odd is a sign that the archive
is not what a platform made. A broken archive is refused as a whole, an odd member by its name.
"""

from __future__ import annotations

import errno
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.files.names import one_form
from grader.intake.read import MAX_BYTES, is_hidden
from grader.plain_text import one_line

MOST_MEMBERS = 20_000
LARGEST_DIRECTORY = 16 * 2**20  # bytes of the archive's own list of its members
MOST_UNPACKED = 2**30  # bytes, of all that is read from one archive
MOST_RATIO, RATIO_FROM = 200, 2**20  # times its packed size, for a member from this many bytes on
ENCRYPTED, UTF8 = 0x1, 0x800  # flags of a member
UNIX = 3  # the system whose file types stand in a member's attributes
END, END64, LOCATOR = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
WHOLE = 0xFFFFFFFF  # the size of the list stands in the record for large archives
DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
AGAIN = "download it again"


@dataclass(frozen=True)
class Member:
    """A member of an archive: its name as people know it, and its entry."""

    name: str
    entry: zipfile.ZipInfo

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the folders it lies in, and last the file's own name."""
        return PurePosixPath(self.name).parts


class Archive:
    """An open archive: ``members`` are files that may be read, ``refused`` says why others not."""

    def __init__(self, path: Path, opened: zipfile.ZipFile) -> None:
        self.path = path
        self._opened = opened
        self._unpacked = 0
        self.refused: dict[str, str] = {}
        self.members: list[Member] = []
        found = [
            Member(_name(entry), entry)
            for entry in opened.infolist()
            if not _name(entry).endswith("/") and not _of_a_system(_name(entry))
        ]
        spelt = Counter(_folded(member.name) for member in found)
        for member in found:
            twice = spelt[_folded(member.name)] > 1
            why = "another member has the same name, but for capitals" if twice else _odd(member)
            if why:
                self.refused[member.name] = why
            else:
                self.members.append(member)

    def read(self, member: Member) -> bytes:
        """Unpack one member, of at most 64 MB. Raises UsageError where the archive is broken."""
        self._unpacked += member.entry.file_size
        if self._unpacked > MOST_UNPACKED:
            raise UsageError(
                f"{self.path} unpacks to more than {MOST_UNPACKED >> 20} MB of notebooks: split it"
            )
        with _whole(self.path), self._opened.open(member.entry) as file:
            return file.read(MAX_BYTES + 1)[:MAX_BYTES]


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open the archive at ``path``; raises UsageError where it is none, or too much of one."""
    try:
        size = _directory_size(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): check its name") from None
    if size > LARGEST_DIRECTORY:
        raise UsageError(f"{path} lists {size >> 20} MB of names: it is no archive of a class")
    with _whole(path):
        opened = zipfile.ZipFile(path)
    with opened:
        if len(opened.infolist()) > MOST_MEMBERS:
            raise UsageError(
                f"{path} has {len(opened.infolist())} members, at most {MOST_MEMBERS} are read: "
                "split it"
            )
        yield Archive(path, opened)


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Say that the archive is broken, whatever of it is."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, UnicodeError) as error:
        why = one_line(str(error)) or "it ends too early"
        raise UsageError(f"{path} is no whole zip archive ({why}): {AGAIN}") from None
    except (NotImplementedError, RuntimeError, ValueError, MemoryError) as error:
        why = one_line(str(error))
        raise UsageError(f"{path} cannot be unpacked ({why}): {AGAIN}") from None
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        # Of a place before the file's beginning, which the archive names; else it is the machine's.
        raise UsageError(f"{path} is no whole zip archive (it names no place): {AGAIN}") from None


def _directory_size(path: Path) -> int:
    """Return how many bytes the list of members has; 0 where none is found, which opening says.

    `zipfile` reads the list whole, however long it is.
    """
    with path.open("rb") as file:
        length = file.seek(0, 2)
        at = max(0, length - 2**16 - 22)
        file.seek(at)
        tail = file.read()
        end = tail.rfind(END)
        if end < 0 or len(tail) < end + 22:
            return 0
        size = int.from_bytes(tail[end + 12 : end + 16], "little")
        locator = tail[max(0, end - 20) : end]
        if size < WHOLE and not locator.startswith(LOCATOR):
            return size
        file.seek(min(int.from_bytes(locator[8:16], "little"), length))
        record = file.read(56)
        large = int.from_bytes(record[40:48], "little") if record.startswith(END64) else 0
        return max(large, size if size < WHOLE else 0)


def _name(entry: zipfile.ZipInfo) -> str:
    """Return a member's name: UTF-8 also where the archive does not say that it is."""
    name = entry.orig_filename
    if not entry.flag_bits & UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return one_form(name)


def _of_a_system(name: str) -> bool:
    """Tell whether a member is an operating system's own: ``.DS_Store``, ``__MACOSX/._x``."""
    parts = name.split("/")
    return parts[0] == "__MACOSX" or is_hidden(parts[-1])


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _odd(member: Member) -> str:
    """Say why a member is not to be read; empty where nothing speaks against it."""
    entry, parts = member.entry, member.name.split("/")
    kind = stat.S_IFMT(entry.external_attr >> 16) if entry.create_system == UNIX else 0
    if kind == stat.S_IFLNK:
        return "it is a link"
    if kind not in (0, stat.S_IFREG):
        return "it is no regular file"
    if not member.name or "\0" in member.name or "\\" in member.name or "" in parts[1:]:
        return "its name is none"
    if parts[0] == "" or (len(parts[0]) == 2 and parts[0][1] == ":"):
        return "its path is absolute"
    if ".." in parts or "." in parts:
        return "its path leads out of its folder"
    if any(part.partition(".")[0].strip().casefold() in DEVICES for part in parts):
        return "its name is that of a device"
    if entry.flag_bits & ENCRYPTED:
        return "it is encrypted"
    if entry.compress_type not in METHODS:
        return "it is packed in another way than platforms do"
    if entry.file_size > MAX_BYTES:
        return f"it has {entry.file_size >> 20} MB, at most {MAX_BYTES >> 20} are read"
    packed = max(entry.compress_size, 1)
    if entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * packed:
        return f"it unpacks to {entry.file_size // packed} times its size"
    return ""
