"""Ask for the nucleus of probabilities."""

from __future__ import annotations

import numpy as np

from grader.authoring import Challenge, Draw, arrangements, array, edit

from . import draws, throwing
from .assignment import A

USUAL = Challenge("random sizes", more={"share": 0.8})
OTHER = Challenge("another share", more={"share": 0.6})
ONE = Challenge("m = 1", {"m": 1}, more={"share": 0.7})
ALL = Challenge("a share of 1", more={"share": 1.0, "any": True})
SMALL = Challenge("a small share", more={"share": 0.05, "any": True})
SURE = Challenge("one class is nearly sure", more={"share": 0.9, "sure": True, "any": True})
TIES = Challenge("equal probabilities", {"n_y": 8}, more={"share": 0.7, "ties": True})
FLOAT32 = Challenge(
    "float32 inputs",
    arrange=arrangements.float32,
    tolerance=draws.FLOAT32_TOLERANCE,
    more={"share": 0.75},
)
STRIDED = Challenge("non-contiguous inputs", arrange=arrangements.strided, more={"share": 0.65})


@A.exercise()
def keep_likeliest(draw: Draw) -> draws.Drawn:
    """Draw the arguments of a case: no running sum is near the share."""
    n_y, m = draw.sizes(n_y=(8, 11), m=(4, 7))
    more = draw.challenge.more
    columns = [_column(draw, n_y) for _ in range(m)]
    return draw.challenge.arrange(np.stack(columns, axis=1)), more["share"]


def _column(draw: Draw, n_y: int) -> draws.Array:
    """Draw one column: several classes within the share, and several outside, if it is not 1."""
    more = draw.challenge.more
    if "ties" in more:
        return np.asarray(
            draw.rng.permutation([0.25, 0.125, 0.125, 0.125, 0.125, 0.125, 0.0625, 0.0625])
        )
    while True:
        p = draws.probabilities(draw, n_y)
        if "sure" in more:
            p = 0.05 * p
            p[draw.rng.integers(n_y)] += 0.95
        kept = np.flatnonzero(throwing.nucleus(p, more["share"]))
        several = 3 <= len(kept) <= n_y - 3 and kept[-1] >= len(kept)  # not those of the first rows
        if (several or "any" in more) and throwing.clear(p, more["share"]):
            return np.asarray(p)


keep_likeliest.returns(q=array(8, "(n_y, m)", main=True))
keep_likeliest.untouched(1)
keep_likeliest.cases(USUAL, OTHER, ONE, ALL, SMALL, SURE, TIES, FLOAT32, STRIDED)

keep_likeliest.equivalent(
    "each column is looked at by itself",
    "loop: for i in range(p.shape[1] - 1, -1, -1):",
)
keep_likeliest.equivalent(
    "of the kind of sorting NumPy reads the first letter",
    "constant: order = np.argsort(-p[:, i], kind='stable_')",
)

Q = "q = np.zeros(p.shape)"
LOOP = "for i in range(p.shape[1]):"
ORDER = 'order = np.argsort(-p[:, i], kind="stable")'
BEFORE = "before = 0.0"
FOR = "for k in order:"
ASK = "if before < share:"
KEEP = "q[k, i] = p[k, i]"
ADD = "before += p[k, i]"
RETURN = "return q / np.sum(q, axis=0)"

