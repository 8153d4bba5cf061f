"""The assignment ``language_model``: eight exercises, one file each, 95 points by tests.

A file holds what an exercise returns and what that is worth, its hidden cases and its catalogue of
mistakes. The visible case is what the notebook's example calls. ``draws`` makes the inputs,
``writing`` draws throws that no rounding can turn into another letter.

Each mistake is a small edit of the solution's source, so the wrong results that a student gets can
be made on any inputs. The titles complete "it looks as if …"; a hint points at the equation or the
idea and never gives the answer. Two edits with the same results are one mistake.
"""

from __future__ import annotations

# In the notebook's order, which is that in which the exercises are described.
from . import (  # isort: skip
    make_batch,
    masked_loss,
    output_backward,
    clip_gradients,
    adam_step,
    sample_index,
    generate,
    perplexity_of,
)
from .assignment import A

__all__ = [
    "A",
    "adam_step",
    "clip_gradients",
    "generate",
    "make_batch",
    "masked_loss",
    "output_backward",
    "perplexity_of",
    "sample_index",
]
