"""The student's folder in JupyterLab, opened by `make lab` in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.simulate.pupils import Pupil
from tests.kit.browser import (
    ROOT,
    assert_accessible,
    assert_shows,
    browser,
    cell,
    jupyter,
    make,
    new_page,
    open_notebook,
    output,
    paste_over,
    picture,
    require_browser,
    run,
    run_all,
)
from tests.kit.course import NAME, book_of, right

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]

FILES = sorted([f"{NAME}.ipynb", "references.npz", "rnn_utils.py", "selfcheck.py"])
LARGEST = 150_000  # bytes of the picture in the README
ASKED: list[str] = []  # addresses that the page asked for
THEME = "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})"
RENDERED = """async () => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const found = [];
    for (const [index, cell] of notebook.widgets.entries()) {
        if (cell.model.type !== "markdown") continue;
        await notebook.scrollToItem(index, "start");
        let shown = null;
        for (let wait = 0; wait < 600 && !shown; wait++) {
            await new Promise(resolve => setTimeout(resolve, 50));
            const ready = cell.node.querySelector(".jp-RenderedMarkdown:not(:empty)");
            const images = ready ? [...ready.querySelectorAll("img")] : [];
            shown = images.every(image => image.complete) ? ready : null;
        }
        const text = shown.cloneNode(true);
        text.querySelectorAll("code, pre, mjx-container").forEach(part => part.remove());
        found.push({
            id: cell.model.id,
            widths: [...shown.querySelectorAll("img")].map(image => image.naturalWidth),
            equations: shown.querySelectorAll("mjx-container svg, mjx-container mjx-math").length,
            faults: shown.querySelectorAll("[data-mjx-error], mjx-merror").length,
            text: text.textContent,
        });
    }
    return found;
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `make lab` puts the student's folder."""
    return tmp_path_factory.mktemp("student") / "work"


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[str]:
    """The address of a notebook in JupyterLab, up to its name."""
    require_browser()
    with jupyter(folder.parent / "home", make("lab", LAB=folder)) as url:
        yield f"{url}lab/tree/"


@pytest.fixture(scope="module")
def page(lab: str) -> Iterator[Page]:
    """A tab of the browser that notes whom it asks for anything."""
    with browser() as started:
        made = new_page(started, device_scale_factor=1.5)
        made.on("request", lambda request: ASKED.append(request.url))
        yield made


def test_it_opens_ready_to_work(page: Page, lab: str, folder: Path) -> None:
    """No news, no question, no instructor's menu; Validate is there; nothing asks the network."""
    open_notebook(page, f"{lab}{NAME}.ipynb")
    assert page.locator(".jp-Dialog, .Toastify__toast").count() == 0
    menus = page.locator("#jp-MainMenu .lm-MenuBar-itemLabel").all_inner_texts()
    assert "Run" in menus and "Nbgrader" not in menus
    known = page.evaluate("window.jupyterapp.commands.listCommands()")
    assert [name for name in known if name.startswith("nbgrader:open")] == []
    assert page.get_by_role("button", name="Validate").count() == 1
    assert sorted(path.name for path in folder.glob("[!.]*")) == FILES
    own = re.compile(rf"{lab.removesuffix('lab/tree/')}|data:|blob:")
    assert [url for url in ASKED if not own.match(url)] == []
    picture(page, "lab")


def test_figures_and_equations_show(page: Page, lab: str) -> None:
    """Every figure is drawn, every equation is set, no dollar sign or command is left over."""
    open_notebook(page, f"{lab}{NAME}.ipynb?reset")
    found = page.evaluate(RENDERED)
    widths = [width for entry in found for width in entry["widths"]]
    assert len(widths) >= 8 and min(widths) >= 400
    assert sum(entry["equations"] for entry in found) > 100
    assert [entry["id"] for entry in found if entry["faults"]] == []
    left = {entry["id"]: re.findall(r"\$|\\\w+", entry["text"]) for entry in found}
    assert {name: signs for name, signs in left.items() if signs} == {}
    cell(page, "lstm_cell_forward").scroll_into_view_if_needed()
    picture(page, "lab-text")


def test_an_exercise_is_filled_and_validated(page: Page, lab: str) -> None:
    """Run all goes to the end of an empty notebook; Validate names what is still to be filled."""
    open_notebook(page, f"{lab}{NAME}.ipynb?reset")
    run_all(page, "summary")
    assert_shows(output(page, "summary"), "Your points in this notebook", "0 of 95 points")
    assert_shows(output(page, "example_rnn_cell_forward"), "still empty")
    shown = output(page, "check_rnn_cell_forward")
    assert_shows(shown, "not written yet", "to do", "0 of 10 points")
    assert "CheckFailed" not in shown.inner_text()
    picture(page, "lab-empty")
    paste_over(page, "rnn_cell_forward", right("rnn_cell_forward"))
    for name in ("rnn_cell_forward", "example_rnn_cell_forward", "check_rnn_cell_forward"):
        shown = run(page, name)
    assert_shows(shown, "rnn_cell_forward: all checks passed", "10 of 10 points")
    picture(page, "lab-passed")
    page.get_by_role("button", name="Validate").click()
    failed = page.locator(".jp-Dialog").inner_text()
    picture(page, "lab-validate")
    assert 'check("rnn_forward", rnn_forward)' in failed
    assert "rnn_forward: this exercise is still empty" in failed
    assert "rnn_cell_forward" not in failed
    page.keyboard.press("Escape")


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_a_known_mistake_is_named(page: Page, lab: str, folder: Path, theme: str) -> None:
    """The tables, failed and passed, read well in both themes; one is the README's picture."""
    pupil = Pupil("elif", mistakes={"lstm_backward": "drops-recurrent-terms"})
    (folder / "elif.ipynb").write_text(json.dumps(book_of(pupil)), encoding="utf-8")
    open_notebook(page, f"{lab}elif.ipynb?reset")
    page.evaluate(THEME, f"JupyterLab {theme}")
    run_all(page, "check_lstm_backward")
    shown = output(page, "check_lstm_backward")
    assert_shows(shown, "nothing is carried from step t + 1 back to step t")
    assert_accessible(page, "[data-name=check_lstm_backward] .jp-RenderedHTMLCommon")
    picture(page, f"lab-mistake-{theme.lower()}")
    passed = output(page, "check_rnn_forward")
    assert_shows(passed, "all checks passed", "10 of 10 points")
    assert_accessible(page, "[data-name=check_rnn_forward] .jp-RenderedHTMLCommon")
    picture(page, f"lab-passed-{theme.lower()}")
    shown = output(page, "check_lstm_backward")
    if theme == "Light":
        made = picture(shown.locator(".jp-RenderedHTMLCommon"), "check")
        assert made.stat().st_size <= LARGEST


def test_the_picture_in_the_readme_is_there() -> None:
    """It is small, and is made by the test above: copy build/screenshots/check.png over it."""
    kept = ROOT / "docs" / "images" / "check.png"
    assert "(docs/images/check.png)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert kept.read_bytes().startswith(b"\x89PNG") and kept.stat().st_size <= LARGEST
