"""Say what was held to account, and whether it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SEED = 2024  # of everything that is drawn here: the same run says the same


@dataclass(frozen=True)
class Held:
    """One thing that was held to account: what, whether it holds, and the figures."""

    what: str
    holds: bool
    text: str


def held(what: str, problems: Sequence[str], figures: str = "") -> Held:
    """Return what holds where there are no problems; the text is these, or else the figures."""
    return Held(what, not problems, "; ".join(problems) or figures)
