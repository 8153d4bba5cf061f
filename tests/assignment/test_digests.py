"""What makes a verdict stale: what marks depend on, and nothing that is only read."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from grader.assignment import digests
from grader.assignment.digests import judge_digest, source_digest
from grader.assignment.source import Source, SourceCell

CELLS = (
    SourceCell("intro", "text", "# Moving averages"),
    SourceCell("setup", "example", "import numpy as np"),
    SourceCell("blend", "answer", "def blend(x):\n    return x"),
    SourceCell("check_blend", "check", 'check("blend", blend)', 10.0),
    SourceCell("written_why", "written", "Because it forgets.", 5.0),
    SourceCell("plots", "lesson", "plot()"),
)
FILES = (("names.txt", b"ada\n"),)
TEXT = '''"""Say how blend is marked."""


def cases(rng):
    """Draw."""
    return [rng.random(3)]
'''
SOURCE, EXERCISES = Source("a", CELLS, FILES), (("exercises.py", TEXT),)
DIGEST = source_digest(SOURCE, EXERCISES)


def changed(name: str, **fields: object) -> Source:
    """The source with another cell of that id."""
    cells = tuple(replace(cell, **fields) if cell.id == name else cell for cell in CELLS)  # type: ignore[arg-type]
    return replace(SOURCE, cells=cells)


@pytest.mark.parametrize("name", ["intro", "written_why", "plots", "check_blend"])
def test_prose_makes_no_verdict_stale(name: str) -> None:
    """A word between the cells, a model answer, the closing section, how a check is called."""
    assert source_digest(changed(name, source="other words"), EXERCISES) == DIGEST


def test_comments_and_docstrings_of_exercises_make_none_stale() -> None:
    """How the author explains the cases to himself is no part of them."""
    other = TEXT.replace("Say how", "Tell how").replace("Draw", "Choose") + "# the end\n"
    assert source_digest(SOURCE, (("exercises.py", other),)) == DIGEST


def test_what_marks_depend_on_makes_them_stale() -> None:
    """Code that runs, points, a cell more or less, a file that is handed out, and the cases."""
    others = [
        source_digest(changed("setup", source="import numpy"), EXERCISES),
        source_digest(changed("blend", source="def blend(x):\n    return 2 * x"), EXERCISES),
        source_digest(changed("check_blend", points=9.0), EXERCISES),
        source_digest(changed("written_why", points=6.0), EXERCISES),
        source_digest(replace(SOURCE, cells=CELLS[:3]), EXERCISES),
        source_digest(replace(SOURCE, files=(("names.txt", b"eve\n"),)), EXERCISES),
        source_digest(SOURCE, (("exercises.py", TEXT.replace("random(3)", "random(4)")),)),
    ]
    assert len({DIGEST, *others}) == len(others) + 1


@pytest.mark.parametrize("room", digests.JUDGING)
def test_a_changed_judging_room_makes_every_verdict_stale(
    room: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version stays the same for months; what judges does not."""
    engine = Path(digests.__file__).parents[1]
    shutil.copytree(engine, tmp_path / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(digests, "__file__", str(tmp_path / "grader" / "assignment" / "digests.py"))
    same = judge_digest.__wrapped__()
    assert same == judge_digest()
    with next(iter(sorted((tmp_path / "grader" / room).glob("*.py")))).open("a") as file:
        file.write("# another\n")
    assert judge_digest.__wrapped__() != same


def test_a_changed_page_makes_none_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What only shows marks is no part of them."""
    engine = Path(digests.__file__).parents[1]
    shutil.copytree(engine, tmp_path / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "grader" / "report" / "report.py").write_text("")
    monkeypatch.setattr(digests, "__file__", str(tmp_path / "grader" / "assignment" / "digests.py"))
    assert judge_digest.__wrapped__() == judge_digest()
