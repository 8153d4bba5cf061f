"""A wrong function is pointed at once all marks are made; whoever lies there gains nothing."""

from __future__ import annotations

import dataclasses

import pytest

from grader.judge import pointing
from grader.judge.judge import judge
from grader.judge.seeds import hidden_seeds
from grader.sandbox import Job, Reply, Sandbox
from grader.simulate.pupils import Pupil
from tests.kit.course import assignment, book_of, mistaken, taken
from tests.kit.sandbox import strongest

pytestmark = pytest.mark.sandbox

NAME = "lstm_cell_backward"
WRONG = """def step_back(z, upstream):
    return upstream * z * (1 - z)

def lstm_cell_backward(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, f, i, g, o, xt, p = cache
    t = np.tanh(c_next)
    dc = dc_next + da_next * o * (1 - t * t)
    d = {"f": step_back(f, dc * c_prev), "i": step_back(i, dc * f)}
    d["c"], d["o"] = dc * i * (1 - g * g), step_back(o, da_next * t)
    v = np.vstack([a_prev, xt])
    back = sum(p["W" + k].T @ d[k] for k in d)
    out = {"dxt": back[len(a_prev):], "da_prev": back[:len(a_prev)], "dc_prev": dc * f}
    for k in d:
        out["dW" + k] = d[k] @ v.T
        out["db" + k] = d[k].sum(axis=1, keepdims=True)
    return out
"""


def judged(text: str, name: str = NAME, **more):
    """The verdict on a submission that is right but for one function."""
    submission = taken(book_of(Pupil("s", own={name: text, **more})))
    seeds = hidden_seeds(b"x", "s", assignment(), submission)
    return judge(assignment(), submission, seeds, strongest(), "s").verdict


def result_of(verdict, name: str = NAME):
    """The result of one exercise."""
    return next(e for e in verdict.exercises if e.name == name)


def test_the_line_is_quoted_with_what_is_wrong_there() -> None:
    """The student's own line and expression, in the notebook's names; marks are what they were."""
    result = result_of(judged(WRONG))
    assert result.mistake is None and result.where is not None
    assert (result.where.cell, result.where.line) == (NAME, 8)
    assert result.where.quoted == WRONG.splitlines()[7].strip()
    assert result.where.text in result.where.quoted and result.where.text
    assert "`ft`" in result.where.said and "`cct`" in result.where.said
    assert result.where.paragraph() in result.message


def test_what_is_known_for_certain_has_no_line() -> None:
    """A catalogued mistake is named, and nothing is run once more."""
    text = mistaken(NAME, "misprinted-candidate")
    result = result_of(judged(text))
    assert result.mistake == "misprinted-candidate" and result.where is None


def test_a_sequence_is_told_by_its_steps() -> None:
    """With a right cell function in the place of the student's own, which stays wrong."""
    text = """def rnn_forward(x, a0, parameters):
    kept = [a0]
    y, steps = [], []
    for t in range(x.shape[2]):
        new, prediction, cache = rnn_cell_forward(x[:, :, t], kept[0], parameters)
        kept.append(new)
        y.append(prediction)
        steps.append(cache)
    return np.dstack(kept[1:]) * 1.0, np.dstack(y) + 1e-3, (steps, x)
"""
    result = result_of(judged(text, "rnn_forward"), "rnn_forward")
    assert result.where is not None and result.where.line == 5
    assert "call 2" in result.where.said and "`a0`" in result.where.said


def test_an_exception_is_told_with_its_expression() -> None:
    """Where Python stops, and what was made wrongly before."""
    result = result_of(judged(WRONG.replace("da_next * t)", "da_next @ t)")))
    assert result.outcome == "raised" and result.where is not None and result.where.line == 9


def marks_of(verdict):
    """What counts, without a word."""
    return [(e.name, e.outcome, e.points, e.checks) for e in verdict.exercises]


