"""The kinds of exercises of docs/authoring.md, through release, verify, judge and notebook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from grader.assignment.spec import SpecError
from grader.autograde import pool
from grader.autograde.inbox import open_bytes
from grader.course import Course
from grader.errors import UsageError
from grader.intake.submission import Submission
from grader.judge.judge import judge
from grader.judge.seeds import hidden_seeds
from grader.release.release import release
from grader.simulate.pupils import Pupil
from grader.simulate.student_check import load_check
from grader.verdict import ExerciseResult, Verdict
from grader.verify import by_judge, in_process
from grader.verify.verify import verify
from tests.authoring.kinds import NAME, assignment, course, new_course
from tests.kit.here import Here, InPlace
from tests.kit.sandbox import strongest

pytestmark = pytest.mark.sandbox
# An object that says yes to everything that it is asked.
YES = """
class Yes:
    __eq__ = __ne__ = __lt__ = __gt__ = lambda self, other: True
    __float__ = __index__ = __len__ = lambda self: 1
    __getattr__ = lambda self, name: Yes()
    __array__ = lambda self, *_, **__: np.ones(1)
    __iter__ = lambda self: iter(())
    __hash__ = lambda self: 0
"""


def judged(**own: str) -> Verdict:
    """The verdict on the solution with some functions' texts replaced."""
    book = json.loads(course().released_notebook(NAME).read_text("utf-8"))
    work = open_bytes(assignment(), Pupil("s", own=own).notebook(assignment(), book))
    assert isinstance(work, Submission)
    drawn = hidden_seeds(b"a secret of the tests", "s", assignment(), work)
    return judge(assignment(), work, drawn, strongest(), "s").verdict


def result(name: str, text: str) -> ExerciseResult:
    """What the judge says of one function, where all others are right; they stay right."""
    found = {each.name: each for each in judged(**{name: text}).exercises}
    assert [n for n, each in found.items() if each.outcome != "passed" and n != name] == []
    return found[name]


@pytest.fixture(scope="module")
def check() -> ModuleType:
    """The student's own check."""
    return load_check(course(), NAME)


def in_the_notebook(check: ModuleType, name: str, text: str) -> Any:
    """The panel that a student with this function sees, where all others are right."""
    scope = dict(assignment().source.namespace())
    exec(text, scope)
    return check.examine(check.references()[name], scope[name])


