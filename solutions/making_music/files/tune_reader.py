"""Read tunes from text: pitch and length of every note, checked bar by bar.

A file holds tunes one below the other. Each begins with a line of names, then come its bars:

    Ode to Joy; 4/4; c
    e e f g | g f e d | c c d e | e3 d1 d4
    ...

* The first line has the name, the metre and the home note (the tonic), with semicolons between.
  ``upbeat 2`` may follow, where the first bar is an incomplete one of two eighths, and
  ``ends: why``, where the tune does not end at home.
* A note is a letter from c to b, the first of them the middle c; ``#`` or ``b`` behind it if it is
  raised or lowered by a semitone; ``'`` for each octave above the middle one and ``,`` for each
  below it; and its length in eighths. ``c`` or ``c2`` is a quarter, ``c1`` an eighth, ``c8`` four
  quarters. ``z`` is a rest.
* Bars have ``|`` between them or end with their line. Each must add up; the last one may leave out
  what the upbeat had.

What stands behind ``%`` is left unread. Files that end in ``.abc`` are read as ABC notation.
"""

import re
from pathlib import Path
from typing import NamedTuple

__all__ = ["REST", "Tune", "TuneError", "read_tunes", "told_length"]

REST = 0  # the pitch of a rest
MIDDLE_C = 60
STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
NOTE = re.compile(r"(?P<letter>[a-gz])(?P<sign>[#b]?)(?P<octave>'*|,*)(?P<length>[1-9]\d?)?")
METRE = re.compile(r"([1-9]\d?)/(2|4|8)")
HOME = re.compile(r"([a-g])([#b]?)")
SIGNS = {"#": 1, "b": -1, "": 0}


class Tune(NamedTuple):
    """A tune: lengths count eighths, pitches semitones (69 is the a of 440 Hz, 0 a rest)."""

    name: str
    bar: int  # eighths in a bar
    upbeat: int  # eighths before the first bar line, where the first bar is incomplete
    home: int  # the tonic, from 0 for c to 11 for b
    notes: list[tuple[int, int]]
    ends: str = ""  # why it does not end at home


class TuneError(ValueError):
    """Say what of a tune cannot be read, and in which file, line and bar."""


def read_tunes(file: str) -> list[Tune]:
    """Read all tunes of a file.

    Raises TuneError, which names the line and the bar, for what is no note, for a bar that does not
    add up, and for a tune that ends elsewhere than on its tonic without saying why.
    """
    text = Path(file).read_text(encoding="utf-8")
    if file.lower().endswith(".abc"):
        from abc_reader import read_abc

        return [checked(tune, file) for tune in read_abc(text, file)]
    return [checked(tune, file) for tune in _own_form(text, file)]


def checked(tune: Tune, file: str) -> Tune:
    """Return a tune that has notes and ends at home, or says why not."""
    heard = [pitch for pitch, _ in tune.notes if pitch != REST]
    if not heard:
        raise TuneError(f"{file}: {tune.name!r} has no notes")
    if heard[-1] % 12 != tune.home and not tune.ends:
        raise TuneError(
            f"{file}: {tune.name!r} does not end on its home note; say why, with 'ends: ...'"
        )
    return tune


def add_up(bars: list[tuple[str, int]], name: str, bar: int, upbeat: int) -> None:
    """Check the eighths of each bar; a bar comes with the words for where it stands."""
    last = len(bars) - 1
    for at, (where, eighths) in enumerate(bars):
        right = {upbeat} if upbeat and at == 0 else {bar}
        if upbeat and at == last > 0:
            right = {bar, bar - upbeat}
        if eighths not in right:
            wanted = " or ".join(map(str, sorted(right)))
            raise TuneError(f"{where} of {name!r} has {eighths} eighths, not {wanted}")


def told_length(eighths: int) -> str:
    """Name a length in words: 2 is a quarter."""
    names = {1: "an eighth", 2: "a quarter", 3: "a dotted quarter", 4: "a half"}
    names |= {6: "a dotted half", 8: "a whole note"}
    return names.get(eighths, f"{eighths} eighths")


def _own_form(text: str, file: str) -> list[Tune]:
    """Read the form that the head of this file describes."""
    tunes: list[Tune] = []
    bars: list[tuple[str, int]] = []

    def finish() -> None:
        if tunes:
            add_up(bars, tunes[-1].name, tunes[-1].bar, tunes[-1].upbeat)
        bars.clear()

    for number, line in enumerate(text.splitlines(), 1):
        line = line.partition("%")[0].strip()
        where = f"{file}, line {number}"
        if ";" in line:
            finish()
            tunes.append(_named(line, where))
        elif line and not tunes:
            raise TuneError(f"{where}: a tune begins with 'name; metre; home note'")
        elif line:
            for bar in line.strip("|").split("|"):
                place = f"{where}, bar {len(bars) + 1}"
                notes = [_note(word, place) for word in bar.split()]
                tunes[-1].notes.extend(notes)
                bars.append((place, sum(length for _, length in notes)))
    finish()
    return tunes


def _named(line: str, where: str) -> Tune:
    """Read the line that names a tune."""
    name, metre, home, *more = [part.strip() for part in [*line.split(";"), "", ""]]
    found, tonic = METRE.fullmatch(metre), HOME.fullmatch(home)
    if found is None or 8 * int(found[1]) % int(found[2]):
        raise TuneError(f"{where}: {metre!r} is no metre, such as 4/4, 3/4 or 6/8")
    if tonic is None:
        raise TuneError(f"{where}: {home!r} is no home note, such as c, f# or bb")
    bar, upbeat, ends = 8 * int(found[1]) // int(found[2]), 0, ""
    for part in filter(None, more):
        if part.startswith("ends:"):
            ends = part.removeprefix("ends:").strip()
        elif re.fullmatch(r"upbeat \d+", part) and 0 < int(part.split()[1]) < bar:
            upbeat = int(part.split()[1])
        else:
            raise TuneError(f"{where}: {part!r} is neither 'upbeat ...' nor 'ends: ...'")
    return Tune(name, bar, upbeat, (STEPS[tonic[1]] + SIGNS[tonic[2]]) % 12, [], ends)


def _note(word: str, place: str) -> tuple[int, int]:
    """Read one note: its pitch and its length in eighths."""
    found = NOTE.fullmatch(word)
    if found is None:
        raise TuneError(f"{place}: {word!r} is no note, such as c, f#'3 or z4")
    length = int(found["length"] or 2)
    if found["letter"] == "z":
        return REST, length
    octaves = found["octave"].count("'") - found["octave"].count(",")
    return MIDDLE_C + STEPS[found["letter"]] + SIGNS[found["sign"]] + 12 * octaves, length
