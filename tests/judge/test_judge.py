"""One submission, one verdict: what the judge gives, takes, names and refuses to be told."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import select
from typing import Any

import pytest

from grader.judge.judge import judge
from grader.judge.judgement import Judgement, unreadable
from grader.judge.seeds import hidden_seeds
from grader.sandbox import Job, Limits, Sandbox, SandboxError
from grader.simulate.pupils import Pupil
from grader.verdict import ExerciseResult, Verdict
from tests.kit.sandbox import LIMITS, strongest
from tests.kit.toy import (
    NAME,
    OF,
    POINTS,
    SLOPE,
    assignment,
    book_of,
    edited,
    exercise,
    mistaken,
    right,
    taken,
)

pytestmark = pytest.mark.sandbox
SECRET = b"a secret of the tests"
TOYS = (NAME, SLOPE)
FULL = {NAME: 20.0, SLOPE: 16.0}
MANUAL = {NAME: 5.0, SLOPE: 0.0}
NAMES = ("leak", "remember")


def judged(pupil: Pupil | dict[str, Any], name: str = NAME) -> Judgement:
    """Judge a pupil's notebook, or a notebook as data."""
    submission = taken(book_of(pupil, name) if isinstance(pupil, Pupil) else pupil, name)
    drawn = hidden_seeds(SECRET, "s", assignment(name), submission)
    return judge(assignment(name), submission, drawn, strongest(), "s")


def verdict(**own: str) -> Verdict:
    """The verdict on the right answer with some functions' texts replaced."""
    return judged(Pupil("s", own=own), OF[next(iter(own))]).verdict


def by_name(found: Verdict) -> dict[str, ExerciseResult]:
    """A verdict's exercises."""
    return {result.name: result for result in found.exercises}


def losses(found: Verdict) -> dict[str, float]:
    """The exercises that lost points, with what they have left."""
    return {e.name: e.points for e in found.exercises if e.points != e.max_points}


def timeless(found: Verdict) -> Verdict:
    """A verdict without the time it took."""
    return dataclasses.replace(found, seconds=0.0)


@functools.cache
def perfect(name: str = NAME) -> Judgement:
    """The judgement on the solution."""
    return judged(Pupil("s"), name)


@pytest.mark.parametrize("name", TOYS)
def test_the_solution_earns_full_marks(name: str) -> None:
    """Every exercise passes, nothing is mended, nothing is said."""
    found = perfect(name).verdict
    assert (found.outcome, found.score, found.max_score) == ("graded", FULL[name], FULL[name])
    assert {e.outcome for e in found.exercises} == {"passed"}
    assert {c.outcome for e in found.exercises for c in e.checks} == {"passed"}
    assert not any(e.message or e.mistake or e.with_reference_helpers for e in found.exercises)
    assert found.mended == () and found.manual == {"max_points": MANUAL[name]}
    assert found.sandbox["tier"] in "AB" and found.sandbox["limits"]
    assert found.inputs["source"] == assignment(name).sha256


@pytest.mark.parametrize("name", TOYS)
def test_the_blank_notebook_earns_nothing(name: str) -> None:
    """Every untouched stub is `not_attempted` with 0 points and no mistake named."""
    found = judged(Pupil("s", solved=()), name).verdict
    assert (found.outcome, found.score) == ("graded", 0.0)
    for result in found.exercises:
        assert (result.outcome, result.points) == ("not_attempted", 0.0)
        assert result.mistake is None and "still empty" in result.message


@pytest.mark.parametrize("function", OF)
def test_a_mistake_costs_its_own_exercise_alone_and_is_named(function: str) -> None:
    """Each catalogued mistake: marks lost there and nowhere else, the mistake named."""
    for mistake in exercise(function).mistakes:
        found = judged(Pupil("s", mistakes={function: mistake.id}), OF[function]).verdict
        assert list(losses(found)) == [function], mistake.id
        result = by_name(found)[function]
        assert result.mistake == mistake.id and result.outcome in ("failed", "raised")
        assert mistake.hint in result.message


def test_a_view_that_is_overwritten_later_is_seen() -> None:
    """A right step is no stand-in's business: the cache of the student's own call counts."""
    text = edited(
        "remember",
        ("h_next = h0", "h[:, :, -1] = h0"),
        ("leak(x[:, :, t], h_next, ", "leak(x[:, :, t], h[:, :, t - 1], "),
    )
    found = verdict(remember=text)
    assert list(losses(found)) == ["remember"]
    result = by_name(found)["remember"]
    assert {c.name for c in result.checks if c.outcome == "failed"} == {"caches"}
    assert not result.with_reference_helpers