LIES = {
    "no report": {"returned": None, "error": None, "report": "{}"},
    "no text": {"returned": None, "error": None, "report": 7},
    "no error": {"returned": None, "error": 5, "report": "{}"},
    "nothing": {},
    "a list": [],
    "a long one": {"returned": None, "error": None, "report": "[" * 200_000},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_forged_report_means_no_line_and_changes_no_mark(lie, monkeypatch) -> None:
    """Whatever the process says of itself, the marks are those without it."""
    honest = judged(WRONG)
    plain = Job.calls

    def calls(self, asked, until="", one_by_one=False):
        for call, reply in zip(asked, plain(self, asked, until, one_by_one), strict=False):
            forged = "__run__" in call.driver
            yield Reply("returned", returned=LIES[lie]) if forged else reply

    monkeypatch.setattr(Job, "calls", calls)
    verdict = judged(WRONG)
    assert marks_of(verdict) == marks_of(honest)
    assert result_of(verdict).where is None and not verdict.mended


def test_it_is_asked_of_a_fork_that_has_met_no_hidden_input(monkeypatch) -> None:
    """What its process could say in a line and a sentence is nothing that it was not to know."""
    asked_of: dict[int, list[bool]] = {}
    plain = Job.calls

    def calls(self, asked, until="", one_by_one=False):
        asked_of.setdefault(self._pid, []).extend("__run__" in call.driver for call in asked)
        return plain(self, asked, until, one_by_one)

    monkeypatch.setattr(Job, "calls", calls)
    assert result_of(judged(WRONG)).where is not None
    with_it = [of for of in asked_of.values() if any(of)]
    assert len(with_it) == 1 and all(with_it[0])


@pytest.mark.parametrize(
    ("reads", "examples"),
    [("t = np.tanh(c_next)", False), ("t = np.tanh(c_next) + 0 * yt_pred.size", True)],
)
def test_it_runs_no_example_but_for_who_reads_one(monkeypatch, reads: str, examples: bool) -> None:
    """Examples take most of a fork's time, and only what reads their variables needs them."""
    ran: list[set[str]] = []
    plain = Sandbox.job

    def job(self, cells, files=None, limits=None):
        ran.append({cell.kind for cell in cells})
        return plain(self, cells, files, limits)

    monkeypatch.setattr(Sandbox, "job", job)
    judged(WRONG.replace("t = np.tanh(c_next)", reads))
    assert "example" in ran[0] and len(ran) > 1
    assert ("example" in ran[-1]) == examples


def test_what_it_says_is_in_words_of_the_submission_or_the_notebook(monkeypatch) -> None:
    """A name that stands in neither is left out."""
    told = pointing.where

    def lying(between):
        return dataclasses.replace(told(between), operand="Mallory", more="was_here 12345")

    monkeypatch.setattr(pointing, "where", lying)
    said = result_of(judged(WRONG)).where.said
    assert "Mallory" not in said and "was_here" not in said and "12345" not in said


def test_a_fault_of_pointing_is_no_fault_of_marks(monkeypatch) -> None:
    """It is told to the instructor, and the verdict stands."""
    honest = judged(WRONG)
    monkeypatch.setattr(pointing, "where", lambda between: 1 / 0)
    verdict = judged(WRONG)
    assert marks_of(verdict) == marks_of(honest)
    assert verdict.mended == (f"no line of {NAME} is told: ZeroDivisionError",)


@pytest.mark.parametrize(
    "body",
    [
        "    exec('a = 1')\n",
        "    import sys; sys.settrace(None)\n",
        "    __run__ = 5\n",
        "    global rows; rows = 1\n",
    ],
)
def test_code_that_is_hard_to_follow_keeps_its_marks(body) -> None:
    """A line may be told or not: what is right earns all, what is wrong loses what it lost."""
    head = "def lstm_cell_backward(da_next, dc_next, cache):\n"
    assert (
        result_of(judged(WRONG.replace("dc * f)}", "dc * g)}").replace(head, head + body))).outcome
        == "passed"
    )
    other = result_of(judged(WRONG.replace(head, head + body)))
    assert dataclasses.replace(other, where=None).points == result_of(judged(WRONG)).points
