"""Verify held to account: it holds for the toys, and whatever is broken in one has its finding."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.autograde import judging, pool
from grader.course import Course
from grader.errors import UsageError
from grader.release.release import release
from grader.verify import by_judge, in_process
from grader.verify.held import Held
from grader.verify.references import prints
from grader.verify.verify import verify
from tests.kit import toy
from tests.kit.here import Here, InPlace
from tests.kit.sandbox import LIMITS, sandbox_at

FULL, NOTHING = "solution earns full marks", "blank earns nothing"
TRUE = "climb_backward is the true gradient"
WORDS = "words on mistakes of leak say where to look"
NAMED = "mistakes of leak are named in the notebook"
DESCRIBED = "leak is described as its solution is"
DRAWN = "cases of leak are drawn from their seed, the first a general one"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course of toys of one's own, judged in this process; nothing is stopped by the clock."""
    warm = sandbox_at("C", LIMITS)
    monkeypatch.setattr(pool, "_judge_process", lambda: InPlace(warm))
    judge_all = partial(pool.judge_all, start=lambda workers: Here())
    monkeypatch.setattr(by_judge, "judge_all", judge_all)
    monkeypatch.setattr(in_process, "CALL_SECONDS", 60.0)
    return toy.new_course(tmp_path / "course")


def found(course: Course, name: str, **options: Any) -> dict[str, Held]:
    """What verify finds, by what it is about."""
    held = list(verify(course, name, 1, every=True, **options))
    by_what = {each.what: each for each in held}
    assert len(by_what) == len(held)
    return by_what


def respecify(course: Course, name: str, old: str, new: str) -> None:
    """Edit an assignment's exercises, in one place."""
    path = course.folder(name) / "exercises.py"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


def solve(course: Course, function: str, old: str, new: str) -> None:
    """Edit an assignment's solution, in one place."""
    rewrite(course.solution_notebook(toy.OF[function]), function, lambda text: swap(text, old, new))


def swap(text: str, old: str, new: str) -> str:
    """The text with something in the place of what stands there once."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


def rewrite(path: Path, cell: str, change: Callable[[str], str]) -> None:
    """Edit one cell of a notebook."""
    book = json.loads(path.read_text(encoding="utf-8"))
    [target] = [each for each in book["cells"] if each["id"] == cell]
    target["source"] = change("".join(target["source"]))
    path.write_text(json.dumps(book), encoding="utf-8")


def small_changes(function: str) -> str:
    """What is said of a function's mutants."""
    return f"small changes of {function} lose marks"


def mistakes(function: str) -> str:
    """What is said of a function's catalogue."""
    return f"mistakes of {function} cost once and are named"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            toy.NAME,
            {
                FULL: "20 of 20 points",
                NOTHING: "0 points",
                mistakes("leak"): "3 mistakes",
                mistakes("remember"): "3 mistakes",
                small_changes("remember"): "1 equivalent",
            },
        ),
        (
            toy.SLOPE,
            {
                FULL: "16 of 16 points",
                NOTHING: "0 points",
                mistakes("climb"): "1 mistakes",
                mistakes("climb_backward"): "2 mistakes",
                TRUE: "9 gradients",
                small_changes("climb"): "0 equivalent",
                small_changes("climb_backward"): "0 equivalent",
            },
        ),
    ],
)
def test_it_holds_for_the_toys(course: Course, name: str, said: dict[str, str]) -> None:
    """Every finding holds and says what it has counted."""
    held = found(course, name)
    assert [each for each in held.values() if not each.holds] == []
    for what, text in said.items():
        assert text in held[what].text, held[what]


def test_it_leaves_nothing_behind(course: Course) -> None:
    """What students get is looked at and run, and holds the same files afterwards."""
    folder = course.assignments / toy.NAME
    before = sorted(path.name for path in folder.iterdir())
    found(course, toy.NAME)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_it_says_how_far_it_is(course: Course) -> None:
    """Progress counts the notebooks that are judged: solution, blank, one for each mistake."""
    told: list[tuple[int, int]] = []
    found(course, toy.NAME, progress=lambda done, of: told.append((done, of)))
    assert told == [(done, 17) for done in range(1, 18)]  # with nine pairs of mistakes


