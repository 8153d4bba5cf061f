"""Whom a platform means: ids of its own kind first, then names, and never a guess."""

from __future__ import annotations

import pytest

from grader.collect.handed_file import Sender
from grader.collect.people import People
from grader.gradebook.roster import Person

CLASS = People(
    [
        Person("1001", "Lovelace, Ada", "ada@example.org", "al01", "", "0042", "S-1"),
        Person("1002", "Ben Ó Briain", "ben@example.org", "1001", "", "43"),
        Person("1003", "Mia Müller", "", "501"),
        Person("1004", "Mia Müller", "", "502", "", "44"),
    ]
)
MEANT = {
    "a name in the other order": (Sender("Ada Lovelace"), {"1001"}),
    "capitals and another form": (Sender("ben o\u0301 briain"), {"1002"}),
    "two of one name": (Sender("Mia Müller"), {"1003", "1004"}),
    "told apart by Moodle's number": (Sender("Mia Müller", participant="502"), {"1004"}),
    "a number that is another's login": (Sender("Ada Lovelace", participant="501"), {"1001"}),
    "Moodle's number alone": (Sender(participant="501"), {"1003"}),
    "a number that is a student's id": (Sender(participant="1002"), set()),
    "Canvas's number, whatever the name": (Sender("xy", "42", joined=True), {"1001"}),
    "Canvas's name, without a number": (Sender("müllermia", "99", joined=True), {"1003"}),
    "known by another number": (Sender("lovelaceada", "99", joined=True), set()),
    "Canvas's number is no login": (Sender("", "501", joined=True), set()),
    "Gradescope's id": (Sender("Any One", sid="s-1"), {"1001"}),
    "an address": (Sender("Any One", email="BEN@example.org"), {"1002"}),
    "an address and another's id": (Sender(email="ben@example.org", sid="S-1"), {"1001", "1002"}),
    "an id of two": (Sender(sid="1001"), {"1001", "1002"}),
    "nobody": (Sender("Cy Nobody", sid="77"), set()),
    "nothing": (Sender(), set()),
}


@pytest.mark.parametrize("case", MEANT)
def test_whom_a_platform_means(case: str) -> None:
    """One, none, or several who cannot be told apart."""
    sender, students = MEANT[case]
    assert CLASS.whom(sender) == students


def test_a_class_without_names_is_found_by_ids_alone() -> None:
    """An empty name is nobody's: it does not stand for all who have none."""
    people = People([Person("a"), Person("b")])
    assert people.whom(Sender("")) == people.whom(Sender("", "", joined=True)) == set()
    assert people.whom(Sender("-", joined=True)) == set()
    assert people.whom(Sender(sid="b")) == {"b"}
