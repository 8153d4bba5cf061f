"""Real Jupyter servers and a real browser, started and ended here; the user's settings stay out."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "build" / "screenshots"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
PASTES = 6
SECONDS = 180.0  # how long anything may take on a busy machine
# A page that is tested here asks nobody but the server on this machine.
FLAGS = ["--disable-gpu", "--disable-quic", "--disable-component-update", "--disable-sync"]
UNLIKE_A_STUDENTS = ("JUPYTER", "MAKE", "NBGRADER", "PYTEST")  # variables of the environment
OPEN = (
    "--no-browser",
    "--IdentityProvider.token=",
    "--LabApp.expose_app_in_browser=True",
    "--JupyterNotebookApp.expose_app_in_browser=True",
)


def require_browser() -> None:
    """Skip by name where the browser or its client is missing."""
    pytest.importorskip("playwright", reason="the extra `browser` is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Headless Chromium with an empty profile."""
    require_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as client:
        started = client.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


def new_page(started: Browser, **options: Any) -> Page:
    """A page of a browsing session of its own, patient with a busy machine."""
    size = {"width": 1280, "height": 900}
    context = started.new_context(**{"viewport": size, "locale": "en-GB", **options})
    context.set_default_timeout(SECONDS * 1000)
    return context.new_page()


def picture(shown: Page | Locator, name: str, **options: Any) -> Path:
    """Keep a screenshot for people to look at."""
    path = PICTURES / f"{name}.png"
    shown.screenshot(path=path, animations="disabled", **options)
    return path


@contextlib.contextmanager
def jupyter(home: Path, command: list[str], folder: Path = ROOT) -> Iterator[str]:
    """Start a server with ``command`` and an empty home; gives its address, ends it afterwards."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield _address(home, process)
        finally:
            _end(process)


def allow_root() -> list[str]:
    """What Jupyter wants to be told when root starts it."""
    return ["--allow-root"] if os.getuid() == 0 else []


def make(target: str, *options: str, **variables: object) -> list[str]:
    """The command for a target of the Makefile that starts JupyterLab, with this Python."""
    arguments = " ".join([*OPEN, *options])
    settings = [f"{name}={value}" for name, value in variables.items()]
    return ["make", target, f"PY={sys.executable}", f"ARGS={arguments}", *settings]


def _environment(home: Path) -> dict[str, str]:
    kept = {n: v for n, v in os.environ.items() if not n.startswith(UNLIKE_A_STUDENTS)}
    beside = str(Path(sys.executable).parent)
    return {
        **kept,
        "HOME": str(home),
        "PATH": os.pathsep.join([beside, kept.get("PATH", os.defpath)]),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTER_PLATFORM_DIRS": "1",
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, with its kernels; what is left of its group after that is killed."""
    with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _address(home: Path, process: subprocess.Popen[bytes]) -> str:
    """The server's address, once it answers there."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        for path in (home / "runtime").glob("jpserver-*.json"):
            with contextlib.suppress(OSError, ValueError):
                url: str = json.loads(path.read_text())["url"]
                with urllib.request.urlopen(f"{url}api/status", timeout=10):
                    return url
        time.sleep(0.2)
    raise RuntimeError(f"no server:\n{(home / 'server.log').read_text(errors='replace')}")


CELLS = "window.jupyterapp.shell.currentWidget.content.widgets"
# The kernel answers, and no cell waits for it.
READY = f"""() => {{
    const context = window.jupyterapp?.shell.currentWidget?.sessionContext;
    const kernel = context?.isReady && context.session?.kernel;
    return kernel && kernel.connectionStatus === "connected" && kernel.status === "idle"
        && !{CELLS}.some(cell => cell.inputArea?.promptNode?.textContent.includes("*"));
}}"""
# The number in the brackets beside a cell.
COUNT = f"name => {CELLS}.find(cell => cell.model.id === name).model.executionCount"
COUNTED = f"([name, before]) => ![null, before].includes(({COUNT})(name))"
HOLDS = f"""([name, text]) => {{
    return {CELLS}.find(cell => cell.model.id === name).model.sharedModel.source === text;
}}"""
GO_TO = f"""async name => {{
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const index = {CELLS}.findIndex(cell => cell.model.id === name);
    notebook.activeCellIndex = index;
    notebook.widgets[index].node.dataset.name = name;
    await notebook.scrollToItem(index, "start");
}}"""


def open_notebook(page: Page, address: str) -> None:
    """Open a notebook in JupyterLab or Notebook and wait until its kernel can be used."""
    page.goto(address)
    page.wait_for_function(READY)


def cell(page: Page, name: str) -> Locator:
    """Make the cell with the id ``name`` the active one and bring it into view."""
    page.evaluate(GO_TO, name)
    return page.locator(f".jp-Notebook .jp-Cell[data-name={name}]")


def run_all(page: Page, last: str) -> None:
    """Run all cells through the menu, down to the cell ``last`` where an error or the text ends."""
    before = page.evaluate(COUNT, last)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(COUNTED, arg=[last, before])
    page.wait_for_function(READY)


def run(page: Page, name: str) -> Locator:
    """Run the cell with the keyboard; returns it, with all that it shows."""
    active, before = cell(page, name), page.evaluate(COUNT, name)
    active.locator(".jp-InputPrompt").first.click()
    page.keyboard.press("Control+Enter")
    page.wait_for_function(COUNTED, arg=[name, before])
    page.wait_for_function(READY)
    return active


def output(page: Page, name: str) -> Locator:
    """The outputs of a cell."""
    return cell(page, name).locator(".jp-Cell-outputWrapper")


def assert_shows(part: Locator, *texts: str) -> None:
    """Every one of ``texts`` is there, or comes to be there."""
    from playwright.sync_api import expect

    for text in texts:
        expect(part).to_contain_text(text, timeout=SECONDS * 1000)


def assert_accessible(page: Page, part: str | None = None) -> None:
    """No serious or critical finding of axe in ``part`` of the page (a CSS selector) or all."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=part).response["violations"]
    grave = [v for v in found if v["impact"] in ("serious", "critical")]
    report = [(v["id"], [node["html"] for node in v["nodes"]]) for v in grave]
    assert not report, report


def paste_over(page: Page, name: str, text: str) -> None:
    """Replace the text of a cell through the clipboard, as a person does who looks if it came."""
    from playwright.sync_api import TimeoutError as NothingCame

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    for _ in range(PASTES):  # a busy machine loses a key now and then
        cell(page, name).locator(".cm-content").click()
        for keys in ("Control+a", "Control+v"):
            page.keyboard.press(keys)
        with contextlib.suppress(NothingCame):
            page.wait_for_function(HOLDS, arg=[name, text], timeout=SECONDS * 1000 / PASTES)
            return
    raise AssertionError(f"cell {name} does not hold what was pasted")
