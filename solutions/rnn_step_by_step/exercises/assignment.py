"""Name the assignment that each of the other files adds an exercise to."""

from __future__ import annotations

from grader.authoring import Assignment

A = Assignment(
    "Recurrent networks, step by step",
    files=["rnn_utils.py"],
    lookalikes={
        "np.tanh": ("sigmoid", "np.tan", "np.sinh"),
        "sigmoid": ("np.tanh", "softmax"),
        "softmax": ("sigmoid", "np.exp"),
    },
)

A.written(
    "gradients",
    rubric={
        "1: the direct road multiplies by the forget gate, and by nothing else": 1,
        "1: the RNN multiplies by the slope of tanh and by a weight matrix": 1,
        "2: the factor of each LSTM per step, about 0.63 and about 1": 1,
        "2: they are larger than the gates, because the other roads add up": 1,
        "3: any sensible example of what should be forgotten": 1,
    },
)
