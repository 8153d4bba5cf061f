"""Several submissions, or several exercises, that help each other; and gradients by differences."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from grader.autograde.inbox import open_folder
from grader.intake.submission import Submission
from grader.judge.seeds import hidden_seeds
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from tests.hostile.graded import Graded, assert_harmless, graded_again, new_course
from tests.hostile.pupils import FULL, assignment, neighbours, with_cell

pytestmark = pytest.mark.sandbox

# Takes the hidden inputs of the cell exercise along, and asks the stand-in that the sequence
# exercise is given for the right answers to them; tells what it learns in every way it can.
CARRY = """\
import json, os, sys, warnings
import numpy as np
from IPython.display import display
KEPT = []
def plain(tree):
    if isinstance(tree, np.ndarray):
        return tree.tolist()
    if isinstance(tree, dict):
        return {k: plain(v) for k, v in tree.items()}
    return [plain(item) for item in tree] if isinstance(tree, (list, tuple)) else tree
def tell(what, tree):
    text = f"TOLD-{what} " + json.dumps(plain(tree))
    print(text)
    print(text, file=sys.stderr)
    display(text)
    warnings.warn(text)
    for place in ("told.txt", "../told.txt", "/tmp/told.txt"):
        try:
            open(place, "a").write(text)
        except OSError:
            pass
for place in ("told.txt", "../told.txt", "/tmp/told.txt", "../job0/told.txt", "../job1/told.txt"):
    try:
        print("FOUND", open(place).read())
    except OSError:
        pass
