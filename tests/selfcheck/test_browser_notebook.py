"""The student's folder in Notebook 7, in a real browser."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.simulate.pupils import Pupil
from tests.kit.browser import (
    OPEN,
    allow_root,
    assert_shows,
    browser,
    jupyter,
    new_page,
    open_notebook,
    output,
    picture,
    require_browser,
    run,
    run_all,
)
from tests.kit.course import NAME, assignment, book_of, course

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The student's folder, and beside the empty notebook one that is finished."""
    made = tmp_path_factory.mktemp("student") / "work"
    shutil.copytree(course().assignments / NAME, made)
    (made / "ada.ipynb").write_text(json.dumps(book_of(Pupil("ada"))), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def notebook(folder: Path) -> Iterator[str]:
    """The address of a notebook in Notebook 7, up to its name."""
    require_browser()
    command = [sys.executable, "-m", "notebook", *OPEN, *allow_root()]
    with jupyter(folder.parent / "home", command, folder) as url:
        yield f"{url}notebooks/"


def test_an_empty_and_a_finished_notebook(notebook: str) -> None:
    """The check of an empty exercise says so; a finished one runs to the end, with its plots."""
    with browser() as started:
        page = new_page(started)
        open_notebook(page, f"{notebook}{NAME}.ipynb")
        for name in ("setup", "rnn_cell_forward", "check_rnn_cell_forward"):
            shown = run(page, name)
        assert_shows(shown, "rnn_cell_forward: not written yet", "write the function above")
        picture(page, "notebook-empty")
        page.context.close()
        page = new_page(started)
        open_notebook(page, f"{notebook}ada.ipynb")
        run_all(page, "summary")
        points = sum(exercise.points for exercise in assignment().spec.exercises)
        assert_shows(output(page, "summary"), f"{points:g} of {points:g} points")
        picture(page, "notebook-finished")
        plot = output(page, "lesson_reach_plot").locator("img")
        plot.scroll_into_view_if_needed()
        assert plot.evaluate("image => image.naturalWidth") > 300
        picture(page, "notebook-plot")
