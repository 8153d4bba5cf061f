"""Show a lesson as a page, as students get it: every answer a stub, nothing run."""

from __future__ import annotations

from typing import Any

import nbformat
from nbconvert import HTMLExporter

from grader.assignment.source import source_of
from grader.course import Course
from grader.release.draft import Draft
from grader.release.percent_text import to_notebook
from grader.verify.shape.lesson import blanked

TEXT_STUB = "YOUR ANSWER HERE"  # nbgrader's own, in the place of a model answer


def draft_page(course: Course, draft: Draft) -> str:
    """Return the page of the students' notebook that a draft makes; raises UsageError as release.

    nbgrader has no part in it: answers are blanked as it does, and the rest is the lesson's.
    """
    source = draft.assignment.source
    figures = course.figures(source.name)
    book = to_notebook(draft.long, source.name, figures, source.files, draft.text, draft.drivers)
    for cell, read in zip(book.cells, source_of(book, source.name, ()).cells, strict=True):
        if read.role == "answer":
            cell.source = blanked(cell.source)
        elif read.role == "written":
            cell.source = TEXT_STUB
    book.metadata["title"] = draft.assignment.spec.title
    exporter: Any = HTMLExporter
    page, _ = exporter(exclude_input_prompt=True).from_notebook_node(nbformat.from_dict(book))
    return str(page)
