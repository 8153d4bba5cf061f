# derived from solutions/making_music/files/abc_reader.py by `make release`; edit that file
"""Read tunes in ABC notation, as far as this course needs it.

ABC is a text form in which many collections of folk tunes are kept. What is read:

* the fields ``X:`` and ``T:`` (a tune begins), ``M:`` (metre, ``C`` and ``C|`` as well), ``L:``
  (the length of a plain letter) and ``K:`` (key: a major or minor key, or a mode, ``K:Ador``),
  also between two lines of notes; ``N: ends: why``, where a tune does not end on its home note;
* notes with octaves (``C,`` ``C`` ``c`` ``c'``), accidentals (``^`` ``=`` ``_``, which hold to the
  end of the bar), lengths (``2`` ``/2`` ``3/2``), broken rhythm (``>`` ``<``), ties (``-``) and
  rests (``z``);
* bar lines, repeats (``|:`` ``:|`` ``::``) and first and second endings (``[1`` ``[2``).

Chord names and decorations, grace notes and slurs change neither pitch nor length, and are passed
over; so are the other fields. Everything else, such as tuplets, chords and several voices, is an
error with the line in which it stands. So is a note that is no whole number of eighths.
"""

import re
from fractions import Fraction

from tune_reader import REST, Tune, TuneError, add_up

__all__ = ["read_abc"]

EIGHTH = Fraction(1, 8)
LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
SHARPS, FLATS = "fcgdaeb", "beadgcf"
FIFTHS = {letter: at - 1 for at, letter in enumerate(SHARPS)}  # of major keys: f -1, c 0, g 1
MODES = {"": 0, "maj": 0, "ion": 0, "mix": -1, "dor": -2, "m": -3, "min": -3, "aeo": -3,
         "phr": -4, "loc": -5, "lyd": 1}  # fmt: skip
KEY = re.compile(r"(?P<letter>[A-G])(?P<sign>[#b]?)\s*(?P<mode>[A-Za-z]*)")
FIELD = re.compile(r"(?P<name>[A-Za-z]):(?P<value>.*)")
PASSED_OVER = re.compile(r'"[^"]*"|![^!]*!|\+[^+]*\+|\{[^}]*\}|[~.uvHLMOPST](?=[\^_=A-Ga-gz"(])|`')
TOKEN = re.compile(
    r"(?P<bar>:*\|+[\]:]*|::|\[\||:)(?P<ending>\d)?|\[(?P<alone>\d)"
    r"|(?P<sign>\^|_|=)?(?P<letter>[A-Ga-gzx])(?P<octave>[',]*)(?P<length>\d*(?:/+\d*)?)"
    r"|(?P<broken>>|<)|(?P<tie>-)|(?P<slur>\((?!\d)|\))|(?P<space>\s+|\\|y)"
)


def read_abc(text, file):
    """Read all tunes of a text; errors name the file, the line and, for lengths, the bar."""
    found, current = [], None
    for number, line in enumerate(text.splitlines(), 1):
        line = line.partition("%")[0].strip()
        where = f"{file}, line {number}"
        field = FIELD.fullmatch(line)
        if field and field["name"] == "X":
            current = _Tune()
            found.append(current)
        elif field and current is not None:
            current.told(field["name"], field["value"].strip(), where)
        elif line and current is None:
            raise TuneError(f"{where}: a tune in ABC begins with a line such as 'X: 1'")
        elif line:
            current.music(PASSED_OVER.sub("", line), where)
    return [each.finished(file) for each in found]


