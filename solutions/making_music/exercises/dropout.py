"""Ask for hidden states of which some are dropped."""

from __future__ import annotations

from grader.authoring import Challenge, Draw, arrangements, array, edit

from . import draws
from .assignment import A

TRAINING = Challenge("in training", more={"rate": 0.37})
OTHER = Challenge("column-major inputs", {}, arrangements.column_major, more={"rate": 0.29})
TESTING = Challenge("not in training", more={"rate": 0.35, "training": False})
NO_RATE = Challenge("a rate of 0", more={"rate": 0.0})
ONE = Challenge("m = 1", {"m": 1}, more={"rate": 0.43})
ONE_STEP = Challenge("T_x = 1", {"T_x": 1}, more={"rate": 0.3})
FLOAT32 = Challenge(
    "float32 inputs",
    arrange=arrangements.float32,
    tolerance=draws.FLOAT32_TOLERANCE,
    more={"rate": 0.25},
)
STRIDED = Challenge("non-contiguous inputs", arrange=arrangements.strided, more={"rate": 0.55})


@A.exercise()
def dropout(draw: Draw) -> draws.Drawn:
    """Draw the arguments of a case: one throw is the rate itself, and each tune loses others."""
    n_a, m, T_x = draw.sizes(n_a=(6, 9), m=(3, 5), T_x=(4, 5))
    more = draw.challenge.more
    rate = more["rate"]
    # As many on either side of the rate in every tune, in an order of its own.
    u = draw.rng.uniform(rate, 1.0, size=(n_a, m))
    for i in range(m):
        places = draw.rng.permutation(n_a)
        u[places[: 2 + i % 2], i] = draw.rng.uniform(0.0, 0.9 * rate, size=2 + i % 2)
        u[places[-1], i] = rate
    u = draw.challenge.arrange(u)
    return draw.normal(n_a, m, T_x), u, rate, more.get("training", True)


dropout.returns(
    dropped=array(6, "(n_a, m, T_x)", main=True),
    factor=array(2, "(n_a, m)"),
)
dropout.untouched(1)
dropout.equations(factor=14, dropped=15)
dropout.cases(TRAINING, OTHER, TESTING, NO_RATE, ONE, ONE_STEP, FLOAT32, STRIDED)

ONES = "factor = np.ones(u.shape)"
IF = "if training:"
FACTOR = "factor = (u >= rate) / (1 - rate)"
DROPPED = "dropped = a * factor[:, :, np.newaxis]"
RETURN = "return dropped, factor"