def test_the_page_s_assignment_holds_what_verify_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Solution, blank, every mistake named in judge and notebook, gradients, liars, all mutants."""
    warm = strongest()
    monkeypatch.setattr(pool, "_judge_process", lambda: InPlace(warm))
    here = partial(pool.judge_all, start=lambda workers: Here())
    monkeypatch.setattr(by_judge, "judge_all", here)
    monkeypatch.setattr(in_process, "CALL_SECONDS", 5.0)  # a mutant never ends
    held = list(verify(course(), NAME, 1, every=True))
    assert [each for each in held if not each.holds] == []
    said = {each.what: each.text for each in held}
    assert "train_step is the true gradient" in said
    assert said["the properties of attention are about its arguments"] == "1 with main points"


# Other styles of a right answer.
RIGHT = {
    "clip": [
        "def clip(g, most):\n    for key in g:\n        g[key][...] = np.clip(g[key], -most, most)",
        "def clip(g, most):\n    g.update({k: np.clip(v, -most, most) for k, v in g.items()})\n"
        "    return g",
        "def clip(g, most):\n    for v in g.values():\n        v[v > most] = most\n"
        "        v[v < -most] = -most",
    ],
    "sample": [
        "def sample(p, u):\n    return (np.cumsum(p, axis=0) <= u).sum(axis=0).astype(np.int8)",
        "def sample(p, u):\n    return [int(np.searchsorted(np.cumsum(c), x, side='right'))"
        " for c, x in zip(p.T, u)]",
    ],
    "train_step": [
        "def train_step(parameters, x, y, rate):\n"
        "    d = parameters['w'].dot(x) + parameters['b'] - y\n    m = y.size\n"
        "    grads = dict(w=(2 / m) * d.dot(x.T), b=(2 / m) * d.sum(keepdims=True))\n"
        "    parameters.update({k: parameters[k] - rate * grads[k] for k in grads})\n"
        "    return float((d**2).sum() / m), grads",
    ],
    "Average": [
        "class Average:\n    value = 0\n    def __init__(self, keep):\n        self.keep = keep\n"
        "    def update(self, x):\n"
        "        self.value += (1 - self.keep) * (x - self.value)\n        return self.value",
        "def Average(keep):\n    import types\n    state = [0.0]\n    def update(x):\n"
        "        state[0] = keep * state[0] + (1 - keep) * x\n        return np.float64(state[0])\n"
        "    return types.SimpleNamespace(update=update)",
    ],
    "batches": [
        "def batches(items, size):\n"
        "    return [items[i : i + size] for i in range(0, len(items), size)]",
        "def batches(items, size):\n    items = iter(items)\n    import itertools\n"
        "    while part := tuple(itertools.islice(items, size)):\n        yield part",
    ],
    "walk": [
        "def walk(step, rng, place, count):\n"
        "    return [place := step(place) + rng.standard_normal() for _ in range(count)]",
        "def walk(f, rng, at, n):\n    noise, places = rng.standard_normal(n), np.zeros(n)\n"
        "    for i in range(n):\n        places[i] = at = f(at) + noise[i]\n"
        "    return list(places)",
    ],
    "attention": [
        "def attention(scores):\n    ranks = np.argsort(np.argsort(scores, axis=0), axis=0) + 1.0\n"
        "    return ranks / ranks.sum(axis=0)",
        "def attention(s):\n    e = np.exp(3 * s)\n    return e / e.sum(axis=0, keepdims=True)",
    ],
    "spell": [
        "def spell(indices, letters):\n    word = ''\n    for i in indices:\n"
        "        word += letters[int(i)]\n    return word",
        "def spell(i, letters):\n    return np.str_(''.join(np.array(list(letters))[i]))",
    ],
    "lengths": [
        "def lengths(words):\n    found = {}\n    for w in words:\n"
        "        found[np.int64(len(w))] = (*found.get(len(w), ()), w)\n"
        "    return found, np.isin(words, WORDS)",
    ],
    "cell": ["def cell(x, h):\n    e = np.exp(2 * (2 * x + h))\n    return (e - 1) / (e + 1)"],
    "run": [
        "def run(xs, h):\n    out = np.zeros(xs.shape)\n    for t in range(len(xs)):\n"
        "        out[t] = h = cell(xs[t], h)\n    return out",
    ],
    "both": ["def both(xs, h):\n    return np.hstack([run(xs, h), np.flipud(run(xs[::-1], h))])"],
    "gate": ["def gate():\n    return 'for' + 'get'"],
    "half_life": ["def half_life():\n    return np.log(0.5) / np.log(0.5**0.25)"],
}


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in RIGHT.items() for t in texts])
def test_a_right_answer_in_another_style_earns_all(check: ModuleType, name: str, text: str) -> None:
    """In the judge and, but for questions, in the notebook."""
    found = result(name, text)
    assert found.outcome == "passed" and found.points == found.max_points, found
    panel, message = in_the_notebook(check, name, text)
    assert message == "" and (panel.points == panel.max_points or panel.rows[0].answered)


# A wrong answer that nobody catalogued: what the judge says came, and what the notebook says.
WRONG = {
    "clip": (
        "def clip(g, most):\n    np.clip(g['W'], -most, most, out=g['W'])",
        "of clip, after the call", "values are off", "expected",
    ),
    "sample": (
        "def sample(p, u):\n    return np.argmax(np.cumsum(p, axis=0) > u, axis=0) + 1.0",
        "chosen of sample", "dtype float64", "dtype float64",
    ),
    "train_step": (
        "def train_step(parameters, x, y, rate):\n"
        "    e = parameters['w'] @ x + parameters['b'] - y\n"
        "    return np.mean(e**2) / 2, {'w': e @ x.T / x.shape[1], 'b': np.mean(e, keepdims=True)}",
        "loss of train_step", "relative error 0.3", "expected",
    ),
    "Average": (
        "class Average:\n    def __init__(self, keep):\n        self.keep, self.v = keep, None\n"
        "    def update(self, x):\n        self.v = x if self.v is None else"
        " self.keep * self.v + (1 - self.keep) * x\n        return self.v",
        "forgetful[0] of Average", "relative error", "expected",
    ),
    "batches": (
        "def batches(items, size):\n    for start in range(0, len(items), size):\n"
        "        yield items[start]",
        "made[0] of batches", "a str", "a str",
    ),
    "walk": (
        "def walk(step, rng, place, count):\n    places = []\n    for _ in range(count):\n"
        "        place = step(place + rng.standard_normal())\n        places.append(place)\n"
        "    return places",
        "places[0] of walk", "relative error", "expected",
    ),
    "attention": (
        "def attention(scores):\n    return np.ones_like(scores) / len(scores)",
        "weights of attention", "it does not hold", "it does not hold",
    ),
    "spell": (
        "def spell(indices, letters):\n    return ''.join(letters[i - 1] for i in indices)",
        "word of spell", "it differs from character 0 on", "'bca'",
    ),
    "lengths": (
        "def lengths(words):\n    found = {}\n    for w in words:\n"
        "        found.setdefault(len(w), []).append(w)\n    return found, [False for w in words]",
        "known of lengths", "values are off", "first at [0]: False, expected True",
    ),
    "cell": (
        "def cell(x, h):\n    return np.tanh(x + 2 * h)",
        "h_next of cell", "values are off", "expected",
    ),
    "run": (
        "def run(xs, h):\n    return np.stack([cell(x, h) for x in xs[::-1]])",
        "states of run", "values are off", "it is taken from another step",
    ),
    "both": (
        "def both(xs, h):\n    return np.concatenate([run(xs, h), run(xs, h)], axis=1)",
        "states of both", "values are off", "expected",
    ),
    "gate": ("def gate():\n    return 'output'", "answer of gate", "another one", ""),
    "half_life": ("def half_life():\n    return 3", "answer of half_life", "relative error", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_explained(check: ModuleType, name: str) -> None:
    """What, where and how far; in the notebook with both values, of hidden ones none is shown."""
    text, checked, got, shown = WRONG[name]
    found = result(name, text)
    assert found.points < found.max_points and found.finding is not None
    assert checked in found.finding.checked and got in found.finding.got, found.finding
    assert "expected" not in found.finding.got
    panel, message = in_the_notebook(check, name, text)
    if shown:
        assert message and shown in dict(panel.lines)["got"], panel
    else:
        assert message == "" and panel.points == 0 and panel.rows[0].answered


HOSTILE = {
    "clip": [
        "def clip(g, most):\n    g.clear()\n    g['W'] = Yes()\n    g['b'] = Yes()" + YES,
        "def clip(g, most):\n    import os\n    os._exit(0)",
        "def clip(g, most):\n    import sys\n    f = sys._getframe(1)\n"
        "    f.f_locals.update(compared=f.f_locals.get('arguments'))",
    ],
    "sample": ["def sample(p, u):\n    return Yes()" + YES],
    "train_step": ["def train_step(p, x, y, r):\n    return Yes(), {'w': Yes(), 'b': Yes()}" + YES],
    "Average": [
        "class Average:\n    def __init__(self, keep):\n        raise SystemExit(0)",
        "class Average:\n    def __init__(self, keep):\n        import sys\n"
        "        sys._getframe(1).f_code\n        self.update = lambda x: Yes()" + YES,
        "class Average:\n    update = print\n    def __init__(self, keep):\n"
        "        global drive\n        drive = None",
    ],
    "batches": [
        "def batches(items, size):\n    while True:\n        yield items",
        "def batches(items, size):\n    yield from ()\n    import os\n    os._exit(0)",
    ],
    "walk": [
        "def walk(step, rng, start, count):\n    step.__code__ = (lambda place: 0.0).__code__\n"
        "    rng.standard_normal = lambda: 0.0\n    return [0.0] * count",
        "def walk(step, rng, start, count):\n    import gc\n"
        "    return [r for r in gc.get_objects() if isinstance(r, list) and len(r) == count][0]",
    ],
    "attention": [
        "def attention(s):\n    return np.full(s.shape, np.nan)",
        "def attention(s):\n    return Yes()" + YES,
        "def attention(s):\n    np.allclose = np.all = lambda *_, **__: True\n    return s * 0",
    ],
    "spell": [
        "class Any_(str):\n    __eq__ = lambda self, other: True\n    __hash__ = str.__hash__\n"
        "def spell(i, letters):\n    return Any_('')",
    ],
    "lengths": [
        "def lengths(words):\n    return {True: words, (1, 2): words}, [True] * len(words)",
        "def lengths(words):\n    found = {}\n    found[1] = [found]\n    return found, []",
    ],
    "gate": [
        "class Any_(str):\n    __eq__ = lambda self, other: True\n    __hash__ = str.__hash__\n"
        "def gate():\n    return Any_('update')",
        "def gate():\n    return ['forget', 'update', 'output']",
    ],
    "half_life": ["def half_life():\n    return Yes()" + YES, "def half_life():\n    return True"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in HOSTILE.items() for t in texts])
def test_a_hostile_answer_earns_no_main_mark_and_harms_no_other(name: str, text: str) -> None:
    """Whatever it returns or does, it is an answer like any other, and wrong."""
    found = result(name, text)
    mains = {c.name for c in assignment().spec.exercise(name).checks if c.main}
    assert found.outcome not in ("passed", "grader_error"), found
    assert [c.points for c in found.checks if c.name in mains and c.points] == [], found


def test_a_mistake_in_the_cell_costs_the_cell_alone_at_any_depth(check: ModuleType) -> None:
    """The top is judged with right functions below, and the notebook names the one to mend."""
    wrong = "def cell(x, h):\n    return 2 * x + h"
    found = {each.name: each for each in judged(cell=wrong).exercises}
    assert found["cell"].mistake == "no-tanh" and found["cell"].outcome == "failed"
    for name, below in (("run", "cell"), ("both", "run")):
        assert found[name].outcome == "passed" and found[name].stand_ins == (below,)
    scope = dict(assignment().source.namespace())
    for name, text in (("cell", wrong), *((n, RIGHT[n][0]) for n in ("run", "both"))):
        exec(text, scope)
        panel, message = check.examine(check.references()[name], scope[name])
        if name != "cell":
            assert message == "" and panel.notes == ("right, once cell is: mend that one first",)


def test_two_wrong_functions_in_a_chain_are_each_judged_by_themselves() -> None:
    """The top is right with a right run, run is wrong with a right cell, the cell is wrong."""
    verdict = judged(cell="def cell(x, h):\n    return 2 * x + h", run=WRONG["run"][0])
    found = {each.name: each for each in verdict.exercises}
    assert [found[n].outcome for n in ("cell", "run", "both")] == ["failed", "failed", "passed"]
    assert found["both"].stand_ins == ("run",)


def test_no_answer_to_a_question_is_in_what_students_get() -> None:
    """Neither the right one nor anything that tells it: three tries would do."""
    import numpy as np

    folder = course().assignments / NAME
    with np.load(folder / "references.npz") as stored:
        about = json.loads(bytes(stored["about"]))["exercises"]
    for name in ("gate", "half_life"):
        assert about[name]["result"] is None and not about[name]["mistakes"]
        assert about[name]["steps"] == {}
    text = (folder / f"{NAME}.ipynb").read_text("utf-8")
    assert 'return \\"forget\\"' not in text and "return 4" not in text


def test_the_answer_to_a_question_is_not_printed_below_it(tmp_path: Path) -> None:
    """What an example prints can be shown to students, but for this one."""
    here = new_course(tmp_path / "course")
    with here.lesson(NAME).open("a") as file:
        file.write("\n# %% [markdown]\n# <!-- expected: example_gate -->\n")
    with pytest.raises(UsageError, match="the answer to gate would be shown below its example"):
        release(here, NAME)


REFUSED: dict[str, tuple[str, str, str]] = {
    "a driver with a free name": (
        "list(student.batches(items, size))", "list(student.batches(items, SIZE))",
        "the driver of batches reads SIZE: it gets its arguments and np, and nothing else",
    ),
    "a driver that reads a neighbour": (
        "def two_averages(student, share, numbers):\n", "def two_averages(student, share, numbers):"
        "\n    sums_and_follows\n", "reads sums_and_follows",
    ),
    "a property with a free name": (
        "np.all(np.diff(ordered, axis=0) > 0)", "np.all(np.diff(ordered, axis=0) > LEAST)",
        "the property of weights reads LEAST",
    ),
    "a property that the solution has not": (
        "np.diff(ordered, axis=0) > 0", "np.diff(ordered, axis=0) > 9",
        "the solution of attention is not right by its own checks .*it does not hold",
    ),
    "another kind than the solution returns": (
        "chosen=ints(3", "chosen=array(3", "sample: chosen is declared as array and is an array",
    ),
    "an argument that there is not": (
        "clip.also(gradients=", "clip.also(gradient=", r"no argument is called \['gradient'\]",
    ),
    "a call of what is not above": (
        'calls=["run"]', 'calls=["fly"]',
        r"exercises.py, line \d+: both calls 'fly': no exercise has that name",
    ),
    "a call of what is driven": (
        'calls=["run"]', 'calls=["Average"]', "both calls 'Average', which is driven",
    ),
    "cases that nobody knows": (
        "clip.also(gradients=after(3, main=True))",
        'clip.also(gradients=after(3, main=True))\nclip.cases("usual", "stridded")',
        "clip: no cases are called 'stridded': one of usual, again, float32",
    ),
    "a size that is fixed and is none": (
        "clip.also(gradients=after(3, main=True))",
        'clip.also(gradients=after(3, main=True))\nclip.cases("usual", q_one=dict(q=1))',
        "the case 'q = 1' fixes q, which is no size: n, k",
    ),
    "an exercise that returns nothing": (
        "clip.also(gradients=after(3, main=True))", "", "clip: say what it returns",
    ),
    "an edit that is no pair": (
        'edit(\'"".join\', \'" ".join\')', '\'"".join\'', "'letters-apart': .* is no edit",
    ),
    "a mistake that fits the docstring alone": (
        'edit("-most, most, out=gradient)", "-most, most)")', 'edit("Clip every", "Clip no")',
        "mistake 'clips-copies': 'Clip every' stands in the docstring alone",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_slip_of_the_author_is_one_line(tmp_path: Path, case: str) -> None:
    """At release, before any student gets it; the line says what is wrong, and of what."""
    old, new, said = REFUSED[case]
    here = new_course(tmp_path / "course")
    path = here.folder(NAME) / "exercises.py"
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (case, text.count(old))
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(UsageError, match=said) as refused:
        release(here, NAME)
    assert "\n" not in str(refused.value)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Course]:
    """A course to be changed, its mistakes judged in this process."""
    yield new_course(tmp_path / "course")


def test_a_liar_is_found(here: Course) -> None:
    """A property that any constant has gives its points to whoever never looks at the scores."""
    from grader.verify.liars import liars_earn_nothing

    path = here.folder(NAME) / "exercises.py"
    text = path.read_text("utf-8")
    weak = " and np.all(np.diff(ordered, axis=0) > 0)"
    assert weak in text
    path.write_text(text.replace(weak, ""), "utf-8")
    made = here.packed(NAME).load()
    held = liars_earn_nothing(made, made.spec.exercise("attention"))
    assert not held.holds and "weights holds for a constant in every case" in held.text


@pytest.mark.parametrize(
    ("predicate", "said"),
    [
        ("lambda value, scores: value[99, 99] > 0", "it cannot be told of this value (IndexError)"),
        ("lambda value, scores: [0 for _ in iter(int, 1)]", "it takes too long to tell"),
        ("lambda value, scores: None", "it does not hold"),
    ],
)
def test_a_predicate_that_fails_or_never_ends_is_no_fault_of_the_kit(
    predicate: str, said: str
) -> None:
    """The answer is not right, and the same on every machine."""
    from dataclasses import replace

    own = {**assignment().spec.exercise("attention").holds, "weights": eval(predicate)}
    exercise = replace(assignment().spec.exercise("attention"), holds=own)
    exercises = tuple(exercise if e.name == "attention" else e for e in assignment().spec.exercises)
    strict = replace(assignment(), spec=replace(assignment().spec, exercises=exercises))
    book = json.loads(course().released_notebook(NAME).read_text("utf-8"))
    work = open_bytes(assignment(), Pupil("s").notebook(assignment(), book))
    assert isinstance(work, Submission)
    drawn = hidden_seeds(b"secret", "s", assignment(), work)
    verdict = judge(strict, work, drawn, strongest(), "s").verdict
    found = next(e for e in verdict.exercises if e.name == "attention")
    assert found.outcome == "failed" and found.finding is not None and found.finding.got == said


def test_a_longer_call_has_its_own_limit(here: Course) -> None:
    """``call_seconds`` is the limit of that exercise's calls, and the rest is raised with it."""
    text = "def spell(indices, letters):\n    import time\n    end = time.process_time() + 1.3\n"
    text += "    while time.process_time() < end:\n        pass\n"
    text += "    return ''.join(letters[i] for i in indices)"
    assert result("spell", text).outcome == "timed_out"
    path = here.folder(NAME) / "exercises.py"
    source = path.read_text("utf-8")
    own = source.replace("@A.exercise()\ndef spell", "@A.exercise(call_seconds=6)\ndef spell")
    assert own != source
    path.write_text(own, "utf-8")
    made = here.packed(NAME).load()
    book = json.loads(course().released_notebook(NAME).read_text("utf-8"))
    work = open_bytes(made, Pupil("s", own={"spell": text}).notebook(made, book))
    assert isinstance(work, Submission)
    verdict = judge(made, work, hidden_seeds(b"secret", "s", made, work), strongest(), "s").verdict
    assert next(e for e in verdict.exercises if e.name == "spell").outcome == "passed"
    usual = strongest().limits
    times = 6 / usual.call_cpu_seconds
    assert verdict.sandbox["limits"]["job_cpu_seconds"] == times * usual.job_cpu_seconds


def test_kinds_are_named_where_there_is_no_such_one() -> None:
    """The list of kinds stands in the message."""
    from grader.assignment.spec import Check, Exercise

    with pytest.raises(SpecError, match="there is no kind 'matrix': one of array, number, ints"):
        Exercise("f", (), ("y",), (Check("y", 1, kind="matrix"),), lambda rng, functions: [])
