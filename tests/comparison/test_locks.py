"""What is said of a mistake can be read by whoever gives its result, and by nobody else."""

from __future__ import annotations

import json

import pytest

from grader.comparison.locks import Locked, Locking, sums_text

KNOWN = {"id": "no-bias", "title": "the bias is not added", "hint": "Count the terms."}
SUMS = ("ab12", 3.25, -0.75)


def locked() -> Locked:
    """One mistake, locked with its sums."""
    locking = Locking()
    locking.give(sums_text("whole", SUMS), locking.add(KNOWN, sums_text("whole", SUMS)))
    return Locked(json.loads(json.dumps(locking.data())))


def test_its_own_result_opens_it() -> None:
    """To rounding, whichever side of a step a sum lies on."""
    for share in (0.0, 1e-9, -1e-9, 4e-7, -4e-7):
        sums = ("ab12", SUMS[1] + share, SUMS[2] - share)
        assert locked().by_sums("whole", sums) == [KNOWN]


@pytest.mark.parametrize(
    "sums",
    [
        ("ab12", 3.2501, -0.75),
        ("ab13", 3.25, -0.75),
        ("ab12", 3.25, 0.75),
        ("ab12", float("nan"), 0),
    ],
)
def test_another_result_opens_nothing(sums) -> None:
    """Nor does the same one of another part."""
    assert locked().by_sums("whole", sums) == [] == locked().by_sums("part a", SUMS)


def test_no_word_of_it_can_be_read_in_the_file() -> None:
    """Neither title nor hint nor id; whether an id is among them can be asked."""
    locking = Locking()
    locking.give("key", locking.add(KNOWN, "key"))
    text = json.dumps(locking.data())
    assert not any(word in text for word in ("bias", "terms", "no-bias"))
    assert locked().shows("no-bias") and not locked().shows("another")


def test_what_was_read_is_remembered() -> None:
    """So that a cause is known to be a catalogued one."""
    known = locked()
    assert known.opened == set()
    known.by_sums("whole", SUMS)
    assert known.opened == {"no-bias"}


def test_two_may_have_one_key() -> None:
    """Both are told, in their order."""
    locking = Locking()
    for name in ("one", "two"):
        locking.give("key", locking.add({**KNOWN, "id": name}, "key"))
    assert [known["id"] for known in Locked(locking.data()).by_text("key")] == ["one", "two"]
