"""Verdicts refuse what cannot be, and survive the way to a file and back."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.comparison.causes import Cause
from grader.comparison.finding import Finding
from grader.verdict import (
    EXERCISE_OUTCOMES,
    CheckResult,
    ExerciseResult,
    Verdict,
    VerdictError,
)

RIGHT = CheckResult("dx", "passed", 2.0, 2.0)
FOUR = Finding("shape", "the shape of da0", "shape (n_a, m)", "shape (3,)", "the sum")
WRONG = CheckResult("da0", "failed", 0.0, 3.0, FOUR)
HALF = ExerciseResult(
    "f",
    "failed",
    2.0,
    5.0,
    checks=(RIGHT, WRONG),
    finding=FOUR,
    cause=Cause("m", "da0 is a sum", "Which axis?"),
    stand_ins=("g",),
)
WHOLE = ExerciseResult("g", "passed", 2.0, 2.0, checks=(RIGHT,))
VERDICT = Verdict(
    student="s01",
    assignment="a",
    notebook="a",
    outcome="graded",
    score=4.0,
    max_score=7.0,
    exercises=(HALF, WHOLE),
    manual={"max_points": 5.0},
    mended=("duplicate cell id f (2nd kept)",),
    inputs={"submission": "1", "source": "2", "kit": "0.1.0"},
    sandbox={"tier": "A", "limits": {"depth": 20}},
    seconds=0.06,
)


def with_bonus(points: float) -> Verdict:
    """The verdict with its exercise of 2 points as a bonus."""
    outcome = "passed" if points else "failed"
    checks = (RIGHT,) if points else ()
    extra = dataclasses.replace(WHOLE, outcome=outcome, points=points, checks=checks, bonus=True)
    return dataclasses.replace(VERDICT, score=2.0 + points, max_score=5.0, exercises=(HALF, extra))


def test_a_bonus_counts_above_the_maximum():
    """Its points are in the score and not in the maximum, which the score may exceed."""
    top = dataclasses.replace(
        VERDICT,
        score=2.0,
        max_score=0.0,
        exercises=(dataclasses.replace(WHOLE, bonus=True),),
    )
    assert top.score > top.max_score
    with pytest.raises(VerdictError):
        dataclasses.replace(top, exercises=(WHOLE,))
    for made in (top, with_bonus(2.0), with_bonus(0.0)):
        assert Verdict.from_json(made.to_json()) == made


@pytest.mark.parametrize(
    "change", [{"max_score": 7.0}, {"score": 2.0}, {"score": 4.5}, {"max_score": 3.0}]
)
def test_a_verdict_with_a_bonus_refuses(change):
    """A bonus in the maximum, one that is not in the score, and points from nowhere."""
    with pytest.raises(VerdictError):
        dataclasses.replace(with_bonus(2.0), **change)


def test_nothing_is_said_of_a_bonus_where_there_is_none():
    """Verdicts without one are written as they always were; a false entry is no verdict's."""
    assert '"bonus"' not in VERDICT.to_json()
    told = with_bonus(2.0).to_json()
    assert told.count('"bonus": true') == 1
    with pytest.raises(VerdictError):
        Verdict.from_json(told.replace('"bonus": true', '"bonus": false'))
    plain = VERDICT.to_json().replace(
        '"max_points": 2.0, "with', '"max_points": 2.0, "bonus": false, "with'
    )
    assert plain != VERDICT.to_json()
    with pytest.raises(VerdictError):
        Verdict.from_json(plain)


