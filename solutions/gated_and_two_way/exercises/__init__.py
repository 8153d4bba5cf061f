"""The assignment ``gated_and_two_way``: seven exercises, one file each, 95 points by tests.

A file holds what an exercise returns and what that is worth, its hidden cases and its catalogue of
mistakes. The visible case is what the notebook's example calls. ``draws`` makes the inputs,
``shapes`` names what exercises share, ``forward_passes`` are the networks written once more for
automatic differentiation.

Each mistake is a small edit of the solution's source, so the wrong results that a student gets can
be made on any inputs. The titles complete "it looks as if …"; a hint points at the equation or the
idea and never gives the answer. Two edits with the same results are one mistake.
"""

from __future__ import annotations

# In the notebook's order, which is that in which the exercises are described.
from . import (  # isort: skip
    gru_cell_forward,
    gru_forward,
    gru_cell_backward,
    gru_backward,
    reverse_each,
    two_way_forward,
    two_way_backward,
)
from .assignment import A

__all__ = [
    "A",
    "gru_backward",
    "gru_cell_backward",
    "gru_cell_forward",
    "gru_forward",
    "reverse_each",
    "two_way_backward",
    "two_way_forward",
]