@pytest.mark.parametrize("mistake", [mistake.id for mistake in exercise("leak").mistakes])
def test_one_mistake_costs_once(mistake: str) -> None:
    """With a wrong step the right sequence keeps its marks, judged with a right step."""
    found = judged(Pupil("s", mistakes={"leak": mistake}))
    assert list(losses(found.verdict)) == ["leak"]
    result = by_name(found.verdict)["remember"]
    assert result.outcome == "passed" and result.with_reference_helpers
    assert "Judged with a right leak in place of yours." in result.message


def test_a_missing_step_costs_its_sequence_nothing() -> None:
    """Without any leak the right remember still earns its marks."""
    result = by_name(verdict(leak="pass"))
    assert result["leak"].outcome == "missing"
    assert result["remember"].points == 10.0 and result["remember"].with_reference_helpers


def test_an_empty_step_costs_its_sequence_nothing() -> None:
    """The stub's error is the step's own: a sequence that was written is not called empty."""
    found = judged(Pupil("s", solved=("remember",))).verdict
    assert list(losses(found)) == ["leak"]
    assert by_name(found)["leak"].outcome == "not_attempted"
    result = by_name(found)["remember"]
    assert result.outcome == "passed" and result.with_reference_helpers
    assert "Judged with a right leak in place of yours." in result.message


def test_with_an_empty_step_a_wrong_sequence_is_told_its_own_mistake() -> None:
    """What is wrong with the sequence is named, and not that the step is empty."""
    pupil = Pupil("s", solved=("remember",), mistakes={"remember": "memory-not-carried"})
    result = by_name(judged(pupil).verdict)["remember"]
    assert result.outcome == "failed" and "still empty" not in result.message
    assert "NotImplementedError" not in result.message
    assert result.message.startswith("checked:  the values of h of remember")


def test_an_own_cache_layout_costs_the_cache_alone() -> None:
    """Backward functions that read the student's own cache are judged with it."""
    forward = edited("climb", ("cache = (y, x, parameters)", "cache = (parameters, x, y)"))
    backward = edited("climb_backward", ("y, x, parameters = cache", "parameters, x, y = cache"))
    found = by_name(verdict(climb=forward, climb_backward=backward))
    assert found["climb_backward"].outcome == "passed"
    assert {c.name for c in found["climb"].checks if c.outcome == "failed"} == {"cache"}


def test_the_same_submission_gets_the_same_marks() -> None:
    """Inputs come from the secret and the cells: all but the time is equal."""
    again = judged(Pupil("s")).verdict
    assert timeless(again) == timeless(perfect().verdict)


def test_a_function_that_draws_numbers_gets_the_same_marks() -> None:
    """What it returns differs from call to call, and not from one judgement to the next."""
    draws = "import numpy as np\ndef leak(x, h, parameters):\n"
    draws += "    return h + np.random.randn(*h.shape), ()"
    one, other = (verdict(leak=draws) for _ in range(2))
    assert by_name(one)["leak"].outcome == "failed"
    assert timeless(one) == timeless(other)


def test_a_changed_submission_gets_other_inputs() -> None:
    """Any change of a cell, of the student or of the secret gives other seeds."""
    submission = taken(book_of())
    first = hidden_seeds(SECRET, "s", assignment(), submission)
    assert first == hidden_seeds(SECRET, "s", assignment(), taken(book_of()))
    changed = taken(book_of(Pupil("s", written="other words")))
    others = [
        hidden_seeds(SECRET, "s", assignment(), changed),
        hidden_seeds(SECRET, "t", assignment(), submission),
        hidden_seeds(b"another", "s", assignment(), submission),
    ]
    for other in others:
        assert not set(first.values()) & set(other.values())
    assert len(set(first.values())) == len(NAMES)


def test_a_notebook_that_differs_in_ids_alone_is_another_submission() -> None:
    """What is matched by id is part of what was handed in."""
    book = book_of()
    for cell in book["cells"]:
        if cell["id"] == "remember":
            cell["id"], cell["metadata"] = "else", {}
    assert taken(book).sha256 != taken(book_of()).sha256


