"""A graded class to export, and the command as a user runs it."""

from __future__ import annotations

import csv
import io
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from grader.cli import main
from grader.course import Course
from grader.gradebook.opening import open_gradebook
from tests.kit.gradebook import NAME, mark_by_hand, new_course, record
from tests.kit.toy import SLOPE

TITLE = "Leaky, step by step"  # with a comma, for which a table needs quotes
SOLVED = {"ada": 2, "bo": 1, "chloe": 0, "josé": 2, "=cmd": 1}
ROSTER = f'''student,name,email,login,section,canvas_id,sis_user_id,excused
ada,"Lovelace, Ada",ada@u.example,al1,S 1,9001,U-1,
bo,Bo,,,S 1,9002,,no
chloe,Chloé,,,"S ""2""",9003,,yes
josé,"@José",jose@u.example,,,9004,,{SLOPE}
=cmd,+evil,,,,9005,,
dora,Dora,,,,9006,,
'''


def graded_class(folder: Path) -> Course:
    """A class of five: all marks given, a penalty, extra credit, a mark that overrules a test."""
    course = new_course(folder)
    spec = course.folder(NAME) / "exercises.py"
    text = spec.read_text(encoding="utf-8").replace("A leaky memory", TITLE)
    spec.write_text(text, encoding="utf-8")
    record(course, SOLVED, answered=True)
    with closing(open_gradebook(course)) as gradebook:
        for student in SOLVED:
            mark_by_hand(gradebook, student, 0.0)
        mark_by_hand(gradebook, "ada", 4.0, extra=2.0)
        mark_by_hand(gradebook, "bo", 3.5, extra=-0.5)
        gradebook.find_submission_notebook(NAME, NAME, "bo").late_submission_penalty = 2.0
        mark_by_hand(gradebook, "chloe", 1.0)
        gradebook.find_submission_notebook(NAME, NAME, "chloe").late_submission_penalty = 9.0
        overruled = gradebook.find_grade("check_remember", NAME, NAME, "=cmd")
        overruled.manual_score, overruled.needs_manual_grade = 0.25, False
        gradebook.db.commit()
    (course.root / "roster.csv").write_text(ROSTER, encoding="utf-8")
    return course


def another(course: Course, folder: Path) -> Course:
    """A copy of the course, for a test to change."""
    return Course.at(shutil.copytree(course.root, folder))


def run(course: Course, *options: Any) -> Result:
    """Run ``grader export`` as a user does."""
    words = ["export", NAME, "--course", course.root, *options]
    return CliRunner().invoke(main, [str(word) for word in words], color=True)  # as on a terminal


def table(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def written(result: Result) -> list[list[str]]:
    """The rows of the file whose path the command printed."""
    return table(Path(result.stdout.strip()))


def fails(result: Result, says: str) -> None:
    """The command ended with 2 and one line that holds ``says``, without a traceback."""
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("grader: ") and result.stderr.count("\n") == 1
    assert result.stderr.rstrip("\n").isprintable() and len(result.stderr) < 2_000
    assert says in result.stderr and result.stdout == ""
