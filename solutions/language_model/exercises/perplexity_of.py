"""Ask how surprised a network is by words."""

from __future__ import annotations

from typing import Any

from grader.authoring import Challenge, Draw, array, edit, number

from . import draws
from .assignment import A

USUAL = Challenge("random sizes", more={"gates": 4})
RNN = Challenge("an RNN", more={"gates": 1})
ONE_WORD = Challenge("m = 1", {"m": 1}, more={"gates": 4})
LONGER = Challenge("many words", {"n_x": 27, "m": 16, "T_x": 11}, more={"gates": 1})


@A.exercise(calls=["make_batch", "masked_loss"])
def perplexity_of(draw: Draw) -> tuple[Any, ...]:
    """Draw the arguments of a case."""
    n_x, m, T_x, n_a = draw.sizes(n_x=(5, 8), m=(3, 6), T_x=(4, 7), n_a=(4, 9))
    letters = draws.alphabet(draw, n_x)
    words = draws.words(draw, letters, m, T_x)
    return words, letters, draws.network(draw, draw.challenge.more["gates"], n_x, n_a, 2.0)


perplexity_of.returns(("each", "whole"), whole=number(4, main=True), each=array(3, "(m,)"))
perplexity_of.untouched(1)
perplexity_of.cases(USUAL, RNN, ONE_WORD, LONGER)

perplexity_of.equivalent(
    "the words do not know of each other", "loop: for i in range(m - 1, -1, -1):"
)
perplexity_of.equivalent("every entry is written before it is read", "call: each = np.ones(m)")
perplexity_of.equivalent(
    "of one word the loss is the same, with an axis for examples or without",
    "call: one = i",
)
perplexity_of.equivalent("a slice of one entry is that entry", "name: each[one] = np.exp(loss)")

A0 = 'a0 = np.zeros((parameters["Wya"].shape[1], m))'
Y_PRED = "y_pred = forward(x, a0, parameters)[1]"
WHOLE = "whole = np.exp(masked_loss(y_pred, y, mask)[0])"
ONE = "one = slice(i, i + 1)"
LOSS = "loss = masked_loss(y_pred[:, one], y[:, one], mask[one])[0]"
EACH = "each[i] = np.exp(loss)"
RETURN = "return each, whole"

perplexity_of.mistake(
    "base-two",
    "2 is raised to the loss, which was made with natural logarithms",
    "Which number raised to a natural logarithm gives back what it was taken of?",
    edit(WHOLE, "whole = 2 ** masked_loss(y_pred, y, mask)[0]"),
    edit(EACH, "each[i] = 2**loss"),
)
perplexity_of.mistake(
    "mean-of-the-words",
    "the whole is the mean of the words' perplexities",
    "Does each word count once, or each letter?",
    edit(RETURN, "return each, np.mean(each)"),
)
perplexity_of.mistake(
    "mean-of-the-losses",
    "the whole is made of the mean of the words' losses",
    "Does each word count once, or each letter?",
    edit(RETURN, "return each, np.exp(np.mean(np.log(each)))"),
)
perplexity_of.mistake(
    "exp-of-the-sum",
    "the exponential is taken of the sum of surprises, and not of their mean",
    "What would become of the perplexity if the list had every word twice?",
    edit(WHOLE, "whole = np.exp(masked_loss(y_pred, y, mask)[0] * np.sum(mask))"),
    edit(EACH, "each[i] = np.exp(loss * np.sum(mask[one]))"),
)
perplexity_of.mistake(
    "loss-for-perplexity",
    "the loss itself is returned, without an exponential",
    "What turns a mean surprise into a number of letters?",
    edit(WHOLE, "whole = masked_loss(y_pred, y, mask)[0]"),
    edit(EACH, "each[i] = loss"),
)
perplexity_of.mistake(
    "padding-counted",
    "the places behind a word are counted",
    "How many places of a short word ask for something?",
    edit(
        WHOLE,
        "mask = mask + 0\n    share = np.mean(mask)\n"
        "    whole = np.exp(masked_loss(y_pred, y, mask)[0] * share)",
    ),
    edit(EACH, "each[i] = np.exp(loss * np.mean(mask[one]))"),
)
perplexity_of.mistake(
    "end-mark-not-counted",
    "the end mark is left out",
    "Is the end of a word something that a network may be surprised by?",
    edit(A0, f"mask = np.append(mask, np.zeros((m, 1)), axis=1)[:, 1:]\n    {A0}"),
)
perplexity_of.mistake(
    "inverse-of-the-loss",
    "the perplexity is one over the loss",
    "Which function undoes a logarithm?",
    edit(WHOLE, "whole = 1 / masked_loss(y_pred, y, mask)[0]"),
    edit(EACH, "each[i] = 1 / loss"),
)
perplexity_of.mistake(
    "probability-for-perplexity",
    "the exponential is taken of minus the loss",
    "Is a perplexity above 1 or below it?",
    edit(WHOLE, "whole = np.exp(-masked_loss(y_pred, y, mask)[0])"),
    edit(EACH, "each[i] = np.exp(-loss)"),
)
perplexity_of.mistake(
    "sorted-words",
    "the words' perplexities are sorted",
    "Which perplexity belongs to the first word?",
    edit(RETURN, "return np.sort(each), whole"),
)
perplexity_of.mistake(
    "reversed-words",
    "the words' perplexities come in reverse",
    "Which perplexity belongs to the first word?",
    edit(RETURN, "return each[::-1].copy(), whole"),
)
perplexity_of.mistake(
    "same-for-every-word",
    "every word gets the perplexity of the whole",
    "Which predictions, targets and places belong to one word?",
    edit(EACH, "each[i] = whole"),
)
perplexity_of.mistake(
    "first-word-for-all",
    "every word gets the perplexity of the first",
    "Which part of the arrays belongs to word i?",
    edit(ONE, "one = slice(0, 1)"),
)
perplexity_of.mistake(
    "words-added-up",
    "each word's perplexity covers the words before it as well",
    "Which examples does the slice hold?",
    edit(ONE, "one = slice(0, i + 1)"),
)
perplexity_of.mistake(
    "word-divided-by-all-places",
    "a word's surprise is divided by the number of letters of all words",
    "Over how many letters is the mean of one word taken?",
    edit(EACH, "each[i] = np.exp(loss * np.sum(mask[one]) / np.sum(mask))"),
)
perplexity_of.mistake(
    "starts-from-ones",
    "the first hidden state is ones",
    "What does a network remember before the first letter?",
    edit(A0, 'a0 = np.ones((parameters["Wya"].shape[1], m))'),
)
perplexity_of.mistake(
    "targets-for-inputs",
    "the network is shown the targets",
    "What has the network seen when it is asked for a letter?",
    edit(Y_PRED, "y_pred = forward(y, a0, parameters)[1]"),
)
perplexity_of.mistake(
    "returned-in-other-order",
    "the whole is returned before the words",
    "In which order does the docstring list the two?",
    edit(RETURN, "return whole, each"),
)
perplexity_of.mistake(
    "whole-forgotten",
    "only the words' perplexities are returned",
    "How many things does the docstring list?",
    edit(RETURN, "return each"),
)
