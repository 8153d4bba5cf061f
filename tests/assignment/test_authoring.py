"""docs/authoring.md, done word for word: an assignment that the kit has never heard of."""

from __future__ import annotations

import functools
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.verify.shape.rules import RULES

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "authoring.md"
WALK, _, _ = PAGE.read_text(encoding="utf-8").partition("## Kinds of exercises")
NAME = "moving_average"
BLOCK = re.compile(
    r"(?P<lead>[^\n]*)\n\n```(?P<kind>python|sh)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE
)
FILE = re.compile(r"`(solutions/\w+/\w+\.py)`")
COMMAND = "python -m grader "


def blocks() -> Iterator[tuple[str, str, str]]:
    """The walk's blocks in order: the line before it, its language and its text."""
    for found in BLOCK.finditer(WALK):
        yield found["lead"], found["kind"], found["body"]


def write(course: Path, lead: str, body: str) -> None:
    """Look for a block in the file that the line before it names, or put it in its place."""
    named = FILE.search(lead)
    assert named, lead
    path = course / named[1]
    text = path.read_text()
    if lead.endswith("holds:"):
        assert body in text, lead
    elif lead.endswith("in place of the cells of `smooth`:"):
        before, mark, rest = text.partition("# %% [markdown]\n# ## 2 · smooth")
        _, end, after = rest.partition("# %% [markdown]\n# ## Your points")
        assert mark and end
        path.write_text(f"{before}{body}\n{end}{after}")
    else:
        assert lead.endswith("in place of what describes `smooth`:"), lead
        before, mark, _ = text.partition("@A.exercise()\ndef smooth")
        assert mark
        path.write_text(before + body)


def run(course: Path, line: str) -> str:
    """Run one command as it stands on the page, with this Python; return what it printed."""
    python = [sys.executable, "-m", "grader", *shlex.split(line.removeprefix(COMMAND))]
    command = python if line.startswith(COMMAND) else line.split()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    wrong = line.startswith(f"{COMMAND}mark")  # what it marks there is not right, and it says so
    assert done.returncode == wrong, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_every_block_is_a_file_or_a_list_of_commands() -> None:
    """The page shows both files, the second exercise, and the verbs that an author needs."""
    kinds = [kind for _, kind, _ in blocks()]
    assert kinds.count("python") == 4 and kinds.count("sh") == 5
    assert WALK.count("```") == 2 * (len(kinds) + 1)  # and what `try` says
    lines = [line for _, kind, body in blocks() if kind == "sh" for line in body.splitlines()]
    verbs = [line.split()[3] for line in lines]
    assert verbs[:4] == ["new", "try", "new", "try"]
    assert {"release", "verify", "simulate", "autograde", "feedback", "report"} <= set(verbs)


def test_the_rules_on_the_page_are_the_rules() -> None:
    """Each by its name, with the sentence that it begins with."""
    table = WALK.partition("| rule | what it asks |")[2].partition("\n\n")[0]
    told = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", table, re.M)
    assert told == [(name, rule.__doc__) for name, rule in RULES.items()]


def told_by_try() -> list[str]:
    """The lines that the page says `try` says."""
    found = re.search(r"^```text\n(.*?)^```$", WALK, re.S | re.M)
    assert found
    return [line for line in found[1].splitlines() if line]


@functools.cache
def before() -> dict[str, bytes]:
    """The engine's own files."""
    return {str(path): path.read_bytes() for path in (ROOT / "grader").rglob("*.py")}


@pytest.mark.slow
@pytest.mark.sandbox
def test_the_page_can_be_followed_word_for_word(tmp_path: Path) -> None:
    """From an empty folder to a class report, without touching the engine."""
    before()
    printed = {}
    for lead, kind, body in blocks():
        if kind == "python":
            write(tmp_path, lead, body)
            continue
        for line in body.splitlines():
            printed[line] = run(tmp_path, line)
    said = printed[f"{COMMAND}try {NAME}"].splitlines()
    assert [line for line in told_by_try() if line not in said] == []
    verified = printed[f"{COMMAND}verify {NAME} --every"]
    assert "solution earns full marks: 10 of 10 points" in verified
    assert "the lesson keeps the rules of shape: 20 of 20 rules" in verified
    assert "mistakes of smooth cost once and are named: 2 mistakes" in verified
    assert "NOT OK" not in verified and "1 equivalent" in verified
    verdicts = [json.loads(p.read_text()) for p in tmp_path.glob("autograded/*/*/verdict.json")]
    assert len(verdicts) == 8 and {v["outcome"] for v in verdicts} == {"graded"}
    assert {v["max_score"] for v in verdicts} == {10.0}
    assert max(v["score"] for v in verdicts) == 10.0 > min(v["score"] for v in verdicts)
    assert len(list(tmp_path.glob("feedback/*/*/*.html"))) == 8
    assert (tmp_path / "report" / f"{NAME}.html").exists()
    assert {str(p): p.read_bytes() for p in (ROOT / "grader").rglob("*.py")} == before()


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_wrong_helper_costs_the_new_assignment_once(tmp_path: Path) -> None:
    """The stand-in answers as often as the case says; no letter of the case has to be T_x."""
    for lead, kind, body in blocks():
        if kind == "python":
            write(tmp_path, lead, body)
        elif " new " in body:
            run(tmp_path, next(line for line in body.splitlines() if " new " in line))
    run(tmp_path, f"{COMMAND}release {NAME}")
    book = json.loads((tmp_path / "assignments" / NAME / f"{NAME}.ipynb").read_text())
    source = (tmp_path / "solutions" / NAME / "lesson.py").read_text()
    right = source[source.index("def smooth") :].partition("\n# %%")[0]
    answers = {
        "blend": "def blend(value, average, decay):\n    return average + value",
        "smooth": right,
    }
    for cell in book["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    (tmp_path / "mine.ipynb").write_text(json.dumps(book))
    run(tmp_path, f"{COMMAND}mark mine.ipynb --assignment {NAME} --json verdict.json")
    verdict = json.loads((tmp_path / "verdict.json").read_text())
    blend, smooth = verdict["exercises"]
    assert blend["points"] == 0 and blend["outcome"] == "failed"
    assert smooth["points"] == 5 and smooth["with_reference_helpers"]
