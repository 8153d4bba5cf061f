"""Ask for letters, drawn from probabilities with numbers that are handed in."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.authoring import Challenge, Draw, arrangements, edit, ints

from . import draws, writing
from .assignment import A

WARM = Challenge("warm", more={"temperature": 1.6})
COLD = Challenge("cold", more={"temperature": 0.6})
AS_IT_IS = Challenge("temperature 1", more={"temperature": 1.0})
ONE = Challenge("m = 1", {"m": 1}, more={"temperature": 0.8})
TWO = Challenge("n_y = 2", {"n_y": 2}, more={"temperature": 1.3})
MANY = Challenge("n_y = 27", {"n_y": 27}, more={"temperature": 0.8})
IMPOSSIBLE = Challenge("u = 0, and the first letter impossible", more={"temperature": 1.2})
FLOAT32 = Challenge("float32 inputs", arrange=arrangements.float32, more={"temperature": 0.7})
STRIDED = Challenge(
    "non-contiguous inputs", arrange=arrangements.strided, more={"temperature": 1.4}
)


@A.exercise()
def sample_index(draw: Draw) -> tuple[Any, ...]:
    """Draw the arguments of a case: throws that keep away from every step."""
    n_y, m = draw.sizes(n_y=(5, 9), m=(14, 18))
    temperature = draw.challenge.more["temperature"]
    p = draws.predictions(draw, n_y, m)
    if draw.challenge is IMPOSSIBLE:
        p[0] = 0
        p = p / p.sum(axis=0)
        return p, np.zeros(m), temperature
    anything = np.ones(n_y, bool)
    columns = [writing.tempered(column, temperature) for column in p.T]
    u = np.array([writing.throw(draw.rng, q, anything) for q in columns])
    return draw.challenge.arrange(p), draw.challenge.arrange(u), temperature


sample_index.returns(index=ints(9, "(m,)", main=True))
sample_index.untouched(1)
sample_index.equations(index=18)
sample_index.cases(WARM, COLD, AS_IT_IS, ONE, TWO, MANY, IMPOSSIBLE, FLOAT32, STRIDED)

WEIGHTS = "weights = p ** (1 / temperature)"
CUMULATIVE = "cumulative = np.cumsum(weights, axis=0)"
INDEX = "index = np.argmax(cumulative / cumulative[-1] > u, axis=0)"
RETURN = "return index"

sample_index.mistake(
    "own-random-numbers",
    "u is not used, and the letter is drawn with numbers of its own",
    "Where does the randomness come from in this function?",
    edit(
        INDEX,
        "u = np.random.default_rng(len(p)).random(len(u))\n    "
        "index = np.argmax(cumulative / cumulative[-1] > u, axis=0)",
    ),
)
sample_index.mistake(
    "likeliest",
    "the likeliest letter is taken, whatever was thrown",
    "What is u for?",
    edit(INDEX, "index = np.argmax(weights, axis=0)"),
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
    "not-divided-by-the-sum",
    "the tempered probabilities are not divided by their sum",
    "What do the tempered probabilities add up to?",
    edit(INDEX, "index = np.argmax(cumulative > u, axis=0)"),
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
    edit(INDEX, "index = np.argmax(cumulative / cumulative[-1] > u, axis=0) + 1"),
)
sample_index.mistake(
    "one-too-near",
    "the last letter whose running sum is below u is taken",
    "Whose stretch does a running sum end?",
    edit(INDEX, "index = np.argmax(cumulative / cumulative[-1] > u, axis=0) - 1"),
)
sample_index.mistake(
    "uniform-choice",
    "every letter is as likely as any other",
    "What decides how wide the stretch of a letter is?",
    edit(INDEX, "index = (u * len(p)).astype(int)"),
)
sample_index.mistake(
    "at-least-for-above",
    "a running sum that equals u counts as above it",
    "What should u = 0 do if the first letter has a probability of 0?",
    edit(INDEX, "index = np.argmax(cumulative / cumulative[-1] >= u, axis=0)"),
)
sample_index.mistake(
    "no-running-sum",
    "u is compared with the probabilities, and not with their running sums",
    "Where does the stretch of the third letter begin?",
    edit(CUMULATIVE, "cumulative = np.vstack([weights[:-1], np.sum(weights, axis=0)])"),
)
sample_index.mistake(
    "summed-across-examples",
    "the running sums go from example to example",
    "Along which axis do the probabilities of one example lie?",
    edit(CUMULATIVE, "cumulative = np.cumsum(weights, axis=1)"),
)
sample_index.mistake(
    "from-the-other-end",
    "the running sums begin with the last letter",
    "At which end of the line does the first letter lie?",
    edit(
        INDEX,
        "cumulative = np.cumsum(weights[::-1], axis=0)\n"
        "    index = np.sum(cumulative / cumulative[-1] > u, axis=0) - 1",
    ),
)
sample_index.mistake(
    "sorted-by-size",
    "the letters are sorted by their probabilities first, and the index is that in the sorted list",
    "Which letter stands at that place in p?",
    edit(CUMULATIVE, "cumulative = np.cumsum(np.sort(weights, axis=0)[::-1], axis=0)"),
)
sample_index.mistake(
    "nearest-step",
    "the letter whose running sum is nearest to u is taken",
    "Which running sum is wanted: the nearest one, or the first above u?",
    edit(INDEX, "index = np.argmin(np.abs(cumulative / cumulative[-1] - u), axis=0)"),
)
sample_index.mistake(
    "last-false",
    "the number of running sums above u is taken for the index",
    "Which truth values come before the first True?",
    edit(INDEX, "index = np.sum(cumulative / cumulative[-1] > u, axis=0)"),
)
sample_index.mistake(
    "one-hot",
    "a one-hot array is returned in the place of an index",
    "How many numbers does the docstring ask for?",
    edit(RETURN, "return (np.arange(len(p))[:, None] == index) * 1"),
)
sample_index.mistake(
    "probability-returned",
    "the probability of the letter is returned, and not its index",
    "What will whoever calls this look up in the alphabet?",
    edit(RETURN, "return p[index, np.arange(len(u))]"),
)
sample_index.mistake(
    "one-throw-for-all",
    "all examples are drawn with the first uniform number",
    "How many numbers does u hold, and for what?",
    edit(INDEX, "index = np.argmax(cumulative / cumulative[-1] > u[0], axis=0)"),
)
sample_index.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)
sample_index.mistake(
    "first-example-for-all",
    "all examples are drawn from the first column",
    "Whose probabilities does each number meet?",
    edit(INDEX, "index = np.argmax(cumulative[:, :1] / cumulative[-1, 0] > u, axis=0)"),
)
sample_index.mistake(
    "divided-by-the-sum-of-all",
    "the probabilities are divided by the sum over all examples",
    "What does each column add up to after it was tempered?",
    edit(INDEX, "index = np.argmax(cumulative / np.sum(weights) > u, axis=0)"),
)
