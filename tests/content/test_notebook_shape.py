"""The notebook of rnn_step_by_step keeps the shape of a lesson, in its text and as released."""

import io
import re
import sys
from contextlib import redirect_stdout

import jupytext
import nbformat
import pytest

from grader.assignment.cell_headers import expand
from grader.assignment.importable import importable
from tests.kit.solution import COURSE, ROOT, SPEC

NAME = SPEC.name
TEXT = COURSE.lesson(NAME)
POINTS = {exercise.name: exercise.points for exercise in SPEC.exercises}
LONG = expand(TEXT.read_text(encoding="utf-8"), POINTS)
RELEASED = ROOT / "assignments" / NAME / f"{NAME}.ipynb"
EXERCISES = [exercise.name for exercise in SPEC.exercises]
STUB = '    raise NotImplementedError("this exercise is still empty")'
SOLUTION = re.compile(r"^    ### BEGIN SOLUTION\n(.*?)^    ### END SOLUTION$", re.M | re.S)
FENCED = re.compile(r"^```.*?^```$", re.M | re.S)
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)]*)\)")
MATHS = (
    "Gamma approx cdot delta dots frac hat langle left log mathrm odot partial qquad quad rangle "
    "right sigma sum tag tanh text tilde"
)

every_exercise = pytest.mark.parametrize("name", EXERCISES)


def about(cell):
    return cell.metadata.get("nbgrader", {})


def grade_id(cell):
    return about(cell).get("grade_id", "")


def blanked(source):
    """What nbgrader's release makes of an answer cell."""
    return SOLUTION.sub(STUB, source)


@pytest.fixture(scope="module")
def text():
    """The notebook that the text describes, solutions and placeholders included."""
    return jupytext.reads(LONG, fmt="py:percent")


@pytest.fixture(scope="module", params=["text", "released"])
def book(request):
    """The notebook as students see it: blanked from the text, and as it was released."""
    if request.param == "released":
        if not RELEASED.exists():
            pytest.skip("nothing is released yet")
        return nbformat.read(RELEASED, as_version=4)
    book = jupytext.reads(LONG, fmt="py:percent")
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.source = blanked(cell.source)
    return book


def markdown(book):
    """All prose, without what stands in fenced blocks."""
    cells = [FENCED.sub("", cell.source) for cell in book.cells if cell.cell_type == "markdown"]
    return "\n\n".join(cells)


def code(book):
    return {grade_id(cell): cell.source for cell in book.cells if cell.cell_type == "code"}


def section(book, name):
    """The cells of an exercise: from its heading to the next heading of that level."""
    number = EXERCISES.index(name) + 1
    start = f"## {number} · {name}: "
    indices = [i for i, cell in enumerate(book.cells) if cell.source.startswith("## ")]
    first = next(i for i in indices if book.cells[i].source.startswith(start))
    return book.cells[first : next(i for i in indices if i > first)]


# --- the whole notebook ------------------------------------------------------------------------


def test_headings_are_unique_but_for_what_it_means(book):
    """A heading says where one is, so no two say the same; "What it means" closes each exercise."""
    headings = re.findall(r"^#+ (.+)$", markdown(book), re.M)
    assert headings.count("What it means") == len(EXERCISES)
    others = [heading for heading in headings if heading != "What it means"]
    assert len(set(others)) == len(others)


def test_every_image_has_an_alternative_text_and_a_caption(book):
    """Each exercise has one figure, its alt text could replace it, and a caption follows it."""
    prose = markdown(book)
    images = IMAGE.findall(prose)
    assert len(images) == len(EXERCISES)
    assert all(len(alt.split()) >= 20 for alt, _ in images)
    captions = re.findall(r"^!\[.*\)\n\n\*Figure (\d+)\. .{60,}\*$", prose, re.M)
    assert captions == [str(number) for number in range(1, len(EXERCISES) + 1)]
    assert "<img" not in prose


def test_about_as_many_markdown_cells_as_code_cells(book):
    """Neither kind outnumbers the other by more than a third."""
    kinds = [cell.cell_type for cell in book.cells]
    assert 0.75 <= kinds.count("markdown") / kinds.count("code") <= 1.34


def test_ends_with_three_things_and_reading_and_a_summary(book):
    """The close: three things to remember, six papers with year and section, and the points."""
    close = book.cells[-2].source
    things = close[close.index("## Three things to remember") : close.index("### Further reading")]
    assert re.findall(r"^(\d)\. ", things, re.M) == ["1", "2", "3"]
    papers = re.findall(r"^- .+, \*.+\* ?\d* \(\d{4}\), sections? .+", close, re.M)
    assert len(papers) == 6
    assert book.cells[-1].source == "summary()"


def test_figures_travel_inside_the_released_notebook():
    """Nothing that it shows lies beside it, or on the web."""
    released = markdown(nbformat.read(RELEASED, as_version=4))
    addresses = re.findall(r"\]\(([^)]*)\)", released)
    assert {address.partition(",")[0] for address in addresses} == {"data:image/svg+xml;base64"}


