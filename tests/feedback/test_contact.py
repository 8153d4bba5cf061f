"""Whom a student asks, and the mail that a page of feedback starts."""

from __future__ import annotations

from email.headerregistry import Address
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.feedback.contact import Contact
from tests.kit.page import HOSTILE


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("Ada Byron <ada@example.org>", Contact("Ada Byron", "ada@example.org")),
        (" ada@example.org ", Contact("ada@example.org", "ada@example.org")),
        ("https://forum.example.org/rnn", Contact("https://forum.example.org/rnn", "", "https://forum.example.org/rnn")),
        ("the tutors, Monday at ten", Contact("the tutors, Monday at ten")),
        ("javascript:alert(1)", Contact("javascript:alert(1)")),
        ("Eve <eve@x?bcc=all@example.org>", Contact("Eve <eve@x?bcc=all@example.org>")),
        ("", Contact()),
    ],
)  # fmt: skip
def test_a_line_says_whom_to_ask(line: str, wanted: Contact) -> None:
    """A name with an address, an address, a page, a text; nothing else leads anywhere."""
    assert Contact.of(line) == wanted


def test_a_request_names_what_it_is_about() -> None:
    """Assignment, exercise, student and submission; without an address there is none."""
    link = urlsplit(Contact.of("ada@example.org").regrade("toys", "bo", "1f2e", "leak"))
    fields = parse_qs(link.query)
    assert (link.scheme, link.path) == ("mailto", "ada@example.org")
    assert fields["subject"] == ["Regrade request: toys, leak"]
    for part in ("toys", "leak", "bo", "1f2e", "because"):
        assert part in fields["body"][0]
    assert Contact.of("the tutors").regrade("toys", "bo", "1f2e", "leak") == ""


@given(st.text(), st.text())
def test_nothing_that_is_named_adds_a_field(student: str, exercise: str) -> None:
    """Whoever is called ``&bcc=…`` writes to nobody else, and breaks out of no attribute."""
    link = Contact.of("ada@example.org").regrade("toys", student, "1f2e", exercise)
    assert set(parse_qs(urlsplit(link).query)) == {"subject", "body"}
    assert not set(link) & set("\"'<> \r\n")


def test_hostile_names_stay_text() -> None:
    """As everywhere on a page."""
    link = Contact.of("ada@example.org").regrade("toys", HOSTILE, "1f2e")
    assert HOSTILE in unquote(link) and "<" not in link


@given(st.emails())
def test_every_usual_address_is_one(address: str) -> None:
    """Of the kinds that people have."""
    usual = all(c.isalnum() or c in "._+-@" for c in address)
    made = Contact.of(str(Address("Ada", addr_spec=address)) if usual else "Ada")
    assert (made.address == address) is usual
