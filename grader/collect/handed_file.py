"""Describe what an archive says of a file: whose it is, its name, and of which attempt it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grader.collect.archive import Member


@dataclass(frozen=True)
class Sender:
    """Who handed a file in, as the platform calls them; what it does not say is empty.

    ``participant`` is Moodle's number of a student in one assignment, ``sid`` Gradescope's student
    id. ``joined`` says that the name has lost the blanks between its words.
    """

    name: str = ""
    canvas_id: str = ""
    participant: str = ""
    email: str = ""
    sid: str = ""
    joined: bool = False

    def __str__(self) -> str:
        """Return what people know them by."""
        said = (self.name, self.canvas_id or self.participant, self.email, self.sid)
        return " ".join(part for part in said if part) or "somebody without a name"


@dataclass(frozen=True)
class HandedFile:
    """A file that was handed in.

    ``file`` is its name as the student knows it and ``work`` tells the submissions of one student
    apart. ``time`` is in UTC without a zone, and None where the archive tells none; of attempts of
    one file the later has the larger ``order``, where that is told.
    """

    member: Member
    sender: Sender
    file: str
    work: str = ""
    order: int = 0
    time: datetime | None = None
    late: bool = False