def test_versions_are_printed_once(book):
    """One cell prints the versions of Python and NumPy."""
    assert sum("np.__version__" in source for source in code(book).values()) == 1


# --- nbgrader ----------------------------------------------------------------------------------


def test_grade_ids_are_unique_and_on_every_code_cell(book):
    """Each code cell has a grade id of its own, under schema 3."""
    ids = [grade_id(cell) for cell in book.cells if about(cell)]
    assert len(set(ids)) == len(ids)
    assert all(grade_id(cell) for cell in book.cells if cell.cell_type == "code")
    assert all(about(cell)["schema_version"] == 3 for cell in book.cells if about(cell))


def test_points_are_those_of_the_specification(book):
    """Checks carry the points of their exercise, 95 in all; the written question carries 5."""
    points = {
        grade_id(cell): about(cell)["points"] for cell in book.cells if "points" in about(cell)
    }
    assert points.pop("written_gradients") == 5
    assert points == {f"check_{exercise.name}": exercise.points for exercise in SPEC.exercises}
    assert sum(points.values()) == 95


def test_only_answers_can_be_edited(book):
    """Everything but the eight functions and the written answer is locked."""
    open_cells = [
        grade_id(cell) for cell in book.cells if about(cell) and not about(cell)["locked"]
    ]
    assert open_cells == [*EXERCISES, "written_gradients"]


def test_lesson_cells_are_tagged_and_earn_nothing(book):
    """The closing section's code, and only it, is tagged as a lesson and not graded."""
    tagged = [cell for cell in book.cells if "lesson" in cell.metadata.get("tags", [])]
    assert len(tagged) >= 4
    assert all(grade_id(cell).startswith("lesson_") for cell in tagged)
    assert not any(about(cell)["grade"] or about(cell)["solution"] for cell in tagged)
    lessons = [i for i, cell in enumerate(book.cells) if grade_id(cell).startswith("lesson_")]
    assert len(lessons) == len(tagged)
    checks = [i for i, cell in enumerate(book.cells) if grade_id(cell).startswith("check_")]
    assert min(lessons) > max(checks)


def test_the_text_names_no_version_of_jupytext():
    """The header holds the format and the kernel, nothing that changes with a tool's version."""
    header = TEXT.read_text(encoding="utf-8").split("# %%")[0]
    assert "version" not in header
    assert "name: python3" in header


def test_the_table_of_points_is_the_specification(book):
    """The table shown beforehand lists each exercise's points and, in bold, its main outputs."""
    rows = re.findall(r"^\| \d `(\w+)` \| (\d+) \| (.+) \|$", markdown(book), re.M)
    shown = {name: (float(points), re.findall(r"\*\*`(\w+)` ([\d.]+)\*\*", outputs))
             for name, points, outputs in rows}  # fmt: skip
    for exercise in SPEC.exercises:
        points, main = shown[exercise.name]
        assert points == exercise.points
        wanted = [(check.name, check.points) for check in exercise.checks if check.main]
        assert [(name, float(worth)) for name, worth in main] == wanted


# --- each exercise -----------------------------------------------------------------------------


@every_exercise
def test_an_exercise_has_its_steps_in_order(book, name):
    """Why and figure, equations, stub, hints, example, check, what you should see and mean."""
    cells = section(book, name)
    if name == "lstm_forward":
        cells = cells[:7]
    assert [cell.cell_type for cell in cells] == ["markdown"] * 2 + ["code"] + ["markdown"] + [
        "code",
        "code",
        "markdown",
    ]
    ids = [grade_id(cell) for cell in cells if cell.cell_type == "code"]
    assert ids == [name, f"example_{name}", f"check_{name}"]
    why, equations, _, hints, _, check, after = (cell.source for cell in cells)
    assert "![" in why
    assert "\\tag{" in equations
    assert re.search(r"^\| symbol \| code name \| shape ", equations, re.M)
    assert hints.startswith(f"### Hints for {name}\n")
    assert check == f'check("{name}", {name})'
    assert after.startswith(f"### What you should see from {name}\n")
    assert f"<!-- expected: example_{name} -->" in after.splitlines()
    assert "### What it means" in after


@every_exercise
def test_why_comes_first_and_is_brief(book, name):
    """Before the figure stand at most 150 words that say why the step exists."""
    why = section(book, name)[0].source.split("![")[0].split("\n", 1)[1]
    assert 40 <= len(why.split()) <= 150


@every_exercise
def test_two_hints_are_folded_away_and_hold_no_code(book, name):
    """Hint 1, then hint 2, each in a closed details element that can be opened by its summary."""
    hints = section(book, name)[3].source
    parts = re.findall(r"<details>\n<summary>([^<]+)</summary>\n\n(.+?)\n\n</details>", hints, re.S)
    assert [summary.split(":")[0] for summary, _ in parts] == ["Hint 1", "Hint 2"]
    assert hints.count("<details") == hints.count("</details>") == 2
    assert "```" not in hints
    assert len(parts[0][1]) < len(parts[1][1])


