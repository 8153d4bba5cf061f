"""Write feedback: one page for each student, where nbgrader looks for it to release it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.assignment.source import WRITTEN_CELL, is_check_cell
from grader.class_look import ClassLook
from grader.course import Course
from grader.errors import UsageError
from grader.feedback.contact import Contact
from grader.feedback.page import student_page
from grader.files.atomic import write_beside
from grader.gradebook.config import contact_line
from grader.gradebook.exchange_files import complete
from grader.gradebook.hand_marks import marks_by_hand
from grader.gradebook.read import StudentMarks, read_marks, refuse_others
from grader.gradebook.rubric_tables import Rubric, Ticks
from grader.html.lesson import Lesson, lesson, read_cells
from grader.html.render import render
from grader.records import VERDICT_FILE, read_records, read_verdict
from grader.verdict import Verdict

FAULT = "not judged because of a grader error: see `grader autograde`"


@dataclass
class Feedback:
    """A summary of the pages: which were written, and who got none and why."""

    written: list[Path] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    look: ClassLook = field(default_factory=ClassLook)


@dataclass(frozen=True)
class Pages:
    """The sources of all pages of an assignment, read once for the whole class."""

    course: Course
    name: str
    marks: Mapping[str, StudentMarks]
    about: Lesson
    rubrics: Mapping[str, Rubric]  # by a question's cell
    ticks: Mapping[str, Mapping[str, Ticks]]  # by student and cell
    contact: Contact

    @classmethod
    def of(cls, course: Course, name: str) -> Pages:
        """Read gradebook, released notebook and rubrics; raises UsageError when one fails."""
        marks, about = read_marks(course, name), lesson(course, name)
        own = {WRITTEN_CELL + key: of for key, of in course.spec(name).rubrics.items()}
        cells = {cell for each in marks.values() for cell in each.cells if not is_check_cell(cell)}
        with marks_by_hand(course, name) as book:
            rubrics = {cell: book.rubric(cell, own.get(cell, {})) for cell in cells}
            found = book.read(sorted(cells))
        ticks: dict[str, dict[str, Ticks]] = {}
        for mark in found:
            if mark.ticks:
                ticks.setdefault(mark.student, {})[mark.cell] = mark.ticks
        contact = Contact.of(contact_line(course))
        return cls(course, name, marks, about, rubrics, ticks, contact)

    def page(self, student: str, verdict: Verdict) -> bytes:
        """Return a student's page as UTF-8 HTML."""
        cells = read_cells(self.course.autograded / student / self.name / f"{self.name}.ipynb")
        marks = self.marks.get(student, StudentMarks(student))
        ticks = self.ticks.get(student)
        page = student_page(verdict, marks, cells, self.about, self.rubrics, ticks, self.contact)
        return render("feedback.html.j2", page=page)

    def write(self, student: str, verdict: Verdict) -> Path:
        """Write a student's page, and what ``nbgrader release_feedback`` needs beside it."""
        path = self.course.feedback / student / self.name / f"{self.name}.html"
        complete(self.course, student, self.name, path.parent)
        write_beside(path, self.page(student, verdict))
        return path


def feedback(
    course: Course,
    name: str,
    only: str | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Feedback:
    """Write a page for every graded submission of ``name``, or for that of the student ``only``.

    Raises UsageError when nothing was graded yet or the gradebook cannot be read.
    """
    found = read_records(course, name, only, brief=True)
    pages = Pages.of(course, name)
    waiting = sum(len(entry.waiting) for who, entry in pages.marks.items() if only in (None, who))
    made = Feedback(look=ClassLook.of(found.verdicts, waiting=waiting))
    refuse_others(course, name, pages.marks, found.verdicts)
    made.left_out += [f"{student}: its verdict cannot be read" for student in found.unusable]
    for done, (student, verdict) in enumerate(found.verdicts.items(), 1):
        if verdict.outcome == "grader_error":
            made.left_out.append(f"{student}: {FAULT}")
        else:
            made.written.append(pages.write(student, _whole(course, name, student, verdict)))
        progress(done, len(found.verdicts))
    return made


def _whole(course: Course, name: str, student: str, brief: Verdict) -> Verdict:
    """Read again, for their page alone, all that the verdict of one student says."""
    verdict = read_verdict(course.autograded / student / name / VERDICT_FILE)
    if verdict is None or verdict.digest != brief.digest:
        raise UsageError(f"somebody grades {student} at this moment: run this again afterwards")
    return verdict
