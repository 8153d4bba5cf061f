"""Ask for the samples of one tone."""

from __future__ import annotations

from grader.authoring import Challenge, Draw, arrangements, array, edit

from . import draws
from .assignment import A

LESS = Challenge("a little less than whole samples")
MORE = Challenge("a little more than whole samples", more={"over": 1})
SHORT = Challenge("rise and fall meet", more={"longer": 3.0})
STEADY = Challenge("no fading", more={"decay": 0.0})
PURE = Challenge("one partial", {"K": 1}, more={"over": 1})
TOO_HIGH = Challenge("nothing below half of the rate", more={"too_high": True})
ONE_SAMPLE = Challenge("one sample", {"N": 1})
FLOAT32 = Challenge(
    "float32 inputs", arrange=arrangements.float32, tolerance=draws.FLOAT32_TOLERANCE
)


@A.exercise()
def make_tone(draw: Draw) -> draws.Drawn:
    """Draw the arguments of a case: some partials lie below half of the rate, and some above."""
    K, N = draw.sizes(K=(4, 6), N=(150, 220))
    more, rate = draw.challenge.more, int(draw.rng.integers(700, 1300))
    below = min(K, 3)
    frequency = rate / 2 / (below + draw.rng.uniform(0.3, 0.7))
    if "too_high" in more:
        frequency = 1.3 * rate / 2
    off = draw.rng.uniform(0.15, 0.4)
    seconds = (N + (off if "over" in more else -off)) / rate
    instrument = draws.instrument(draw, K, seconds)
    instrument["decay"] *= more.get("decay", 1.0)
    for part in ("attack", "release"):
        instrument[part] *= more.get("longer", 1.0)
    return float(frequency), float(seconds), rate, instrument


make_tone.returns(samples=array(12, "(N,)", main=True))
make_tone.untouched(1)
make_tone.equations(t=2, envelope=3, samples=4)
make_tone.cases(LESS, MORE, SHORT, STEADY, PURE, TOO_HIGH, ONE_SAMPLE, FLOAT32)

make_tone.equivalent(
    "of three numbers the least is taken, in whatever order",
    "order: envelope = np.minimum(np.minimum(rise, fall), 1)",
    "order: envelope = np.minimum(1, np.minimum(fall, rise))",
)
make_tone.equivalent(
    "the array that is written over is the function's own, and is not read again",
    "aliased: samples = np.multiply(envelope, wave, out=envelope)",
    "aliased: samples = np.multiply(envelope, wave, out=wave)",
)

COUNT = "N = round(seconds * rate)"
TIMES = "t = np.arange(N) / rate"
LOOP = 'for k, strength in enumerate(instrument["partials"], 1):'
BORDER = "if k * frequency < rate / 2:"
FADING = 'fading = np.exp(-instrument["decay"] * k * t)'
ADD = "wave += strength * fading * np.sin(2 * np.pi * k * frequency * t)"
RISE = 'rise = t / instrument["attack"]'
FALL = 'fall = (t[-1] - t) / instrument["release"]'
ENVELOPE = "envelope = np.minimum(1, np.minimum(rise, fall))"
SAMPLES = "samples = envelope * wave"
RETURN = "return samples"

