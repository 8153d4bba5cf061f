"""Ask for a tune as samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.authoring import Challenge, Draw, array, edit

from . import draws
from .assignment import A

REST = draws.REST
MOST_RESTS = 4
TUNE = Challenge("a tune with a rest", more={"side": -1})
OTHER = Challenge("another tune")
ONE_NOTE = Challenge("one note", more={"count": 1})
AT_THE_ENDS = Challenge("rests at both ends, and soft", more={"rests": (0, -1), "loud": 0.1})
SILENT = Challenge("nothing but rests", more={"rests": range(MOST_RESTS), "count": 4})
OFF_WHOLE = 0.1  # of a sample: between what a note takes and a half


@A.exercise(calls=["pitch_frequency", "make_tone"], more_questions=MOST_RESTS)
def render_tune(draw: Draw) -> draws.Drawn:
    """Draw the arguments of a case: no note's samples are near a half, and rests round up."""
    more = draw.challenge.more
    count = more.get("count", int(draw.rng.integers(5, 7)))
    rests = [int(place) % count for place in more.get("rests", (2,) if count > 2 else ())]
    lengths = draw.rng.permutation([1, 3, 2, 1, 3]).tolist()
    lengths.insert(2, 2)  # a rest is not of one eighth
    pitches = draw.rng.choice(np.arange(30, 52), size=count, replace=False).tolist()
    notes = [
        (REST if place in rests else pitches[place], length)
        for place, length in enumerate(lengths[:count])
    ]
    rate, tempo = _speed(draw, [(length, pitch == REST) for pitch, length in notes])
    longest = 90 / tempo
    instrument = draws.instrument(draw, 4, longest)
    loud = more.get("loud", 1.0) * more.get("side", 1) * _side(notes, tempo, rate, instrument)
    instrument["partials"] = draw.challenge.arrange(loud * instrument["partials"])
    draw.dims["N"] = sum(round(30 * length / tempo * rate) for _, length in notes)
    return notes, tempo, rate, instrument


def _side(notes: list[draws.Note], tempo: float, rate: int, instrument: dict[str, Any]) -> int:
    """Say on which side of zero the wave has its largest value: 1 above, -1 below."""
    extremes = [0.0]
    for pitch, length in notes:
        t = np.arange(round(30 * length / tempo * rate)) / rate
        f = 440 * 2 ** ((pitch - 69) / 12) if pitch != REST else 0
        wave = sum(
            strength * np.exp(-instrument["decay"] * k * t) * np.sin(2 * np.pi * k * f * t)
            for k, strength in enumerate(instrument["partials"], 1)
            if k * f < rate / 2
        )
        ends = np.minimum(t / instrument["attack"], (t[-1] - t) / instrument["release"])
        wave = wave * np.minimum(1, ends)
        extremes += [float(np.max(wave)), float(np.min(wave))]
    return 1 if max(extremes) > -min(extremes) else -1


def _speed(draw: Draw, lengths: list[tuple[int, bool]]) -> tuple[int, float]:
    """Draw rate and tempo: a rest would lose a sample if its number were rounded down."""
    while True:
        rate, tempo = int(draw.rng.integers(600, 800)), float(draw.rng.uniform(220, 380))
        parts = [(30 * length / tempo * rate % 1, rest) for length, rest in lengths]
        if all(abs(part - 0.5) > OFF_WHOLE and (part > 0.5 or not rest) for part, rest in parts):
            return rate, tempo


render_tune.returns(sound=array(9, "(N,)", main=True))
render_tune.untouched(1)
render_tune.equations(seconds=5, sound=6)
render_tune.cases(TUNE, OTHER, ONE_NOTE, AT_THE_ENDS, SILENT)

LOOP = "for pitch, length in notes:"
SECONDS = "seconds = 30 * length / tempo"
IF_REST = "if pitch == 0:"
ZEROS = "block = np.zeros(round(seconds * rate))"
TONE = "block = make_tone(pitch_frequency(pitch), seconds, rate, instrument)"
APPEND = "blocks.append(block)"
JOIN = "wave = np.concatenate(blocks)"
PEAK = "peak = np.max(np.abs(wave))"
SOUND = "sound = 0.8 * wave / peak if peak > 0 else wave"
RETURN = "return sound"

