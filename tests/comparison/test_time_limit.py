"""A limit holds wherever it is reached, and ends with its block."""

from __future__ import annotations

import gc
import signal
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from grader.comparison import time_limit as module
from grader.comparison.time_limit import time_limit

LIMIT = 0.02  # seconds of processor time
LONG = 3.0  # until a block whose limit was lost ends by itself

pytestmark = pytest.mark.skipif(not module.CAN_STOP, reason="this system has no such timers")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """What is told of exceptions that nobody could get."""
    found: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: found.append(lost.exc_value))
    yield found


def work(seconds: float) -> None:
    """Use up processor time."""
    began = time.process_time()
    while time.process_time() - began < seconds:
        pass


class Slow:
    """An object that takes longer to go than there is time."""

    def __del__(self) -> None:
        work(2 * LIMIT)


def in_a_destructor() -> None:
    """Reach the limit in a destructor."""
    Slow()


def in_a_collection() -> None:
    """Reach the limit in what is called when garbage is collected."""

    def slowly(phase: str, info: object) -> None:
        gc.callbacks.remove(slowly)
        work(2 * LIMIT)

    gc.callbacks.append(slowly)
    gc.collect()


@pytest.mark.parametrize("reach", [in_a_destructor, in_a_collection])
def test_a_limit_that_is_reached_where_nothing_can_be_raised_holds(
    reach: Callable[[], None], told: list[object]
) -> None:
    """It is raised a little later, and of the exception that was lost nothing is told."""
    with pytest.raises(TimeoutError), time_limit(LIMIT, processor=True):
        reach()
        work(LONG)
    assert not told


def test_what_else_is_lost_within_the_block_is_told(told: list[object]) -> None:
    """Only the limit's own exception is raised again."""

    class Faulty:
        def __del__(self) -> None:
            raise TimeoutError("of its own")

    with time_limit(LONG, processor=True):
        Faulty()
    assert [str(error) for error in told] == ["of its own"]


@pytest.mark.parametrize("seconds", [0.0, 2 * LIMIT])
def test_nothing_is_left_of_a_limit_behind_its_block(seconds: float) -> None:
    """Neither a timer that would go off, nor what handles it."""
    before = sys.unraisablehook, signal.getsignal(signal.SIGPROF)
    try:
        with time_limit(LIMIT, processor=True):
            work(seconds)
    except TimeoutError:
        assert seconds
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert before == (sys.unraisablehook, signal.getsignal(signal.SIGPROF))
