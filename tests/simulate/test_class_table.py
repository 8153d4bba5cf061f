"""The table of a class on a real terminal of several widths: every row fits, nothing is lost."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from grader.comparison.finding import Finding
from grader.comparison.where import Where
from grader.simulate.class_table import first_look
from grader.verdict import CheckResult, ExerciseResult, Verdict

ROOT = Path(__file__).resolve().parents[2]
NAMES = [f"{kind}_{way}" for kind in ("rnn_cell", "rnn", "lstm") for way in ("forward", "back")]
SHOW = """
import sys
from pathlib import Path
from rich.console import Console
from grader.comparison.finding import Finding
from grader.comparison.where import Where
from grader.simulate.class_table import show
from grader.verdict import Verdict
paths = sorted(Path(sys.argv[1]).iterdir())
show("toys", [Verdict.from_json(path.read_text()) for path in paths], Console())
"""


def verdict(student: str, *outcomes: str) -> Verdict:
    """A student's verdict, by the outcomes of exercises of ten points."""
    results = []
    for name, outcome in zip(NAMES, outcomes, strict=False):
        points = {"passed": 10.0, "failed": 5.0}.get(outcome, 0.0)
        checks = [CheckResult("y", "passed" if points else "failed", points and 5.0, 5.0)]
        passed = outcome == "passed"
        checks += [CheckResult("z", "passed" if passed else "failed", 5.0 * passed, 5.0)]
        results.append(ExerciseResult(name, outcome, points, 10.0, tuple(checks)))
    whole = "graded" if outcomes else "unreadable"
    score = sum(result.points for result in results)
    told = Verdict(student, "toys", "toys", whole, score, 60.0, exercises=tuple(results))
    message = "" if outcomes else "The notebook cannot be read: it ends too early."
    return replace(told, message=message)


CLASS = [
    verdict("ada", *["passed"] * 6),
    verdict("a-student-with-a-rather-long-name", "failed", "timed_out", *["passed"] * 4),
    verdict("blank", *["not_attempted"] * 6),
    verdict("kim", "passed", "raised", "crashed", "missing", "timed_out", "passed"),
    verdict("omar"),
]


def on_a_terminal(folder: Path, width: int) -> list[str]:
    """The lines on the screen of a terminal so wide, without what colours them."""
    for each in CLASS:
        (folder / f"{each.student}.json").write_text(each.to_json())
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")}
    command = [sys.executable, "-c", SHOW, str(folder)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=theirs, stderr=subprocess.STDOUT, stdin=theirs,
        env={**environment, "TERM": "xterm-256color"},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65_536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    assert process.wait() == 0, shown.decode()
    assert b"\x1b[32m" in shown  # in colour
    return re.sub(r"\x1b\[[0-9;]*m", "", shown.decode()).replace("\r", "").splitlines()


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_it_fits_the_terminal(tmp_path: Path, width: int) -> None:
    """No line is longer than the screen is wide; each student has a row with a sign an exercise."""
    lines = on_a_terminal(tmp_path, width)
    assert max(map(cell_len, lines)) <= width
    text = "\n".join(lines)
    for row in (
        r"ada +60/60  ✓ ✓ ✓ ✓ ✓ ✓  nothing: all right",
        r"a-student-with-a-rather-long-name +45/60  ~ ✗ ✓ ✓ ✓ ✓  rnn_cell",
        r"blank +0/60  – – – – – –  rnn_cell",
        r"kim +20/60  ✓ ✗ ✗ – ✗ ✓  rnn_cell",
        r"omar +0/60 +unreadable",
        r"median 20 of 60 points by tests",
        r"✓ passed  ~ partly right  ✗ not right  – empty or missing  ! not judged",
    ):
        assert re.search(rf"^ *{row}", text, re.M), (row, text)
    for number, name in enumerate(NAMES, 1):
        assert f"{number}:{name}" in text


def test_what_is_looked_at_first_is_what_is_wrong() -> None:
    """Not a check that earned nothing because another one is wrong."""
    finding = Finding("values", "y of step", "the values", "all are off", "the line")
    wrong = CheckResult("y", "failed", 0.0, 8.0, finding)
    idle = CheckResult("inputs", "failed", 0.0, 2.0)
    result = ExerciseResult("step", "failed", 0.0, 10.0, (wrong, idle))
    told = Verdict("kim", "toys", "toys", "graded", 0.0, 10.0, exercises=(result,))
    assert first_look(told) == "step: y not right"
    where = Where("step", 2, "y = h", "value", "`h` is another value.", "h")
    at_a_line = replace(result, where=where)
    assert first_look(replace(told, exercises=(at_a_line,))) == "step: y not right (line 2)"