make_tone.mistake(
    "angle-without-two-pi",
    "the sine is taken of the swings, and not of the angle",
    "How large is the angle of one whole swing?",
    edit(ADD, "wave += strength * fading * np.sin(k * frequency * t)"),
)
make_tone.mistake(
    "cosine",
    "the partials are cosines",
    "What is the height of a partial at the time 0, as equation (4) has it?",
    edit(ADD, "wave += strength * fading * np.cos(2 * np.pi * k * frequency * t)"),
)
make_tone.mistake(
    "time-in-samples",
    "time is counted in samples, and not in seconds",
    "At which time is sample 1 taken?",
    edit(TIMES, "t = np.arange(N)"),
)
make_tone.mistake(
    "time-from-end-to-end",
    "the last sample is taken at the end of the tone, so that all times are a little stretched",
    "How far apart are two samples, whatever the length of the tone?",
    edit(TIMES, "t = np.linspace(0, seconds, N)"),
)
make_tone.mistake(
    "time-begins-at-one",
    "the first sample is taken one step after the beginning",
    "From which number do samples count?",
    edit(TIMES, "t = np.arange(1, N + 1) / rate"),
)
make_tone.mistake(
    "rounded-down",
    "the number of samples is rounded down",
    "What does Python's int do with 199.8, and what does equation (2) ask for?",
    edit(COUNT, "N = int(seconds * rate)"),
)
make_tone.mistake(
    "rounded-up",
    "the number of samples is rounded up",
    "What does equation (2) make of 200.2 samples?",
    edit(COUNT, "N = int(np.ceil(seconds * rate))"),
)
make_tone.mistake(
    "one-sample-too-many",
    "there is one sample more than there should be",
    "Which is the last n in equation (2)?",
    edit(COUNT, "N = round(seconds * rate) + 1"),
)
make_tone.mistake(
    "no-fading",
    "the partials do not fade",
    "Which factor of equation (4) has not been used?",
    edit(FADING, "fading = 1"),
)
make_tone.mistake(
    "all-fade-alike",
    "all partials fade equally fast",
    "What stands beside the decay in the exponent of equation (4)?",
    edit(FADING, 'fading = np.exp(-instrument["decay"] * t)'),
)
make_tone.mistake(
    "grows-louder",
    "the partials grow louder with time",
    "What is the sign of the exponent in equation (4)?",
    edit(FADING, 'fading = np.exp(instrument["decay"] * k * t)'),
)
make_tone.mistake(
    "fades-over-the-whole-tone",
    "the fading counts in lengths of the tone, and not in seconds",
    "In which unit is the decay?",
    edit(FADING, 'fading = np.exp(-instrument["decay"] * k * t / seconds)'),
)
make_tone.mistake(
    "fades-in-halves",
    "the fading is a power of 2",
    "Which function has e as its base?",
    edit(FADING, 'fading = 2 ** (-instrument["decay"] * k * t)'),
)
make_tone.mistake(
    "strengths-ignored",
    "all partials are equally strong",
    "What does the instrument say of each partial?",
    edit(ADD, "wave += fading * np.sin(2 * np.pi * k * frequency * t)"),
)
make_tone.mistake(
    "counts-partials-from-zero",
    "the first partial has 0 times the frequency",
    "Which partial stands at place 0?",
    edit(LOOP, 'for k, strength in enumerate(instrument["partials"]):'),
)
make_tone.mistake(
    "first-partial-alone",
    "there is only the first partial",
    "How many partials does the instrument have?",
    edit(LOOP, 'for k, strength in enumerate(instrument["partials"][:1], 1):'),
)
make_tone.mistake(
    "octaves-for-partials",
    "each partial has twice the frequency of the one before",
    "Which multiple of the frequency has the third partial?",
    edit(ADD, "wave += strength * fading * np.sin(2 * np.pi * 2 ** (k - 1) * frequency * t)"),
)
make_tone.mistake(
    "last-partial-only",
    "only the last partial is left",
    "What becomes of the partials before when a new one comes?",
    edit(ADD, "wave = strength * fading * np.sin(2 * np.pi * k * frequency * t)"),
)
make_tone.mistake(
    "high-partials-kept",
    "partials above half of the rate are not left out",
    "Over which k does the sum in equation (4) go?",
    edit(BORDER, "if True:"),
)
make_tone.mistake(
    "border-at-the-rate",
    "partials are left out above the rate, and not above half of it",
    "Where is the border: how many samples does one swing need at least?",
    edit(BORDER, "if k * frequency < rate:"),
)
make_tone.mistake(
    "no-envelope",
    "the envelope is computed and not applied",
    "What keeps the tone from clicking?",
    edit(SAMPLES, "samples = wave"),
)
make_tone.mistake(
    "no-rise",
    "the tone begins with a jump",
    "Which of the three in equation (3) is missing?",
    edit(ENVELOPE, "envelope = np.minimum(1, fall)"),
)
make_tone.mistake(
    "no-fall",
    "the tone ends with a jump",
    "Which of the three in equation (3) is missing?",
    edit(ENVELOPE, "envelope = np.minimum(1, rise)"),
)
make_tone.mistake(
    "rise-and-fall-exchanged",
    "attack and release have changed places",
    "Which of the two belongs to the beginning?",
    edit(RISE, 'rise = t / instrument["release"]'),
    edit(FALL, 'fall = (t[-1] - t) / instrument["attack"]'),
)
make_tone.mistake(
    "fall-to-the-end-of-the-seconds",
    "the fall reaches zero at the end of the seconds, which is not the time of the last sample",
    "At which time is the last sample taken?",
    edit(FALL, 'fall = (seconds - t) / instrument["release"]'),
)
make_tone.mistake(
    "not-held-at-one",
    "the envelope rises above 1",
    "Which of the three in equation (3) is missing?",
    edit(ENVELOPE, "envelope = np.minimum(rise, fall)"),
)
make_tone.mistake(
    "rise-times-fall",
    "rise and fall are multiplied, where the smaller one should be taken",
    "Which of the two counts where a short tone rises and falls at once?",
    edit(ENVELOPE, "envelope = np.minimum(1, rise) * np.minimum(1, fall)"),
)
make_tone.mistake(
    "whole-samples-in-a-swing",
    "each swing takes a whole number of samples, so the pitch is not quite right",
    "Must a swing end exactly at a sample?",
    edit(TIMES, "t = np.arange(N) / rate\n    frequency = rate / round(rate / frequency)"),
)
make_tone.mistake(
    "divided-by-the-partials",
    "the sum is divided by the number of partials",
    "Is it a sum or a mean in equation (4)?",
    edit(SAMPLES, 'samples = envelope * wave / len(instrument["partials"])'),
)
make_tone.mistake(
    "whole-numbers",
    "the samples are whole numbers of 16 bits",
    "Between which numbers do samples lie here?",
    edit(RETURN, "return (32767 * samples).astype(np.int16)"),
)
make_tone.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)
