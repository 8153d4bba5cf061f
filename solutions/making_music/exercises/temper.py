"""Ask for probabilities at a temperature."""

from __future__ import annotations

import numpy as np

from grader.authoring import Challenge, Draw, arrangements, array, edit

from . import draws
from .assignment import A

WARM = Challenge("warm", more={"temperature": 1.7})
COLD = Challenge("cold", more={"temperature": 0.6})
AS_IT_IS = Challenge("temperature 1", more={"temperature": 1.0})
ONE = Challenge("m = 1", {"m": 1}, more={"temperature": 0.8})
LARGE = Challenge(
    "large scores", more={"temperature": 0.9, "levels": (1000.0, 0.0), "outlier": -1800.0}
)
APART = Challenge(
    "columns at levels far apart", more={"temperature": 1.3, "levels": (-900.0, 0.0, 900.0)}
)
FLOAT32 = Challenge(
    "float32 inputs",
    arrange=arrangements.float32,
    tolerance=draws.FLOAT32_TOLERANCE,
    more={"temperature": 0.7},
)
STRIDED = Challenge(
    "non-contiguous inputs", arrange=arrangements.strided, more={"temperature": 1.4}
)


@A.exercise()
def temper(draw: Draw) -> draws.Drawn:
    """Draw the arguments of a case: scores that differ by a few units."""
    n_y, m = draw.sizes(n_y=(5, 9), m=(3, 7))
    more = draw.challenge.more
    levels = more.get("levels", (0.3,))
    offsets = np.array([levels[i % len(levels)] for i in range(m)])
    scores = 1.5 * draw.rng.standard_normal((n_y, m)) + offsets
    # In another column than those at a high level: each of the two mistakes shows in its own.
    scores[draw.rng.integers(n_y), 1::2] += more.get("outlier", 0.0)
    return draw.challenge.arrange(scores), more["temperature"]


temper.returns(p=array(6, "(n_y, m)", main=True))
temper.untouched(1)
temper.equations(p=11)
temper.cases(WARM, COLD, AS_IT_IS, ONE, LARGE, APART, FLOAT32, STRIDED)

Z = "z = scores / temperature"
WEIGHTS = "weights = np.exp(z - np.max(z, axis=0))"
P = "p = weights / np.sum(weights, axis=0)"
RETURN = "return p"

temper.mistake(
    "temperature-multiplies",
    "the temperature works the wrong way round",
    "Does a high temperature make probabilities more alike, or less?",
    edit(Z, "z = scores * temperature"),
)
temper.mistake(
    "temperature-forgotten",
    "the temperature has no effect",
    "Which argument has not been used?",
    edit(Z, "z = scores"),
)
temper.mistake(
    "divides-probabilities",
    "the probabilities are divided by the temperature, and not the scores",
    "What does each column sum to after it was divided by 2?",
    edit(Z, "z = scores"),
    edit(P, "p = weights / np.sum(weights, axis=0) / temperature"),
)
temper.mistake(
    "temperature-twice",
    "the temperature acts twice",
    "How often does it stand in equation (11)?",
    edit(Z, "z = scores / temperature**2"),
)
temper.mistake(
    "root-of-the-temperature",
    "the square root of the temperature is taken",
    "What are scores divided by in equation (11)?",
    edit(Z, "z = scores / np.sqrt(temperature)"),
)
temper.mistake(
    "powers-not-divided-by-their-sum",
    "probabilities are raised to a power, and not divided by their new sum",
    "What does each column sum to?",
    edit(Z, "z = scores"),
    edit(P, "p = (weights / np.sum(weights, axis=0)) ** (1 / temperature)"),
)
temper.mistake(
    "softmax-of-probabilities",
    "the softmax is taken twice",
    "What goes into the softmax: scores or probabilities?",
    edit(P, P + "\n    p = np.exp(p) / np.sum(np.exp(p), axis=0)"),
)
temper.mistake(
    "nothing-taken-away",
    "the exponential is taken of large numbers",
    "What is the exponential of 1,000?",
    edit(WEIGHTS, "weights = np.exp(z)"),
)
temper.mistake(
    "one-largest-for-all",
    "one largest score is taken for the whole array",
    "What becomes of a column whose scores all lie far below that?",
    edit(WEIGHTS, "weights = np.exp(z - np.max(z))"),
)
temper.mistake(
    "least-for-largest",
    "the least score of each column is taken away, and not the largest",
    "Which exponents are too large for a computer?",
    edit(WEIGHTS, "weights = np.exp(z - np.min(z, axis=0))"),
)
temper.mistake(
    "divided-by-the-sum-of-all",
    "the weights are divided by the sum over the whole array",
    "What should each column sum to?",
    edit(P, "p = weights / np.sum(weights)"),
)
temper.mistake(
    "sums-along-the-rows",
    "rows sum to one, and columns do not",
    "Along which axis do the classes lie?",
    edit(P, "p = weights / np.sum(weights, axis=1, keepdims=True)"),
)
temper.mistake(
    "softmax-along-the-rows",
    "the softmax is taken along the examples",
    "Along which axis do the classes lie?",
    edit(WEIGHTS, "weights = np.exp(z - np.max(z, axis=1, keepdims=True))"),
    edit(P, "p = weights / np.sum(weights, axis=1, keepdims=True)"),
)
temper.mistake(
    "not-divided-by-the-sum",
    "the exponentials are not divided by their sum",
    "What should each column sum to?",
    edit(P, "p = weights"),
)
temper.mistake(
    "divided-by-the-number",
    "the exponentials are divided by the number of classes",
    "What should each column sum to?",
    edit(P, "p = weights / len(weights)"),
)
temper.mistake(
    "base-two",
    "powers of 2 are taken in the place of powers of e",
    "Which base has the softmax?",
    edit(WEIGHTS, "weights = 2 ** (z - np.max(z, axis=0))"),
)
temper.mistake(
    "sign",
    "high scores have low probabilities",
    "What is the sign of the exponent in equation (11)?",
    edit(WEIGHTS, "weights = np.exp(np.min(z, axis=0) - z)"),
)
temper.mistake(
    "shares-of-scores",
    "scores are divided by their sum, and no exponential is taken",
    "How does a softmax deal with scores below 0?",
    edit(WEIGHTS, "weights = z - np.min(z, axis=0)"),
)
temper.mistake(
    "sigmoid",
    "a sigmoid is taken of each score, and no softmax",
    "Which of the two makes columns that sum to one?",
    edit(P, "p = 1 / (1 + np.exp(-np.clip(z, -500, 500)))"),
)
temper.mistake(
    "logarithms",
    "logarithms of probabilities are returned",
    "Between which numbers does a probability lie?",
    edit(RETURN, "return np.log(p)"),
)
temper.mistake(
    "likeliest-alone",
    "the likeliest class has all of the probability",
    "What is left of a temperature then?",
    edit(RETURN, "return (weights == np.max(weights, axis=0)) * 1.0"),
)
temper.mistake(
    "complement",
    "one minus each probability is returned",
    "What should each column sum to?",
    edit(RETURN, "return 1 - p"),
)
temper.mistake(
    "scores-changed",
    "the scores are overwritten",
    "Does `/=` on an array make a new one?",
    edit(Z, "scores /= temperature\n    z = scores"),
)
temper.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)
