"""The assignment ``making_music``: nine exercises, one file each, 95 points by tests.

A file holds what an exercise returns and what that is worth, its hidden cases and its catalogue of
mistakes. The visible case is what the notebook's example calls. ``draws`` makes the inputs,
``throwing`` draws throws that no rounding can turn into another note.

Each mistake is a small edit of the solution's source, so the wrong results that a student gets can
be made on any inputs. The titles complete "it looks as if …"; a hint points at the equation or the
idea and never gives the answer. Two edits with the same results are one mistake.
"""

from __future__ import annotations

# In the notebook's order, which is that in which the exercises are described.
from . import (  # isort: skip
    pitch_frequency,
    make_tone,
    render_tune,
    beat_position,
    encode_tunes,
    temper,
    keep_likeliest,
    dropout,
    compose,
)
from .assignment import A

__all__ = [
    "A",
    "beat_position",
    "compose",
    "dropout",
    "encode_tunes",
    "keep_likeliest",
    "make_tone",
    "pitch_frequency",
    "render_tune",
    "temper",
]
