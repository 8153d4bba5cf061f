"""Ask for one step of Adam."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.authoring import Challenge, Draw, arrangements, edit, tree

from . import draws
from .assignment import A

RATE = 0.05  # large, so that a wrong step shows in the parameters
FIRST = Challenge("the first step", more={"t": 0})
LATE = Challenge("a late step", more={"t": 3000})
NOTHING = Challenge("gradients of zero at the first step", more={"t": 0, "zero": True})
FLOAT32 = Challenge(
    "float32 inputs", arrange=arrangements.float32, tolerance=draws.FLOAT32_TOLERANCE
)
STRIDED = Challenge("non-contiguous inputs", arrange=arrangements.strided)
TINY = 1e-8  # about as small as epsilon: the gradients of one array


@A.exercise()
def adam_step(draw: Draw) -> tuple[Any, ...]:
    """Draw the arguments of a case: a state after some steps, or before the first."""
    n_y, n_a = draw.sizes(n_y=(3, 6), n_a=(3, 7))
    more = draw.challenge.more
    shapes = {"Wx": (n_a, 4), "Wya": (n_y, n_a), "by": (n_y, 1)}
    sizes = dict(zip(shapes, [*draw.rng.permutation([0.3, 30.0]), TINY], strict=True))
    parameters = {name: draw.normal(*shape) for name, shape in shapes.items()}
    gradients, m, v = {}, {}, {}
    for name, shape in shapes.items():
        size = sizes[name]
        gradients[name] = draw.normal(*shape, scale=0.0 if "zero" in more else size)
        m[name] = draw.normal(*shape, scale=size / 3)
        v[name] = (draw.uniform(*shape) + 0.1) * size**2 / 20
    t = int(more.get("t", draw.rng.integers(3, 9)))
    if t == 0:
        m, v = ({n: np.zeros_like(each) for n, each in means.items()} for means in (m, v))
    v = {name: draw.challenge.arrange(each) for name, each in v.items()}
    return parameters, gradients, {"t": t, "m": m, "v": v}, RATE


adam_step.returns(parameters_next=tree(9, main=True), state_next=tree(6))
adam_step.untouched(1)
adam_step.cases("usual", FIRST, LATE, NOTHING, FLOAT32, STRIDED)

DECAYS = "beta1, beta2, epsilon = 0.9, 0.999, 1e-8"
T = 't = state["t"] + 1'
M = 'm = beta1 * state["m"][name] + (1 - beta1) * gradient'
V = 'v = beta2 * state["v"][name] + (1 - beta2) * gradient**2'
HATS = "m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)"
MOVE = "move = rate * m_hat / (np.sqrt(v_hat) + epsilon)"
STEP = "parameters_next[name] = parameters[name] - move"
KEEP = 'state_next["m"][name], state_next["v"][name] = m, v'
RETURN = "return parameters_next, state_next"

adam_step.mistake(
    "no-bias-correction",
    "both means are used as they are, too small at first",
    "What do the means start from, and which equation makes up for it?",
    edit(HATS, "m_hat, v_hat = m, v"),
)
adam_step.mistake(
    "m-not-corrected",
    "the mean of the gradient is not corrected",
    "Equation (15) has two halves.",
    edit(HATS, "m_hat, v_hat = m, v / (1 - beta2**t)"),
)
adam_step.mistake(
    "v-not-corrected",
    "the mean of the square is not corrected",
    "Equation (15) has two halves.",
    edit(HATS, "m_hat, v_hat = m / (1 - beta1**t), v"),
)
adam_step.mistake(
    "t-of-the-last-step",
    "the correction uses the number of the step before",
    "Which number does the very first step have?",
    edit(
        HATS,
        "m_hat = m / np.float64(1 - beta1 ** (t - 1))\n"
        "        v_hat = v / np.float64(1 - beta2 ** (t - 1))",
    ),
)
adam_step.mistake(
    "t-not-counted",
    "the step is not counted in the new state",
    "Which number does the next step need to know?",
    edit('{"t": t, ', '{"t": state["t"], '),
)
adam_step.mistake(
    "t-counted-for-each-array",
    "the number of the step grows with every array",
    "How many steps is one call, however many arrays there are?",
    edit(M, f't += state_next["t"] != t or name != next(iter(gradients))\n        {M}'),
    edit(RETURN, 'return parameters_next, {**state_next, "t": t}'),
)
adam_step.mistake(
    "epsilon-inside-the-root",
    "epsilon is added inside the root",
    "What does the root in equation (16) cover?",
    edit(MOVE, "move = rate * m_hat / np.sqrt(v_hat + epsilon)"),
)
adam_step.mistake(
    "no-epsilon",
    "there is no epsilon",
    "What happens to a weight that has never had a gradient?",
    edit(MOVE, "move = rate * m_hat / np.sqrt(v_hat)"),
)
adam_step.mistake(
    "epsilon-too-large",
    "epsilon is far larger than it should be",
    "Which power of ten does the notebook name?",
    edit(DECAYS, "beta1, beta2, epsilon = 0.9, 0.999, 1e-3"),
)
adam_step.mistake(
    "gradient-not-squared",
    "v is a mean of gradients, without a square",
    "Of what is v the running mean?",
    edit(V, 'v = beta2 * state["v"][name] + (1 - beta2) * np.abs(gradient)'),
)
adam_step.mistake(
    "no-root",
    "the step is divided by v, without a root",
    "In which unit would the move be: does it grow with the gradient, or shrink?",
    edit(MOVE, "move = rate * m_hat / (v_hat + epsilon)"),
)
adam_step.mistake(
    "decays-exchanged",
    "the two decays change places",
    "Which of the two means should remember longer?",
    edit(DECAYS, "beta1, beta2, epsilon = 0.999, 0.9, 1e-8"),
)
adam_step.mistake(
    "one-decay-for-both",
    "both means have the decay 0.9",
    "Which decay does each mean have?",
    edit(DECAYS, "beta1, beta2, epsilon = 0.9, 0.9, 1e-8"),
)
adam_step.mistake(
    "weights-exchanged",
    "the new gradient has the large weight, and the old mean the small one",
    "Does a running mean change a little at each step, or almost entirely?",
    edit(M, 'm = (1 - beta1) * state["m"][name] + beta1 * gradient'),
    edit(V, 'v = (1 - beta2) * state["v"][name] + beta2 * gradient**2'),
)
adam_step.mistake(
    "new-gradient-whole",
    "the new gradient is added whole to the old mean",
    "What do the two weights of a mean add up to?",
    edit(M, 'm = beta1 * state["m"][name] + gradient'),
    edit(V, 'v = beta2 * state["v"][name] + gradient**2'),
)
adam_step.mistake(
    "plus-for-minus",
    "the step climbs",
    "In which direction does the loss fall?",
    edit(STEP, "parameters_next[name] = parameters[name] + move"),
)
adam_step.mistake(
    "step-before-the-means",
    "the step is made with the means of the step before",
    "Which comes first: the new means, or the step that uses them?",
    edit(
        HATS,
        'm_hat = state["m"][name] / (1 - beta1**t)\n'
        '        v_hat = state["v"][name] / (1 - beta2**t)',
    ),
)
adam_step.mistake(
    "gradient-for-mean",
    "the step follows the gradient itself, and not its mean",
    "What stands above the line in equation (16)?",
    edit(MOVE, "move = rate * gradient / (np.sqrt(v_hat) + epsilon)"),
)
adam_step.mistake(
    "no-second-mean",
    "the step is not divided by anything",
    "What makes the step of a weight with tiny gradients as long as any other?",
    edit(MOVE, "move = rate * m_hat"),
)
adam_step.mistake(
    "corrected-means-kept",
    "the new state holds the corrected means",
    "Which means does equation (13) go on from at the next step?",
    edit(KEEP, 'state_next["m"][name], state_next["v"][name] = m_hat, v_hat'),
)
adam_step.mistake(
    "in-place",
    "parameters and state are changed in place, and nothing is returned",
    "Are the dictionaries themselves to be changed, or new ones made?",
    edit(RETURN, "parameters.update(parameters_next)\n    state.update(state_next)"),
)
adam_step.mistake(
    "means-exchanged-in-the-state",
    "the new state holds m in the place of v",
    "Which of the two means is kept under which key?",
    edit(KEEP, 'state_next["m"][name], state_next["v"][name] = v, m'),
)
adam_step.mistake(
    "means-not-kept",
    "the new state holds the means of the step before",
    "From which means does the next step go on?",
    edit(KEEP, 'state_next["m"][name], state_next["v"][name] = state["m"][name], state["v"][name]'),
)
adam_step.mistake(
    "one-size-for-all",
    "all entries of an array share one v",
    "How many running means does a matrix of weights have?",
    edit(V, 'v = beta2 * state["v"][name] + (1 - beta2) * np.mean(gradient**2)'),
)
adam_step.mistake(
    "correction-without-a-power",
    "the correction is the same at every step",
    "What becomes of beta to the power t as the steps go on?",
    edit(HATS, "m_hat, v_hat = m / (1 - beta1), v / (1 - beta2)"),
)
adam_step.mistake(
    "multiplied-by-the-correction",
    "the means are multiplied by the correction, which makes them smaller still",
    "Are the means too small or too large at first?",
    edit(HATS, "m_hat, v_hat = m * (1 - beta1**t), v * (1 - beta2**t)"),
)
adam_step.mistake(
    "keys-with-a-d",
    "the new parameters lie under names with a d before them",
    "Under which names will the network look for its parameters?",
    edit(STEP, 'parameters_next["d" + name] = parameters[name] - move'),
)
adam_step.mistake(
    "state-forgotten",
    "only the parameters are returned",
    "How many things does the docstring list?",
    edit(RETURN, "return parameters_next"),
)