render_tune.mistake(
    "rests-skipped",
    "rests take no time",
    "How long is a rest of two eighths?",
    edit(ZEROS, "continue"),
)
render_tune.mistake(
    "rests-of-one-eighth",
    "every rest is one eighth long",
    "Does a rest have a length of its own?",
    edit(ZEROS, "block = np.zeros(round(30 / tempo * rate))"),
)
render_tune.mistake(
    "rests-sound",
    "a rest is played as key 0",
    "What does a pitch of 0 stand for?",
    edit(IF_REST, "if False:"),
)
render_tune.mistake(
    "rests-rounded-down",
    "the samples of a rest are rounded down",
    "How does equation (2) make a whole number of samples?",
    edit(ZEROS, "block = np.zeros(int(seconds * rate))"),
)
render_tune.mistake(
    "rests-of-one-sample",
    "a rest is a single zero",
    "How many samples does a note of that length have?",
    edit(ZEROS, "block = np.zeros(1)"),
)
render_tune.mistake(
    "lengths-as-quarters",
    "lengths are taken for quarters",
    "How many eighths does a quarter have?",
    edit(SECONDS, "seconds = 60 * length / tempo"),
)
render_tune.mistake(
    "lengths-as-sixteenths",
    "lengths are taken for sixteenths",
    "A tempo of 60 quarters in a minute: how long is an eighth?",
    edit(SECONDS, "seconds = 15 * length / tempo"),
)
render_tune.mistake(
    "lengths-as-seconds",
    "lengths are taken for seconds at a tempo of 120",
    "Which argument has not been used?",
    edit(SECONDS, "seconds = length / 4"),
)
render_tune.mistake(
    "all-equally-long",
    "every note is one eighth long",
    "What is the second number of a note?",
    edit(SECONDS, "seconds = 30 / tempo"),
)
render_tune.mistake(
    "tempo-upside-down",
    "a higher tempo makes notes longer",
    "More quarters in a minute: is each of them longer or shorter?",
    edit(SECONDS, "seconds = tempo * length / 3000"),
)
render_tune.mistake(
    "longer-notes-shorter",
    "long notes are short and short ones long",
    "Does the length stand above or below the line in equation (5)?",
    edit(SECONDS, "seconds = 30 / (length * tempo)"),
)
render_tune.mistake(
    "pitch-for-frequency",
    "the number of the key is taken for its frequency",
    "What does `make_tone` ask for first, and which function gives it?",
    edit(TONE, "block = make_tone(pitch, seconds, rate, instrument)"),
)
render_tune.mistake(
    "frequency-of-an-octave-above",
    "every note is played an octave higher",
    "What does pitch_frequency take?",
    edit(TONE, "block = make_tone(pitch_frequency(pitch + 12), seconds, rate, instrument)"),
)
render_tune.mistake(
    "a-rate-of-its-own",
    "tones are made at another rate than the one that is asked for",
    "Which argument says how many samples a second has?",
    edit(TONE, "block = make_tone(pitch_frequency(pitch), seconds, 1000, instrument)"),
)
render_tune.mistake(
    "not-scaled",
    "the sound is not scaled",
    "Where should the highest peak lie?",
    edit(SOUND, "sound = wave"),
)
render_tune.mistake(
    "scaled-to-one",
    "the highest peak is at 1",
    "Which number does equation (6) have?",
    edit(SOUND, "sound = wave / peak if peak > 0 else wave"),
)
render_tune.mistake(
    "only-made-louder",
    "the factor of 0.8 is applied and the peak is not",
    "What is divided by in equation (6)?",
    edit(SOUND, "sound = 0.8 * wave"),
)
render_tune.mistake(
    "scaled-note-by-note",
    "every note is scaled by its own peak",
    "Over which samples is the largest value in equation (6) taken?",
    edit(APPEND, "blocks.append(block / max(np.max(np.abs(block)), 1e-12))"),
)
render_tune.mistake(
    "peak-without-the-sign",
    "the peak is the largest value, and deep valleys are not seen",
    "Which bars stand around the samples in equation (6)?",
    edit(PEAK, "peak = np.max(wave)"),
)
render_tune.mistake(
    "mean-for-peak",
    "the sound is scaled by its root mean square",
    "Which value of all is to be 0.8?",
    edit(PEAK, "peak = np.sqrt(np.mean(wave**2))"),
)
render_tune.mistake(
    "peak-of-the-last-note",
    "the peak is that of the last block alone",
    "Over which samples is the largest value in equation (6) taken?",
    edit(PEAK, "peak = np.max(np.abs(block)) or 1"),
)
render_tune.mistake(
    "cut-off",
    "what is above 0.8 is cut off",
    "Is the shape of the wave the same before and after scaling?",
    edit(SOUND, "sound = np.clip(wave, -0.8, 0.8)"),
)
render_tune.mistake(
    "rests-alone-are-no-numbers",
    "a tune of rests is divided by zero",
    "What is the peak of a tune that cannot be heard?",
    edit(SOUND, "sound = 0.8 * wave / peak"),
)
render_tune.mistake(
    "added-not-joined",
    "all notes sound at once",
    "Does the second note begin where the first ends?",
    edit(
        JOIN,
        "wave = np.zeros(max(len(block) for block in blocks))\n"
        "    for block in blocks:\n"
        "        wave[: len(block)] += block",
    ),
)
render_tune.mistake(
    "backwards",
    "the tune is played from its last note to its first",
    "In which order are blocks joined?",
    edit(JOIN, "wave = np.concatenate(blocks[::-1])"),
)
render_tune.mistake(
    "last-note-missing",
    "the last note is not played",
    "How many notes does the list have?",
    edit(LOOP, "for pitch, length in notes[:-1] or notes:"),
)
render_tune.mistake(
    "gaps-between-notes",
    "there is a gap behind every note",
    "Which samples lie between two notes?",
    edit(APPEND, "blocks += [block, np.zeros(10)]"),
)
render_tune.mistake(
    "two-channels",
    "there are two rows of samples",
    "What shape does the docstring give?",
    edit(RETURN, "return np.stack([sound, sound])"),
)
render_tune.mistake(
    "list-of-blocks",
    "a list of blocks is returned",
    "What shape does the docstring give?",
    edit(RETURN, "return blocks"),
)
render_tune.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)