keep_likeliest.mistake(
    "crossing-class-left-out",
    "the class that crosses the share is left out",
    "Do the classes that are kept reach the share?",
    edit(ASK, "if before + p[k, i] < share or before == 0:"),
)
keep_likeliest.mistake(
    "nothing-kept-where-one-is-sure",
    "a class that has more than the share by itself is left out",
    "How many classes are there in a nucleus at least?",
    edit(ASK, "if before + p[k, i] < share:"),
)
keep_likeliest.mistake(
    "one-class-too-many",
    "one class more is kept than the share needs",
    "Is the share reached without the last one that is kept?",
    edit(ASK, "if before - p[order[max(0, list(order).index(k) - 1)], i] < share:"),
)
keep_likeliest.mistake(
    "not-divided-by-the-sum",
    "what is kept is not divided by its sum",
    "What should each column of q sum to?",
    edit(RETURN, "return q"),
)
keep_likeliest.mistake(
    "divided-by-the-share",
    "what is kept is divided by the share, and not by its sum",
    "Do the classes that are kept sum to exactly the share?",
    edit(RETURN, "return q / share"),
)
keep_likeliest.mistake(
    "divided-by-the-sum-of-all",
    "what is kept is divided by the sum over all columns",
    "What should each column of q sum to?",
    edit(RETURN, "return q / np.sum(q)"),
)
keep_likeliest.mistake(
    "divided-by-the-largest",
    "what is kept is divided by the largest of it",
    "What should each column of q sum to?",
    edit(RETURN, "return q / np.max(q, axis=0)"),
)
keep_likeliest.mistake(
    "unlikeliest-first",
    "the least likely classes are kept",
    "In which direction does argsort sort?",
    edit(ORDER, 'order = np.argsort(p[:, i], kind="stable")'),
)
keep_likeliest.mistake(
    "not-sorted",
    "classes are taken in the order of their rows",
    "In which order are classes taken into the nucleus?",
    edit(ORDER, "order = range(len(p))"),
)
keep_likeliest.mistake(
    "first-order-for-all",
    "every column is visited in the order of the first one",
    "Which column is to be sorted?",
    edit(ORDER, 'order = np.argsort(-p[:, 0], kind="stable")'),
)
keep_likeliest.mistake(
    "ties-from-behind",
    "of equal probabilities, the one with the larger row comes first",
    "What becomes of the order of equal ones when a sorted list is turned round?",
    edit(ORDER, 'order = np.argsort(p[:, i], kind="stable")[::-1]'),
)
keep_likeliest.mistake(
    "sum-not-begun-anew",
    "the second column goes on where the first one stopped",
    "What is the sum before the first class of each column?",
    edit(LOOP, "before = 0.0\n    " + LOOP),
    edit("        before = 0.0", "        pass"),
)
keep_likeliest.mistake(
    "three-best",
    "the three likeliest are kept, whatever they have",
    "What decides how many are kept?",
    edit(FOR, "for k in order[:3]:"),
    edit(ASK, "if True:"),
)
keep_likeliest.mistake(
    "likeliest-alone",
    "only the likeliest is kept",
    "What decides how many are kept?",
    edit(FOR, "for k in order[:1]:"),
)
keep_likeliest.mistake(
    "a-share-of-the-classes",
    "a share of the number of classes is kept",
    "Is it a share of the classes, or of their probability?",
    edit(ASK, "if list(order).index(k) < share * len(p):"),
)
keep_likeliest.mistake(
    "above-a-threshold",
    "every class is kept that is likelier than what the share leaves over",
    "Does one class decide alone whether it is kept?",
    edit(ASK, "if p[k, i] > 1 - share:"),
)
keep_likeliest.mistake(
    "a-share-of-the-largest",
    "every class is kept that has a certain share of the largest",
    "What is added up in equation (12)?",
    edit(ASK, "if p[k, i] >= (1 - share) * np.max(p[:, i]):"),
)
keep_likeliest.mistake(
    "share-upside-down",
    "the share is taken for what is to be left out",
    "With a share of 0.9, how much is kept?",
    edit(ASK, "if before < 1 - share:"),
)
keep_likeliest.mistake(
    "all-alike-inside",
    "all classes of the nucleus are equally likely",
    "What is written into q for a class that is kept?",
    edit(KEEP, "q[k, i] = 1"),
)
keep_likeliest.mistake(
    "sorted-result",
    "the result is sorted, and rows do not mean the same classes as before",
    "Into which row does class k belong?",
    edit(KEEP, "q[list(order).index(k), i] = p[k, i]"),
)
keep_likeliest.mistake(
    "crossing-class-cut",
    "the class that crosses the share is cut to what was missing",
    "Which probability has a class that is kept, before the division?",
    edit(KEEP, "q[k, i] = min(p[k, i], share - before)"),
)
keep_likeliest.mistake(
    "running-sums-kept",
    "running sums are returned, and not probabilities",
    "What is written into q for a class that is kept?",
    edit(KEEP, "q[k, i] = before + p[k, i]"),
)
keep_likeliest.mistake(
    "outside-alike",
    "what is outside keeps its probability, and what is inside goes",
    "Which side of the share is the nucleus?",
    edit(ASK, "if before >= share or share >= 1:"),
)
keep_likeliest.mistake(
    "truth-values",
    "ones and zeros are returned: what is kept, and what is not",
    "What should each column of q sum to?",
    edit(RETURN, "return (q > 0) * 1.0"),
)
keep_likeliest.mistake(
    "first-column-only",
    "only the first column has a nucleus",
    "How many columns are there?",
    edit(Q, "q = p.copy()\n    q[:, 0] = 0"),
    edit(LOOP, "for i in range(1):"),
)
keep_likeliest.mistake(
    "rows-for-columns",
    "the nucleus is taken along the examples",
    "Along which axis do the classes lie?",
    edit(Q, "p = p.T / np.sum(p, axis=1)\n    q = np.zeros(p.shape)"),
    edit(RETURN, "return (q / np.sum(q, axis=0)).T"),
)
keep_likeliest.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)