@every_exercise
def test_the_stub_says_what_is_wanted(book, name):
    """At most 25 lines: arguments and results with shapes, about how long, and an error."""
    exercise = SPEC.exercise(name)
    stub = code(book)[name]
    assert len(stub.splitlines()) <= 25
    assert stub.startswith(f"def {name}({', '.join(exercise.arguments)}):\n")
    assert stub.endswith(f'    """\n{STUB}')
    assert re.search(r"; about \d+ lines\.$", stub, re.M)
    for output in exercise.returns:
        assert re.search(rf"\b{output}\b", stub.split("Returns:")[1])
    for check in exercise.checks:
        assert check.shape in stub.split("Returns:")[1]


# --- it runs -----------------------------------------------------------------------------------


def run(cells, expect=()):
    """Run ``cells`` in one namespace; return what each printed and which error it raised."""
    modules = (("rnn_utils.py", (ROOT / "rnn_utils.py").read_bytes()),)
    scope, printed, errors = {}, {}, {}
    with importable(modules):
        for name, source in cells.items():
            out = io.StringIO()
            with redirect_stdout(out):
                try:
                    exec(compile(source, f"<{name}>", "exec"), scope)
                except expect as error:
                    errors[name] = error
            printed[name] = out.getvalue()
    return printed, errors


def test_an_untouched_notebook_fails_only_where_it_is_empty(text):
    """Unfilled, only the examples raise, and the lessons ask for the exercises first."""
    cells = {name: blanked(source) for name, source in code(text).items()}
    printed, errors = run(cells, NotImplementedError)
    assert list(errors) == [f"example_{name}" for name in EXERCISES]
    asked = [name for name, out in printed.items() if "Fill the eight exercises first" in out]
    assert asked == ["lesson_reach", "lesson_training", "lesson_hunt", "lesson_differences"]


@pytest.mark.parametrize("filled", [EXERCISES[:1], EXERCISES[:4], EXERCISES[:6]], ids=len)
def test_a_half_filled_notebook_asks_for_the_rest(text, filled):
    """With the first exercises filled the lessons ask for the others, and none of them raises."""
    cells = {
        name: source if name in filled else blanked(source) for name, source in code(text).items()
    }
    printed, errors = run(cells, NotImplementedError)
    assert list(errors) == [f"example_{name}" for name in EXERCISES if name not in filled]
    assert "Fill the eight exercises first" in printed["lesson_training"]


@pytest.fixture(scope="module")
def shown(text):
    """What each cell of the filled notebook prints where there is no matplotlib."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "matplotlib.pyplot", None)
        return run(code(text))[0]


def test_the_filled_notebook_runs_without_matplotlib(shown):
    """Every cell runs; without matplotlib a table stands in for each plot."""
    assert "No matplotlib here" in shown["lesson_reach_plot"]
    assert shown["lesson_reach"].splitlines()[0].split()[:2] == ["steps", "back"]
    assert shown["lesson_training"].splitlines()[0].split()[0] == "network"
    assert shown["lesson_hunt"].splitlines()[0].split()[0] == "network"


def test_what_was_trained_is_told_in_words(shown):
    """Trained numbers differ between processors: no digit of one is printed or expected."""
    _, *rows = shown["lesson_training"].splitlines()
    told = {name: words for name, *words in (re.split("  +", row) for row in rows)}
    assert told == {
        "RNN": ["about a quarter", "all"],
        "LSTM, bf = 0": ["about a quarter", "all"],
        "LSTM, bf = 4": ["all", "almost nothing"],
    }
    assert not re.search(r"expected: lesson", TEXT.read_text("utf-8"))


def test_the_lesson_shows_what_it_says(shown):
    """The open gate keeps the gradient, RNN and half-open gate lose it; only yours is measured."""
    printed = shown
    back, *shares = map(float, printed["lesson_reach"].splitlines()[-1].split())
    factors = [share ** (1 / back) for share in shares]
    assert back == 50
    assert factors == pytest.approx([0.63, 0.63, 1.0], abs=0.02)
    _, *steps, last = [line.split()[1:] for line in printed["lesson_differences"].splitlines()]
    assert len(steps) == 11
    for measured, yours, other in (map(float, lengths) for lengths in steps):
        assert yours == pytest.approx(measured, abs=1e-3)
        assert abs(other - measured) > 0.1
    assert last[0] == last[1] == last[2]


def test_missing_files_are_named_with_a_remedy(text, monkeypatch):
    """Opened alone, as in Colab, the notebook's first code cell says which files to fetch."""
    monkeypatch.setitem(sys.modules, "rnn_utils", None)
    first = next(cell for cell in text.cells if cell.cell_type == "code")
    out = io.StringIO()
    with redirect_stdout(out):
        exec(first.source, {})
    assert "rnn_utils is missing" in out.getvalue()
    assert "rnn_utils.py, selfcheck.py and references.npz" in out.getvalue()
