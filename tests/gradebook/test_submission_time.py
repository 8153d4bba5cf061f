"""When a submission was handed in: read from what any program wrote, or said and never guessed."""

from __future__ import annotations

import codecs
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.gradebook.submission_time import UnusableTime, read_time

TIME = datetime(2025, 4, 5, 12, 0)
TEXT = "2025-04-05 12:00:00 UTC"
ANY = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def put(folder: Path, data: bytes) -> Path:
    """A folder of a submission with this as its time."""
    here = folder / "ada" / "leaky"
    here.mkdir(parents=True, exist_ok=True)
    (here / "timestamp.txt").write_bytes(data)
    return here


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig") + b"\r\n",
        (TEXT + "\r\n").encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        *(TEXT.encode(encoding) for encoding in ("utf-16-le", "utf-16-be")),
        *(b"2025-04-05 12:00:00.000000 UTC", b"2025-04-05T12:00:00Z", b"20250405T120000"),
        *(
            b"2025-04-05 14:00:00 +0200",
            b"2025-04-05 14:00:00 +02:00",
            b"2025-04-05 14:00:00 +7200",
        ),
        *(b"2025/04/05 12:00", b"Sat Apr  5 12:00:00 UTC 2025", b"5 Apr 2025 12:00"),
    ],
)
def test_the_time_of_any_program_is_read(tmp_path: Path, data: bytes) -> None:
    """Byte order marks, UTF-16, and the ways in which programs write a time and its offset."""
    assert read_time(put(tmp_path, data)) == TIME


@pytest.mark.parametrize("day", [b"13/04/2025", b"04/13/2025", b"13.4.2025", b"2025-04-13"])
def test_a_date_that_can_be_read_in_one_way_is_read(tmp_path: Path, day: bytes) -> None:
    """There is no thirteenth month; and what begins with the year is never turned round."""
    assert read_time(put(tmp_path, day + b" 10:00")) == datetime(2025, 4, 13, 10, 0)


@pytest.mark.parametrize("day", ["03/04/2026", "3.4.2026", "03-04-26"])
def test_a_date_that_can_be_read_in_two_ways_is_refused_with_both(tmp_path: Path, day: str) -> None:
    """Neither the third of April nor the fourth of March is guessed."""
    with pytest.raises(UnusableTime) as caught:
        read_time(put(tmp_path, f"{day} 10:00".encode("utf-8-sig")))
    said = str(caught.value)
    assert said.startswith(f"ada/leaky/timestamp.txt: '{day} 10:00' can be read in two ways")
    assert "2026-03-04 10:00:00 UTC or 2026-04-03 10:00:00 UTC" in said


@pytest.mark.parametrize(
    "data", [b"", b" \r\n", codecs.BOM_UTF8, "\n".encode("utf-16"), b"\0" * 50]
)
def test_an_empty_file_says_nothing(tmp_path: Path, data: bytes) -> None:
    """As in nbgrader."""
    assert read_time(put(tmp_path, data)) is None


def test_no_file_is_no_time(tmp_path: Path) -> None:
    """Who laid the submission out by hand wrote none."""
    assert read_time(tmp_path) is None


@pytest.mark.parametrize(
    "data",
    [
        *(b"soon", b"4", b"12:00", b"12:00:00", b"2025-02-30 10:00", b"2025-04-05T10:00 XYZT"),
        *(b"0001-01-01 00:00 +14:00", b"\x80\x81", b"2" * 2_000),
        b"\x1b[2J2025\n\n\nnever",
    ],
)
def test_what_is_no_time_is_said_in_a_line(tmp_path: Path, data: bytes) -> None:
    """A file without a date in it is no time of today, and what it holds does not act."""
    with pytest.raises(UnusableTime) as caught:
        read_time(put(tmp_path, data))
    said = str(caught.value)
    assert said.startswith("ada/leaky/timestamp.txt: ") and "2026-04-03 17:00:00 UTC" in said
    assert said.isprintable() and len(said) < 300


def test_no_link_is_followed(tmp_path: Path) -> None:
    """It could lead to a file of the instructor's."""
    here = put(tmp_path, TEXT.encode())
    (here / "timestamp.txt").rename(tmp_path / "other")
    (here / "timestamp.txt").symlink_to(tmp_path / "other")
    with pytest.raises(UnusableTime, match="it is a link"):
        read_time(here)


@ANY
@given(st.one_of(st.binary(max_size=60), st.from_regex(r"[0-9 :./+T-]{1,30}").map(str.encode)))
def test_whatever_it_holds_is_a_time_or_said(tmp_path: Path, data: bytes) -> None:
    """Nothing else comes out of it, and no other error."""
    try:
        found = read_time(put(tmp_path, data))
    except UnusableTime as why:
        assert str(why).isprintable()
    else:
        assert found is None or found.tzinfo is None