"""
CELL = """\
def rnn_cell_forward(xt, a_prev, parameters):
    KEPT.append((xt, a_prev, parameters))
    tell("inputs", KEPT[-1])
    return None"""
SEQUENCE = """\
def rnn_forward(x, a0, parameters):
    asked = KEPT or [(x[:, :, 0], a0, parameters)]
    for inputs in asked:
        answer = rnn_cell_forward(*inputs)
        tell("answer", (len(KEPT), inputs, answer))
    raise ValueError("TOLD-" "error " + json.dumps(plain(answer)))"""
REPLAY = """\
KNOWN = {known}
def rnn_cell_forward(xt, a_prev, parameters):
    for key, answer in KNOWN:
        if np.shape(key) == xt.shape and np.allclose(key, xt):
            return answer
    return KNOWN[0][1] if KNOWN else None"""


def told_answers(learnt: str) -> list[Any]:
    """What the first submission has told of its questions: how many it knew, inputs, answer."""
    found = []
    for match in re.finditer(r"TOLD-answer (?=\[)", learnt):
        with contextlib.suppress(ValueError):  # cut off, or wrapped by a warning
            found.append(json.JSONDecoder().raw_decode(learnt, match.end())[0])
    return found


@dataclass
class Rounds:
    """The first submission graded, the second built from what came back of it, and that graded."""

    first: Graded
    second: Graded
    before: Submission
    after: Submission
    learnt: str


@pytest.fixture(scope="module")
def rounds() -> Iterator[Rounds]:
    """A pair of submissions by one student, and two friends who hand in the same at once."""
    own = {"rnn_cell_forward": CELL, "rnn_forward": SEQUENCE}
    with new_course() as course:
        spies = [Pupil(n, (), own=own, damage=with_cell(CARRY)) for n in ("mallory", "friend")]
        hand_in(course, assignment(), [*spies, *neighbours(2)])
        first, before = graded_again(course), open_folder(course, assignment(), "mallory")
        learnt = first.returned("mallory") + first.returned("friend")
        answers = [(inputs[0], answer) for _, inputs, answer in told_answers(learnt)]
        own = {"rnn_cell_forward": REPLAY.format(known=repr(answers)), "rnn_forward": SEQUENCE}
        hand_in(course, assignment(), [Pupil("mallory", (), own=own, damage=with_cell(CARRY))])
        second, after = graded_again(course), open_folder(course, assignment(), "mallory")
        assert isinstance(before, Submission) and isinstance(after, Submission)
        yield Rounds(first, second, before, after, learnt)


def test_colluders_harm_nobody(rounds: Rounds) -> None:
    """Neighbours keep their marks; the second time, only what was handed in anew is graded."""
    assert_harmless(rounds.first, longest=300)
    assert set(rounds.second.verdicts) == {"mallory"}
    assert not rounds.second.summary.faults and not rounds.second.changed


def test_what_a_stand_in_answers_does_not_come_out(rounds: Rounds) -> None:
    """Visible examples print; hidden inputs, and answers to them, reach neither page nor verdict."""
    course, secret = rounds.first.course, rounds.first.course.secret()
    for student in ("mallory", "friend"):
        drawn = hidden_seeds(secret, student, assignment(), rounds.before)
        told = rounds.first.returned(student)
        for name in ("rnn_cell_forward", "rnn_forward"):
            exercise = assignment().spec.exercise(name)
            for case in exercise.cases(np.random.default_rng(drawn[name]), assignment().functions):
                number = repr(float(np.ravel(case.arguments[0])[0]))
                assert number not in told, (student, name)
    assert course.secret() == secret
    assert "FOUND" not in rounds.learnt


def test_a_stand_in_sees_no_other_exercises_inputs(rounds: Rounds) -> None:
    """The fork that may ask for right answers has nothing to ask them for: no answer was told."""
    assert "TOLD-error" not in rounds.first.verdicts["mallory"].to_json()
    told = told_answers(rounds.learnt)
    assert told  # in the cells, with the inputs that everybody sees
    assert {answer for _, _, answer in told} == {None}  # the student's own function's


def test_a_changed_submission_gets_new_inputs(rounds: Rounds) -> None:
    """No seed is the same as before, and none is the same for a friend with the same cells."""
    secret = rounds.first.course.secret()
    one = hidden_seeds(secret, "mallory", assignment(), rounds.before)
    other = hidden_seeds(secret, "mallory", assignment(), rounds.after)
    friend = hidden_seeds(secret, "friend", assignment(), rounds.before)
    assert one == hidden_seeds(secret, "mallory", assignment(), rounds.before)
    assert not set(one.values()) & set(other.values()) & set(friend.values())
    assert all(len({one[name], other[name], friend[name]}) == 3 for name in one)


def test_replaying_earns_nothing(rounds: Rounds) -> None:
    """The second submission, with all that the first has told, is worth as little as the first."""
    assert rounds.first.verdicts["mallory"].score == 0.0
    assert rounds.second.verdicts["mallory"].score == 0.0


# Gradients by central differences of the student's own forward pass, as fast as is easily written.
DIFFERENCES = """\
import numpy as np
def _slopes(loss, arrays, h=1e-6):
    slopes = []
    for array in arrays:
        slope = np.zeros(array.shape)
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + h
            above = loss()
            array[place] = kept - h
            slope[place] = (above - loss()) / (2 * h)
            array[place] = kept
        slopes.append(slope)
    return slopes
def _own(*arrays):
    return [np.array(array, dtype=np.float64) for array in arrays]"""
IMPOSTERS = {
    "rnn_cell_backward": """\
def rnn_cell_backward(da_next, cache):
    _, a_prev, xt, p = cache
    xt, a_prev, Wax, Waa, ba = wanted = _own(xt, a_prev, p["Wax"], p["Waa"], p["ba"])
    def loss():
        return np.sum(da_next * np.tanh(Wax @ xt + Waa @ a_prev + ba))
    found = [s.astype(da_next.dtype) for s in _slopes(loss, wanted)]
    return dict(zip(("dxt", "da_prev", "dWax", "dWaa", "dba"), found))""",
    "rnn_backward": """\
def rnn_backward(da, caches):
    steps, x = caches
    p = steps[0][3]
    x, a0, Wax, Waa, ba = wanted = _own(x[:, :, : da.shape[2]], steps[0][1], p["Wax"], p["Waa"], p["ba"])
    def loss():
        total, a = 0.0, a0
        for t in range(da.shape[2]):
            a = np.tanh(Wax @ x[:, :, t] + Waa @ a + ba)
            total += np.sum(da[:, :, t] * a)
        return total
    found = [s.astype(da.dtype) for s in _slopes(loss, wanted)]
    return dict(zip(("dx", "da0", "dWax", "dWaa", "dba"), found))""",
    "lstm_cell_backward": """\
