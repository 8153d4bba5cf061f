"""Name the assignment that each of the other files adds an exercise to."""

from __future__ import annotations

from grader.authoring import Assignment

A = Assignment(
    "A network that learns names",
    files=[
        "rnn_utils.py",
        "recurrent.py",
        "wordlists.py",
        "first_names.txt",
        "place_names.txt",
        "DATA.md",
    ],
    lookalikes={
        "np.log": ("np.log2", "np.log1p"),
        "np.exp": ("np.exp2", "np.expm1"),
        "np.sqrt": ("np.square", "np.abs"),
        "np.cumsum": ("np.cumprod", "np.sort"),
        "np.argmax": ("np.argmin", "np.sum"),
    },
)

A.written(
    "learning",
    rubric={
        "why a network can do what counts cannot": 2,
        "what the two curves of the place names say": 2,
        "what clipping by the global norm keeps": 1,
    },
)