def test_a_mistake_that_no_longer_fits_is_one_line(course: Course) -> None:
    """Edits that are not found in the solution end the command with what to do."""
    solve(course, "leak", "w * h + u * x + b", "b + w * h + u * x")
    with pytest.raises(UsageError, match="occurs 0 times, not once; write its edits anew"):
        found(course, toy.NAME)


def test_an_exercise_that_was_not_released_is_found(course: Course) -> None:
    """Described since, and not in the folder that students get."""
    shutil.copy(
        course.assignments / toy.SLOPE / "references.npz",
        course.assignments / toy.NAME / "references.npz",
    )
    held = found(course, toy.NAME)[NAMED]
    assert not held.holds and held.text.endswith("does not know it: run `make release`")


@pytest.mark.parametrize(
    ("edits", "known"),
    [('((" + b)", " + b.reshape(2, 1))"),)', ""), ('(("x * 1.0", "x"),)', ", 1 do not show there")],
)
def test_a_mistake_that_shows_on_the_second_case_alone_is_named(
    course: Course, edits: str, known: str
) -> None:
    """A size of the example is right on it and named on the other; what shows on neither passes."""
    respecify(course, toy.NAME, '((" + b)", ")"),)', edits)
    if known:
        path = course.folder(toy.NAME) / "lesson.py"
        text = path.read_text(encoding="utf-8")
        path.write_text(swap(text, "u * x + b)", "u * (x * 1.0) + b)"), encoding="utf-8")
        old = "squash(w * h + u * x + b)"
        respecify(course, toy.NAME, f'"{old}"', '"squash(w * h + u * (x * 1.0) + b)"')
    release(course, toy.NAME)
    held = found(course, toy.NAME)[NAMED]
    assert held.holds and held.text == f"{2 if known else 3} mistakes{known}"


@pytest.mark.parametrize(
    ("old", "new", "what", "said"),
    [
        ('((" + b)", ")"),)', '((" + b)", ""),)', WORDS, "no-bias: its edits leave another"),
        ('((" + b)", ")"),)', '((" + b)", ""),)', NAMED, "no-bias leaves no such function"),
        ('"b is not added"', '""', WORDS, "its title does not go on"),
        ('"(n, m)"', '"(2n, m)"', DESCRIBED, "h_next in "),
        ("cases=steps", "cases=lambda *_: []", DRAWN, "none are drawn"),
    ],
)
def test_an_authors_slip_is_found(course: Course, old: str, new: str, what: str, said: str) -> None:
    """An edit that leaves no Python, a mistake without a title, a shape that is no expression."""
    path = course.folder(toy.NAME) / "exercises.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    held = found(course, toy.NAME)[what]
    assert not held.holds and said in held.text, held


def test_a_solution_that_fails_is_found(course: Course) -> None:
    """One that writes into its arguments loses marks as a student's would, and is named."""
    solve(course, "climb", "return y, cache", "x *= 2\n    return y, cache")
    held = found(course, toy.SLOPE)[FULL]
    assert not held.holds and held.text == "15 of 16 points; lost at ['climb']"


def test_a_solution_that_is_not_the_same_twice_is_found(course: Course) -> None:
    """Results that depend on chance are nobody's to reach."""
    solve(course, "climb", "y = np.tanh(", "y = np.random.default_rng().random() + np.tanh(")
    held = found(course, toy.SLOPE)[FULL]
    assert not held.holds and "'climb'" in held.text


def test_a_blank_that_earns_is_found(course: Course) -> None:
    """A released notebook that holds an answer earns marks before anybody has written one."""
    path = course.assignments / toy.SLOPE / f"{toy.SLOPE}.ipynb"
    rewrite(path, "climb", lambda _: toy.right("climb"))
    held = found(course, toy.SLOPE)[NOTHING]
    assert not held.holds and held.text == "6 points ['climb']"


def test_a_stub_that_is_none_is_found(course: Course) -> None:
    """What was released raises something of its own: an empty cell would count as an attempt."""
    path = course.assignments / toy.SLOPE / f"{toy.SLOPE}.ipynb"
    rewrite(path, "climb", lambda text: swap(text, "NotImplementedError", "ValueError"))
    held = found(course, toy.SLOPE)[NOTHING]
    assert not held.holds and held.text == "0 points ['climb']"