def test_prints_and_warnings_cost_nothing_and_reach_no_message() -> None:
    """Noise in every place: cells print, warn and write to standard error; full marks."""
    noise = "import sys, warnings, logging\nprint('noise'); sys.stderr.write('noise')\n"
    noisy = edited(
        "remember",
        (
            "    return h,",
            "    print(x); warnings.warn('noise'); logging.error('noise')\n"
            "    sys.stderr.write('n')\n    np.log(np.zeros(1))\n    return h,",
        ),
    )
    found = judged(Pupil("s", own={"remember": noise + noisy}))
    assert found.verdict.score == 20.0
    assert "noise" not in found.verdict.to_json()
    assert "noise" in json.dumps(found.outputs["remember"].outputs)


MISSING = {
    "syntax": (
        "def remember(x, h0, parameters):\n    h = (1\n    return h",
        "its cell does not parse, line 2: '(' was never closed",
    ),
    "other name": (
        "def rember(x, h0, parameters):\n    return x",
        "its cell defines another name, not remember",
    ),
    "bound to something else": (
        "def remember(x, h0, parameters):\n    return x\nremember = 3",
        "its cell defines it, and when all cells have run the name stands for no function",
    ),
    "nothing": ("", "its cell defines no function"),
    "text": ("I could not do this one.", "its cell does not parse, line 1"),
    "magic": ("%matplotlib inline\nx = 1", "its cell defines no function"),
    "raises before": (
        "1 / 0\ndef remember(x, h0, parameters):\n    return x",
        "its cell raised an error before the function was defined",
    ),
    "hangs before": (
        "while True: pass\ndef remember(x, h0, parameters):\n    return x",
        "its cell ran out of time before the function was defined",
    ),
    "exits": (
        "import os; os._exit(0)\ndef remember(x, h0, parameters):\n    return x",
        "its cell ended its process before the function was defined",
    ),
    "a number": ("remember = 3", "its cell defines no function"),
    "return outside": ("return 3", "its cell defines no function"),
    "null byte": ("def remember(x):\n    return '\0'", "its cell does not parse"),
}


@pytest.mark.parametrize("case", MISSING)
def test_a_missing_function_says_why(case: str) -> None:
    """No such function: the reason is said, with its line; nothing else costs."""
    text, why = MISSING[case]
    found = verdict(remember=text)
    result = by_name(found)["remember"]
    assert (result.outcome, result.points) == ("missing", 0.0)
    assert result.message.startswith(f"No such function: {why}")
    assert list(losses(found)) == ["remember"]


def test_a_deleted_cell_says_so() -> None:
    """A cell that is gone from the notebook is missing and listed as mended."""
    book = book_of()
    book["cells"] = [c for c in book["cells"] if c["id"] != "remember"]
    found = judged(book).verdict
    assert by_name(found)["remember"].message == (
        "No such function: its cell is gone from the notebook."
    )
    assert "cell remember was gone" in found.mended
    assert list(losses(found)) == ["remember"]


def test_shell_lines_do_nothing_and_are_listed() -> None:
    """A cell with a shell line and a magic still defines its function."""
    text = "!pip install numpy\n%cd /\n" + right("remember")
    found = verdict(remember=text)
    assert found.score == 20.0
    assert any("not run here: !pip install numpy" in line for line in found.mended)


STOPS = {
    "loops": ("while True: pass", "timed_out"),
    "exits": ("import os; os._exit(3)", "crashed"),
    "eats": ("raise SystemExit", "raised"),
    "raises": ("raise KeyError(str(x))", "raised"),
}


@pytest.mark.parametrize("case", STOPS)
def test_a_function_that_ends_badly_costs_its_own_exercise(case: str) -> None:
    """A call that hangs, dies or raises: no marks there, all marks elsewhere."""
    line, outcome = STOPS[case]
    found = verdict(remember=f"def remember(x, h0, parameters):\n    {line}")
    assert losses(found) == {"remember": 0.0}
    result = by_name(found)["remember"]
    assert result.outcome == outcome and {c.outcome for c in result.checks} == {"failed"}
    assert "[[" not in result.message  # the exception's text holds the hidden input


def test_a_hanging_step_costs_its_sequence_nothing() -> None:
    """The sequence is judged with a right step at once, without waiting for the hanging one."""
    found = verdict(leak="def leak(x, h, parameters):\n    while True: pass")
    assert losses(found) == {"leak": 0.0}
    assert by_name(found)["leak"].outcome == "timed_out"


def test_a_dying_step_costs_nothing_else() -> None:
    """Both example cells call it and die with it; the answers that stand behind still count."""
    found = verdict(leak="def leak(x, h, parameters):\n    import os; os._exit(3)")
    assert losses(found) == {"leak": 0.0}
    assert by_name(found)["leak"].outcome == "crashed"


