"""List what an assignment may be refused for, in the order in which its author would look."""

from __future__ import annotations

import warnings

from grader.course import Course
from grader.release.agreement import refuse_lost_places, refuse_told_answers
from grader.release.described import refuse_undescribed
from grader.release.draft import Draft
from grader.release.drawing import refuse_bad_drawing
from grader.release.edits import refuse_unfit_edits
from grader.release.own_cases import refuse_failing_solution


def refuse_faults(course: Course, draft: Draft) -> None:
    """Raise UsageError, with the line of the lesson or of the exercises, for the first fault.

    That is all that can be told quickly, in this process; `release` goes on and asks the judge.
    """
    assignment = draft.assignment
    spec, source = assignment.spec, assignment.source
    refuse_told_answers(spec, draft.text)
    refuse_lost_places(source, course.figures(source.name))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what a solution does on odd inputs
        refuse_bad_drawing(spec, assignment.functions)
        refuse_failing_solution(spec, assignment.functions)
        refuse_undescribed(assignment)
        refuse_unfit_edits(spec, source, assignment.names)