@pytest.mark.parametrize(
    "change",
    [
        {"points": -1.0},
        {"points": 2.5},
        {"points": float("nan")},
        {"points": float("inf")},
        {"outcome": "failed"},
        {"outcome": "perhaps"},
    ],
)
def test_a_check_refuses(change):
    """Points below 0, above the most, not a number, or for a failed check; unknown outcomes."""
    with pytest.raises(VerdictError):
        dataclasses.replace(RIGHT, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"points": -0.5},
        {"points": 5.5},
        {"points": float("nan")},
        {"points": 3.0},  # not what its checks earn
        {"points": 5.0},  # failed with all points
        {"outcome": "passed"},
        {"outcome": "maybe"},
        *({"outcome": outcome} for outcome in EXERCISE_OUTCOMES[2:]),  # these earn nothing
    ],
)
def test_an_exercise_refuses(change):
    """An outcome that contradicts the points, or points that its checks did not earn."""
    with pytest.raises(VerdictError):
        dataclasses.replace(HALF, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"score": 5.0},
        {"score": -4.0},
        {"score": float("nan")},
        {"score": 8.0, "max_score": 7.0},
        {"max_score": 3.0},
        {"max_score": 8.0},  # not what the exercises are worth
        {"outcome": "passed"},
        {"outcome": "unreadable"},  # with a score
        {"exercises": (HALF,)},
        {"exercises": (HALF, HALF, WHOLE)},
        {
            "exercises": (HALF, ExerciseResult("g", "grader_error", 0.0, 2.0)),
            "score": 2.0,
        },
    ],
)
def test_a_verdict_refuses(change):
    """A score that is not the exercises' sum, and a grader error that is not the whole's."""
    with pytest.raises(VerdictError):
        dataclasses.replace(VERDICT, **change)


def test_a_grader_error_is_the_whole_verdicts():
    """With a fault of the kit in one exercise the verdict is a grader error and holds."""
    faulty = ExerciseResult("g", "grader_error", 0.0, 2.0)
    verdict = dataclasses.replace(
        VERDICT, exercises=(HALF, faulty), score=2.0, outcome="grader_error"
    )
    assert Verdict.from_json(verdict.to_json()) == verdict


def test_json_has_the_schema_of_the_contract():
    """Keys and their nesting are those that readers of the file rely on."""
    data = json.loads(VERDICT.to_json())
    assert VERDICT.to_json().endswith("}\n")
    assert next(iter(data)) == "schema" and data["schema"] == 2
    assert set(data) == {
        *("schema", "student", "assignment", "notebook", "outcome", "score", "max_score"),
        *("manual", "exercises", "mended", "inputs", "sandbox", "seconds", "message"),
    }
    assert set(data["exercises"][0]) == {
        *("name", "outcome", "points", "max_points", "with_reference_helpers", "mistake"),
        *("message", "finding", "cause", "note", "stand_ins", "checks"),
    }
    assert set(data["exercises"][0]["finding"]) == {"rung", "checked", "expected", "got", "look"}
    assert set(data["exercises"][0]["cause"]) == {"id", "title", "hint", "certain"}
    assert set(data["exercises"][0]["checks"][0]) == {
        *("name", "outcome", "points", "max_points", "message", "finding"),
    }
    assert data["manual"] == {"max_points": 5.0} and data["mended"] == list(VERDICT.mended)


def test_texts_are_made_of_what_was_found():
    """A message tells finding, cause and stand-ins; a mistake has a name where it is certain."""
    four = (
        "checked:  the shape of da0\nexpected: shape (n_a, m)\n"
        "got:      shape (3,)\nlook at:  the sum"
    )
    guess = "It looks as if da0 is a sum. Which axis?"
    assert HALF.message == f"{four}\n\n{guess}\n\nJudged with a right g in place of yours."
    assert (HALF.mistake, HALF.with_reference_helpers, WRONG.message) == ("m", True, four)
    perhaps = dataclasses.replace(HALF, cause=dataclasses.replace(HALF.cause, certain=False))
    assert perhaps.mistake is None and "One possibility: da0 is a sum;" in perhaps.message
    gone = ExerciseResult("f", "missing", 0.0, 5.0, note="Its cell does not parse.")
    assert gone.message == "No such function: its cell does not parse."
    assert (
        CheckResult("inputs", "failed", 0.0, 1.0).message == "counts when the main values are right"
    )
    assert RIGHT.message == WHOLE.message == ""


