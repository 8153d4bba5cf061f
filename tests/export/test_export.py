"""Exports from a real gradebook, read back by the rules that the other systems document."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from grader.course import Course
from grader.gradebook.opening import open_gradebook
from grader.records import write_verdict
from grader.verdict import Verdict
from tests.export.kit import TITLE, fails, run, table, written
from tests.kit.gradebook import EXERCISES, NAME, WRITTEN, enter, publish


def test_csv_has_every_cell_and_they_add_up(course: Course) -> None:
    """Cells and extra credit less the penalty are the score; it is what nbgrader computes."""
    result = run(course)
    assert result.exit_code == 0, result.output
    header, *rows = written(result)
    assert Path(result.stdout.strip()) == course.root / "exports" / f"{NAME}-csv.csv"
    assert Path(result.stdout.strip()).read_bytes().startswith(b"\xef\xbb\xbfstudent,")  # for Excel
    assert sorted(header[9:]) == sorted([*EXERCISES, WRITTEN])
    found = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    with closing(open_gradebook(course)) as gradebook:
        for submission in gradebook.assignment_submissions(NAME):
            row = found[submission.student_id.replace("=", "'=")]
            score = max(0.0, submission.score - (submission.late_submission_penalty or 0.0))
            assert float(row["score"]) == round(score, 2)
            assert float(row["max_score"]) == submission.max_score == 25
            cells = sum(float(row[name]) for name in header[9:])
            cells += float(row["extra_credit"]) - float(row["late_penalty"])
            assert max(0.0, cells) == float(row["score"])
    assert found["ada"]["score"] == "26" and found["'=cmd"]["score"] == "10.25"


def test_negative_numbers_stay_numbers_and_texts_do_not_become_formulas(course: Course) -> None:
    """Extra credit of -0.5 is a number; ids and names that begin like a formula are disarmed."""
    result = run(course, "--roster", course.root / "roster.csv")
    header, *rows = written(result)
    found = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert found["bo"]["extra_credit"] == "-0.5"
    assert found["'=cmd"]["name"] == "'+evil" and found["josé"]["name"] == "'@José"


def test_csv_says_how_everyone_stands(course: Course) -> None:
    """Excused and missing students have no score: never a zero of this program's making."""
    result = run(course, "--roster", course.root / "roster.csv")
    assert result.exit_code == 0
    assert "nothing handed in, no grade: dora" in result.stderr
    header, *rows = written(result)
    found = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert {who: row["status"] for who, row in found.items()} == {
        "ada": "graded",
        "bo": "graded",
        "chloe": "excused",
        "josé": "graded",
        "'=cmd": "graded",
        "dora": "missing",
    }
    assert found["dora"]["score"] == found["chloe"]["score"] == ""
    assert found["ada"]["name"] == "Lovelace, Ada" and found["chloe"]["section"] == 'S "2"'


def canvas_import(path: Path) -> tuple[str, str | None, str, dict[str, str]]:
    """Read a gradebook as Canvas does; returns title, assignment id, points and grades by login.

    Source: canvas-lms, lib/gradebook_importer.rb, and title_and_id in app/models/assignment.rb.
    """
    header, *rows = table(path)
    assert "Student" in header[0] and "ID" in header[1]
    if re.search(r"SIS\s+Login\s+ID", header[2]):
        login, columns = 2, 4
    else:
        assert re.search(r"SIS\s+User\s+ID", header[2]) and re.search(
            r"SIS\s+Login\s+ID", header[3]
        )
        login, columns = 3, 5
    assert "Section" in header[columns - 1]
    [heading] = header[columns:]
    match = re.fullmatch(r"(.*)\s\((\d+)\)", heading)
    title, number = match.groups() if match else (heading, None)
    grades, possible = {}, ""
    for row in rows:
        assert len(row) == len(header)
        if "Points Possible" in row[0]:
            possible = row[columns]
        else:
            assert row[1] == "" or row[1].isdecimal()
            grades[row[login]] = row[columns].strip()
    return title, number, possible, grades


def test_canvas_finds_assignment_students_and_grades(course: Course) -> None:
    """The file passes Canvas's importer: id in the heading, points row, EX, SIS User ID."""
    result = run(
        course, "--format", "canvas", "--roster", course.root / "roster.csv", "--column-id", "4711"
    )
    assert result.exit_code == 0, result.output
    path = Path(result.stdout.strip())
    assert path.read_text(encoding="utf-8").splitlines()[:3] == [
        f'Student,ID,SIS User ID,SIS Login ID,Section,"{TITLE} (4711)"',
        "    Points Possible,,,,,25",
        '"Lovelace, Ada",9001,U-1,al1,S 1,26',
    ]
    title, number, possible, grades = canvas_import(path)
    assert (title, number, possible) == (TITLE, "4711", "25")
    assert grades == {"al1": "26", "bo": "11", "chloe": "EX", "josé": "20", "'=cmd": "10.25"}


