"""How many processes a submission takes, and that taking fewer changes no mark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from grader.sandbox import Sandbox
from grader.simulate.pupils import Pupil
from tests.judge.test_judge import by_name, judged
from tests.kit.toy import POINTS, edited, mistaken

pytestmark = pytest.mark.sandbox


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The forks that are made: how many cells each of them was to run."""
    made: list[int] = []
    real = Sandbox.job

    def job(self: Sandbox, cells: Any, *given: Any, **named: Any) -> Any:
        made.append(len(cells))
        return real(self, cells, *given, **named)

    monkeypatch.setattr(Sandbox, "job", job)
    yield made


WRONG = mistaken("leak", "no-squash")


def test_a_right_sequence_of_a_wrong_step_takes_one_fork(forks: list[int]) -> None:
    """It asks what a right one asks, so that is answered where the cells have run already."""
    found = by_name(judged(Pupil("s", own={"leak": WRONG})).verdict)
    assert found["leak"].points < POINTS["leak"]
    assert found["remember"].points == POINTS["remember"]
    assert found["remember"].with_reference_helpers
    assert len(forks) == 1


def test_a_question_off_the_path_is_answered_in_a_fork_of_its_own(forks: list[int]) -> None:
    """The attempt is void, and made again where nothing else has been seen: no mark is lost."""
    step = "leak(x[:, :, t], h_next, parameters)"
    nearly = edited("remember", (step, step.replace("h_next", "h_next + 1e-8")))
    found = by_name(judged(Pupil("s", own={"leak": WRONG, "remember": nearly})).verdict)
    assert found["remember"].points == POINTS["remember"]
    assert len(forks) == 2


TRIES = '''\
def remember(x, h0, parameters):
    """Look for the answers of a right step to inputs of one's own choosing."""
    h = np.zeros_like(x)
    for t in range(x.shape[2]):
        for candidate in (x[:, :, t] * 0, x[:, :, t] * 0 + 1, x[:, :, t]):
            try:
                h[:, :, t], _ = leak(candidate, h0, parameters)
                TOLD.append(h[:, :, t])
            except BaseException:
                pass
    return h, ([(h[:, :, t], h0, x[:, :, t], parameters) for t in range(x.shape[2])], x)
TOLD = []
'''


def test_trying_candidates_tells_the_fork_in_use_nothing(
    forks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of them ends it; a fork that has seen no other inputs is all that may ask."""
    from grader.sandbox import stand_ins

    answered: list[bool] = []
    real = stand_ins.Answers._called

    def called(self: Any, *given: Any) -> Any:
        answered.append(self.on_path is not None)
        return real(self, *given)

    monkeypatch.setattr(stand_ins.Answers, "_called", called)
    found = by_name(judged(Pupil("s", own={"leak": WRONG, "remember": TRIES})).verdict)
    assert found["remember"].points < POINTS["remember"]
    assert answered and not any(answered)
    assert len(forks) > 1


@pytest.mark.parametrize(("number", "case"), [(2, "m = 1"), (3, "float32 inputs")])
def test_the_case_that_ends_the_process_is_named(forks: list[int], number: int, case: str) -> None:
    """Replies before it may be lost with the process: it is looked for case by case."""
    begin = "    w, u, b = parameters"
    calls = number + 1  # the example cell's comes first
    ends = f"    CALLS.append(1)\n    if len(CALLS) == {calls}:\n        import os; os._exit(0)\n"
    text = "CALLS = []\n" + edited("leak", (begin, ends + begin))
    found = by_name(judged(Pupil("s", own={"leak": text}, solved=())).verdict)["leak"]
    assert (found.outcome, found.points) == ("crashed", 0.0)
    assert f"leak called ({case})" in found.message
    assert "its process ended" in found.message
    assert len(forks) == 3  # that in use, the one that looks, and one for the other exercise
