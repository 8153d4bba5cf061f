"""Backward functions that differentiate by themselves are something to look at, honest ones not."""

from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.assignment.spec import Gradient, Spec
from grader.course import Course
from grader.files.kept import Kept
from grader.gradebook.write import register
from grader.records import read_records
from grader.report.differentiation import Sighting, sightings
from grader.report.report import report
from grader.simulate.pupils import Pupil
from grader.verdict import ExerciseResult, Verdict
from tests.kit import toy
from tests.kit.gradebook import enter, publish
from tests.kit.page import HOSTILE, Page
from tests.report.lookalikes import HONEST, SELF

FORWARD = """
def climb(x, parameters):
    y = np.tanh(parameters["w"] * x + parameters["b"])
    return y, (y, x, parameters)
"""
MODULES = {
    "helpers": """
def squash(x):
    return 1 / (1 + np.exp(-x))
def numeric(f, x, h=1e-6):
    for at in np.ndindex(x.shape):
        gradient[at] = (float(f(moved(x, at, h))) - float(f(moved(x, at, -h)))) / (2 * h)
    return gradient
"""
}


def spec() -> Spec:
    """The toy's specification: a function, and the exercise that is its gradient."""
    return Spec(toy.SLOPE, "A slope", (toy.exercise("climb"), toy.exercise("climb_backward")))


def seen(*cells: str, of: Spec | None = None) -> list[Sighting]:
    """What is to be looked at in one student's cells, which come after a forward pass."""
    kept = Kept(Path("absent"))
    return sightings({"ada": [FORWARD, *cells]}, of or spec(), MODULES, kept)


@pytest.mark.parametrize("style", SELF)
def test_it_is_seen_and_shown(style: str) -> None:
    """What was seen is said in words, and the lines that show it are marked."""
    words, code, lines = SELF[style]
    [sighting] = seen(code)
    assert [("; ".join(what), where) for what, where in sighting.seen.items()] == [
        (words, ("climb_backward",))
    ]
    [cell] = sighting.cells
    assert [number for number, (_, meant) in enumerate(cell, 1) if meant] == lines
    assert [line for line, _ in cell] == code.split("\n")


@pytest.mark.parametrize("style", HONEST)
def test_honest_code_is_not_listed(style: str) -> None:
    """A class, a closure, a loop that goes back, a check by differences: none is a sign alone."""
    assert seen(HONEST[style]) == []


def test_the_last_definition_counts() -> None:
    """What was tried first and written anew is no sign; nor is what stands in text."""
    bad, good = SELF["the forward pass"][1], HONEST["helpers and quotients"]
    assert seen(bad, good) == [] and len(seen(good, bad)) == 1
    assert seen(f'"""{bad}"""', good) == []


def test_code_in_another_cell_is_shown_too() -> None:
    """The parts of a differentiation lie where the student put them, each cell once."""
    _, code, _ = SELF["by a helper's helper"]
    helper, rest = code.split("def outer")
    [sighting] = seen(helper, "x = 1\n%time x", f"def outer{rest}")
    [cell] = sighting.cells
    assert [line for line, meant in cell if meant] == ["    return climb(x, own)[0]"]


def test_what_the_assignment_asks_for_is_not_listed() -> None:
    """Who is to call the forward pass may; without a gradient it is no backward exercise."""
    climb, backward = toy.exercise("climb"), toy.exercise("climb_backward")
    for style, other in {
        "the forward pass": replace(backward, calls=("climb",)),
        "operators that record": replace(backward, gradient=None),
    }.items():
        assert seen(SELF[style][1], of=Spec(toy.SLOPE, "A slope", (climb, other))) == []


def test_what_a_forward_pass_calls_is_one_too() -> None:
    """With a gradient of a sequence, calling its step is calling a forward pass."""
    step, whole = toy.exercise("climb"), replace(toy.exercise("climb"), name="climb_on")
    backward = replace(toy.exercise("climb_backward"), gradient=Gradient(forward="climb_on"))
    made = Spec(toy.SLOPE, "A slope", (step, replace(whole, calls=("climb",)), backward))
    [sighting] = seen(SELF["the forward pass"][1], of=made)
    assert list(sighting.seen) == [("calls climb",)]


def test_an_exercise_with_its_own_loss_may_go_forward() -> None:
    """Where the gradient is that of the exercise's own output there is no forward pass to call."""
    own = replace(toy.exercise("climb_backward"), gradient=Gradient(of="dx"))
    made = Spec(toy.SLOPE, "A slope", (toy.exercise("climb"), own))
    assert seen(SELF["the forward pass"][1], of=made) == []
    assert len(seen(SELF["operators that record"][1], of=made)) == 1