def test_what_hangs_behind_a_definition_does_not_cost_the_function() -> None:
    """A cell that defines its function and then tries it for too long is cut down to the first."""
    text = right("leak") + "\nwhile True:\n    pass"
    found = judged(Pupil("s", own={"leak": text}))
    assert found.verdict.score == 20.0
    assert found.outputs["leak"].outcome == "timed_out"


def test_an_exception_is_told_by_type_and_line() -> None:
    """The line of the student's cell is quoted in the message, the exception's text is not."""
    text = "def remember(x, h0, parameters):\n\n    raise ValueError(f'sec' f'ret {x}')"
    result = by_name(verdict(remember=text))["remember"]
    assert "it raised ValueError" in result.message and "secret" not in result.message
    line = "line 3 of the cell remember: raise ValueError(f'sec' f'ret {x}')"
    assert result.message.endswith(line)


LEAKS = {
    "an exception's name": "raise type('le' 'ak_%d' % (1e6 * x.flat[0]), (Exception,), {})()",
    "keys of a dictionary": "return {'leak' + '_%r' % v: v for v in x.ravel()[:14]}",
    "an unreadable value": "return type('leak' + '_%d' % (1e6 * x.flat[0]), (), {})()",
}


@pytest.mark.parametrize("case", LEAKS)
def test_hidden_inputs_do_not_travel_in_names(case: str) -> None:
    """Names that a function makes up from its inputs are in no message (its own line may be)."""
    text = f"def remember(x, h0, parameters):\n    {LEAKS[case]}"
    assert "leak_" not in verdict(remember=text).to_json()


def test_a_function_that_reads_the_examples_variables_loses_marks() -> None:
    """Right on the visible example by its global variables, wrong when it is judged."""
    shadow = edited("leak", ("def leak(x, h, parameters)", "def leak(x, h, others)"))
    found = verdict(leak=shadow)
    assert list(losses(found)) == ["leak"]
    assert by_name(found)["leak"].points <= 5.0


def test_changed_arguments_cost_the_check_of_the_inputs() -> None:
    """Writing into an argument costs one point and is told."""
    found = verdict(
        climb_backward=edited("climb_backward", ("    return", "    dy += 1\n    return"))
    )
    assert losses(found) == {"climb_backward": 9.0}
    assert "work on a copy" in by_name(found)["climb_backward"].message


def test_two_mistakes_at_once_are_not_guessed_at() -> None:
    """What no single catalogued mistake explains is left unnamed."""
    text = edited("climb_backward", ("    return", "    dx = dx * 1.2345\n    return"))
    found = by_name(verdict(climb_backward=text))["climb_backward"]
    assert found.outcome == "failed" and found.mistake is None
    assert exercise("climb_backward").mistakes


@pytest.mark.parametrize("kind", ["ValueError", "TypeError"])
@pytest.mark.parametrize("function", OF)
def test_an_unrelated_exception_is_not_taken_for_a_known_mistake(function: str, kind: str) -> None:
    """Raising the same type of exception for another reason names no mistake."""
    text = f"{right(function).splitlines()[0]}\n    raise {kind}('mine')"
    found = by_name(verdict(**{function: text}))[function]
    assert (found.outcome, found.mistake) == ("raised", None)


def test_booleans_for_an_answer_are_wrong_and_no_fault_of_the_kit() -> None:
    """Arrays of odd types are findings, never a grader error."""
    for value in ("x > 0", "x.astype(int)", "x.astype(complex)", "x.astype('f2')", "x[:0]"):
        text = f"def remember(x, h0, parameters):\n    return {value}, {value}, ({value}, {value})"
        result = by_name(verdict(remember=text))["remember"]
        assert (result.outcome, result.points) == ("failed", 0.0), value


