"""Name the assignment that each of the other files adds an exercise to."""

from __future__ import annotations

from grader.authoring import Assignment

A = Assignment(
    "A network that makes music",
    files=[
        "rnn_utils.py",
        "tune_network.py",
        "tune_reader.py",
        "abc_reader.py",
        "tune_shown.py",
        "tunes.txt",
        "DATA.md",
    ],
    lookalikes={
        "np.exp": ("np.exp2", "np.expm1"),
        "np.sin": ("np.cos", "np.tan"),
        "np.minimum": ("np.maximum", "np.multiply"),
        "np.max": ("np.min", "np.sum"),
        "np.abs": ("np.square", "np.negative"),
    },
)

A.written(
    "listening",
    rubric={
        "what the beat is worth, and why a network without it cannot keep time": 2,
        "where to stop, and what the two curves say": 2,
        "what temperature and nucleus do to one column": 1,
    },
)
