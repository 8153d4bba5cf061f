"""A quick look at what is being written: solutions, mistakes, a student's panel; in plain text."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grader.course import Course
from grader.drafting.student_panel import panel_of_mistake
from grader.drafting.trial import drafted, exercises_of, tried
from grader.drafting.try_out import try_out
from grader.errors import UsageError
from tests.authoring.kinds import NAME as KINDS
from tests.authoring.kinds import course as kinds
from tests.kit.solution import COURSE
from tests.kit.toy import NAME, new_course

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course to be changed."""
    return new_course(tmp_path / "course")


def change(course: Course, file: str, old: str, new: str) -> None:
    """Edit a file of the assignment."""
    path = course.folder(NAME) / file
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def said(
    course: Course, function: str | None = None, mistake: str | None = None
) -> tuple[bool, str]:
    """What is said of the assignment, and whether all is well."""
    lines: list[str] = []
    well = try_out(course, NAME, function, mistake, None, lines.append, lambda text, _: text)
    return well, " ".join("\n".join(lines).split())


def test_all_that_an_author_asks_is_said(course: Course) -> None:
    """Signature, places, checks, cases, each mistake with what it earns, rules, a panel."""
    well, text = said(course)
    assert well
    for part in (
        "leaky · A leaky memory: 2 exercises, 20 points by tests, 5 by hand",
        "leak(x, h, parameters) -> h_next, cache · 10 points",
        "solutions/leaky/lesson.py, line 19",
        "solutions/leaky/exercises.py, line 50",
        "h_next (n, m) 6 main, cache 3, inputs 1",
        "right on 4 cases",
        "random sizes (n = 4, m = 3), m = 1 (n = 3, m = 1)",
        "3 of 3 lose marks and are named",
        "old-memory-in-cache 7 of 10 named",
        "the lesson keeps the rules of shape: 20 of 20 rules",
        "A student whose leak has no-squash sees",
        "It looks as if the sum is returned as it is.",
    ):
        assert part in text, part


def test_one_function_and_one_mistake_can_be_asked_for(course: Course) -> None:
    """The others are not told of; names that there are not are answered with those there are."""
    _, text = said(course, "remember", "caches-empty")
    assert "leak(" not in text and "A student whose remember has caches-empty sees" in text
    assert "It looks as if no cache is kept." in text
    _, text = said(course, None, "h-is-a-list")
    assert "A student whose remember has h-is-a-list sees" in text
    with pytest.raises(UsageError, match="no exercise is called 'leek': leak, remember"):
        said(course, "leek")
    with pytest.raises(UsageError, match="leak has no mistake 'none': no-squash, no-bias"):
        said(course, "leak", "none")


def test_a_mistake_that_loses_nothing_is_told_with_its_line(course: Course) -> None:
    """It is no mistake: the values are the same."""
    change(course, "exercises.py", '((" + b)", ")"),)', '((" + b)", " + 1 * b)"),)')
    well, text = said(course, "leak")
    assert not well and "2 of 3 lose marks and are named" in text
    assert "no-bias 10 of 10 NOT OK" in text
    assert "it loses nothing: draw a case that shows it (solutions/leaky/exercises.py" in text


def test_two_mistakes_that_give_the_same_are_told(course: Course) -> None:
    """The judge can name one of them only."""
    same = '(("squash(w * h + u * x + b)", "u * x + w * h + b"),)'
    change(course, "exercises.py", '((" + b)", ")"),)', same)
    well, text = said(course, "leak")
    assert not well and "it is told as no-squash, which gives the same everywhere" in text


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("lesson.py", "h_next = squash(w * h", "h_next = squish(w * h", "lesson.py, line 33: "),
        ("exercises.py", '((" + b)", ")"),)', '((" + bb)", ")"),)', "exercises.py, line 64: "),
        ("exercises.py", "def steps(rng, functions):", "def steps(rng, functions):\n    1 / 0\n",
         "exercises.py, line 32: leak: no cases are drawn (ZeroDivisionError"),
        ("lesson.py", "# %% [markdown]\n# ## In words", "# %% answer\n# ## In words",
         "lesson.py, line 93: "),
    ],
)  # fmt: skip
def test_what_cannot_be_tried_is_one_line(
    course: Course, file: str, old: str, new: str, line: str
) -> None:
    """As at release: file and line, on standard error, and exit code 2."""
    change(course, file, old, new)
    command = [sys.executable, "-m", "grader", "try", NAME, "--course", str(course.root)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"grader: solutions/{NAME}/{line}"), done.stderr


def test_no_nbgrader_is_started_and_nothing_is_written(course: Course) -> None:
    """Nor nbformat, whose import alone takes longer than all the rest; plain without a terminal."""
    before = {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}
    code = (
        "import sys; from grader.cli import main\n"
        f"try: main(['try', '{NAME}', '--course', '{course.root}'])\n"
        "except SystemExit as end: assert end.code == 0, end\n"
        "slow = {'nbgrader', 'nbformat', 'jupytext', 'nbconvert', 'sqlalchemy', 'IPython'}\n"
        "assert not slow & {*sys.modules}, slow & {*sys.modules}"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout and "named" in done.stdout
    assert before == {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("where", ["rnn_step_by_step", KINDS])
def test_every_mistake_of_every_kind_is_well(where: str) -> None:
    """In the kit's own assignments there is nothing to mend; a panel is made for each exercise."""
    course = COURSE if where != KINDS else kinds()
    made = drafted(course, where).assignment
    for exercise in exercises_of(made, None):
        assert tried(made, exercise).well, exercise.name
        if exercise.mistakes and where == KINDS:
            _, panel = panel_of_mistake(made, exercise, None)
            assert exercise.name in str(panel)
