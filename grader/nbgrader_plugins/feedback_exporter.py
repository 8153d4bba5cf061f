"""Write this kit's page when nbgrader's ``generate_feedback`` or formgrader's button runs."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter

from grader.course import Course
from grader.feedback.feedback import FAULT, Pages
from grader.gradebook.exchange_files import complete
from grader.gradebook.read import refuse_others
from grader.nbgrader_plugins.gradebook_guard import refuse_gradebook
from grader.records import VERDICT_FILE, has_record, read_verdict


class FeedbackPage(HTMLExporter):
    """An exporter of an autograded notebook as this kit's page of feedback.

    Without a verdict beside it (stock nbgrader graded it) the page is nbgrader's own.
    """

    def __init__(self, parent: Any = None, **more: Any) -> None:
        """Look at the gradebook that the pages read; raises NbGraderException where it is unfit."""
        super().__init__(parent=parent, **more)  # type: ignore[no-untyped-call]
        if parent is not None:  # else nbconvert asks for the class's defaults
            refuse_gradebook(parent)

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> Any:
        """Return the page and the resources; raises RuntimeError where the grader had failed."""
        folder = Path(filename).parent
        student = folder.parent.name
        if not has_record(folder):
            return super().from_filename(filename, resources, **kw)
        course, name = self._pages.course, self._pages.name
        verdict = read_verdict(folder / VERDICT_FILE)
        if verdict is None or verdict.outcome == "grader_error":
            raise RuntimeError(FAULT)
        refuse_others(course, name, self._pages.marks, {student: verdict})
        complete(course, student, name, course.feedback / student / name)
        told = {**(resources or {}), "output_extension": self.file_extension}
        return self._pages.page(student, verdict).decode(), told

    @cached_property
    def _pages(self) -> Pages:
        converter: Any = self.parent
        about = converter.coursedir
        return Pages.of(Course.at(Path(about.root)), str(about.assignment_id))