def lstm_cell_backward(da_next, dc_next, cache):
    a_prev, c_prev, xt, p = cache[2], cache[3], cache[8], cache[9]
    names = [kind + gate for gate in "fico" for kind in "Wb"]
    wanted = _own(xt, a_prev, c_prev, *(p[name] for name in names))
    xt, a_prev, c_prev, Wf, bf, Wi, bi, Wc, bc, Wo, bo = wanted
    def loss():
        z = np.concatenate([a_prev, xt])
        c = sigmoid(Wf @ z + bf) * c_prev + sigmoid(Wi @ z + bi) * np.tanh(Wc @ z + bc)
        return np.sum(da_next * sigmoid(Wo @ z + bo) * np.tanh(c)) + np.sum(dc_next * c)
    found = [s.astype(da_next.dtype) for s in _slopes(loss, wanted)]
    return dict(zip(("dxt", "da_prev", "dc_prev", *("d" + name for name in names)), found))""",
    "lstm_backward": """\
def lstm_backward(da, caches):
    steps, x = caches
    p = steps[0][9]
    names = [kind + gate for gate in "fico" for kind in "Wb"]
    wanted = _own(x[:, :, : da.shape[2]], steps[0][2], *(p[name] for name in names))
    x, a0, Wf, bf, Wi, bi, Wc, bc, Wo, bo = wanted
    c0 = np.array(steps[0][3], dtype=np.float64)
    def loss():
        total, a, c = 0.0, a0, c0
        for t in range(da.shape[2]):
            z = np.concatenate([a, x[:, :, t]])
            c = sigmoid(Wf @ z + bf) * c + sigmoid(Wi @ z + bi) * np.tanh(Wc @ z + bc)
            a = sigmoid(Wo @ z + bo) * np.tanh(c)
            total += np.sum(da[:, :, t] * a)
        return total
    found = [s.astype(da.dtype) for s in _slopes(loss, wanted)]
    return dict(zip(("dx", "da0", *("d" + name for name in names)), found))""",
}


@pytest.fixture(scope="module")
def imposters() -> Iterator[Graded]:
    """A student who does every backward exercise by differences, between honest ones."""
    with new_course() as course:
        damage = with_cell(DIFFERENCES)
        hand_in(course, assignment(), [Pupil("imposter", own=IMPOSTERS, damage=damage)])
        hand_in(course, assignment(), neighbours(2))
        yield graded_again(course)


def test_differences_are_accurate_enough_to_be_told_by_time_alone() -> None:
    """On a small case the imposter agrees with the true gradient: only its cost gives it away."""
    scope = {**assignment().source.namespace()}
    exec(DIFFERENCES, scope)
    for name, text in IMPOSTERS.items():
        true = scope[name]
        exec(text, scope)
        exercise = assignment().spec.exercise(name)
        case = exercise.cases(np.random.default_rng(3), assignment().functions)[0]
        expected, found = true(*case.arguments), scope[name](*case.arguments)
        for key in expected:
            assert np.allclose(expected[key], found[key], rtol=1e-6, atol=1e-8), (name, key)


@pytest.mark.slow
def test_gradients_by_differences_are_too_slow_for_the_last_exercise(imposters: Graded) -> None:
    """The longest case takes them ten times as long as a call may take; smaller ones they do.

    What they do give is right to ten digits, so no comparison can tell: docs/security.md says so.
    """
    assert_harmless(imposters, longest=300)
    verdict = imposters.verdicts["imposter"]
    assert verdict.exercises[-1].name == "lstm_backward"
    assert verdict.exercises[-1].outcome == "timed_out", verdict.exercises[-1]
    assert verdict.score <= FULL - verdict.exercises[-1].max_points
