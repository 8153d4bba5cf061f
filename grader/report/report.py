"""Write the class report: a page and a table of where a class stands, for its instructors."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.assignment.source import cell_id, check_cell, is_check_cell
from grader.class_look import ClassLook
from grader.course import Course
from grader.files.kept import Kept
from grader.gradebook.class_list import class_list
from grader.gradebook.read import StudentMarks, read_marks, refuse_others
from grader.html.lesson import Lesson, lesson, read_cells
from grader.html.render import render_parts
from grader.html.signs import SIGNS
from grader.html.wording import OUTCOME_WORDS, counted, number
from grader.plain_text import plain
from grader.records import read_records
from grader.report.differentiation import Sighting, sighting
from grader.report.plots import Picture, histogram, ranked, stacked
from grader.report.similarity import Pair, similar_pairs
from grader.report.statistics import GROUPS, ClassStatistics, statistics
from grader.report.students import student_rows
from grader.report.written_page import write_page
from grader.shared import SharedNames
from grader.verdict import Verdict

MOST_PAIRS = 20  # pairs shown side by side
MOST_SIGHTINGS = 20  # students whose backward functions are shown
MOST_MISTAKES = 12  # mistakes drawn; the page folds the rarer ones away
WEAK = 0.2  # discrimination below which an exercise deserves a second look

Cells = Sequence[tuple[str, str, str]]  # of a notebook: id, type and text of each
Texts = Mapping[str, str]


@dataclass(frozen=True)
class ClassReport:
    """A report that was written: its page, its table, and what an instructor is told at once."""

    page: Path
    table: Path
    look: ClassLook


def report(
    course: Course, name: str, progress: Callable[[int, int], None] = lambda done, of: None
) -> ClassReport:
    """Write ``report/<name>.html`` and ``.csv``.

    Raises UsageError when nothing was graded yet, or when the gradebook or the assignment's
    exercises cannot be read.
    """
    found = read_records(course, name, brief=True)
    marks = read_marks(course, name)
    refuse_others(course, name, marks, found.verdicts)
    handed_in = class_list(course, name)
    about = lesson(course, name)
    progress(1, 4)
    summed = statistics(found.verdicts)
    pairs, looks = _read_code(course, name, found.verdicts, about)
    rows = student_rows(course, name, found.verdicts, marks, handed_in.absent)
    progress(2, 4)
    page = render_parts(
        "report.html.j2",
        script="sort.js",
        name=name,
        title=about.title,
        statistics=summed,
        written=written(marks, found.verdicts),
        unusable=found.unusable,
        handed_in=handed_in,
        students=rows,
        exercises=[item.name for item in summed.exercises],
        max_points=max((row.max_points for row in rows), default=0.0),
        signs=SIGNS,
        submitted=course.submitted.name,
        pictures=_pictures(summed),
        groups=tuple(GROUPS),
        words={outcome: word for outcome, (word, _, _) in OUTCOME_WORDS.items()},
        pairs=pairs[:MOST_PAIRS],
        more_pairs=max(len(pairs) - MOST_PAIRS, 0),
        looks=looks[:MOST_SIGHTINGS],
        more_looks=max(len(looks) - MOST_SIGHTINGS, 0),
        weak=WEAK,
        most_mistakes=MOST_MISTAKES,
    )
    progress(3, 4)
    paths = write_page(course, name, page, class_table(found.verdicts, marks, pairs, looks))
    progress(4, 4)
    waiting = sum(len(entry.waiting) for entry in marks.values())
    return ClassReport(*paths, ClassLook.of(found.verdicts, handed_in.absent, waiting))


def _read_code(
    course: Course, name: str, verdicts: Mapping[str, Verdict], about: Lesson
) -> tuple[list[Pair], list[Sighting]]:
    """Return whose answers are alike, and which backward functions are to be looked at."""
    spec = course.spec(name)
    files = ((Path(file), content) for file, content in course.files(spec))
    modules = {file.stem: c.decode(errors="replace") for file, c in files if file.suffix == ".py"}
    kept = Kept(course.kept(name, "report"))
    answers: dict[str, Texts] = {}
    looks: list[Sighting] = []
    for student, verdict in verdicts.items():  # one notebook at a time, whole, in memory
        cells = _cells(course, name, student)
        answers[student] = _answers(cells, verdict)
        code = [text for _, kind, text in cells if kind == "code"]
        look = sighting(student, code, spec, modules, kept)
        if look is not None:
            looks.append(look if len(looks) < MOST_SIGHTINGS else replace(look, cells=()))
    pairs = similar_pairs(answers, _stubs(verdicts, about), kept)
    kept.write()
    return pairs, looks


def _cells(course: Course, name: str, student: str) -> list[tuple[str, str, str]]:
    """Read a student's cells as they were graded: their ids, types and texts."""
    cells = read_cells(course.autograded / student / name / f"{name}.ipynb")
    return [
        (cell_id(cell), str(cell.get("cell_type")), "".join(cell.get("source", "")))
        for cell in cells
    ]


