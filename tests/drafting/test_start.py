"""A new assignment, and one more exercise, release as they were written: nothing is filled in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.assignment.calling import result_of
from grader.course import Course
from grader.drafting.scaffold import exercise_texts
from grader.drafting.signature import DICTIONARIES, Signature, read_signature
from grader.drafting.start import new_assignment, new_exercise
from grader.drafting.trial import drafted, tried
from grader.errors import UsageError
from grader.release.draft import read_draft
from grader.release.release import release
from grader.verify.shape.rules import broken
from grader.verify.verify import verify

NAME = "gru"
MADE_HERE = 'from grader.authoring import Assignment\n\nA = Assignment("Gru")\n'
WORDS = ["x", "h0", "parameters", "weights", "a_prev", "y_hat", "W", "k", "loss", "grad_h"]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with a new assignment."""
    (tmp_path / "solutions").mkdir()
    made = Course.at(tmp_path)
    new_assignment(made, NAME)
    return made


@pytest.mark.sandbox
def test_what_is_laid_out_releases_and_verifies(course: Course) -> None:
    """The example of an exercise and two that were added: full marks, every change is noticed."""
    new_exercise(course, NAME, "gru_forward(x, h0, parameters) -> h, caches")
    new_exercise(course, NAME, "norm(a_prev) -> length")
    release(course, NAME)
    found = list(verify(course, NAME, workers=1, every=True))
    assert [held for held in found if not held.holds] == []
    names = [e.name for e in course.spec(NAME).exercises]
    assert names == ["blend", "gru_forward", "norm"]
    assert sum(f"mistakes of {name} cost once" in h.what for h in found for name in names) == 3


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=7, unique=True),
    st.integers(1, 3),
)
def test_any_signature_makes_an_exercise_that_is_well(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], results: int
) -> None:
    """Its solution runs on its cases, its mistake loses marks, and the text keeps the rules."""
    root = tmp_path_factory.mktemp("course")
    (root / "solutions").mkdir()
    course = Course.at(root)
    new_assignment(course, NAME)
    results = min(results, len(names) - 1)
    arguments, returns = names[results:], names[:results]
    new_exercise(course, NAME, f"step({', '.join(arguments)}) -> {', '.join(returns)}")
    made = drafted(course, NAME).assignment
    exercise = made.spec.exercise("step")
    assert exercise.arguments == tuple(arguments) and exercise.returns == tuple(returns)
    assert tried(made, exercise).well and list(broken(made.spec, made.source)) == []
    case = made.visible("step")
    first = result_of(exercise, made.functions, case.arguments)
    assert (first[0] if results > 1 else first).shape == (2, 3)
    shutil.rmtree(root)


def test_arguments_called_like_dictionaries_are_dictionaries_beside_arrays() -> None:
    """Alone they are taken for arrays: something has to have the shape of the result."""
    wanted = read_signature("step(x, parameters) -> h")
    assert wanted == Signature("step", ("x", "parameters"), ("h",))
    assert (wanted.arrays, wanted.dictionaries) == (("x",), ("parameters",))
    assert read_signature(f"step({DICTIONARIES[0]}) -> h").dictionaries == ()
    assert "draw.parameters" in exercise_texts(wanted, 2, 2)[1]


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        ("step(x, h)", "does not say what is returned"),
        ("step(x -> y", "is no signature"),
        ("step() -> y", "needs a name of its own"),
        ("step(x) -> x", "needs a name of its own"),
        ("step(x) -> 1y", "needs a name of its own"),
        ("step(x) -> class", "needs a name of its own"),
        ("step(x, *more) -> y", "given in order, without defaults"),
        ("step(x=1) -> y", "given in order, without defaults"),
        ("step(x): pass; import os -> y", "is no signature"),
        ("blend(x) -> y", "has an exercise 'blend' already: blend"),
    ],
)
def test_what_is_no_signature_is_one_line(course: Course, signature: str, said: str) -> None:
    """With an example of one; and nothing is written."""
    before = {path: path.read_bytes() for path in course.folder(NAME).iterdir()}
    with pytest.raises(UsageError, match=said) as refused:
        new_exercise(course, NAME, signature)
    assert len(str(refused.value).splitlines()) == 1
    assert before == {path: path.read_bytes() for path in course.folder(NAME).iterdir()}


def test_nothing_is_written_over(course: Course) -> None:
    """A second `new` of the same name, a name that is none, an exercise of what is not there."""
    with pytest.raises(UsageError, match="is there already: add an exercise with --exercise"):
        new_assignment(course, NAME)
    for name in ("Gru", "2gru", "a-b", "../up", "a b", ""):
        with pytest.raises(UsageError, match="cannot name an assignment"):
            new_assignment(course, name)
    with pytest.raises(UsageError, match="`grader new lstm` lays it out"):
        new_exercise(course, "lstm", "f(x) -> y")


def test_an_exercise_goes_behind_the_last_and_before_the_close(course: Course) -> None:
    """A closing section of the author's stays at the end, and imports grow by what is needed."""
    folder = course.folder(NAME)
    text = course.lesson(NAME).read_text("utf-8")
    close = "# %% [markdown]\n# ## Three things to remember\n#\n# One.\n\n"
    place = text.index("# %% [markdown]\n# ## Your points")
    course.lesson(NAME).write_text(text[:place] + close + text[place:], "utf-8")
    exercises = (folder / "exercises.py").read_text("utf-8")
    (folder / "exercises.py").write_text(
        exercises.replace("Assignment, array, edit", "Assignment, array, edit, ints")
    )
    new_exercise(course, NAME, "norm(x) -> length")
    text = course.lesson(NAME).read_text("utf-8")
    assert text.index("see from blend") < text.index("## 2 · norm") < text.index("Three things")
    assert "import Assignment, array, edit, ints\n" in (folder / "exercises.py").read_text("utf-8")
    assert [e.name for e in read_draft(course, NAME).assignment.spec.exercises] == ["blend", "norm"]


def test_a_folder_of_exercises_gets_a_file_more(course: Course) -> None:
    """A = ... in one module, each exercise in a file of its own, listed in the package."""
    folder = course.folder(NAME)
    one = (folder / "exercises.py").read_text("utf-8")
    head, _, blend = one.partition('A = Assignment("Gru")\n')
    package = folder / "exercises"
    package.mkdir()
    (folder / "exercises.py").unlink()
    (package / "assignment.py").write_text(MADE_HERE)
    (package / "blend.py").write_text(f"{head}\nfrom .assignment import A\n{blend}")
    (package / "__init__.py").write_text("from . import blend\nfrom .assignment import A\n")
    new_exercise(course, NAME, "norm(x) -> length")
    assert (package / "__init__.py").read_text().startswith("from . import blend, norm\n")
    made = drafted(course, NAME).assignment
    assert [e.name for e in made.spec.exercises] == ["blend", "norm"]
    assert tried(made, made.spec.exercise("norm")).well


def test_exercises_that_nothing_can_be_added_to_are_named(course: Course) -> None:
    """Those that are described by a SPEC are their author's to write."""
    path = course.folder(NAME) / "exercises.py"
    text = path.read_text("utf-8").replace("\nA = Assignment(", "\nMADE = Assignment(")
    text = text.replace("@A.", "@MADE.") + f'\n\nSPEC = MADE.spec("{NAME}")\n'
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"exercises.py makes no A of .*: add the exercise there"):
        new_exercise(course, NAME, "norm(x) -> length")