def test_a_mistake_that_changes_nothing_is_found(course: Course) -> None:
    """An edit that only moves a space is no mistake, and loses no marks."""
    respecify(course, toy.SLOPE, '"cache = (y, y, "', '"cache = (y,  x, "')
    held = found(course, toy.SLOPE)
    assert not held[mistakes("climb")].holds
    assert "input-not-cached loses nothing" in held[mistakes("climb")].text
    assert held[mistakes("climb_backward")].holds and held[FULL].holds


def test_two_mistakes_with_the_same_result_are_found(course: Course) -> None:
    """Of two that cannot be told apart one is called by the other's name."""
    both = '(("squash(w * h + u * x + b)", "b + w * h + u * x"),)'
    respecify(course, toy.NAME, '((" + b)", ")"),)', both)
    held = found(course, toy.NAME)
    assert not held[mistakes("leak")].holds
    assert "no-bias is called no-squash" in held[mistakes("leak")].text
    assert held[mistakes("remember")].holds


def test_a_mistake_that_costs_elsewhere_is_found(course: Course) -> None:
    """A cell that spoils what a later exercise's function reads would be charged for twice."""
    old = '(("cache = (y, x, ", "cache = (y, y, "),)'
    both = "class np:\\n    tanh, sum = np.tanh, max\\n\\n\\ndef climb("
    spoils = f'("def climb(", "{both}")'
    respecify(course, toy.SLOPE, old, f'(("cache = (y, x, ", "cache = (y, y, "), {spoils})')
    held = found(course, toy.SLOPE)[mistakes("climb")]
    assert not held.holds and "input-not-cached also costs climb_backward" in held.text


@pytest.mark.parametrize(
    ("line", "wrong", "names"),
    [
        ('dx = parameters["w"] * dz', 'dx = 1.001 * parameters["w"] * dz', {"dx"}),
        ("dw = np.sum(dz * x, axis=1", "dw = np.sum(dz * y, axis=1", {"dw"}),
        ("dz = (1 - y**2) * dy", "dz = (1 - y**2) * dy * 1.001", {"dx", "dw", "db"}),
    ],
)
def test_a_wrong_gradient_is_found(course: Course, line: str, wrong: str, names: set[str]) -> None:
    """The solution agrees with itself all the same: nothing but true gradients can tell."""
    solve(course, "climb_backward", line, wrong)
    held = found(course, toy.SLOPE)
    assert held[FULL].holds and not held[TRUE].holds
    cases = ("the example in the notebook", "random sizes", "m = 1")
    told = re.findall(r"\b(d\w) \(([^)]+)\)", held[TRUE].text)
    assert set(told) == {(name, case) for name in names for case in cases}


def test_a_gradient_that_nothing_is_held_against_is_found(course: Course) -> None:
    """What belongs to nothing is said: it does not pass for right."""
    respecify(
        course,
        toy.SLOPE,
        'upstream={"dy": "y"}',
        'upstream={"dy": "y"}, wrt={"db": "parameters.w"}',
    )
    held = found(course, toy.SLOPE)[TRUE]
    assert not held.holds and "db (random sizes)" in held.text and "dx (" not in held.text


def test_an_unlisted_mutant_that_survives_is_found(course: Course) -> None:
    """A change that loses no marks is named, so that it can be explained or be made to lose."""
    line = '    equivalent={"call: h = np.ones_like(x)": "every entry of h is written"},\n'
    respecify(course, toy.NAME, line, "")
    held = found(course, toy.NAME)
    assert not held[small_changes("remember")].holds
    told = "line 13 of its code: 'call: h = np.ones_like(x)'"
    assert told in held[small_changes("remember")].text
    assert held[small_changes("leak")].holds and held[mistakes("remember")].holds


def test_a_check_that_is_missing_is_found(course: Course) -> None:
    """Where nothing looks at the cache, changes of the cache survive."""
    respecify(course, toy.SLOPE, 'Check("cache", 2), ', "")
    held = found(course, toy.SLOPE)[small_changes("climb")]
    assert not held.holds and "order: cache = (x, y, parameters)" in held.text


def test_a_border_that_no_case_draws_is_found(course: Course) -> None:
    """Without inputs that a change shows on, it survives."""
    respecify(course, toy.SLOPE, '(("random sizes", 4, 3), ("m = 1", 3, 1))', '(("m = 1", 3, 1),)')
    held = found(course, toy.SLOPE)[small_changes("climb_backward")]
    assert not held.holds and "np.mean" in held.text


