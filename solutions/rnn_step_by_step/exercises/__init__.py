"""The assignment ``rnn_step_by_step``: eight exercises, one file each, 95 points by tests.

A file holds what an exercise returns and what that is worth, its hidden cases, its catalogue of
mistakes, and the numbers that were published. The visible case is what the notebook's example
calls. ``draws`` makes the inputs, ``shapes`` names what exercises share, ``forward_passes`` are the
networks written once more for automatic differentiation.

Each mistake is a small edit of the solution's source, so the wrong results that a student gets can
be made on any inputs. The titles complete "it looks as if …"; a hint points at the equation or the
idea and never gives the answer. Two edits with the same results are one mistake. What cannot be
seen in results on fresh inputs (weights read from the notebook's globals) is found by other means.
"""

from __future__ import annotations

# In the notebook's order, which is that in which the exercises are described.
from . import (  # isort: skip
    rnn_cell_forward,
    rnn_forward,
    lstm_cell_forward,
    lstm_forward,
    rnn_cell_backward,
    rnn_backward,
    lstm_cell_backward,
    lstm_backward,
)
from .assignment import A

__all__ = [
    "A",
    "lstm_backward",
    "lstm_cell_backward",
    "lstm_cell_forward",
    "lstm_forward",
    "rnn_backward",
    "rnn_cell_backward",
    "rnn_cell_forward",
    "rnn_forward",
]
