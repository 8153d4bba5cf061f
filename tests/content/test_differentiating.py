"""A differentiation of one's own earns the points of right gradients, and is shown to look at."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.autograde.autograde import autograde
from grader.files.kept import Kept
from grader.records import read_records
from grader.report.differentiation import sightings
from grader.report.report import report
from grader.simulate.copy_course import copy_of
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from tests.content.differentiating import STYLES, answers
from tests.content.variants import all_variants, handwritten
from tests.kit.course import NAME, assignment, course, released
from tests.kit.solution import BACKWARD, COURSE, FORWARD, SPEC, source

MODULES = {
    Path(file).stem: content.decode()
    for file, content in COURSE.files(COURSE.spec(NAME))
    if file.endswith(".py")
}
NOTHING_KEPT = Kept(Path("absent"))


def listed(own: Mapping[str, str]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """What is seen in the solution's notebook with some answers in place of its own."""
    code = [own.get(c.id, c.source) for c in source().cells if c.role not in ("text", "written")]
    found = sightings({"ada": code}, SPEC, MODULES, NOTHING_KEPT)
    return {words: where for sighting in found for words, where in sighting.seen.items()}


@pytest.mark.parametrize("name", BACKWARD)
def test_no_right_solution_in_any_style_is_listed(name: str) -> None:
    """Hundreds of honest ways to write a backward function: none is something to look at."""
    for variant in all_variants(name):
        assert listed({name: variant.source}) == {}, variant.style


def test_honest_styles_are_not_listed_together() -> None:
    """Other styles in every cell at once, forward passes too, lead nowhere they should not."""
    styles = {name: [tree for _, tree in handwritten(name)] for name in (*FORWARD, *BACKWARD)}
    for place in range(max(map(len, styles.values()))):
        own = {name: ast.unparse(trees[place % len(trees)]) for name, trees in styles.items()}
        assert listed(own) == {}


def test_the_demo_class_is_not_listed() -> None:
    """Nobody in the bundled class, with its mistakes and its damaged notebooks, is."""
    demo = course().demo_class(NAME)
    assert demo is not None
    read = 0
    for pupil in demo.PUPILS:
        try:
            book = json.loads(pupil.notebook(assignment(), released()))
        except ValueError:  # a download that stopped half-way
            continue
        code = ["".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code"]
        assert sightings({pupil.name: code}, SPEC, MODULES, NOTHING_KEPT) == []
        read += 1
    assert read == len(demo.PUPILS) - 1


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("operators", "has a class with __mul__, __matmul__ and backward (Var)"),
        ("closures", "records functions and runs them backwards"),
        ("differences", "takes finite differences (by way of moved)"),
    ],
)
def test_a_differentiation_of_ones_own_is_listed(style: str, words: str) -> None:
    """Each of its backward functions is, and no forward function of the same notebook."""
    own = answers(style)
    found = listed(own)
    assert {name for where in found.values() for name in where} == set(own)
    assert all(words in what for what in found)
    if style == "differences":
        calls = {where: what[0] for what, where in found.items()}
        assert calls == {
            (name,): f"calls {name.replace('backward', 'forward')}" for name in BACKWARD
        }


def test_the_tape_is_as_short_as_it_is_said_to_be() -> None:
    """Some thirty-five lines of code carry all four exercises."""
    lines = answers("operators")[BACKWARD[0]].partition("def rnn_cell_backward")[0].splitlines()
    assert len([line for line in lines if line.strip()]) <= 40


@pytest.mark.slow
@pytest.mark.sandbox
def test_right_gradients_earn_their_points_however_they_came_about(tmp_path: Path) -> None:
    """A tape earns all backward points from the judge, and stands in the report; so do differences.

    Those take two calls for each number, so the longest sequence ends them at the time limit.
    """
    trial = copy_of(course(), tmp_path)
    pupils = [Pupil(style, solved=FORWARD, own=answers(style)) for style in STYLES]
    hand_in(trial, assignment(), [*pupils, Pupil("honest")])
    autograde(trial, NAME)
    verdicts = read_records(trial, NAME).verdicts
    points = {
        student: {e.name: (e.points, e.max_points) for e in verdict.exercises if e.points}
        for student, verdict in verdicts.items()
    }
    assert points["operators"] == points["honest"] and set(points["honest"]) == {
        *FORWARD,
        *BACKWARD,
    }
    assert all(earned == most for each in points.values() for earned, most in each.values())
    assert {*BACKWARD} & set(points["closures"]) == set(answers("closures"))
    assert {"rnn_cell_backward"} <= set(points["differences"])
    page = report(trial, NAME).page.read_text(encoding="utf-8")
    text = page.partition("Something to look at")[2].partition("unusually alike")[0]
    assert all(f">{style}</a>" in text for style in STYLES) and "honest" not in text
