"""nbgrader's source folder: what lies there, who writes it, and when it is refused."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.assignment.source import read_notebook
from grader.cli import main
from grader.course import Course
from grader.doctor import findings
from grader.errors import UsageError
from grader.gradebook.config import load_config, nbgrader_api
from grader.gradebook.source_folder import source_files, source_problem, write_source
from grader.gradebook.write import open_writer
from tests.kit.toy import NAME, SLOPE, new_course

FILES = {f"{NAME}.ipynb", "leaky_utils.py", "selfcheck.py", "references.npz"}


@pytest.fixture
def here(tmp_path: Path) -> Course:
    """A course as released."""
    return new_course(tmp_path / "course")


def edit(path: Path) -> None:
    """Change a cell of a notebook by hand."""
    book = json.loads(path.read_text("utf-8"))
    book["cells"][0]["source"] = "# Another title"
    path.write_text(json.dumps(book), encoding="utf-8")


def run_cells(path: Path) -> None:
    """Leave outputs in a notebook, as opening and running it does."""
    book = json.loads(path.read_text("utf-8"))
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = 3
    path.write_text(json.dumps(book), encoding="utf-8")


def listed(here: Course) -> set[str]:
    """What lies in the folder."""
    return {path.name for path in (here.source / NAME).iterdir()}


def test_it_holds_the_notebook_and_what_students_get_and_nothing_else(here: Course) -> None:
    """A file of the assignment's folder would be copied to students and into graded folders."""
    assert listed(here) == FILES
    released = {path.name: path.read_bytes() for path in (here.assignments / NAME).iterdir()}
    for name in FILES - {f"{NAME}.ipynb"}:
        assert (here.source / NAME / name).read_bytes() == released[name]
    assert here.source_notebook(NAME).read_bytes() == here.solution_notebook(NAME).read_bytes()
    assert source_problem(here, NAME) == ""


def test_loading_the_configuration_writes_nothing(here: Course) -> None:
    """nbgrader loads it for every list and every command, wherever its root is set to."""
    for path in here.source.rglob("*.*"):
        path.unlink()
    nbgrader_api(here).get_assignments()
    assert listed(here) == set()


