"""Say whom a student asks: the course's line for it, and mails that name what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import quote, urlsplit


@dataclass(frozen=True)
class Contact:
    """Whom to ask, as people read it, and where that leads to; empty where nowhere.

    ``address`` is a mail address, ``link`` a page such as a forum.
    """

    text: str = ""
    address: str = ""
    link: str = ""

    @classmethod
    def of(cls, line: str) -> Contact:
        """Read the course's line: ``Ada Byron <ada@example.org>``, a page's address, or a text."""
        line = " ".join(line.split())
        name, address = parseaddr(line)
        if _is_mail(address):
            return cls(name or address, address)
        if urlsplit(line).scheme in ("http", "https"):
            return cls(line, link=line)
        return cls(line)

    def regrade(self, assignment: str, student: str, submission: str, exercise: str = "") -> str:
        """Return a ``mailto:`` link that starts a request to look again; empty without an address.

        The mail names assignment, exercise, student and submission, so that nobody has to ask.
        Source: RFC 6068.
        """
        if not self.address:
            return ""
        about = f"{assignment}, {exercise}" if exercise else assignment
        asks = f"Assignment: {assignment}\r\n"
        asks += f"Exercise: {exercise}\r\n" if exercise else ""
        asks += f"Student: {student}\r\nSubmission: {submission}\r\n\r\n"
        asks += "I ask you to look at this again, because "
        fields = f"subject={_encoded(f'Regrade request: {about}')}&body={_encoded(asks)}"
        return f"mailto:{quote(self.address, safe='@')}?{fields}"


def _encoded(text: str) -> str:
    return quote(text.encode("utf-8", "replace"), safe="")


def _is_mail(address: str) -> bool:
    name, at, host = address.rpartition("@")
    return bool(name and at and host) and not set(address) & set(' "<>()[],;:\\?&#%')