def test_texts_are_never_read_back():
    """Other words for the same, as another release may have them, make no other verdict."""
    data = json.loads(VERDICT.to_json())
    data["exercises"][0]["message"] = data["exercises"][0]["checks"][1]["message"] = "other words"
    assert Verdict.from_json(json.dumps(data)) == VERDICT


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("mistake", value) for value in (5, "another", None)),
        *(("cause", value) for value in (5, {}, "m", {**vars(HALF.cause), "certain": "yes"}, None)),
        *(("finding", value) for value in (5, {}, [], {**vars(FOUR), "got": 5})),
        ("cause", {**vars(HALF.cause), "id": 5}),
        ("cause", {**vars(HALF.cause), "more": ""}),
        *(("stand_ins", value) for value in ("g", [5], None)),
        *(("with_reference_helpers", value) for value in (False, "yes", 5)),
        *(("name", value) for value in (5, None)),
        *(("note", value) for value in (5, None, [])),
        *(("points", value) for value in ("2", None, True)),
        *(("checks", value) for value in ({}, None, [5], [{}])),
    ],
)
def test_a_field_of_another_kind_is_refused(key, value):
    """Reading checks what each field holds, and that none contradicts another."""
    data = json.loads(VERDICT.to_json())
    assert data["exercises"][0][key] != value
    data["exercises"][0][key] = value
    with pytest.raises(VerdictError):
        Verdict.from_json(json.dumps(data))


@pytest.mark.parametrize(
    ("key", "value"),
    [("student", [1]), ("mended", "x"), ("mended", [1]), ("inputs", {"kit": 1}), ("sandbox", [])],
)
def test_an_entry_of_another_kind_is_refused(key, value):
    """The same of the verdict's own entries."""
    data = json.loads(VERDICT.to_json())
    with pytest.raises(VerdictError):
        Verdict.from_json(json.dumps({**data, key: value}))


def test_json_goes_there_and_back():
    """Reading what was written gives an equal verdict."""
    assert Verdict.from_json(VERDICT.to_json()) == VERDICT
    nobody = dataclasses.replace(VERDICT, student=None)
    assert Verdict.from_json(nobody.to_json()).student is None


@given(
    st.text(),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), max_size=6),
    st.text(max_size=50),
)
def test_any_verdict_goes_there_and_back(student, marks, message):
    """Whatever the name, the marks and the text."""
    exercises = tuple(
        ExerciseResult(
            f"f{n}",
            "passed" if a >= b else "failed",
            min(a, b) / 4,
            b / 4,
            finding=Finding(message, message, message, message, message),
            cause=Cause(message, message, message, certain=a > b),
            note=message,
            stand_ins=(message,),
        )
        for n, (a, b) in enumerate(marks)
    )
    verdict = dataclasses.replace(
        VERDICT,
        student=student,
        exercises=exercises,
        score=sum(e.points for e in exercises),
        max_score=sum(e.max_points for e in exercises) or 7.0,
        message=message,
    )
    assert Verdict.from_json(verdict.to_json()) == verdict


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '"text"',
        '{"schema": 2}',
        '{"schema": 3}',
        VERDICT.to_json()[:-20],
        VERDICT.to_json().replace('"schema": 2', '"schema": 1'),
        VERDICT.to_json().replace('"score": 4.0', '"score": 5.0'),
        VERDICT.to_json().replace('"score": 4.0', '"score": "4"'),
        VERDICT.to_json().replace('"score": 4.0', '"score": NaN'),
        VERDICT.to_json().replace('"mended"', '"unknown": 1, "mended"'),
        VERDICT.to_json().replace('"points": 2.0', '"points": null'),
        "[" * 100_000,
        "\ud800",
    ],
)
def test_what_is_no_verdict_is_refused_in_one_way(text):
    """Anything that cannot be read raises VerdictError and nothing else."""
    with pytest.raises(VerdictError):
        Verdict.from_json(text)
