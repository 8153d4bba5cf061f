"""Recognise whose archive it is, and read what its members' names say: Moodle, Canvas, Gradescope.

Source: moodle, mod/assign/classes/downloader.php; canvas-lms, lib/content_zipper.rb; Gradescope's
export of submissions with its ``submission_metadata.yml``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.collect.archive import Archive, Member
from grader.collect.gradescope_metadata import METADATA, read_metadata
from grader.collect.handed_file import HandedFile, Sender
from grader.errors import UsageError
from grader.plain_text import one_line

# "Ada Lovelace_123456_assignsubmission_file/a.ipynb"; of older versions with one more _, and
# without folders "Ada Lovelace_123456_assignsubmission_file_a.ipynb".
MOODLE = re.compile(
    r"(?P<name>[^/]*)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)_?/?(?P<file>.*)", re.DOTALL
)
# "lovelaceada_LATE_4711_90210_a-1.ipynb"; of a text that was typed in, no number of a file.
CANVAS = re.compile(
    r"(?P<name>\w+?)_(?P<late>LATE_)?(?P<number>\d+)_(?:(?P<order>\d+)_(?P<file>.+)|text\.html)",
    re.DOTALL,
)
SUBMISSION = re.compile(r"submission_\w+")
# "Participant 123456" where an assignment is anonymous, in the languages that are common.
NAMELESS = {"participant", "teilnehmer/in", "teilnehmer in", "teilnehmerin", "anon"}


@dataclass(frozen=True)
class Read:
    """What was read of an archive: the platform, files, and members that say nothing."""

    platform: str
    files: tuple[HandedFile, ...]
    unread: tuple[Member, ...]


def read_platform(archive: Archive) -> Read:
    """Read the archive as that of the platform whose form its names have.

    Raises UsageError where they have the form of none.
    """
    metadata = [member for member in archive.members if member.parts[-1] == METADATA]
    if metadata:
        return _read_gradescope(archive, metadata)
    found = [
        _by_name(platform, read, archive.members)
        for platform, read in (("Moodle", _moodle), ("Canvas", _canvas))
    ]
    best = max(found, key=lambda read: len(read.files))
    if not best.files:
        odd = [f"{name}: {why}" for name, why in archive.refused.items()]
        refused = f" ({len(odd)} of its members are not read ({one_line(odd[0])}))" if odd else ""
        raise UsageError(
            f"{archive.path} is no archive of Moodle, Canvas or Gradescope that is known here"
            f"{refused}: use "
            "`nbgrader zip_collect`, or copy what it holds to submitted/<student>/<assignment>/"
        )
    return best


def _by_name(
    platform: str, read: Callable[[Member], HandedFile | None], members: Sequence[Member]
) -> Read:
    files = [read(member) for member in members]
    unread = [member for member, file in zip(members, files, strict=True) if file is None]
    return Read(platform, tuple(file for file in files if file), tuple(unread))


def _moodle(member: Member) -> HandedFile | None:
    found = MOODLE.fullmatch(member.name)
    if not found:
        return None
    name = "" if found["name"].casefold() in NAMELESS else found["name"]
    file = found["file"].rpartition("/")[2] if found["kind"] == "file" else "text.html"
    return HandedFile(member, Sender(name, participant=found["number"]), file, found["number"])


def _canvas(member: Member) -> HandedFile | None:
    found = CANVAS.fullmatch(member.parts[-1])  # in a folder, where it was packed again
    if not found:
        return None
    name = "" if found["name"] in NAMELESS else found["name"]
    return HandedFile(
        member,
        Sender(name, found["number"], joined=True),
        found["file"] or "text.html",
        order=int(found["order"] or 0),
        late=bool(found["late"]),
    )


def _read_gradescope(archive: Archive, metadata: list[Member]) -> Read:
    """Read Gradescope's export: a folder a submission, and one file that says whose each is."""
    if len(metadata) > 1:
        raise UsageError(f"{archive.path} has several {METADATA}: keep one export")
    top = metadata[0].parts[:-1]
    known = read_metadata(archive.read(metadata[0]), f"{archive.path}: {METADATA}")
    files: list[HandedFile] = []
    unread = []
    for member in archive.members:
        inside = member.parts[len(top) :]
        if member is metadata[0]:
            continue
        work = inside[0] if member.parts[: len(top)] == top else ""
        if len(inside) < 2 or not SUBMISSION.fullmatch(work) or work not in known:
            unread.append(member)
            continue
        about = known[work]
        order = int(re.sub(r"\D", "", work) or 0)
        files += [
            HandedFile(member, sender, inside[-1], work, order, about.time)
            for sender in about.senders
        ]
    return Read("Gradescope", tuple(files), tuple(unread))
