"""Name the assignment that each of the other files adds an exercise to."""

from __future__ import annotations

from grader.authoring import Assignment

A = Assignment(
    "Gated and two-way networks",
    files=[
        "rnn_utils.py",
        "training.py",
        "memories.py",
        "two_senses.py",
        "first_names.txt",
        "DATA.md",
    ],
    lookalikes={
        "np.tanh": ("sigmoid", "np.sinh"),
        "sigmoid": ("np.tanh", "softmax"),
    },
)

A.written(
    "readers",
    rubric={
        "what the reader from the right adds, and why size does not": 2,
        "what decides how far a network remembers": 2,
        "where a two-way network must not be used": 1,
    },
)