def _answers(cells: Cells, verdict: Verdict) -> Texts:
    """Return a student's answers by exercise."""
    names = {exercise.name for exercise in verdict.exercises}
    # Many answers are the same in a class: interned, they take their memory once.
    found = {key: sys.intern(plain(text)) for key, _, text in cells if key in names}
    return SharedNames.of(found)


def _stubs(verdicts: Mapping[str, Verdict], about: Lesson) -> dict[str, str]:
    names = dict.fromkeys(e.name for verdict in verdicts.values() for e in verdict.exercises)
    return {name: about.sources.get(name, "") for name in names}


def written(marks: Mapping[str, StudentMarks], verdicts: Mapping[str, Verdict]) -> dict[str, float]:
    """Count how far marking by hand is: answers waiting, marked, left empty; and late penalties."""
    tested = {check_cell(e.name) for verdict in verdicts.values() for e in verdict.exercises}
    cells = [
        mark
        for student, entry in marks.items()
        if student in verdicts
        for cell, mark in entry.cells.items()
        if cell not in tested and not is_check_cell(cell)
    ]
    settled = [mark for mark in cells if not mark.waits]
    by_hand = [mark for mark in settled if mark.manual is not None]
    points = [mark.points for mark in by_hand if mark.points is not None]
    return {
        "waiting": len(cells) - len(settled),
        "marked": len(points),
        "empty": len(settled) - len(points),  # nbgrader gives them zero by itself
        "mean": sum(points) / len(points) if points else 0.0,
        "late": sum(1 for s, entry in marks.items() if s in verdicts and entry.penalty),
    }


def _pictures(summed: ClassStatistics) -> dict[str, Picture]:
    """Draw the pictures by name; each one's text says what it shows."""
    made: dict[str, Picture] = {}
    if summed.scores:
        low, middle, high = (number(value) for value in summed.quartiles)
        alt = (
            f"Histogram of {counted(len(summed.scores), 'score')} out of "
            f"{number(summed.max_score)} points: half of them lie between {low} and {high}, the "
            f"median is {middle}."
        )
        made["scores"] = histogram(
            summed.edges, summed.counts, summed.above, "points by tests", alt
        )
    if summed.exercises:
        hardest = min(summed.exercises, key=lambda item: item.success)
        easiest = max(summed.exercises, key=lambda item: item.success)
        alt = (
            f"Bars of outcomes for each exercise. Highest success: {easiest.name} "
            f"({easiest.success:.0%} of its points), lowest: {hardest.name} "
            f"({hardest.success:.0%})."
        )
        made["exercises"] = stacked({item.name: item.groups for item in summed.exercises}, alt)
    if summed.mistakes:
        first = summed.mistakes[0]
        alt = (
            f"Bars of named mistakes by how many students made them. The most frequent is "
            f"{first.id} in {first.exercise}, made by {counted(len(first.students), 'student')}."
        )
        rows = [(f"{m.exercise}: {m.id}", len(m.students)) for m in summed.mistakes]
        made["mistakes"] = ranked(rows[:MOST_MISTAKES], alt)
    return made


def class_table(
    verdicts: Mapping[str, Verdict],
    marks: Mapping[str, StudentMarks],
    pairs: Sequence[Pair],
    looks: Sequence[Sighting],
) -> Iterator[list[object]]:
    """Yield the rows of the CSV: one student each, with points, outcome, mistake by exercise."""
    names = list(dict.fromkeys(e.name for v in verdicts.values() for e in v.exercises))
    head = ["student", "name", "outcome", "score", "max_score", "late_penalty"]
    for name in names:
        head += [name, f"{name} outcome", f"{name} mistake"]
    partners: dict[str, list[str]] = {}
    for one, two in (pair.students for pair in pairs):
        partners.setdefault(one, []).append(two)
        partners.setdefault(two, []).append(one)
    seen = {look.student: look.seen for look in looks}
    yield [*head, "mended", "alike", "something to look at"]
    for student, verdict in verdicts.items():
        entry = marks.get(student, StudentMarks(student))
        results = {exercise.name: exercise for exercise in verdict.exercises}
        row: list[object] = [student, entry.name, verdict.outcome]
        row += [verdict.score, verdict.max_score, entry.penalty]
        for name in names:
            result = results.get(name)
            row += [result.points, result.outcome, result.mistake or ""] if result else ["", "", ""]
        mended = "; ".join(verdict.mended)
        alike = " ".join(sorted(partners.get(student, [])))
        look = seen.get(student, {}).items()
        words = "; ".join(f"{', '.join(where)}: {', '.join(what)}" for what, where in look)
        yield [*row, mended, alike, words]
