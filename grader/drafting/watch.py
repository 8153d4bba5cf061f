"""``grader watch``: try an assignment at every save, and show its notebook as a page beside."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from grader.course import Course
from grader.drafting.served_page import ServedPage

Say = Callable[[str], None]


class OwnFiles(DefaultFilter):
    """A filter of what an author writes: no compiled code, no editor's copies, no derived file."""

    def __init__(self, derived: Path) -> None:
        super().__init__()
        self._derived = str(derived)

    def __call__(self, change: Change, path: str) -> bool:
        """Tell whether a changed file is one to look at."""
        return path != self._derived and super().__call__(change, path)


def watch(course: Course, name: str, function: str | None, port: int, say: Say) -> None:
    """Try ``name`` now and at every save, until Ctrl-C; the page is served on 127.0.0.1.

    Raises UsageError where the port is taken.
    """
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_watch(course, name, function, port, say))


async def _watch(course: Course, name: str, function: str | None, port: int, say: Say) -> None:
    page = ServedPage(name)
    say(f"{page.listen(port)} shows {name} as students get it; Ctrl-C ends")
    with tempfile.TemporaryDirectory(prefix="watch-") as folder:
        file = Path(folder) / "page.html"
        round_ = asyncio.create_task(_round(course, name, function, file, page, say))
        try:
            chosen = OwnFiles(course.solution_notebook(name))
            async for _ in awatch(course.folder(name), watch_filter=chosen):
                await _stop(round_)  # of what is no longer written so
                round_ = asyncio.create_task(_round(course, name, function, file, page, say))
        finally:
            await _stop(round_)


async def _round(
    course: Course, name: str, function: str | None, file: Path, page: ServedPage, say: Say
) -> None:
    """Try once in a process of its own, which can be stopped, whatever the author's code does."""
    command = [sys.executable, "-m", "grader", "try", name, *([function] if function else [])]
    command += ["--course", str(course.root), "--page", str(file)]
    say("")
    file.unlink(missing_ok=True)
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    try:
        _, told = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    problem = told.decode("utf-8", "replace").strip()
    if problem:
        say(problem)
    if file.exists():  # it is written last, where nothing keeps the assignment from being tried
        page.show(file.read_text("utf-8"))
    else:
        page.fail(problem)


async def _stop(round_: asyncio.Task[None]) -> None:
    round_.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await round_
