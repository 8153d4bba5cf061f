"""Search with Hypothesis: it draws the changes, and aims at branches that nothing has reached."""

from __future__ import annotations

import hashlib
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis import target as aim_at

from .branches import Branches
from .mutations import changed
from .target import Target

ROUND = 400  # examples between which nothing that guides the search may change
ROUNDS = settings(
    max_examples=ROUND,
    phases=(Phase.generate, Phase.target),
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
)
PARENTS = 1 << 16
SAY_SECONDS = 1.0


class Hung(BaseException):
    """An input that takes longer than any may; no ``except Exception`` of a reader's hides it."""


class _Over(BaseException):
    """The end of a round before its last example; to Hypothesis no failure, but an interruption."""


class Search:
    """A search with one target; ``corpus`` are the inputs that each reach a branch first."""

    def __init__(self, target: Target, hang_seconds: float) -> None:
        self.target = target
        self.tokens = target.tokens()
        self.branches = Branches(target.modules)
        self.known: set[int] = set()
        self.corpus: list[bytes] = []
        self.runs = 0
        self.found: tuple[bytes, BaseException] | None = None
        self._hang_seconds = hang_seconds

    def begin(self, seeds: Iterable[bytes], others: Iterable[bytes] = ()) -> None:
        """Run the seeds, all of which are changed later on, and the ``others``, shortest first."""
        for data in seeds:
            self.known |= self._run(data)
            self.corpus.append(data)
        for data in sorted({b"", *others}, key=lambda each: (len(each), each)):
            self.offer(data)

    def offer(self, data: bytes) -> bool:
        """Run an input. Returns: whether it reaches what nothing has, and is kept."""
        return self.found is None and self._keep(data, self._run(data))

    def round(self, end: float) -> None:
        """Try changed inputs until the round, or the time, is over, or one is found."""
        reached: list[tuple[bytes, set[int]]] = []

        @ROUNDS
        @given(st.integers(0, PARENTS - 1), st.randoms(use_true_random=False))
        def one(parent: int, rng: Random) -> None:
            data = self._child(self.corpus[parent % len(self.corpus)], rng)
            if self.found is not None or time.monotonic() > end:
                raise _Over  # not before the drawing: Hypothesis wants the same draws each time
            new = self._run(data) - self.known
            aim_at(float(len(new)), label="branches that nothing else reaches")
            if new:
                reached.append((data, new))

        with suppress(_Over):
            one()
        for data, taken in sorted(reached, key=lambda each: len(each[0])):
            self._keep(data, taken)

    def _keep(self, data: bytes, taken: set[int]) -> bool:
        new = not taken <= self.known or not self.corpus
        if new:
            self.corpus.append(data)
            self.known |= taken
        return new

    def _child(self, parent: bytes, rng: Random) -> bytes:
        def change(data: bytes) -> bytes:
            return changed(data, rng, self.tokens, self.target.longest)

        mutate = self.target.mutate
        return (mutate(parent, rng, change) if mutate else change(parent))[: self.target.longest]

    def _run(self, data: bytes) -> set[int]:
        """Run the target once. Returns: the branches that it took; none if this is a finding."""
        self.runs += 1
        try:
            with _at_most(self._hang_seconds):
                self.branches.of(lambda: self.target.run(data))
        except (Exception, Hung) as error:
            self.found = self.found or (data, error)
            return set()
        return self.branches.taken()


def search(
    target: Target,
    seconds: float,
    hang_seconds: float,
    corpus: Path,
    found: Path,
    say: Callable[[int, int], None],
) -> bool:
    """Search for ``seconds``, from the seeds and what is in ``corpus``, and add to it.

    ``say`` is told the number of runs and of branches now and then. Returns: whether an input was
    found; it is written into the folder ``found`` then.
    """
    end = said = time.monotonic() + seconds
    work = Search(target, hang_seconds)
    work.begin(target.seeds(), (path.read_bytes() for path in corpus.iterdir()))
    while work.found is None and time.monotonic() < end:
        kept = len(work.corpus)
        work.round(end)
        for data in work.corpus[kept:]:
            (corpus / hashlib.sha1(data).hexdigest()).write_bytes(data)
        if abs(time.monotonic() - said) > SAY_SECONDS:
            said = time.monotonic()
            say(work.runs, len(work.known))
    say(work.runs, len(work.known))
    if work.found is not None:
        data, error = work.found
        kind = "timeout" if isinstance(error, Hung) else "crash"
        (found / f"{kind}-{hashlib.sha1(data).hexdigest()}").write_bytes(data)
    return work.found is not None


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise `Hung` when this takes longer; in the main thread only."""

    def stop(*_: Any) -> None:
        raise Hung(f"longer than {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
