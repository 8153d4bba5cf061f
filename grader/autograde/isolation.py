"""Choose the isolation in which a class is judged, and the number of judges."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from grader.autograde.judge_process import ProcessDied
from grader.errors import UsageError
from grader.sandbox import SAFE, Sandbox


class Isolation:
    """The isolation of one run: chosen when the first submission needs it, for it takes seconds.

    ``chosen`` is empty until then.
    """

    def __init__(self, choose: Callable[[], str]) -> None:
        self._choose = choose
        self.chosen = ""

    def tier(self) -> str:
        """Return the tier in which this run judges; raises UsageError when it is too weak."""
        self.chosen = self.chosen or self._choose()
        return self.chosen

    def is_safe(self) -> bool:
        """Tell whether submissions can read nothing of the course; raises as ``tier``."""
        return self.tier() in SAFE


def choose_tier(allow_unsafe: bool, warming: Sequence[Future[str]] = ()) -> str:
    """Return the strongest isolation that starts here; raises UsageError when it is too weak.

    Judge processes that are ``warming`` up know it, the first of them soonest.
    """
    try:
        tier = warming[0].result() if warming else _try_tier()
    except ProcessDied:  # which says nothing of the isolation
        tier = _try_tier()
    return accepted(tier, allow_unsafe)


def accepted(tier: str, allow_unsafe: bool) -> str:
    """Return the isolation that started; raises UsageError when it is too weak."""
    if tier in SAFE or allow_unsafe:
        return tier
    raise UsageError(
        "this system cannot isolate submissions (no bubblewrap, no Landlock): a submission could "
        "read the solution; install bubblewrap, or accept that with --allow-unsafe"
    )


def _try_tier() -> str:
    with Sandbox() as sandbox:
        return sandbox.tier


def cores() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