@pytest.mark.parametrize(
    "code",
    [
        "def climb_backward(dy, cache:\n    return climb(*cache)",
        "\x00",
        "x = f(" + "1+" * 2000 + "1)\ndef climb_backward(dy, cache):\n    return x",
        "def climb_backward(dy, cache):\n    return " + "1+" * 2000 + "climb(*cache)",
        "climb_backward = " + "f(" * 150 + ")" * 150,
        "def climb_backward(dy, cache):\n    return climb_backward(climb_again)\n"
        "climb_again = climb_backward",
        "if x:\n    pass\n" + "elif x:\n    pass\n" * 600,
        "",
    ],
    ids=["broken", "null", "deep above", "deep", "nested", "circular", "elif", "empty"],
)
def test_odd_code_stops_nothing(code: str) -> None:
    """What does not parse or is nested without end is left out; the rest of the class is read."""
    bad = [FORWARD, SELF["the forward pass"][1]]
    found = sightings({"odd": [FORWARD, code], "eve": bad}, spec(), MODULES, Kept(Path("absent")))
    assert [sighting.student for sighting in found] == ["eve"]


@given(st.data())
def test_any_lines_of_code_can_be_read(data: st.DataObject) -> None:
    """Cells put together of pieces of code, in any order, are read without an error."""
    pieces = [code for _, code, _ in SELF.values()] + list(HONEST.values())
    lines = [line for piece in pieces for line in piece.split("\n")]
    blocks = st.lists(st.one_of(st.sampled_from(pieces), st.sampled_from(lines)), max_size=8)
    cells = data.draw(st.lists(blocks.map("\n".join), max_size=4))
    for sighting in seen(*cells):
        assert sighting.seen and any(meant for cell in sighting.cells for _, meant in cell)


# The page and the table


EVIL = "<script>alert(1)<" + "&" + '"x'
OWN = {
    "ada": HONEST["helpers and quotients"],
    "bob": f"# {HOSTILE}\n" + SELF["the forward pass, moved"][1],
    EVIL: f"# {HOSTILE}\n" + SELF["operators that record"][1],
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class of three: one honest, two that differentiate by themselves, with hostile text."""
    course = toy.new_course(tmp_path_factory.mktemp("look"))
    register(course, toy.SLOPE)
    results = tuple(
        ExerciseResult(name, "passed", toy.POINTS[name], toy.POINTS[name])
        for name in ("climb", "climb_backward")
    )
    for student, code in OWN.items():
        book = toy.book_of(Pupil(student, own={"climb_backward": code}), toy.SLOPE)
        verdict = Verdict(student, toy.SLOPE, toy.SLOPE, "graded", 16.0, 16.0, results)
        publish(course, student, toy.SLOPE, verdict, json.dumps(book))
        enter(course, {student: verdict}, name=toy.SLOPE)
    return course


@pytest.fixture
def course(prepared: Course, tmp_path: Path) -> Course:
    """A copy of it."""
    return Course.at(shutil.copytree(prepared.root, tmp_path / "course"))


def test_the_page_lists_whom_to_ask(course: Course) -> None:
    """Student, exercise, what was seen and a link to the lines; inert, and no accusation."""
    page = Page(report(course, toy.SLOPE).page.read_text(encoding="utf-8"))
    page.assert_inert()
    page.assert_accessible()
    _, _, text = page.text.partition("Something to look at")
    text = text.partition("Submissions that are unusually alike")[0]
    assert "nothing here changes a mark" in text and "Backward functions of 2 students" in text
    for student in ("bob", EVIL):
        assert f"{student}climb_backward" in "".join(text.split("\n"))
    assert "calls climb in 2 places in a loop; takes finite differences" in text
    assert "has a class with __mul__, __rmul__ and backward (Var)" in text
    links = {link["href"] for link in page.all("a")}
    assert (
        {"#look-1", "#look-2"} <= links <= {f"#{at['id']}" for _, at in page.elements if "id" in at}
    )
    assert "ada" not in text and "cheat" not in page.text


def test_the_table_has_it_too(course: Course) -> None:
    """One column says it in the same words; it is empty for everybody else."""
    data = report(course, toy.SLOPE).table.read_text(encoding="utf-8-sig")
    head, *rows = csv.reader(io.StringIO(data, newline=""))
    told = {row[0]: row[head.index("something to look at")] for row in rows}
    assert told["ada"] == ""
    assert told["bob"] == (
        "climb_backward: calls climb in 2 places in a loop, takes finite differences"
    )
    assert told[EVIL].startswith("climb_backward: has a class with")


def test_nothing_to_look_at_is_not_mentioned(course: Course) -> None:
    """Where nobody is listed the page has no such part, and says nothing of it."""
    for student in ("bob", EVIL):
        shutil.copy(
            *(
                course.autograded / who / toy.SLOPE / f"{toy.SLOPE}.ipynb"
                for who in ("ada", student)
            )
        )
    page = report(course, toy.SLOPE).page.read_text(encoding="utf-8")
    assert "omething to look at" not in page


def test_a_large_class_is_listed_in_part(course: Course) -> None:
    """The page shows twenty students and says how many more are in the table."""
    found = course.autograded / "bob" / toy.SLOPE
    [verdict] = read_records(course, toy.SLOPE, "bob").verdicts.values()
    for number in range(25):
        student = f"s{number:02}"
        shutil.copytree(found, course.autograded / student / toy.SLOPE)
        enter(course, {student: verdict}, name=toy.SLOPE)
    made = report(course, toy.SLOPE)
    page = Page(made.page.read_text(encoding="utf-8"))
    assert "Backward functions of 20 students; 7 more students in the CSV" in page.text
    assert made.table.read_text(encoding="utf-8").count("takes finite differences") == 26
