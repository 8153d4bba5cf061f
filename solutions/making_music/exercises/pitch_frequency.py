"""Ask for the frequencies of keys."""

from __future__ import annotations

import numpy as np

from grader.authoring import Challenge, Draw, arrangements, array, edit

from . import draws
from .assignment import A

WHOLE = Challenge("keys of a keyboard")
OTHER = Challenge("other keys")
BETWEEN = Challenge("pitches between the keys", more={"between": True})
FLOAT32 = Challenge(
    "float32 inputs",
    arrange=arrangements.float32,
    tolerance=draws.FLOAT32_TOLERANCE,
    more={"between": True},
)
STRIDED = Challenge("non-contiguous inputs", arrange=arrangements.strided)


@A.exercise()
def pitch_frequency(draw: Draw) -> draws.Drawn:
    """Draw the arguments of a case: keys above and below the a, none of them whole octaves."""
    (m,) = draw.sizes(m=(5, 9))
    octaves, keys = draw.rng.integers(-3, 3, size=m), draw.rng.integers(1, 12, size=m)
    pitch = 69 + 12 * octaves + keys
    if "between" in draw.challenge.more:
        pitch = pitch + draw.rng.choice([0.25, 0.5, 0.75], size=m)
    return (draw.challenge.arrange(np.asarray(pitch)),)


pitch_frequency.returns(frequency=array(3, "(m,)", main=True))
pitch_frequency.untouched(1)
pitch_frequency.equations(frequency=1)
pitch_frequency.cases(WHOLE, OTHER, draws.ONE_EXAMPLE, BETWEEN, FLOAT32, STRIDED)

OCTAVES = "octaves = (pitch - 69) / 12"
FREQUENCY = "frequency = 440.0 * 2.0**octaves"
RETURN = "return frequency"

pitch_frequency.mistake(
    "octave-too-high",
    "everything is an octave too high",
    "At which key does an orchestra tune, as the notation has it?",
    edit(OCTAVES, "octaves = (pitch - 57) / 12"),
)
pitch_frequency.mistake(
    "octave-too-low",
    "everything is an octave too low",
    "At which key does an orchestra tune, as the notation has it?",
    edit(OCTAVES, "octaves = (pitch - 81) / 12"),
)
pitch_frequency.mistake(
    "a-at-the-middle-c",
    "the 440 hertz belong to key 60, the middle c",
    "Which of the two keys that the notation names has 440 hertz?",
    edit(OCTAVES, "octaves = (pitch - 60) / 12"),
)
pitch_frequency.mistake(
    "one-key-too-low",
    "everything is one key too low",
    "What should key 69 give?",
    edit(OCTAVES, "octaves = (pitch - 70) / 12"),
)
pitch_frequency.mistake(
    "one-key-too-high",
    "everything is one key too high",
    "What should key 69 give?",
    edit(OCTAVES, "octaves = (pitch - 68) / 12"),
)
pitch_frequency.mistake(
    "counted-from-key-zero",
    "keys are counted from 0, and not from the a",
    "Which key has exactly 440 hertz, and what is the exponent there?",
    edit(OCTAVES, "octaves = pitch / 12"),
)
pitch_frequency.mistake(
    "whole-octaves",
    "the division drops the fraction, so that all keys of an octave sound alike",
    "Which of Python's two divisions keeps fractions?",
    edit(OCTAVES, "octaves = (pitch - 69) // 12"),
)
pitch_frequency.mistake(
    "upside-down",
    "higher keys have lower frequencies",
    "Is the exponent of a key above the a positive?",
    edit(OCTAVES, "octaves = (69 - pitch) / 12"),
)
pitch_frequency.mistake(
    "natural-exponent",
    "an octave is a factor of e",
    "By which factor does an octave change a frequency?",
    edit(FREQUENCY, "frequency = 440.0 * np.exp(octaves)"),
)
pitch_frequency.mistake(
    "seven-keys",
    "an octave has seven keys",
    "How many keys, white and black, are there from one a to the next?",
    edit(OCTAVES, "octaves = (pitch - 69) / 7"),
)
pitch_frequency.mistake(
    "eight-keys",
    "an octave has eight keys",
    "How many keys, white and black, are there from one a to the next?",
    edit(OCTAVES, "octaves = (pitch - 69) / 8"),
)
pitch_frequency.mistake(
    "thirteen-keys",
    "an octave has thirteen keys, its first one counted twice",
    "Does the next a belong to this octave or to the one above?",
    edit(OCTAVES, "octaves = (pitch - 69) / 13"),
)
pitch_frequency.mistake(
    "equal-steps-in-hertz",
    "every key adds the same number of hertz",
    "From 69 to 81 the frequency doubles. What does it do from 81 to 93?",
    edit(FREQUENCY, "frequency = 440.0 * (1.0 + octaves)"),
)
pitch_frequency.mistake(
    "times-for-power",
    "2 is multiplied by the octaves, and not raised to them",
    "What stands in the exponent of equation (1)?",
    edit(FREQUENCY, "frequency = 440.0 * 2.0 * octaves"),
)
pitch_frequency.mistake(
    "division-outside-of-the-power",
    "only the keys are in the exponent, and the power is divided by 12",
    "Which comes first in Python, a power or a division? Where are brackets needed?",
    edit(OCTAVES, "octaves = pitch - 69"),
    edit(FREQUENCY, "frequency = 440.0 * 2.0**octaves / 12"),
)
pitch_frequency.mistake(
    "squared",
    "the octaves are raised to the power of 2",
    "Which of the two is the base, and which the exponent?",
    edit(FREQUENCY, "frequency = 440.0 * octaves**2.0"),
)
pitch_frequency.mistake(
    "period",
    "the seconds of one swing are returned",
    "Is a frequency a time, or how often something happens in a time?",
    edit(RETURN, "return 1 / frequency"),
)
pitch_frequency.mistake(
    "angular-frequency",
    "radians in a second are returned, and not swings",
    "Where does the factor of two pi belong: here, or in the sine?",
    edit(RETURN, "return 2 * np.pi * frequency"),
)
pitch_frequency.mistake(
    "whole-hertz",
    "frequencies are rounded to whole hertz",
    "Must a frequency be a whole number?",
    edit(RETURN, "return np.round(frequency)"),
)
pitch_frequency.mistake(
    "whole-keys",
    "pitches between the keys are rounded down",
    "Equation (1) holds for fractions of a key as well.",
    edit(OCTAVES, "octaves = (np.floor(pitch) - 69) / 12"),
)
pitch_frequency.mistake(
    "factor-alone",
    "the factor is returned, and the 440 hertz are missing",
    "What is the frequency of key 69?",
    edit(RETURN, "return 2.0**octaves"),
)
pitch_frequency.mistake(
    "pitch-changed",
    "the pitches are overwritten",
    "Does `-=` on an array make a new one?",
    edit(OCTAVES, "octaves = (pitch - 69) / 12\n    pitch *= 0"),
)
pitch_frequency.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)