def test_canvas_without_sis_and_without_a_number(course: Course) -> None:
    """Without those ids the column is left out, and Canvas is left to ask for the assignment."""
    result = run(course, "--format", "canvas")
    assert result.exit_code == 0 and "Canvas will ask" in result.stderr
    title, number, _, grades = canvas_import(Path(result.stdout.strip()))
    assert (title, number) == (TITLE, None) and grades["ada"] == "26"
    assert "SIS User ID" not in written(result)[0]


def test_canvas_takes_names_and_ids_from_the_gradebook(course: Course) -> None:
    """What ``nbgrader db student add`` recorded is used where there is no roster."""
    with closing(open_gradebook(course)) as gradebook:
        gradebook.update_or_create_student(
            "ada", first_name="Ada", last_name="Lovelace", lms_user_id="77"
        )
    assert ["Lovelace, Ada", "77", "ada", "", "26"] in written(run(course, "--format", "canvas"))


def test_blackboard_matches_by_username_and_column_number(course: Course) -> None:
    """Every cell is quoted, the heading ends in the column's number, one row a score."""
    roster = course.root / "roster.csv"
    result = run(course, "--format", "blackboard", "--roster", roster, "--column-id", "1344236")
    assert result.exit_code == 0, result.output
    text = Path(result.stdout.strip()).read_bytes().decode("utf-8")
    assert all(re.fullmatch(r'"[^"]*","[^"]*"', line) for line in text.splitlines())
    header, *rows = written(result)
    match = re.fullmatch(r"(.+) \[Total Pts: ([\d.]+) Score\] \|(\d+)", header[1])
    assert match and match.groups() == (TITLE, "25", "1344236") and header[0] == "Username"
    assert dict(rows) == {"al1": "26", "bo": "11", "josé": "20", "'=cmd": "10.25"}
    assert "excused, to be entered by hand: chloe" in result.stderr


def test_gradescope_gets_one_test_an_exercise(course: Course) -> None:
    """The file has Gradescope's fields and values, and its tests add up to the score."""
    result = run(course, "--format", "gradescope", "--student", "bo")
    assert result.exit_code == 0, result.output
    found = json.loads(Path(result.stdout.strip()).read_text(encoding="utf-8"))
    assert found["score"] == sum(test["score"] for test in found["tests"]) == 10.0
    assert [test["name"] for test in found["tests"]] == list(EXERCISES)
    for test in found["tests"]:
        assert {"score", "max_score", "name", "status", "output", "visibility"} <= test.keys()
        assert 0 <= test["score"] <= test["max_score"]
        assert test["status"] == ("passed" if test["score"] == test["max_score"] else "failed")
        assert test["visibility"] in ("visible", "hidden", "after_due_date", "after_published")
    allowed = {"score", "execution_time", "output", "output_format", "visibility"}
    assert found.keys() <= allowed | {"stdout_visibility", "tests"}


def test_gradescope_refuses_what_was_not_judged(course: Course) -> None:
    """No verdict, a broken one and a fault of the kit are never a result with zero points."""
    path = course.autograded / "bo" / NAME / "verdict.json"
    path.unlink()
    fails(run(course, "--format", "gradescope", "--student", "bo"), "nothing of bo is graded")
    write_verdict(path, Verdict("bo", NAME, NAME, "grader_error", 0.0, 20.0))
    fails(run(course, "--format", "gradescope", "--student", "bo"), "--student bo --force")
    path.write_text("{")
    fails(run(course, "--format", "gradescope", "--student", "bo"), "cannot be used")


def test_gradescope_of_an_unreadable_notebook_says_why(course: Course) -> None:
    """A notebook that cannot be read has zero points and the reason as output."""
    made = Verdict("bo", NAME, NAME, "unreadable", 0.0, 20.0, message="It is no notebook.")
    enter(course, {"bo": made})
    publish(course, "bo", NAME, made, None)
    result = run(course, "--format", "gradescope", "--student", "bo", "--output", "/dev/null/x")
    fails(result, "cannot be written")
    result = run(course, "--format", "gradescope", "--student", "bo")
    found = json.loads(Path(result.stdout.strip()).read_text())
    assert (found["score"], found["tests"]) == (0.0, [])
    assert found["output"] == "It is no notebook."


def test_columns_stand_in_the_notebooks_order(course: Course) -> None:
    """In whatever order a database gives its rows: a server's is another after each update."""
    before = written(run(course))[0]
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        database.execute("update grade set rowid = -rowid")
        database.commit()
    assert written(run(course))[0] == before
    assert before[-3:] == ["leak", "remember", WRITTEN]
