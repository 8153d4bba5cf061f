"""Tunes that are handed out, and the readers by which an instructor adds more."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.assignment.importable import importable
from tests.content.tunes import FOLDER, prose, source

HEAD = "X: 1\nT: A tune\nM: 4/4\nL: 1/8\nK: C\n"


@pytest.fixture(autouse=True, scope="module")
def _beside_the_notebook() -> Iterator[None]:
    """The handed-out modules can be imported, as beside the notebook."""
    with importable(source().files):
        yield


def reader(name: str = "tune_reader") -> Any:
    """A reader, as it is handed out."""
    return importlib.import_module(name)


def read(folder: Path, text: str, name: str = "mine.txt") -> list[Any]:
    """Read tunes from a text that lies in a folder; errors name the file without its folder."""
    (folder / name).write_text(text, encoding="utf-8")
    try:
        made: list[Any] = reader().read_tunes(str(folder / name))
    except reader().TuneError as error:
        raise ValueError(str(error).replace(f"{folder}/", "")) from None
    return made


def notes(folder: Path, bars: str, head: str = HEAD) -> Any:
    """The notes of one tune in ABC."""
    [tune] = read(folder, head + bars, "mine.abc")
    return tune.notes


# --- the tunes ---------------------------------------------------------------------------------


def tunes() -> list[Any]:
    """The tunes that are handed out."""
    found: list[Any] = reader().read_tunes(str(FOLDER / "files" / "tunes.txt"))
    return found


def test_every_tune_adds_up_and_ends_at_home() -> None:
    """Bars were checked by the reader, which stops at the first wrong one; none ends elsewhere."""
    found = tunes()
    assert len(found) == 35 and len({tune.name for tune in found}) == 35
    for tune in found:
        heard = [pitch for pitch, _ in tune.notes if pitch]
        assert heard[-1] % 12 == tune.home and not tune.ends, tune.name
        total = sum(length for _, length in tune.notes)
        assert (total - tune.upbeat) % tune.bar in (0, -tune.upbeat % tune.bar), tune.name
        assert min(heard) >= 53 and max(heard) <= 81, tune.name  # as high as people sing
        assert {length for _, length in tune.notes} <= {1, 2, 3, 4, 6, 8}, tune.name


def test_what_the_note_on_the_tunes_says_is_so() -> None:
    """How many there are, that they are simplified, CC0, and which ends on e."""
    note = " ".join((FOLDER / "files" / "DATA.md").read_text("utf-8").split())
    assert f"`tunes.txt`: {len(tunes())} traditional tunes" in note
    assert "CC0" in note and "simplified" in note
    homes = {tune.name: tune.home for tune in tunes()}
    assert [name for name, home in homes.items() if home not in (0, 9)] == ["Sakura"]


def test_counts_of_the_notebook_are_those_of_the_file() -> None:
    """Seven tunes of three quarters; two dozen to learn from; upbeat of a song that is named."""
    found = tunes()
    assert sum(tune.bar == 6 for tune in found) == 7
    assert sum(tune.bar == 8 for tune in found) == 28
    assert next(tune.upbeat for tune in found if tune.name == "Oh! Susanna") == 2
    assert "Seven of the tunes have bars of six eighths" in prose()
    assert "two dozen" in prose()


# --- the form of our own -----------------------------------------------------------------------


def test_a_tune_of_ones_own_is_read(tmp_path: Path) -> None:
    """Octaves, signs, lengths, rests, an upbeat, remarks, several lines."""
    [tune] = read(
        tmp_path, "% mine\nMine; 3/4; f; upbeat 2\nf | f#' bb,3 z1 |  % half\nc4 d1 e1 | f4\n"
    )
    assert tune.name == "Mine" and (tune.bar, tune.upbeat, tune.home) == (6, 2, 5)
    assert tune.notes[:4] == [(65, 2), (78, 2), (58, 3), (0, 1)]
    assert tune.notes[-1] == (65, 4)


def test_where_a_tune_ends_elsewhere_it_says_why(tmp_path: Path) -> None:
    """Without a reason it is refused, with one it is kept."""
    [tune] = read(tmp_path, "Round; 4/4; c; ends: it goes round\nc c c d\n")
    assert tune.ends == "it goes round"
    with pytest.raises(ValueError, match=r"mine.txt: 'Round' does not end on its home note; say"):
        read(tmp_path, "Round; 4/4; c\nc c c d\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("c c c c", "mine.txt, line 1: a tune begins with 'name; metre; home note'"),
        ("A; 4/4; c\nc c h c", "line 2, bar 1: 'h' is no note, such as c, f#'3 or z4"),
        ("A; 4/4; c\nc c c c\nc c | c8", "line 3, bar 2 of 'A' has 4 eighths, not 8"),
        ("A; 4/4; c; upbeat 2\nc | c8 | c5", "line 2, bar 3 of 'A' has 5 eighths, not 6 or 8"),
        ("A; 4/4; c; upbeat 2\nc4 | c8", "line 2, bar 1 of 'A' has 4 eighths, not 2"),
        ("A; 4/4; c\nc8 |  | c8", "line 2, bar 2 of 'A' has 0 eighths, not 8"),
        ("A; four; c\nc8", "line 1: 'four' is no metre, such as 4/4, 3/4 or 6/8"),
        ("A; 4/4; h\nh8", "line 1: 'h' is no home note, such as c, f# or bb"),
        ("A; 4/4; c; upbeat 9\nc8", "line 1: 'upbeat 9' is neither 'upbeat ...' nor 'ends: ...'"),
        ("A; 4/4; c\nz8", "'A' has no notes"),
        ("A; 4/4; c\n", "'A' has no notes"),
        ("A; 4/4; c\nc'#4 c4", 'line 2, bar 1: "c\'#4" is no note'),
    ],
)
def test_what_is_wrong_is_told_by_line_and_bar(text: str, said: str, tmp_path: Path) -> None:
    """One line: the file, the line, the bar, and what stands there."""
    with pytest.raises(ValueError) as raised:
        read(tmp_path, text)
    assert said in str(raised.value) and "\n" not in str(raised.value)


# --- ABC ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bars", "read_as"),
    [
        ("C2D2 E2F2|c8|]", [(60, 2), (62, 2), (64, 2), (65, 2), (72, 8)]),
        ("C,4 c'4|C8|", [(48, 4), (84, 4), (60, 8)]),
        ("^F2F2 F2=F2|F2C6|", [(66, 2), (66, 2), (66, 2), (65, 2), (65, 2), (60, 6)]),
        ("C2>D2 E2<F2|C8|", [(60, 3), (62, 1), (64, 1), (65, 3), (60, 8)]),
        ("C4 D4-|D4 C4|", [(60, 4), (62, 8), (60, 4)]),
        ("|:C8:|C8|]", [(60, 8), (60, 8), (60, 8)]),
        ("|:E8|1 D8:|2 C8|]", [(64, 8), (62, 8), (64, 8), (60, 8)]),
        ("|:E8|[1 D8:|[2 C8|]", [(64, 8), (62, 8), (64, 8), (60, 8)]),
        ("C8|:D8::C8:|", [(60, 8), (62, 8), (62, 8), (60, 8), (60, 8)]),
        ("G2|:C8|D6 G2:|C6|]", [(67, 2), *2 * [(60, 8), (62, 6), (67, 2)], (60, 6)]),
        ('"Am"C4 {d}!trill!D4|.E4 (F2 C2)|', [(60, 4), (62, 4), (64, 4), (65, 2), (60, 2)]),
        ("z4 x4|C8|", [(0, 4), (0, 4), (60, 8)]),
        ("L: 1/4\nC3/2 D/2 C2|", [(60, 3), (62, 1), (60, 4)]),
        ("C6 C//C// C|C8|", None),
    ],
)
def test_abc_is_read_note_by_note(bars: str, read_as: Any, tmp_path: Path) -> None:
    """What the head of the reader lists; sixteenths are told to be too short."""
    if read_as is None:
        with pytest.raises(ValueError, match="a note of 1/32 is no whole number of eighths"):
            notes(tmp_path, bars)
        return
    assert notes(tmp_path, bars) == read_as


@pytest.mark.parametrize(
    ("key", "pitch", "home"),
    [("G", 66, 7), ("F", 65, 5), ("D", 66, 2), ("Em", 66, 4), ("Ador", 66, 9), ("Bb", 65, 10),
     ("Am", 65, 9), ("C", 65, 0), ("E mixolydian", 66, 4), ("F# minor", 66, 6), ("Clydian", 66, 0)],
)  # fmt: skip
def test_a_key_raises_and_lowers(key: str, pitch: int, home: int, tmp_path: Path) -> None:
    """An f in some keys, and which note is at home there."""
    text = f"X:1\nT:k\nM:4/4\nL:1/8\nK:{key}\nF8|\n"
    [tune] = reader("abc_reader").read_abc(text, "k.abc")
    assert tune.notes == [(pitch, 8)] and tune.home == home


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "C4 (3CDE C2|", "mine.abc, line 6: '(3CDE' is not understood"),
        (HEAD + "C8|\n[CEG]8|", "mine.abc, line 7: '[CEG]8|' is not understood"),
        (HEAD + "C8|D7|", "mine.abc, line 6, bar 2 of 'A tune' has 7 eighths, not 8"),
        (HEAD + "V: 2\nC8|", "mine.abc, line 6: several voices (V:) are not read"),
        (HEAD + "> C8|", "mine.abc, line 6: no note stands before '>' or '<'"),
        ("C8|", "mine.abc, line 1: a tune in ABC begins with a line such as 'X: 1'"),
        ("X:1\nC8|", "mine.abc, line 2: notes stand before the key (K:)"),
        ("X:1\nM:x\n", "mine.abc, line 2: 'x' is no fraction such as 4/4 or 1/8"),
        ("X:1\nK:H\n", "mine.abc, line 2: 'H' is no key such as G, Bb, Am or Ddor"),
        (HEAD + "D8|", "mine.abc: 'A tune' does not end on its home note"),
        (HEAD, "mine.abc: 'A tune' has no key (K:) or no notes"),
    ],
)
def test_what_abc_cannot_be_read_is_told_by_line(text: str, said: str, tmp_path: Path) -> None:
    """Tuplets, chords, voices, bars that do not add up: one line each."""
    with pytest.raises(ValueError) as raised:
        read(tmp_path, text, "mine.abc")
    assert said in str(raised.value) and "\n" not in str(raised.value)


def test_a_tune_in_abc_may_end_elsewhere_and_say_why(tmp_path: Path) -> None:
    """In a field that is made for remarks."""
    [tune] = read(tmp_path, HEAD + "N: ends: on the fifth\nG8|", "mine.abc")
    assert tune.ends == "on the fifth" and tune.notes == [(67, 8)]


def test_a_file_of_several_tunes_is_read(tmp_path: Path) -> None:
    """Each has its own metre, length and key."""
    first, second = read(tmp_path, HEAD + "C8|\n\nX:2\nT:B\nM:6/8\nK:G\nG3 A3|G6|\n", "mine.abc")
    assert (first.name, first.bar, second.name, second.bar) == ("A tune", 8, "B", 6)
    assert second.notes == [(67, 3), (69, 3), (67, 6)]
