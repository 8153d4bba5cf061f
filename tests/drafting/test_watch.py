"""The page that follows an author's saves: real files, a real server, this machine alone."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course import Course
from tests.kit.toy import NAME, new_course

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 90.0  # how long anything may take on a busy machine


class Watching:
    """A `grader watch` in a process of its own, and what it has said so far."""

    def __init__(self, course: Course, *more: str) -> None:
        command = [
            sys.executable,
            "-m",
            "grader",
            "watch",
            NAME,
            *more,
            "--course",
            str(course.root),
        ]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.said = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line

    def close(self) -> None:
        """Leave nothing open."""
        assert self.process.stdout is not None
        self._reader.join(SECONDS)
        self.process.stdout.close()

    def waits_for(self, words: str, after: int = 0) -> int:
        """Wait until something was said; return where it ends."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            place = self.said.find(words, after)
            if place >= 0:
                return place + len(words)
            time.sleep(0.05)
        raise AssertionError(f"{words!r} is not in {self.said[after:]!r}")

    @property
    def address(self) -> str:
        """Where the page is."""
        self.waits_for("Ctrl-C ends")
        found = re.search(r"http://127\.0\.0\.1:\d+/", self.said)
        assert found
        return found[0]

    def page(self, words: str) -> str:
        """The page, as soon as it holds some words."""
        end, text = time.monotonic() + SECONDS, ""
        while time.monotonic() < end:
            with urllib.request.urlopen(self.address, timeout=SECONDS) as answer:
                text = answer.read().decode()
            if words in text:
                return text
            time.sleep(0.1)
        raise AssertionError(f"{words!r} is not on the page: {text[:2000]}")


@contextlib.contextmanager
def watching(course: Course, *more: str) -> Iterator[Watching]:
    """A watch that is ended by Ctrl-C, and says nothing about it."""
    made = Watching(course, *more)
    try:
        yield made
        made.process.send_signal(signal.SIGINT)
        assert made.process.wait(SECONDS) == 0 and "Traceback" not in made.said
    finally:
        if made.process.poll() is None:
            made.process.kill()
            made.process.wait()
        made.close()


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course to be changed."""
    return new_course(tmp_path / "course")


def save(course: Course, old: str, new: str) -> None:
    """Save as editors do: a new file, renamed over the old one."""
    path = course.lesson(NAME)
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    beside = path.with_suffix(".tmp")
    beside.write_text(text.replace(old, new), "utf-8")
    os.replace(beside, path)


@pytest.mark.slow
def test_each_save_is_tried_and_shown(course: Course) -> None:
    """As students get it; what cannot be tried stands above the last page, at its line."""
    with watching(course, "leak") as watch:
        page = watch.page("Take one step, equation (1)")
        assert "this exercise is still empty" in page and "squash(w * h" not in page
        assert "YOUR ANSWER HERE" in page
        at = watch.waits_for("A student whose leak has no-squash sees")
        save(course, "Two functions: one step", "Two little functions: one step")
        watch.page("Two little functions")
        at = watch.waits_for("A student whose leak", at)
        save(course, "h_next = squash(w * h", "h_next = squish(w * h")
        told = f"solutions/{NAME}/lesson.py, line 33: the solution of leak fails"
        assert "Two little functions" in watch.page(told)
        watch.waits_for(told, at)
        save(course, "h_next = squish(w * h", "h_next = squash(w * h")
        watch.waits_for("A student whose leak", at)
        assert told not in watch.page("Two little functions") or watch.page("role=")


@pytest.mark.slow
def test_a_solution_that_never_ends_is_left_at_the_next_save(course: Course) -> None:
    """Its process is ended, and the watch goes on."""
    with watching(course, "leak") as watch:
        at = watch.waits_for("A student whose leak")
        save(
            course,
            "from leaky_utils import squash\n",
            "from leaky_utils import squash\nwhile True: pass\n",
        )
        time.sleep(3)
        save(course, "while True: pass\n", "")
        watch.waits_for("A student whose leak", at)


@pytest.mark.slow
def test_nobody_else_gets_the_page(course: Course) -> None:
    """Another site's name for this address is not answered; a port that is taken is one line."""
    with watching(course) as watch:
        request = urllib.request.Request(watch.address, headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(request, timeout=SECONDS)
        port = watch.address.rsplit(":", 1)[1].strip("/")
        command = [sys.executable, "-m", "grader", "watch", NAME, "--course", str(course.root)]
        done = subprocess.run([*command, "--port", port], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
        assert f"port {port} cannot be used" in done.stderr
        watch.page("Take one step")
