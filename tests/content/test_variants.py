"""No false alarms: right solutions in more than a thousand styles earn full marks."""

import ast
import functools

import pytest

from grader.autograde.inbox import open_bytes
from grader.autograde.judge_process import Task
from grader.autograde.pool import judge_all
from grader.simulate.pupils import Pupil
from grader.verify import in_process
from tests.content.variants import REWRITINGS, all_variants, handwritten
from tests.kit.course import assignment, packed, released
from tests.kit.solution import NAMES, SPEC, posed, scope

SEED = 31


@functools.cache
def variants(name):
    """All variants of one exercise."""
    return tuple(all_variants(name))


def written(name):
    """The handwritten versions alone."""
    return [variant for variant in variants(name) if variant.style.endswith(", as written")]


def test_there_are_enough_styles():
    """At least 130 handwritten versions, and more than 1000 with their rewritings."""
    assert sum(len(list(handwritten(name))) for name in NAMES) >= 130
    assert sum(len(variants(name)) for name in NAMES) >= 1000
    assert min(len(list(handwritten(name))) for name in NAMES) >= 14


@pytest.mark.parametrize("name", NAMES)
def test_every_rewriting_changes_something(name):
    """Each rewriting that can apply gives sources of its own."""
    styles = {variant.style.rpartition(", ")[2] for variant in variants(name)}
    assert {"as written", "renamed", "chatty", "own copy", "float64", "documented"} <= styles
    assert styles <= set(REWRITINGS)


@pytest.mark.parametrize("name", NAMES)
def test_handwritten_solutions_earn_full_marks(name):
    """Each handwritten style passes every check on the visible example and all hidden cases."""
    exercise, cases = SPEC.exercise(name), posed(name, SEED, visible=True)
    for variant in written(name):
        function = in_process.define(variant.source, name, scope())
        assert not in_process.failed_checks(exercise, function, cases), variant.style


@pytest.mark.parametrize("name", NAMES)
def test_every_rewriting_earns_full_marks(name, capsys):
    """Each rewritten style passes on the visible example, a general case and awkward inputs."""
    exercise, cases = SPEC.exercise(name), posed(name, SEED, visible=True)
    awkward = ("m = 1", "float32 inputs", "large activations")
    cases = [*cases[:2], *(case for case in cases if case[0].name in awkward)]
    for variant in variants(name):
        function = in_process.define(variant.source, name, scope())
        assert not in_process.failed_checks(exercise, function, cases), variant.style
    capsys.readouterr()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40, 43))
@pytest.mark.parametrize("name", NAMES)
def test_full_marks_do_not_depend_on_the_seed(name, seed, capsys):
    """Every style earns full marks on all cases, whatever inputs are drawn."""
    exercise, cases = SPEC.exercise(name), posed(name, seed)
    for variant in variants(name):
        function = in_process.define(variant.source, name, scope())
        assert not in_process.failed_checks(exercise, function, cases), variant.style
    capsys.readouterr()


def in_every_style():
    """Make up students who wrote every answer in another style, until each style was taken."""
    styles = {name: list(handwritten(name)) for name in NAMES}
    for place in range(max(map(len, styles.values()))):
        taken = {name: each[place % len(each)] for name, each in styles.items()}
        named = ", ".join(f"{name}: {style}" for name, (style, _) in taken.items())
        yield Pupil(named, own={name: ast.unparse(tree) for name, (_, tree) in taken.items()})


@pytest.mark.sandbox
def test_the_judge_gives_every_style_full_marks():
    """What the styles import, keep and return comes through the sandbox, and nothing is lost."""
    seeds = dict.fromkeys(NAMES, SEED)
    tasks = [
        Task(pupil.name, open_bytes(assignment(), pupil.notebook(assignment(), released())), seeds)
        for pupil in in_every_style()
    ]
    judged = list(judge_all(packed(), tasks, 2))
    assert len(judged) >= 14
    for task, judgement in judged:
        verdict = judgement.verdict
        assert verdict.score == SPEC.points, (
            task.student,
            [(e.name, e.outcome) for e in verdict.exercises if e.outcome != "passed"],
        )
