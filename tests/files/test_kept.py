"""What was found out about texts is kept from run to run, and never in the way."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest

from grader.files.kept import Kept
from grader.report.similarity import similar_pairs
from tests.report.test_report import LONG, STUB, both


def found_out(kept: Kept, *parts: str) -> list[str]:
    """What is kept of some parts: found out now, a list with what was asked."""
    return list(kept.of(parts, lambda: ["found", *parts]))


def test_a_finding_is_found_out_once(tmp_path: Path) -> None:
    """In a run and in the next one; of other parts it is another finding."""
    before = Kept(tmp_path / "kept")
    assert found_out(before, "a", "b") == ["found", "a", "b"]
    assert before.of(("a", "b"), lambda: pytest.fail("asked again")) == ["found", "a", "b"]
    assert found_out(before, "ab") == ["found", "ab"]
    before.write()
    again = Kept(tmp_path / "kept")
    assert again.of(("a", "b"), lambda: pytest.fail("asked again")) == ["found", "a", "b"]


def test_only_what_was_asked_for_stays(tmp_path: Path) -> None:
    """Of texts that nobody hands in any more nothing is left in the file."""
    first = Kept(tmp_path / "kept")
    found_out(first, "old")
    first.write()
    second = Kept(tmp_path / "kept")
    found_out(second, "new")
    second.write()
    assert Kept(tmp_path / "kept").of(("old",), lambda: "anew") == "anew"
    assert Kept(tmp_path / "kept").of(("new",), lambda: "anew") == ["found", "new"]


@pytest.mark.parametrize("damage", [b"", b"no", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_a_damaged_file_counts_as_none(tmp_path: Path, damage: bytes) -> None:
    """It is written anew."""
    (tmp_path / "kept").write_bytes(damage)
    kept = Kept(tmp_path / "kept")
    assert found_out(kept, "a") == ["found", "a"]
    kept.write()
    assert Kept(tmp_path / "kept").of(("a",), lambda: "anew") == ["found", "a"]


def test_another_version_of_the_kit_finds_out_anew(tmp_path: Path) -> None:
    """It may see other things."""
    kept = Kept(tmp_path / "kept")
    found_out(kept, "a")
    kept.write()
    with mock.patch("grader.files.kept.__version__", "0.0"):
        assert Kept(tmp_path / "kept").of(("a",), lambda: "anew") == "anew"


def test_pairs_are_the_same_from_what_was_kept(tmp_path: Path) -> None:
    """And no text is taken apart a second time."""
    kept = Kept(tmp_path / "kept")
    pairs = similar_pairs(both(LONG), {"remember": STUB}, kept)
    kept.write()
    with mock.patch("copydetect.utils.filter_code", side_effect=AssertionError):
        again = similar_pairs(both(LONG), {"remember": STUB}, Kept(tmp_path / "kept"))
    assert again == pairs and len(pairs) == 1
