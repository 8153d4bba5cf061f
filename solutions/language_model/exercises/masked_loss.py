"""Ask for the mean surprise, and its gradient at the scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.authoring import Challenge, Draw, array, edit, number

from . import draws
from .assignment import A

FULL = Challenge("nothing is left over", more={"full": True})
LONGER = Challenge("longer words", {"n_y": 27, "m": 20, "T_x": 12})


@A.exercise()
def masked_loss(draw: Draw) -> tuple[Any, ...]:
    """Draw the arguments of a case."""
    n_y, m, T_x = draw.sizes(n_y=(4, 8), m=(3, 7), T_x=(3, 6))
    mask = np.ones((m, T_x)) if "full" in draw.challenge.more else draws.mask(draw, m, T_x)
    y = draw.one_hot(n_y, m, T_x)
    y_pred = draws.predictions(draw, n_y, m, T_x)
    arranged: list[Any] = [draw.challenge.arrange(each) for each in (y_pred, y, mask)]
    return tuple(arranged)


masked_loss.returns(loss=number(4, main=True), dz=array(8, "(n_y, m, T_x)", main=True))
masked_loss.untouched(1)
masked_loss.equations(surprise=4, count=4, loss=5, dz=6)
masked_loss.cases(*draws.USUAL, draws.ONE_EXAMPLE, FULL, LONGER, *draws.STORED)

COUNT = "count = np.sum(mask)"
SURPRISE = "surprise = -np.sum(y * np.log(y_pred), axis=0)"
LOSS = "loss = np.sum(surprise[mask > 0]) / count"
DZ = "dz = mask * (y_pred - y) / count"
RETURN = "return loss, dz"

masked_loss.mistake(
    "mean-over-all-places",
    "loss and gradient are divided by the number of all places",
    "How many places ask for something, and how many does the array have?",
    edit(COUNT, "count = mask.size"),
)
masked_loss.mistake(
    "sum-for-mean",
    "loss and gradient are sums over the places, and no means",
    "What would become of the loss if every word stood in the batch twice?",
    edit(COUNT, "count = 1"),
)
masked_loss.mistake(
    "divided-by-words",
    "loss and gradient are divided by the number of words",
    "Over what is the mean taken: over words, or over letters?",
    edit(COUNT, "count = mask.shape[0]"),
)
masked_loss.mistake(
    "divided-by-steps",
    "loss and gradient are divided by the number of steps",
    "Over what is the mean taken: over steps, or over letters of all words?",
    edit(COUNT, "count = mask.shape[1]"),
)
masked_loss.mistake(
    "classes-counted-too",
    "the mean is taken over all entries, classes included",
    "How many letters are asked for at one place?",
    edit(COUNT, "count = y.size"),
)
masked_loss.mistake(
    "mean-of-words",
    "the loss is the mean of the words' own means",
    "Does a letter of a short word count for more than one of a long word?",
    edit(LOSS, "loss = np.mean(np.sum(mask * surprise, axis=1) / np.sum(mask, axis=1))"),
)
masked_loss.mistake(
    "base-two",
    "the logarithm is that to the base of 2",
    "Which logarithm does the notebook use?",
    edit(SURPRISE, "surprise = -np.sum(y * np.log2(y_pred), axis=0)"),
)
masked_loss.mistake(
    "base-ten",
    "the logarithm is that to the base of 10",
    "Which logarithm does the notebook use?",
    edit(SURPRISE, "surprise = -np.sum(y * np.log10(y_pred), axis=0)"),
)
masked_loss.mistake(
    "no-minus",
    "the loss has no minus",
    "The logarithm of a probability is never above zero: and a loss?",
    edit(SURPRISE, "surprise = np.sum(y * np.log(y_pred), axis=0)"),
)
masked_loss.mistake(
    "no-logarithm",
    "the loss is made of probabilities, without a logarithm",
    "What does equation (5) take of a probability before it sums?",
    edit(SURPRISE, "surprise = 1 - np.sum(y * y_pred, axis=0)"),
)
masked_loss.mistake(
    "loss-not-masked",
    "the loss counts places where nothing is asked for",
    "What should a place behind the end of a word add to the loss?",
    edit(LOSS, "loss = np.sum(surprise) / count"),
)
masked_loss.mistake(
    "no-mask-at-all",
    "the mask is not used",
    "Which argument says what counts?",
    edit(COUNT, "count = mask.size\n    mask = np.ones(mask.shape)"),
)
masked_loss.mistake(
    "wrong-letters-surprise",
    "the surprise is that at the letters that did not come",
    "Which probability does the targets' 1 pick out?",
    edit(SURPRISE, "surprise = -np.sum((1 - y) * np.log(y_pred), axis=0)"),
)
masked_loss.mistake(
    "other-classes-too",
    "the loss has the term for every wrong letter as well",
    "That is the loss of many separate yes-or-no questions: what does a softmax answer?",
    edit(
        SURPRISE,
        "surprise = -np.sum(y * np.log(y_pred) + (1 - y) * np.log(1 - y_pred), axis=0)",
    ),
)
masked_loss.mistake(
    "squared-error",
    "the loss is a squared error",
    "What does equation (5) take of a probability?",
    edit(SURPRISE, "surprise = np.sum((y_pred - y) ** 2, axis=0)"),
)
masked_loss.mistake(
    "dz-not-masked",
    "dz is not zero where nothing is asked for",
    "What does a place behind the end of a word contribute to the loss, and to its gradient?",
    edit(DZ, "dz = (y_pred - y) / count"),
)
masked_loss.mistake(
    "dz-not-divided",
    "dz is not divided by the number of places",
    "The loss is a mean: where does that show in its gradient?",
    edit(DZ, "dz = mask * (y_pred - y)"),
)
masked_loss.mistake(
    "dz-divided-by-words",
    "dz is divided by the number of words, and the loss by that of the places",
    "By what is the loss divided, and by what its gradient?",
    edit(DZ, "dz = mask * (y_pred - y) / mask.shape[0]"),
)
masked_loss.mistake(
    "dz-sign",
    "dz has the wrong sign",
    "Would a higher score of the right letter make the loss larger or smaller?",
    edit(DZ, "dz = mask * (y - y_pred) / count"),
)
masked_loss.mistake(
    "softmax-slope-again",
    "dz is multiplied by a slope of the softmax once more",
    "What is left when the derivatives of logarithm and softmax are multiplied?",
    edit(DZ, "dz = mask * (y_pred - y) * y_pred * (1 - y_pred) / count"),
)
masked_loss.mistake(
    "gradient-at-the-prediction",
    "dz is the gradient with respect to the prediction",
    "Equation (6) gives the gradient at the scores: what lies between scores and prediction?",
    edit(DZ, "dz = -mask * y / y_pred / count"),
)
masked_loss.mistake(
    "dz-of-right-letters-only",
    "dz is zero for every letter but the right one",
    "All probabilities sum to one: what do the others do when that of the right letter grows?",
    edit(DZ, "dz = mask * y * (y_pred - y) / count"),
)
masked_loss.mistake(
    "gradient-is-the-prediction",
    "dz is the prediction, and nothing was taken from it",
    "Where does the gradient hear which letter was the right one?",
    edit(DZ, "dz = mask * y_pred / count"),
)
masked_loss.mistake(
    "returned-in-other-order",
    "loss and dz are returned in the other order",
    "In which order does the docstring list the two?",
    edit(RETURN, "return dz, loss"),
)
masked_loss.mistake(
    "one-loss-a-place",
    "the loss is an array with a number for each place",
    "How many numbers is a loss?",
    edit(LOSS, "loss = mask * surprise / count"),
)
masked_loss.mistake(
    "dz-forgotten",
    "only the loss is returned",
    "How many things does the docstring list?",
    edit(RETURN, "return loss"),
)
