"""Ask for a letter, drawn from probabilities with a number that is handed in."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.authoring import Challenge, Draw, arrangements, edit, ints

from . import draws, writing
from .assignment import A

WARM = Challenge("warm", more={"temperature": 1.6})
COLD = Challenge("cold", more={"temperature": 0.6})
AS_IT_IS = Challenge("temperature 1", more={"temperature": 1.0})
TWO = Challenge("n_y = 2", {"n_y": 2}, more={"temperature": 1.3, "any": True})
MANY = Challenge("n_y = 27", {"n_y": 27}, more={"temperature": 0.8, "any": True})
FIRST = Challenge("the first letter", more={"temperature": 1.2, "hit": 0})
LAST = Challenge("the last letter", more={"temperature": 0.9, "hit": -1})
IMPOSSIBLE = Challenge("u = 0, and the first letter impossible", more={"temperature": 1.0})
FLOAT32 = Challenge("float32 inputs", arrange=arrangements.float32, more={"temperature": 0.7})
STRIDED = Challenge(
    "non-contiguous inputs", arrange=arrangements.strided, more={"temperature": 1.4}
)


@A.exercise()
def sample_index(draw: Draw) -> tuple[Any, ...]:
    """Draw the arguments of a case, so that most wrong ways to sample show in one throw."""
    (n_y,) = draw.sizes(n_y=(6, 9))
    more = draw.challenge.more
    if draw.challenge is IMPOSSIBLE:
        p = np.concatenate([[0.0], draws.predictions(draw, n_y - 1)])
        return p, 0.0, more["temperature"]
    for _ in range(writing.TRIES):
        p, temperature = draws.predictions(draw, n_y), more["temperature"]
        q = writing.tempered(p, temperature)
        wanted = np.arange(n_y) == more["hit"] % n_y if "hit" in more else np.ones(n_y, bool)
        if q.min() < 4 * writing.MARGIN and "any" not in more:
            continue
        u = writing.throw(draw.rng, q, wanted)
        if {"any", "hit"} & {*more} or writing.landing(q, u) not in _wrong(p, u, temperature):
            return draw.challenge.arrange(p), u, temperature
    raise ValueError("no throw tells them apart")


def _wrong(p: Any, u: float, temperature: float) -> set[int]:
    """Say where wrong ways to sample would land."""
    n_y = len(p)
    others = [p, p * temperature, p**2, p[::-1], 1 - p]
    if temperature == 1:
        others = [p[::-1], 1 - p]
    landed = {writing.landing(other / other.sum(), u) for other in others}
    inverse = writing.landing(writing.tempered(p, 1 / temperature), u) if temperature != 1 else 0
    ordered = np.argsort(-p)
    by_size = ordered[writing.landing(writing.tempered(p, temperature)[ordered], u)]
    return {*landed, inverse, int(np.argmax(p)), int(u * n_y), int(by_size), 0, n_y - 1}


sample_index.returns(index=ints(9, main=True))
sample_index.untouched(1)
sample_index.equations(index=18)
sample_index.cases(WARM, COLD, AS_IT_IS, TWO, MANY, FIRST, LAST, IMPOSSIBLE, FLOAT32, STRIDED)

WEIGHTS = "weights = p ** (1 / temperature)"
CUMULATIVE = "cumulative = np.cumsum(weights)"
INDEX = "index = np.argmax(cumulative / cumulative[-1] > u)"
RETURN = "return index"

sample_index.mistake(
    "own-random-numbers",
    "u is not used, and the letter is drawn with numbers of its own",
    "Where does the randomness come from in this function?",
    edit(INDEX, "index = np.random.default_rng(len(p)).choice(len(p), p=weights / cumulative[-1])"),
)
sample_index.mistake(
    "likeliest",
    "the likeliest letter is taken, whatever was thrown",
    "What is u for?",
    edit(INDEX, "index = np.argmax(weights)"),
)
sample_index.mistake(
    "temperature-multiplies",
    "the temperature works the wrong way round",
    "Does a high temperature make probabilities more alike, or less?",
    edit(WEIGHTS, "weights = p**temperature"),
)
sample_index.mistake(
    "temperature-without-effect",
    "the temperature has no effect",
    "What is left of a factor that acts on all probabilities, once they are divided by their sum?",
    edit(WEIGHTS, "weights = p / temperature"),
)
sample_index.mistake(
    "temperature-forgotten",
    "the temperature is ignored",
    "Which argument has not been used?",
    edit(WEIGHTS, "weights = p"),
    edit(INDEX, "index = np.argmax(cumulative >= min(u, cumulative[-1]))"),
)
sample_index.mistake(
    "not-divided-by-the-sum",
    "the tempered probabilities are not divided by their sum",
    "What do the tempered probabilities add up to?",
    edit(INDEX, "index = np.argmax(cumulative > u)"),
)
sample_index.mistake(
    "softmax-of-probabilities",
    "the softmax is taken of probabilities, as if they were scores",
    "What has the softmax been applied to already?",
    edit(WEIGHTS, "weights = np.exp(p / temperature)"),
)
sample_index.mistake(
    "one-too-far",
    "the letter behind the right one is taken",
    "Is the index that of the first running sum above u?",
    edit(INDEX, "index = np.argmax(cumulative / cumulative[-1] > u) + 1"),
)
sample_index.mistake(
    "one-too-near",
    "the last letter whose running sum is below u is taken",
    "Whose stretch does a running sum end?",
    edit(INDEX, "index = np.argmax(cumulative / cumulative[-1] > u) - 1"),
)
sample_index.mistake(
    "uniform-choice",
    "every letter is as likely as any other",
    "What decides how wide the stretch of a letter is?",
    edit(INDEX, "index = int(u * len(p))"),
)
sample_index.mistake(
    "at-least-for-above",
    "a running sum that equals u counts as above it",
    "What should u = 0 do if the first letter has a probability of 0?",
    edit(INDEX, "index = np.argmax(cumulative / cumulative[-1] >= u)"),
)
sample_index.mistake(
    "no-running-sum",
    "u is compared with the probabilities, and not with their running sums",
    "Where does the stretch of the third letter begin?",
    edit(CUMULATIVE, "cumulative = np.append(weights[:-1], np.sum(weights))"),
)
sample_index.mistake(
    "first-letter-begins-late",
    "the running sums begin with 0",
    "Where does the stretch of the first letter end?",
    edit(INDEX, "index = np.argmax(np.append(0, cumulative) / cumulative[-1] > u)"),
)
sample_index.mistake(
    "from-the-other-end",
    "the running sums begin with the last letter",
    "At which end of the line does the first letter lie?",
    edit(INDEX, "index = np.sum(np.cumsum(weights[::-1]) / np.sum(weights) > u) - 1"),
)
sample_index.mistake(
    "sorted-by-size",
    "the letters are sorted by their probabilities first, and the index is that in the sorted list",
    "Which letter stands at that place in p?",
    edit(CUMULATIVE, "cumulative = np.cumsum(np.sort(weights)[::-1])"),
)
sample_index.mistake(
    "nearest-step",
    "the letter whose running sum is nearest to u is taken",
    "Which running sum is wanted: the nearest one, or the first above u?",
    edit(INDEX, "index = np.argmin(np.abs(cumulative / cumulative[-1] - u))"),
)
sample_index.mistake(
    "last-false",
    "the number of running sums above u is taken for the index",
    "Which truth values come before the first True?",
    edit(INDEX, "index = np.sum(cumulative / cumulative[-1] > u)"),
)
sample_index.mistake(
    "one-hot",
    "a one-hot array is returned in the place of an index",
    "How many numbers does the docstring ask for?",
    edit(RETURN, "return (np.arange(len(p)) == index) * 1"),
)
sample_index.mistake(
    "probability-returned",
    "the probability of the letter is returned, and not its index",
    "What will whoever calls this look up in the alphabet?",
    edit(RETURN, "return p[index]"),
)
sample_index.mistake(
    "probabilities-changed",
    "p is changed by the function",
    "Does the power act on p itself, or on a new array?",
    edit(WEIGHTS, "p **= 1 / temperature\n    weights = p"),
)
sample_index.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)