def published(course: Course, function: str, place: str, digits: str, mistake: str = "") -> Held:
    """The finding when these numbers are said to have been printed elsewhere."""
    known = f", published_with={mistake!r}" if mistake else ""
    name = f"    name={function!r},\n".replace("'", '"')
    respecify(course, toy.SLOPE, name, f"{name}    published={{{place!r}: {digits!r}}}{known},\n")
    return found(course, toy.SLOPE)[f"published numbers of {function} come out"]


def on_the_example(function: str, mistake: str = "") -> list[float]:
    """The first row of the first output on the example in the notebook."""
    slope = toy.assignment(toy.SLOPE)
    exercise = slope.spec.exercise(function)
    known = {m.id: mistaken for m, mistaken in slope.mistakes(exercise)}
    called = known[mistake] if mistake else slope.functions[function]
    result = called(*slope.visible(function).arguments)
    first = result["dx"] if exercise.returns_dict else result[0]
    return [float(number) for number in first[0]]


def printed(numbers: list[float]) -> str:
    """Numbers as they are published: to so many digits."""
    return " ".join(f"{number:.6f}" for number in numbers)


def test_published_numbers_come_out(course: Course) -> None:
    """As many digits as were printed are compared, on the example in the notebook."""
    held = published(course, "climb", "y[0]", printed(on_the_example("climb")))
    assert held.holds and held.text == "1 places, with the solution"


def test_published_numbers_that_do_not_come_out_are_found(course: Course) -> None:
    """One unit in the last digit that was printed is another number."""
    first, *others = on_the_example("climb")
    held = published(course, "climb", "y[0]", printed([first + 1e-6, *others]))
    assert not held.holds and held.text == "wrong at y[0]"


@pytest.mark.parametrize("with_it", [True, False])
def test_numbers_that_were_published_wrong_come_out_with_the_mistake(
    course: Course, with_it: bool
) -> None:
    """What was printed with a known mistake is reproduced with it; the right numbers are not."""
    numbers = on_the_example("climb_backward", "slope-of-x" if with_it else "")
    held = published(course, "climb_backward", "dx[0]", printed(numbers), "slope-of-x")
    text = "1 places, with the mistake slope-of-x" if with_it else "wrong at dx[0]"
    assert held.holds is with_it and held.text == text


@pytest.mark.parametrize(
    ("path", "digits", "same"),
    [
        ("a[0]", "0.25 -1.5", True),
        ("a[0]", "0.2 -2", True),
        ("a[0]", "0.250 -1.501", False),
        ("a[0]", "0.25", False),
        ("a[1][0]", "3.14159", True),
        ("a[1][0]", "3.14160", False),
        ("a[1][0]", "3.14159265358979311599796346854", True),
        ("a[1][0]", "3.141592653589", True),
        ("a", "0.25 -1.5 3.1416 1000", True),
        ("a[1][1]", "1e3", True),
    ],
)
def test_numbers_are_compared_as_they_were_printed(path: str, digits: str, same: bool) -> None:
    """To half a unit of the last digit, and no further than processors agree."""
    assert prints({"a": np.array([[0.25, -1.5], [np.pi, 1000.0]])}, path, digits) is same


def test_an_assignment_that_was_not_released_is_refused(course: Course) -> None:
    """There is nothing to hand in on top of, and that is said."""
    shutil.rmtree(course.assignments / toy.SLOPE)
    with pytest.raises(UsageError, match=r"slope\.ipynb is missing: run `make release` first"):
        found(course, toy.SLOPE)


def test_a_released_notebook_of_another_assignment_is_refused(course: Course) -> None:
    """It is no finding about the marking: nothing could be handed in with it."""
    path = course.assignments / toy.SLOPE / f"{toy.SLOPE}.ipynb"
    path.write_text('{"cells": []}', encoding="utf-8")
    with pytest.raises(UsageError, match=r"with the answers of solution: .* cannot be read"):
        found(course, toy.SLOPE)


def test_a_judge_that_fails_is_no_finding(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing holds or fails where nothing was judged; it is said on whom it failed."""

    def fails(*_: Any) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(judging, "judge", fails)
    with pytest.raises(UsageError, match="the judge failed on solution: no room"):
        found(course, toy.SLOPE)