@pytest.mark.parametrize("error", [SandboxError("gone"), RuntimeError("odd"), AssertionError()])
def test_a_fault_of_the_kit_is_never_a_zero(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the kit itself raises makes the verdict a grader error, not a zero."""

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("grader.judge.ways.attempt", fails)
    found = judged(Pupil("s")).verdict
    assert found.outcome == "grader_error"
    assert {e.outcome for e in found.exercises} == {"grader_error"}
    assert type(error).__name__ in found.exercises[0].message


def test_an_exercise_that_asks_nothing_is_passed_by_nobody() -> None:
    """Missing evidence is never a pass: an author's empty list of cases is the kit's fault."""
    spec = assignment().spec
    silent = dataclasses.replace(spec.exercises[0], cases=lambda *_: [])
    changed = dataclasses.replace(spec, exercises=(silent, *spec.exercises[1:2]))
    submission = taken(book_of(Pupil("s")))
    made = judge(
        dataclasses.replace(assignment(), spec=changed),
        submission,
        dict.fromkeys(NAMES, 1),
        strongest(),
    )
    first, second = made.verdict.exercises
    assert (first.outcome, second.outcome) == ("grader_error", "passed")
    assert "draws no cases" in first.message and made.verdict.outcome == "grader_error"


def test_a_sandbox_that_cannot_start_is_a_grader_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """No fork, no verdict: nobody gets a zero for it."""

    def fails(*_: object, **__: object) -> None:
        raise SandboxError("no fork")

    monkeypatch.setattr("grader.judge.session.run_cells", fails)
    assert judged(Pupil("s")).verdict.outcome == "grader_error"


@pytest.mark.parametrize("moment", ["run", "defines", "calls"])
def test_a_worker_that_dies_while_it_judges_costs_no_marks(
    moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a crowded machine kills looks like a crash of the student's: it is judged again."""
    true, killed = getattr(Job, moment), []

    def dying(job: Job, *given: Any, **more: Any) -> Any:
        if not killed:
            killed.append(job)
            job._worker.process.kill()
            job._worker.process.wait()
            # The fork dies after its worker, not with it: here always before it is asked.
            hung_up = select.poll()
            hung_up.register(job._channel.connection, select.POLLHUP)
            assert hung_up.poll(60_000)
        return true(job, *given, **more)

    submission = taken(book_of(Pupil("s")))
    drawn = hidden_seeds(SECRET, "s", assignment(), submission)
    with Sandbox(LIMITS) as own:
        monkeypatch.setattr(Job, moment, dying)
        first, second = (judge(assignment(), submission, drawn, own) for _ in range(2))
    assert first.inconclusive and killed
    assert not second.inconclusive and second.verdict.score == second.verdict.max_score


def test_what_the_clock_stopped_is_judged_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Alone, too, what need not be the student's doing counts only the second time."""
    from grader.judge import judge as room

    slow, quick = Judgement(perfect().verdict, {}, inconclusive=True), perfect()
    made = [slow, quick, quick]
    monkeypatch.setattr(room, "judge", lambda *_: made.pop(0))
    found = [room.judge_alone(assignment(), taken(book_of()), {}, strongest()) for _ in range(2)]
    assert found == [quick, quick] and made == []


def test_an_unreadable_notebook_has_a_verdict_without_exercises() -> None:
    """Zero points, the reason, and the digest of what was handed in."""
    found = unreadable(assignment(), "it is empty", "abc", "s")
    assert (found.outcome, found.score, found.max_score) == ("unreadable", 0.0, 20.0)
    assert found.exercises == () and found.inputs["submission"] == "abc"
    assert found.message == "The notebook cannot be read: it is empty."


@pytest.mark.parametrize("name", TOYS)
def test_messages_hold_no_hidden_number(name: str) -> None:
    """No message of a wrong submission has an eight-decimal number, as expected values have."""
    known = assignment(name).spec.exercises
    wrong = Pupil("s", mistakes={e.name: e.mistakes[0].id for e in known})
    found = judged(wrong, name).verdict
    assert len(losses(found)) == len(known)
    text = re.sub(r'"points": [\d.]+', "", found.to_json())  # a third of the points is no secret
    assert not re.search(r"\d\.\d{6,}", text)


def test_what_students_print_is_kept_for_the_notebook() -> None:
    """Outputs of the student's own cells come back by cell id; check cells have none."""
    found = judged(Pupil("s", own={"remember": right("remember") + "\nprint('hello')"}))
    assert "hello" in json.dumps(found.outputs["remember"].outputs)
    assert not any(name.startswith("check_") for name in found.outputs)


def test_limits_are_written_into_the_verdict() -> None:
    """What a submission was held to can be read from its verdict."""
    limits = perfect().verdict.sandbox["limits"]
    assert limits == dataclasses.asdict(LIMITS) and set(limits) == set(Limits().to_dict())


def test_a_mistaken_text_is_not_the_right_one() -> None:
    """Each catalogued mistake really differs from the solution."""
    for function in OF:
        known = exercise(function).mistakes
        assert known and all(mistaken(function, m.id) != right(function) for m in known)
    assert sum(POINTS.values()) == sum(FULL.values())
