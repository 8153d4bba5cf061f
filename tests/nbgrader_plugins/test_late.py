"""Late penalties through nbgrader's own plugin point, by this kit's writer and by nbgrader."""

from __future__ import annotations

import shutil
import unicodedata
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from nbgrader.preprocessors import AssignLatePenalties

from grader.course import Course
from grader.errors import UsageError
from grader.gradebook.config import gradebook_url, load_config
from grader.gradebook.extensions import unfitting_rows
from grader.gradebook.opening import open_gradebook
from grader.gradebook.write import GradebookWriter
from grader.nbgrader_plugins.late_penalties import read_extensions
from tests.kit.gradebook import NAME, WRITTEN, hand_in_at, mark_by_hand, new_course, record

DUE = datetime(2025, 3, 10, 22, 0)  # in UTC, as the gradebook keeps it
POLICY = '\nc.AssignLatePenalties.plugin_class = "grader.late.TenPercentADay"\n'
LATE_BY = {  # student: hours after the due date; what is left of 20 points
    "early": (-5, 20.0),
    "on_time": (0, 20.0),
    "in_grace": (47.9, 20.0),
    "at_its_end": (48, 20.0),
    "one_day": (48.1, 18.0),
    "two_days": (72.1, 16.0),
    "a_fortnight": (14 * 24, 0.0),
    "a_year": (365 * 24, 0.0),
}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return new_course(tmp_path_factory.mktemp("late"), DUE)


@pytest.fixture
def course(fresh: Course, tmp_path: Path) -> Course:
    return Course.at(shutil.copytree(fresh.root, tmp_path / "course"))


@pytest.fixture
def strict(course: Course) -> Course:
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(POLICY)
    return course


def late_class(course: Course) -> None:
    for student, (hours, _) in LATE_BY.items():
        hand_in_at(course, student, f"{DUE + timedelta(hours=hours)} UTC")
    record(course, dict.fromkeys(LATE_BY, 2))


def kept(course: Course) -> dict[str, float]:
    """What is left of each score after its penalty, as the gradebook has it."""
    with closing(open_gradebook(course)) as gradebook:
        return {
            s.student_id: round(s.score - (s.late_submission_penalty or 0.0), 6)
            for s in gradebook.assignment_submissions(NAME)
        }


def penalties_by_nbgrader(course: Course) -> dict[str, float]:
    """Have nbgrader's own preprocessor assign every penalty again, and read the result."""
    with closing(open_gradebook(course)) as gradebook:
        students = [s.student_id for s in gradebook.assignment_submissions(NAME)]
        for notebook in gradebook.notebook_submissions(NAME, NAME):
            notebook.late_submission_penalty = 12345.0
        gradebook.db.commit()
    for student in students:
        about = {"notebook": NAME, "assignment": NAME, "student": student}
        about["db_url"] = gradebook_url(course)
        AssignLatePenalties(config=load_config(course)).preprocess(
            nbformat.v4.new_notebook(), {"nbgrader": about}
        )
    return kept(course)


def test_without_the_policy_lateness_costs_nothing(course: Course) -> None:
    """The documented default is nbgrader's own: no penalty, however late."""
    late_class(course)
    assert set(kept(course).values()) == {20.0}


def test_two_days_are_free_and_every_begun_day_after_costs_a_tenth(strict: Course) -> None:
    """48 hours of grace, then 10 % of the score a begun day, and never more than the score."""
    late_class(strict)
    assert kept(strict) == {student: left for student, (_, left) in LATE_BY.items()}


def test_nbgrader_assigns_the_same_penalties_as_the_writer(strict: Course) -> None:
    """The policy works in nbgrader's own AssignLatePenalties as it does in this kit's writer."""
    extend(strict, f"two_days,{NAME},2025-03-11T23:00+01:00")
    late_class(strict)
    with closing(open_gradebook(strict)) as gradebook:
        gradebook.grant_extension(NAME, "a_fortnight", days=7)
    record(strict, dict.fromkeys(LATE_BY, 2))
    ours = kept(strict)
    assert penalties_by_nbgrader(strict) == ours
    assert ours["a_fortnight"] == 10.0 and ours["two_days"] == 18.0


