"""The site of `make lite`: it holds what students get, opens in a browser, and runs there."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.kit.browser import (
    SECONDS,
    assert_shows,
    browser,
    new_page,
    open_notebook,
    output,
    picture,
    require_browser,
    run_all,
)
from tests.kit.course import NAME, ROOT, book_of, course
from tests.kit.scripts import script

lite: ModuleType = script("lite")
PYODIDE = os.environ.get("PYODIDE", "")
NETWORK = "https://cdn.jsdelivr.net/pyodide/"  # which delivers Pyodide
# What the pages of one application know of it; a published site has no need of it.
EXPOSED = {"exposeAppInBrowser": True}


def settings(site: Path) -> dict[str, Any]:
    """What the site tells its pages."""
    found = json.loads((site / "jupyter-lite.json").read_text(encoding="utf-8"))
    told: dict[str, Any] = found["jupyter-config-data"]
    return told


def handed_out(*names: str) -> dict[str, bytes]:
    """What students get, by path."""
    return {
        f"{name}/{path.name}": path.read_bytes()
        for name in names
        for path in (course().assignments / name).glob("[!._]*")
    }


def files_below(folder: Path) -> dict[str, bytes]:
    """All files, by path."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_a_site_is_made_of_what_students_get_of_the_assignments_named(tmp_path: Path) -> None:
    """No other assignment, which may hold what this one asks for; nothing of a solution."""
    names = course().names()
    assert len(names) > 2
    for asked in (names[:1], names[:2]):
        stage = lite.staged(tmp_path, asked)
        assert files_below(stage / "files") == handed_out(*asked)
        assert sorted(path.name for path in stage.iterdir()) == ["files", "jupyter-lite.json"]


def test_what_cannot_be_built_is_said_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name without a folder, an archive that is not there: nothing is installed for them."""
    assert lite.main(tmp_path, ["never"], "") == 2
    assert lite.main(tmp_path, [NAME], str(tmp_path / "none.tar.bz2")) == 2
    unknown, absent = capsys.readouterr().err.splitlines()
    assert "make release A=never" in unknown and "none.tar.bz2 is no file" in absent
    assert not any(tmp_path.iterdir())


@pytest.fixture(scope="module")
def builder() -> Path:
    """The Python that builds sites; installed once, where `make lite` has it."""
    made: Path | None = lite.installed(ROOT / "build" / "lite")
    if made is None:
        pytest.skip(f"{lite.LOCK} does not install here")
    return made


@contextlib.contextmanager
def served(site: Path) -> Iterator[str]:
    """The address at which the site is served on this machine."""
    # What it asks of the server is no news.
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": _say_nothing})
    handler = functools.partial(quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def _say_nothing(*_: object) -> None:
    pass


def built(builder: Path, folder: Path, archive: str) -> Path:
    """The site from what is staged in ``folder``, with the application known to its pages."""
    about = folder / "stage" / "jupyter-lite.json"
    made = json.loads(about.read_text(encoding="utf-8"))
    made["jupyter-config-data"] |= EXPOSED
    about.write_text(json.dumps(made), encoding="utf-8")
    assert lite.build(builder, folder / "stage", archive)
    return folder / "site"


def notebook_of(address: str) -> str:
    """Where a site's JupyterLab shows the notebook."""
    return f"{address}lab/index.html?path={NAME}/{NAME}.ipynb"


@pytest.mark.slow
@pytest.mark.browser
def test_the_site_opens(builder: Path, tmp_path: Path) -> None:
    """JupyterLab shows the notebook and the files beside it, and asks nobody but for Pyodide."""
    require_browser()
    lite.staged(tmp_path, [NAME])
    site = built(builder, tmp_path, "")
    assert files_below(site / "files") == handed_out(NAME)
    asked: list[str] = []
    with served(site) as address, browser() as started:
        page = new_page(started)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(notebook_of(address))
        page.get_by_role("heading", name="Recurrent networks, step by step", level=1).wait_for()
        for path in handed_out(NAME):
            name = path.partition("/")[2]
            assert page.locator(f'.jp-DirListing-item[title*="{name}"]').count() == 1, name
        end = time.monotonic() + SECONDS
        while not any(url.startswith(NETWORK) for url in asked) and time.monotonic() < end:
            page.wait_for_timeout(200)
        picture(page, "lite")
    others = {url for url in asked if not url.startswith((address, "data:", "blob:"))}
    assert others and all(url.startswith(NETWORK) for url in others), others


@pytest.mark.slow
def test_an_archive_takes_the_place_of_the_network(builder: Path, tmp_path: Path) -> None:
    """The site holds Pyodide and says so to its kernel, which starts with what is needed."""
    inside = tmp_path / "pyodide"
    inside.mkdir()
    for name in ("pyodide.mjs", "pyodide-lock.json"):
        (inside / name).write_text("{}", encoding="utf-8")
    with tarfile.open(tmp_path / "made.tar.bz2", "w:bz2") as archive:
        archive.add(inside, "pyodide")
    lite.staged(tmp_path, [NAME])
    site = built(builder, tmp_path, str(tmp_path / "made.tar.bz2"))
    kernel = settings(site)["litePluginSettings"][lite.KERNEL]
    assert kernel["pyodideUrl"] == "./static/pyodide/pyodide.mjs"
    assert kernel["loadPyodideOptions"] == {"packages": ["numpy", "matplotlib"]}
    assert files_below(site / "static" / "pyodide") == files_below(inside)


@pytest.mark.slow
@pytest.mark.skipif(not PYODIDE, reason="PYODIDE names no archive of Pyodide with NumPy")
def test_a_solved_notebook_earns_full_marks_in_the_browser(builder: Path, tmp_path: Path) -> None:
    """Run all goes to the summary. Without such an archive: content/test_what_a_platform_lacks."""
    require_browser()
    stage = lite.staged(tmp_path, [NAME])
    (stage / "files" / NAME / f"{NAME}.ipynb").write_text(json.dumps(book_of()), encoding="utf-8")
    site = built(builder, tmp_path, PYODIDE)
    with served(site) as address, browser() as started:
        page = new_page(started)
        open_notebook(page, notebook_of(address))
        run_all(page, "summary")
        assert_shows(output(page, "summary"), "95 of 95 points")
        picture(page, "lite-solved")
