"""Ask for gradients that are shortened together."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.authoring import Challenge, Draw, arrangements, edit, number, tree

from . import draws
from .assignment import A

LONG = Challenge("too long", more={"share": 0.3})
SHORT = Challenge("short enough", more={"share": 3.0})
NOTHING = Challenge("all gradients zero", more={"share": 0.0})
ONE_TOO_LONG = Challenge("one array alone is too long", more={"share": 0.9})
FLOAT32 = Challenge(
    "float32 inputs",
    arrange=arrangements.float32,
    tolerance=draws.FLOAT32_TOLERANCE,
    more={"share": 0.4},
)
STRIDED = Challenge("non-contiguous inputs", arrange=arrangements.strided, more={"share": 0.5})


@A.exercise()
def clip_gradients(draw: Draw) -> tuple[Any, ...]:
    """Draw the arguments of a case: ``max_norm`` is a share of the global norm."""
    n_y, n_a = draw.sizes(n_y=(3, 6), n_a=(3, 7))
    share = draw.challenge.more["share"]
    shapes = {"Wx": (n_a, 4), "Wa": (n_a, n_a), "b": (n_a, 1), "Wya": (n_y, n_a), "by": (n_y, 1)}
    sizes = dict(zip(shapes, draw.rng.permutation([0.1, 0.5, 1.0, 2.0, 4.0]), strict=True))
    gradients = {name: draw.normal(*shape, scale=sizes[name]) for name, shape in shapes.items()}
    if not share:
        return {name: 0 * each for name, each in gradients.items()}, 2.5
    norm = np.sqrt(sum(float(np.sum(each.astype(float) ** 2)) for each in gradients.values()))
    return gradients, float(share * norm)


clip_gradients.returns(clipped=tree(6, main=True), norm=number(3))
clip_gradients.untouched(1)
clip_gradients.equations(norm=11, clipped=12)
clip_gradients.cases(LONG, SHORT, NOTHING, ONE_TOO_LONG, FLOAT32, STRIDED)

clip_gradients.equivalent(
    "the larger of the two is the same",
    "order: factor = max_norm / max(max_norm, norm)",
)

SQUARES = "squares = [np.sum(gradient**2) for gradient in gradients.values()]"
NORM = "norm = np.sqrt(sum(squares))"
FACTOR = "factor = max_norm / max(norm, max_norm)"
CLIPPED = "clipped = {name: factor * gradient for name, gradient in gradients.items()}"
RETURN = "return clipped, norm"

clip_gradients.mistake(
    "entry-by-entry",
    "every entry is cut off at max_norm",
    "In which direction do the gradients point together, before and after?",
    edit(
        CLIPPED,
        "clipped = {n: np.clip(g, -max_norm, max_norm) for n, g in gradients.items()}",
    ),
)
clip_gradients.mistake(
    "in-place",
    "the gradients that were given are changed in place, and nothing is returned",
    "Are the arrays themselves to be changed, or new ones made?",
    edit(RETURN, "gradients.update(clipped)"),
)
clip_gradients.mistake(
    "each-by-its-own-norm",
    "every array is shortened by its own norm",
    "How many factors are there for all arrays together?",
    edit(
        CLIPPED,
        "clipped = {\n        n: g * max_norm / max(np.sqrt(np.sum(g**2)), max_norm)"
        " for n, g in gradients.items()\n    }",
    ),
)
clip_gradients.mistake(
    "always-scaled",
    "gradients that are short enough are stretched",
    "What should become of gradients that are shorter than max_norm?",
    edit(FACTOR, "factor = max_norm / norm if norm > 0 else 1.0"),
)
clip_gradients.mistake(
    "divides-by-zero",
    "gradients of zero are divided by their norm",
    "What is the norm if every gradient is zero, and what is it then divided by?",
    edit(FACTOR, "factor = np.minimum(1, np.float64(max_norm) / norm) if norm else np.nan"),
)
clip_gradients.mistake(
    "no-square-root",
    "the norm has no square root",
    "A length in two directions is the root of what?",
    edit(NORM, "norm = sum(squares)"),
)
clip_gradients.mistake(
    "norms-added",
    "the norms of the arrays are added up",
    "Where does the square root belong: around each array's sum, or around all of it?",
    edit(NORM, "norm = sum(np.sqrt(each) for each in squares)"),
)
clip_gradients.mistake(
    "largest-array",
    "the norm is that of the longest array",
    "Which arrays does the global norm see?",
    edit(NORM, "norm = np.sqrt(max(squares))"),
)
clip_gradients.mistake(
    "largest-entry",
    "the norm is the largest entry",
    "That is one way to measure a size: which one does equation (11) describe?",
    edit(NORM, "norm = max(np.max(np.abs(g)) for g in gradients.values())"),
)
clip_gradients.mistake(
    "absolute-values",
    "the norm is the sum of absolute values",
    "What does equation (11) do with an entry before it sums?",
    edit(NORM, "norm = sum(np.sum(np.abs(g)) for g in gradients.values())"),
)
clip_gradients.mistake(
    "mean-of-squares",
    "the norm is made of mean squares",
    "Does an array of twice as many entries count for more?",
    edit(SQUARES, "squares = [np.mean(gradient**2) for gradient in gradients.values()]"),
)
clip_gradients.mistake(
    "weights-only",
    "the norm leaves out the biases",
    "Which of the gradients make up the arrow?",
    edit("for gradient in gradients.values()", "for n, gradient in gradients.items() if 'W' in n"),
)
clip_gradients.mistake(
    "biases-not-shortened",
    "the biases keep their gradients",
    "If only some of the arrays are shortened, where does the arrow point?",
    edit(
        CLIPPED,
        "clipped = {n: factor * g if 'W' in n else g for n, g in gradients.items()}",
    ),
)
clip_gradients.mistake(
    "factor-squared",
    "the factor acts twice",
    "How long are the gradients together when you are done?",
    edit(CLIPPED, "clipped = {n: factor**2 * g for n, g in gradients.items()}"),
)
clip_gradients.mistake(
    "unit-length",
    "long gradients end up with a norm of 1",
    "How long may the gradients be together?",
    edit(FACTOR, "factor = 1 / norm if norm > max_norm else 1.0"),
)
clip_gradients.mistake(
    "thrown-away",
    "gradients that are too long become zero",
    "What is kept of a gradient when it is clipped?",
    edit(FACTOR, "factor = 0.0 if norm > max_norm else 1.0"),
)
clip_gradients.mistake(
    "halved-until-short",
    "long gradients are halved until they are short enough",
    "How long is the longest arrow that is allowed, exactly?",
    edit(FACTOR, "factor = 0.5 ** max(0, np.ceil(np.log2(max(norm, 1e-12) / max_norm)))"),
)
clip_gradients.mistake(
    "never-shortened",
    "gradients keep their length, however long they are",
    "Which of the two stands above the line in the factor, and which below?",
    edit(FACTOR, "factor = max_norm / min(max(norm, max_norm), max_norm)"),
)
clip_gradients.mistake(
    "norm-afterwards",
    "the norm that is returned is the one after clipping",
    "When is the norm that the docstring asks for taken?",
    edit(RETURN, "return clipped, factor * norm"),
)
clip_gradients.mistake(
    "factor-returned",
    "the factor is returned in the place of the norm",
    "What does the docstring list beside the clipped gradients?",
    edit(RETURN, "return clipped, factor"),
)
clip_gradients.mistake(
    "returned-in-other-order",
    "the norm is returned before the gradients",
    "In which order does the docstring list the two?",
    edit(RETURN, "return norm, clipped"),
)
clip_gradients.mistake(
    "list-for-dictionary",
    "the clipped gradients are a list",
    "How does whoever gets the gradients know which one belongs to which parameter?",
    edit(RETURN, "return list(clipped.values()), norm"),
)
clip_gradients.mistake(
    "norm-forgotten",
    "only the gradients are returned",
    "How many things does the docstring list?",
    edit(RETURN, "return clipped"),
)