def extend(course: Course, *rows: str) -> None:
    text = "\n".join(["student,assignment,until", *rows, ""])
    (course.root / "extensions.csv").write_text(text, encoding="utf-8")


def test_an_extension_moves_one_student_s_due_date(strict: Course) -> None:
    """A row of extensions.csv moves due date and grace of that student and assignment alone."""
    extend(
        strict,
        f"two_days,{NAME},2025-03-11T23:00+01:00",
        "one_day,another_assignment,2030-01-01T00:00Z",
    )
    late_class(strict)
    left = kept(strict)
    assert left["two_days"] == 18.0  # due 24 hours later: in the first day after the grace
    assert left["one_day"] == 18.0


def test_an_extension_that_ends_before_the_due_date_takes_nothing_away(strict: Course) -> None:
    """An extension can only help."""
    extend(strict, f"in_grace,{NAME},2025-01-01T00:00Z")
    late_class(strict)
    assert kept(strict)["in_grace"] == 20.0


def test_an_extension_granted_in_the_gradebook_counts(strict: Course) -> None:
    """Of nbgrader's own extension and the file's, the later one counts; they do not add up."""
    late_class(strict)
    with closing(open_gradebook(strict)) as gradebook:
        gradebook.grant_extension(NAME, "a_fortnight", days=10)
    extend(strict, f"a_fortnight,{NAME},2025-03-12T22:00Z")
    record(strict, {"a_fortnight": 2})
    assert kept(strict)["a_fortnight"] == 16.0  # 4 days late, 2 of them free


def test_the_penalty_is_a_share_of_what_was_earned(strict: Course) -> None:
    """Marks by hand and extra credit are part of the score of which a tenth goes."""
    hand_in_at(strict, "ada", f"{DUE + timedelta(hours=60)} UTC")
    record(strict, {"ada": 2}, answered=True)
    with closing(open_gradebook(strict)) as gradebook:
        mark_by_hand(gradebook, "ada", 4.0, extra=1.0)
    record(strict, {"ada": 2}, answered=True)
    assert kept(strict) == {"ada": 22.5}
    assert penalties_by_nbgrader(strict) == {"ada": 22.5}


