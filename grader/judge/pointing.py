"""Point at the line of a wrong function from which nothing right follows, once all marks are made.

The function is called once more, rewritten so that it tells its values, on inputs that are the
same for everybody. What its process says of itself is not trusted: it picks a line of the
submission's own text and a sentence of a closed list, and touches no mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.assignment.assignment import Assignment
from grader.assignment.calling import driver_of, questions_needed
from grader.assignment.python_cells import plain_code
from grader.assignment.spec import Exercise
from grader.comparison.where import Where
from grader.instrument.portable import portable_text
from grader.instrument.weave import NotWoven, Woven, woven
from grader.judge.attempt import Attempt
from grader.judge.diagnostic_cases import Diagnostic, Diagnostics
from grader.judge.own_text import LONGEST_QUOTED
from grader.judge.right_runs import after_of
from grader.judge.session import Session
from grader.parting.between import Between
from grader.parting.finding import Parting
from grader.parting.recording import NotTold, Recording, read
from grader.parting.sentences import sentence
from grader.parting.where import where
from grader.plain_text import one_line
from grader.sandbox import Call
from grader.verdict import ExerciseResult

OWN = ("answer", "extra")  # roles of the cells that hold a student's code
CPU_SECONDS = 1.0  # of a call; the rewritten function takes some ten times as long as the plain one
MOST_TIMES_AS_MANY = 2  # questions as a right function asks, and a few
MOST_KEPT = 64  # exercises whose cases are kept
MOST_CASES = 2  # that are tried until one shows the mistake


_made: dict[tuple[str, str], Diagnostics] = {}  # by the assignment's digest and the exercise


def diagnostics(assignment: Assignment, exercise: Exercise) -> Diagnostics:
    """Return an exercise's diagnostic cases; drawn and recorded once a process."""
    key = assignment.sha256, exercise.name
    if key not in _made:
        if len(_made) >= MOST_KEPT:
            _made.clear()
        _made[key] = Diagnostics(assignment, exercise)
    return _made[key]


def pointed(
    session: Session, exercise: Exercise, result: ExerciseResult, tried: Attempt
) -> Where | None:
    """Return where a function that earned less than all goes wrong, None where nothing is certain.

    Costs nothing where the cause is known for certain.
    """
    if result.mistake is not None or result.outcome not in ("failed", "raised"):
        return None
    if session.out_of_budget() or tried.given_up or tried.own_forward:
        return None
    try:
        own = OwnCells.of(session, exercise.name)
    except NotWoven:
        return None
    cases = diagnostics(session.assignment, exercise)
    for name in _names(cases, tried):
        diagnostic = cases.of(name)
        if diagnostic is None:
            continue
        told = _told(session, exercise, diagnostic, own.woven)
        if told is None:
            return None
        between = Between(diagnostic.reference, told)
        if not between.failed:
            continue
        found = where(between)
        if found is None or not _agrees(exercise, between, tried):
            return None
        return own.where(found)
    return None


def _names(cases: Diagnostics, tried: Attempt) -> list[str]:
    """Return the diagnostic cases to try: the first one, if it failed, and others that did."""
    failed = tried.failed
    first = cases.first()
    ordered = [first] if first in failed else []
    ordered += [name for name in failed if name in cases.cases and name != first]
    return list(dict.fromkeys(ordered))[:MOST_CASES]


def _agrees(exercise: Exercise, between: Between, tried: Attempt) -> bool:
    """Tell whether what is wrong here is wrong in the hidden cases, too."""
    if bool(between.run.error) != (tried.error is not None):
        return False
    layout = exercise.layout
    wrong = {name for name, finding in tried.findings.items() if finding}
    for path in between.wrong:
        if layout.returns_dict:
            name = path[0] if path else ""
        elif len(layout.returns) == 1:
            name = layout.returns[0]
        else:
            name = (
                layout.returns[int(path[0])]
                if path and path[0] in range(len(layout.returns))
                else ""
            )
        if (
            name in layout.returns
            and name not in wrong
            and any(c.name == name for c in layout.checks)
        ):
            return False
    return True


def _told(
    session: Session, exercise: Exercise, diagnostic: Diagnostic, own: Woven
) -> Recording | None:
    """Call the rewritten function once in the sandbox, and read what it told."""
    assignment, case = session.assignment, diagnostic.case
    others = [name for name in exercise.calls if name not in own.defines]
    text = portable_text(own, exercise.name, others, after_of(exercise), driver_of(exercise))
    needed = questions_needed(exercise, assignment.functions, case, tuple(exercise.calls))
    call = Call(
        exercise.name,
        case.arguments,
        stand_ins={name: assignment.functions[name] for name in exercise.calls},
        max_stand_in_calls=MOST_TIMES_AS_MANY * needed.calls + 4,
        max_stand_in_elements=MOST_TIMES_AS_MANY * needed.elements,
        stand_in_dtypes=needed.dtypes,
        mask_globals=True,
        cpu_seconds=CPU_SECONDS,
        driver=text,
    )
    doubtful = session.inconclusive
    job = session.living()
    reply = next(job.calls([call]))
    session.inconclusive = doubtful  # whatever happened here, the marks are made
    job.inconclusive = False
    if reply.outcome != "returned" or not isinstance(reply.value, dict):
        return None
    try:
        return _read(reply.value, own)
    except (NotTold, TypeError, ValueError, KeyError):
        return None


def _read(told: Mapping[str, Any], own: Woven) -> Recording:
    report, error = told["report"], told["error"]
    if type(report) is not str:
        raise NotTold("no report")
    if error is None:
        return read(report, own.places, told["returned"], uses=own.uses)
    kind, lines, unbound = error
    if type(kind) is not str or type(unbound) is not str:
        raise NotTold("no error")
    through = [own.lines[line] for line in lines if type(line) is int and line in own.lines]
    return read(report, own.places, None, kind or "Exception", through, own.uses, unbound)


@dataclass(frozen=True)
class OwnCells:
    """The student's own cells that a function stands in, as one text, rewritten."""

    woven: Woven
    lines: tuple[tuple[str, int], ...]  # for each line of the text: the cell, the line in it
    text: tuple[str, ...]

    @classmethod
    def of(cls, session: Session, name: str) -> OwnCells:
        """Take the cells of the student's own code. Raises NotWoven."""
        lines: list[tuple[str, int]] = []
        text: list[str] = []
        for cell, source in _cells(session, name):
            for number, line in enumerate(source.split("\n"), 1):
                lines.append((cell, number))
                text.append(line)
        return cls(woven("\n".join(text), [name]), tuple(lines), tuple(text))

    def where(self, found: Parting) -> Where | None:
        """Return the place in the student's text, quoted."""
        if not 0 < found.line <= len(self.lines):
            return None
        cell, line = self.lines[found.line - 1]
        whole = self.text[found.line - 1]
        quoted = one_line(whole.strip(), LONGEST_QUOTED)
        text = ""
        if found.start[0] == found.end[0] == found.line:
            data = whole.encode()  # columns are counted in bytes
            text = data[found.start[1] : found.end[1]].decode(errors="replace")
        text = text if text in quoted else ""
        return Where(cell, line, quoted, found.kind, sentence(replace(found, text=text)), text)


def _cells(session: Session, name: str) -> Iterator[tuple[str, str]]:
    """Yield the cells that may hold the function and its helpers, where they parse."""
    for cell in session.submission.cells:
        if cell.id == name or cell.role == "extra":
            code = plain_code(cell.source)
            if code:
                yield cell.id, code