class _Tune:
    """A tune that is being read."""

    def __init__(self):
        self.name, self.metre, self.unit, self.key = "", Fraction(1), None, None
        self.ends = ""
        self.bars = []  # each: where it stands, its notes, the ending that it belongs to
        self.bar = ("", [], 0)
        self.begin, self.ending = 0, 0  # of what is repeated; of which ending
        self.signs, self.broken, self.tied = {}, None, False

    def told(self, name, value, where):
        """Take what a field says."""
        if name == "T":
            self.name = self.name or value
        elif name == "M":
            self.metre = _metre(value, where)
        elif name == "L":
            self.unit = _fraction(value, where)
        elif name == "K":
            self.key = _key(value, where)
        elif name == "N" and value.startswith("ends:"):
            self.ends = value.removeprefix("ends:").strip()
        elif name == "V":
            raise TuneError(f"{where}: several voices (V:) are not read")

    def music(self, line, where):
        """Take one line of notes and bar lines."""
        if self.key is None:
            raise TuneError(f"{where}: notes stand before the key (K:)")
        place = 0
        while place < len(line):
            found = TOKEN.match(line, place)
            if found is None:
                raise TuneError(f"{where}: {line[place:].split()[0]!r} is not understood")
            self._take(found, where)
            place = found.end()

    def _take(self, found, where):
        if found["letter"]:
            self._note(found, where)
        elif found["bar"]:
            self._bar_line(found["bar"], int(found["ending"] or 0), where)
        elif found["alone"]:
            self.ending = int(found["alone"])
            self.bar = (*self.bar[:2], self.ending)
        elif found["broken"]:
            self.broken = found["broken"]
            self._stretch(-1, Fraction(3, 2) if self.broken == ">" else Fraction(1, 2), where)
        elif found["tie"]:
            self.tied = True

    def _note(self, found, where):
        """Add a note to the bar, or lengthen the one that it is tied to."""
        unit = self.unit or (Fraction(1, 16) if self.metre < Fraction(3, 4) else EIGHTH)
        length = unit * _times(found["length"], where)
        pitch = REST if found["letter"] in "zx" else self._pitch(found)
        notes = self.bar[1]
        if not notes:
            self.bar = (where, notes, self.ending)
        notes.append([pitch, length, self.tied])
        self.tied = False
        if self.broken:
            self._stretch(-1, Fraction(1, 2) if self.broken == ">" else Fraction(3, 2), where)
            self.broken = None

    def _stretch(self, at, by, where):
        if not self.bar[1]:
            raise TuneError(f"{where}: no note stands before '>' or '<'")
        self.bar[1][at][1] *= by

    def _pitch(self, found):
        letter, octaves = found["letter"].lower(), found["octave"]
        high = 12 * (found["letter"].islower() + octaves.count("'") - octaves.count(","))
        named = letter, high
        if found["sign"]:
            self.signs[named] = {"^": 1, "_": -1, "=": 0}[found["sign"]]
        return 60 + LETTERS[letter] + high + self.signs.get(named, self.key[1].get(letter, 0))

    def _bar_line(self, sign, ending, where):
        """End the bar, and write again what is repeated."""
        if self.bar[1]:
            self.bars.append(self.bar)
        self.signs = {}
        if sign.startswith(":"):
            self.bars += [bar for bar in self.bars[self.begin :] if bar[2] != 1]
        again = sign.endswith(":")
        if again or (sign.startswith(":") and not ending):
            self.begin = len(self.bars)
        if again or sign in ("||", "|]") or sign.startswith(":") or ending:
            self.ending = ending
        self.bar = (where, [], self.ending)

    def finished(self, file):
        """Return the tune, its bars checked and its ties joined."""
        if self.bar[1]:
            self.bars.append(self.bar)
        if self.key is None or not self.bars:
            raise TuneError(f"{file}: {self.name!r} has no key (K:) or no notes")
        bar = _eighths(self.metre, self.bars[0][0], "the metre")
        counted = [
            (f"{where}, bar {at}", sum(_eighths(n, where, "a note") for _, n, _ in notes))
            for at, (where, notes, _) in enumerate(self.bars, 1)
        ]
        upbeat = counted[0][1] if counted[0][1] < bar else 0
        add_up(_whole(counted, bar, upbeat), self.name, bar, upbeat)
        return Tune(self.name, bar, upbeat, self.key[0], self._joined(), self.ends)

    def _joined(self):
        notes = []
        for _, bar, _ in self.bars:
            for pitch, length, tied in bar:
                eighths = int(length / EIGHTH)
                if tied and notes and notes[-1][0] == pitch:
                    notes[-1] = (pitch, notes[-1][1] + eighths)
                else:
                    notes.append((pitch, eighths))
        return notes


def _whole(bars, bar, upbeat):
    """Join the two parts of a bar that a repeat sign stands in."""
    made = bars[:1]
    for where, eighths in bars[1:]:
        rest = made[-1][1]
        if len(made) > 1 and rest < bar and rest + eighths == bar and upbeat in (rest, eighths):
            made[-1] = (made[-1][0], bar)
        else:
            made.append((where, eighths))
    return made


def _eighths(length, where, what):
    """Return a length in eighths. Raises TuneError where that is no whole number."""
    if length % EIGHTH:
        raise TuneError(f"{where}: {what} of {length} is no whole number of eighths")
    return int(length / EIGHTH)


def _times(text, where):
    """Return what a length behind a note multiplies by: '', '2', '/', '/2', '3/2'."""
    above, slash, below = text.partition("/")
    if below.strip("/") == "":
        return Fraction(int(above or 1), 2 ** (len(slash) + len(below)))
    if int(below.strip("/")) == 0:
        raise TuneError(f"{where}: {text!r} is no length")
    return Fraction(int(above or 1), int(below.strip("/")))


def _metre(value, where):
    if value in ("C", "C|"):
        return Fraction(1)
    return _fraction(value, where)


def _fraction(value, where):
    if not re.fullmatch(r"[1-9]\d*/[1-9]\d*", value):
        raise TuneError(f"{where}: {value!r} is no fraction such as 4/4 or 1/8")
    return Fraction(value)


def _key(value, where):
    """Return the tonic, 0 to 11, and what each letter is raised or lowered by."""
    found = KEY.match(value)
    mode = found["mode"].lower()[:3] if found else ""
    if found is None or mode not in MODES:
        raise TuneError(f"{where}: {value!r} is no key such as G, Bb, Am or Ddor")
    letter, sign = found["letter"].lower(), {"#": 1, "b": -1, "": 0}[found["sign"]]
    fifths = FIFTHS[letter] + 7 * sign + MODES[mode]
    if abs(fifths) > 7:
        raise TuneError(f"{where}: {value!r} is no key such as G, Bb, Am or Ddor")
    raised = SHARPS[:fifths] if fifths > 0 else ""
    lowered = FLATS[:-fifths] if fifths < 0 else ""
    signs = dict.fromkeys(raised, 1) | dict.fromkeys(lowered, -1)
    return (LETTERS[letter] + sign) % 12, signs