def test_extra_credit_without_a_mark_counts_as_in_nbgrader(strict: Course) -> None:
    """While a cell has no mark, nbgrader does not count its extra credit, nor does the writer."""
    hand_in_at(strict, "ada", f"{DUE + timedelta(days=30)} UTC")
    record(strict, {"ada": 2}, answered=True)
    with closing(open_gradebook(strict)) as gradebook:
        mark_by_hand(gradebook, "ada", None, extra=3.0)
    record(strict, {"ada": 2}, answered=True)
    assert kept(strict) == {"ada": 0.0}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([f"ada,{NAME},2025-03-12T00:00"], "line 2: '2025-03-12T00:00' is not a time with its"),
        ([f"ada,{NAME},next week"], "line 2: 'next week' is not a time"),
        ([f"ada,{NAME},0001-01-01T00:00+14:00"], "line 2"),
        ([f"ada,{NAME},2025-03-12T00:00Z"] * 2, "line 3: ada has two rows"),
        ([f",{NAME},2025-03-12T00:00Z"], "line 2: give both"),
        (["ada,2025-03-12T00:00Z"], "is not a time"),
        (["ada,a,2025-03-12T00:00Z,sick,leave"], "line 2: 5 cells under 3 columns"),
    ],
)
def test_a_bad_row_is_one_line_before_anything_is_graded(
    strict: Course, rows: list[str], says: str
) -> None:
    """A row that cannot be used stops the grading before the first record, naming its line."""
    extend(strict, *rows)
    with pytest.raises(UsageError) as caught:
        record(strict, {"ada": 2})
    assert says in str(caught.value) and "\n" not in str(caught.value)
    assert kept(strict) == {}


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """The message names the column that is missing and those that are there."""
    path = tmp_path / "extensions.csv"
    path.write_text("student;assignment;end\nada;a;2025-03-12T00:00Z\n")
    with pytest.raises(UsageError, match=r"has no column until.*student, assignment, end"):
        read_extensions(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_of_any_program_is_read(tmp_path: Path, encoding: str, separator: str) -> None:
    """Encodings and separators of the usual programs are told apart; an offset is honoured."""
    path = tmp_path / "extensions.csv"
    cells = ["student", "assignment", "until"], ["josé", "a", "2025-03-12T01:30+02:00"]
    path.write_bytes("\r\n".join(separator.join(row) for row in cells).encode(encoding))
    assert read_extensions(path) == {("josé", "a"): datetime(2025, 3, 11, 23, 30)}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_row_fits_its_student_in_either_unicode_form(strict: Course, form: str) -> None:
    """The file's é may be one character or two: the folder's may be the other."""
    extend(strict, unicodedata.normalize(form, f"josé,{NAME},2025-03-20T22:00Z"))
    for student in ("jos\u00e9", "jose\u0301"):
        hand_in_at(strict, student, f"{DUE + timedelta(days=5)} UTC")
        record(strict, {student: 2})
        assert kept(strict)[student] == 20.0


def test_rows_that_fit_nobody_are_named(tmp_path: Path) -> None:
    """A student or an assignment that there is not, with what may be meant."""
    path = tmp_path / "extensions.csv"
    rows = f"plian,{NAME},2025-04-30T23:59+02:00\nplain,leeky,2025-04-30T23:59+02:00\n"
    path.write_text(f"student,assignment,until\n{rows}plain,{NAME},2025-04-30T23:59+02:00\n")
    assert list(unfitting_rows(path, {"plain", "eve"}, [NAME])) == [
        "extensions.csv, line 2: no student plian has handed in; is it plain?",
        f"extensions.csv, line 3: no assignment leeky is there; is it {NAME}?",
    ]
    assert not list(unfitting_rows(tmp_path / "none.csv", {"plain"}, [NAME]))


def renewed(course: Course, *students: str) -> list[str]:
    """Work out the penalties of what was graded already again."""
    with GradebookWriter(course, NAME) as writer:
        return writer.renew_penalties(students)


def test_a_due_date_that_moves_moves_the_penalties(strict: Course) -> None:
    """Later, earlier and none, of submissions that stay as they are; marks and flags do, too."""
    late_class(strict)
    before = kept(strict)
    assert renewed(strict, *LATE_BY) == []
    with closing(open_gradebook(strict)) as gradebook:
        mark_by_hand(gradebook, "early", 0.0)
        gradebook.update_or_create_assignment(NAME, duedate=DUE + timedelta(days=1))
    assert set(renewed(strict, *LATE_BY)) == {
        "one_day: 2 points off before, 0 now",
        "two_days: 4 points off before, 2 now",
    }
    assert kept(strict)["two_days"] == 18.0
    with closing(open_gradebook(strict)) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=DUE)
    renewed(strict, *LATE_BY)
    assert kept(strict) == before
    with closing(open_gradebook(strict)) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=None)
    assert len(renewed(strict, *LATE_BY)) == 4 and set(kept(strict).values()) == {20.0}
    with closing(open_gradebook(strict)) as gradebook:
        assert not gradebook.find_grade(WRITTEN, NAME, NAME, "early").needs_manual_grade


def test_an_extension_moves_the_penalty_of_its_student_alone(strict: Course) -> None:
    """By a row of the file or nbgrader's own; only whose submissions are asked for."""
    late_class(strict)
    extend(strict, f"two_days,{NAME},2025-03-20T22:00Z")
    assert renewed(strict, *(set(LATE_BY) - {"two_days"})) == []
    assert renewed(strict, *LATE_BY) == ["two_days: 4 points off before, 0 now"]
    with closing(open_gradebook(strict)) as gradebook:
        gradebook.grant_extension(NAME, "one_day", days=3)
    assert renewed(strict, *LATE_BY) == ["one_day: 2 points off before, 0 now"]