@pytest.mark.parametrize("by", ["autograde", "nbgrader", "formgrader"])
def test_it_is_written_where_it_is_needed(
    here: Course, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fresh clone has none: grading writes it, and so does the way to formgrader."""
    shutil.rmtree(here.source)
    if by == "autograde":
        with open_writer(here, NAME):
            pass
    elif by == "nbgrader":
        monkeypatch.chdir(here.root)  # as nbgrader's own command does
        hook = load_config(here).Autograde.pre_convert_hook
        hook(assignment=NAME, student="*", notebooks=[])
    else:
        done = CliRunner().invoke(
            main, ["release", NAME, "--source-only", "--course", str(here.root)]
        )
        assert done.exit_code == 0, done.output
    assert listed(here) == FILES
    assert {path.name for path in here.source.iterdir()} == {NAME}


def test_edits_stop_who_would_write_over_them(here: Course) -> None:
    """What was edited in formgrader is in no other file yet; saving without a change is no edit."""
    copy = here.source_notebook(NAME)
    run_cells(copy)
    before = copy.read_bytes()
    write_source(here, NAME)
    assert copy.read_bytes() == before and source_problem(here, NAME) == ""
    edit(copy)
    before = copy.read_bytes()
    with pytest.raises(UsageError, match=r"was edited by hand: run `make release ARGS=--adopt`"):
        write_source(here, NAME)
    assert copy.read_bytes() == before
    write_source(here, NAME, over_edits=True)
    assert copy.read_bytes() == here.solution_notebook(NAME).read_bytes()


def _missing(here: Course) -> None:
    (here.source / NAME / "selfcheck.py").unlink()


def _stale(here: Course) -> None:
    (here.source / NAME / "references.npz").write_bytes(b"of the release before")


def _edited(here: Course) -> None:
    edit(here.source_notebook(NAME))


def _more(here: Course) -> None:
    (here.source / NAME / "answers.py").write_text("x = 1\n")


def _lesson(here: Course) -> None:
    lesson = here.lesson(NAME)
    lesson.write_text(lesson.read_text("utf-8") + "\n# %% [markdown]\n# More.\n", "utf-8")


def _handed_out(here: Course) -> None:
    with (here.folder(NAME) / "files" / "leaky_utils.py").open("a") as file:
        file.write("# more\n")


def _solution(here: Course) -> None:
    edit(here.solution_notebook(NAME))


def _points(here: Course) -> None:
    path = here.folder(NAME) / "exercises.py"
    text = path.read_text("utf-8")
    assert 'Check("cache", 3)' in text
    path.write_text(text.replace('Check("cache", 3)', 'Check("cache", 4)'), "utf-8")


def _no_release(here: Course) -> None:
    (here.assignments / NAME / "references.npz").unlink()


def _none(here: Course) -> None:
    for path in (here.source / NAME).iterdir():
        path.unlink()
    (here.source / NAME).rmdir()


UNFIT = {
    "a file is missing": (_missing, "lacks selfcheck.py: run `make release`"),
    "a file is stale": (_stale, r"older than the last release \(references.npz\): run `make rel"),
    "the copy was edited": (_edited, "was edited by hand: run `make release ARGS=--adopt`"),
    "a file more": (_more, "answers.py would go to students: put it into .*files"),
    "the lesson was edited": (_lesson, "lesson.py was edited since the last release"),
    "a file was edited": (_handed_out, "leaky_utils.py was edited since the last release"),
    "the solution was edited": (_solution, f"{NAME}.ipynb was edited by hand: .*--adopt"),
    "points were changed": (
        _points,
        "with 10 points, the exercises say 11: run `make rel",
    ),
    "not released": (_no_release, "references.npz is missing: run `make release`"),
    "none": (_none, f"{NAME} is missing: run `make release`"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_doctor_names_a_folder_that_is_unfit(here: Course, case: str) -> None:
    """Each in one line with the remedy; the other assignment is as well as before."""
    spoil, said = UNFIT[case]
    spoil(here)
    found = {what: (well, text) for what, well, text in findings(here)}
    assert found[SLOPE] == (True, "released")
    well, text = found[NAME]
    assert not well and "\n" not in text
    assert re.search(said, text), text


@pytest.mark.parametrize("case", [case for case in UNFIT if case != "none"])
@pytest.mark.parametrize("force", [False, True])
def test_nbgrader_does_not_release_an_unfit_folder(here: Course, case: str, force: bool) -> None:
    """Not even by force, with which it deletes what was released before it looks."""
    UNFIT[case][0](here)
    before = {path: path.read_bytes() for path in here.assignments.rglob("*.*")}
    done = nbgrader_api(here).generate_assignment(NAME, force=force)
    assert not done["success"] and re.search(UNFIT[case][1], done["log"]), done
    assert {path: path.read_bytes() for path in here.assignments.rglob("*.*")} == before


def test_nbgrader_releases_a_fit_folder_as_release_does(here: Course) -> None:
    """``nbgrader generate_assignment`` makes the same files of it, to the last cell."""
    before = {path: path.read_bytes() for path in (here.assignments / NAME).iterdir()}
    book = read_notebook(here.released_notebook(NAME), "")
    done = nbgrader_api(here).generate_assignment(NAME, force=True)
    assert done["success"], done
    after = {path: path.read_bytes() for path in (here.assignments / NAME).iterdir()}
    assert after.keys() == before.keys()
    same = {path for path in before if before[path] == after[path]}
    assert {path.name for path in before.keys() - same} <= {f"{NAME}.ipynb"}
    assert read_notebook(here.released_notebook(NAME), "").cells == book.cells


def test_a_class_is_not_graded_out_of_other_points_than_it_was_told(here: Course) -> None:
    """The gradebook and the page would say that a mark is out of different numbers."""
    _points(here)
    with pytest.raises(UsageError, match=UNFIT["points were changed"][1]):
        open_writer(here, NAME)


def test_it_is_made_of_files_that_are_there(here: Course) -> None:
    """Nothing is made up for a file that was not released."""
    assert set(source_files(here, NAME)) == FILES
    (here.assignments / NAME / "selfcheck.py").unlink()
    with pytest.raises(UsageError, match=r"selfcheck.py is missing: run `make release`"):
        source_files(here, NAME)