dropout.mistake(
    "not-made-larger",
    "what is kept is not made larger",
    "How large is the sum over all units, on average, before and after?",
    edit(FACTOR, "factor = (u >= rate) * 1.0"),
)
dropout.mistake(
    "divided-by-the-rate",
    "what is kept is divided by the rate",
    "Which share of the units stays?",
    edit(FACTOR, "factor = (u >= rate) / max(rate, 0.01)"),
)
dropout.mistake(
    "made-smaller",
    "what is kept is made smaller",
    "Fewer units take part: should each of the others count more or less?",
    edit(FACTOR, "factor = (u >= rate) * (1 - rate)"),
)
dropout.mistake(
    "made-too-large",
    "what is kept is made larger twice",
    "How often does 1 minus the rate stand in equation (14)?",
    edit(FACTOR, "factor = (u >= rate) / (1 - rate) ** 2"),
)
dropout.mistake(
    "root-of-the-share",
    "the square root of the share is divided by",
    "Is it the sum that should stay as large, or its square?",
    edit(FACTOR, "factor = (u >= rate) / np.sqrt(1 - rate)"),
)
dropout.mistake(
    "divided-by-what-was-kept",
    "the share that happens to be kept is divided by, and not the one that is kept on average",
    "Does the divisor in equation (14) depend on the throws?",
    edit(FACTOR, "factor = (u >= rate) / np.mean(u >= rate)"),
)
dropout.mistake(
    "wrong-units-dropped",
    "the units are dropped that should stay",
    "With a rate of 0.1, are many units dropped or few?",
    edit(FACTOR, "factor = (u < rate) / (1 - rate)"),
)
dropout.mistake(
    "rate-is-what-stays",
    "the rate is taken for the share that stays",
    "What does the docstring say of the rate?",
    edit(FACTOR, "factor = (u < rate) / max(rate, 0.01)"),
)
dropout.mistake(
    "border-dropped",
    "a throw that equals the rate drops its unit",
    "Which of the two cases in equation (14) holds for equal numbers?",
    edit(FACTOR, "factor = (u > rate) / (1 - rate)"),
)
dropout.mistake(
    "always-dropped",
    "units are dropped when the network is tested, too",
    "Which argument has not been used?",
    edit(IF, "if True:"),
)
dropout.mistake(
    "dropped-when-tested",
    "units are dropped when the network is tested, and stay in training",
    "When is the factor something else than 1?",
    edit(IF, "if not training:"),
)
dropout.mistake(
    "made-smaller-when-tested",
    "units are made smaller when the network is tested",
    "Is that still needed, if they were made larger in training?",
    edit(ONES, "factor = np.ones(u.shape) * (1 - rate)"),
)
dropout.mistake(
    "other-units-at-each-step",
    "other units are dropped at each step of a tune",
    "How long does a unit stay away?",
    edit(
        DROPPED,
        "dropped = np.stack([a[:, :, t] * np.roll(factor, t, axis=0)"
        " for t in range(a.shape[2])], axis=2)",
    ),
)
dropout.mistake(
    "own-random-numbers",
    "u is not used, and units are dropped by numbers of its own",
    "Where does the randomness come from in this function?",
    edit(FACTOR, "factor = (np.random.default_rng(0).random(u.shape) >= rate) / (1 - rate)"),
)
dropout.mistake(
    "throws-as-factors",
    "the states are multiplied by the throws",
    "Which two values can the factor have in training?",
    edit(FACTOR, "factor = u / (1 - rate)"),
)
dropout.mistake(
    "first-tune-for-all",
    "the same units are dropped in every tune",
    "Whose throws does each column of u hold?",
    edit(DROPPED, "dropped = a * factor[:, :1, np.newaxis]"),
)
dropout.mistake(
    "first-step-only",
    "units are dropped at the first step and at no other",
    "How long does a unit stay away?",
    edit(DROPPED, "dropped = a * 1.0\n    dropped[:, :, 0] = a[:, :, 0] * factor"),
)
dropout.mistake(
    "last-step-only",
    "units are dropped at the last step and at no other",
    "How long does a unit stay away?",
    edit(DROPPED, "dropped = a * 1.0\n    dropped[:, :, -1] = a[:, :, -1] * factor"),
)
dropout.mistake(
    "mask-for-factor",
    "the factor says what is kept, and not what is multiplied by",
    "What will the gradients be multiplied by on the way back?",
    edit(RETURN, "return dropped, (factor > 0) * 1.0"),
)
dropout.mistake(
    "factor-at-every-step",
    "the factor has a time axis",
    "What shape does the docstring give for the factor?",
    edit(RETURN, "return dropped, factor[:, :, np.newaxis] * np.ones(a.shape)"),
)
dropout.mistake(
    "states-changed",
    "the hidden states that came in are overwritten",
    "Does `*=` on an array make a new one?",
    edit(DROPPED, "a *= factor[:, :, np.newaxis]\n    dropped = a"),
)
dropout.mistake(
    "factor-forgotten",
    "only the states are returned",
    "How many things does the docstring list?",
    edit(RETURN, "return dropped"),
)
dropout.mistake(
    "factor-first",
    "the factor comes first",
    "In which order does the docstring list the two?",
    edit(RETURN, "return factor, dropped"),
)
dropout.mistake(
    "returns-nothing",
    "nothing is returned",
    "How does a Python function hand back its results?",
    edit(RETURN, "pass"),
)
