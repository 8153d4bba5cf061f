"""Put what is to be marked into plain data for the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from grader.files.alone import held_by
from grader.gradebook.hand_marks import HandMark
from grader.gradebook.rubric_tables import Rubric
from grader.written.desk import Desk, neutral_names
from grader.written.markdown import rebuilt_markdown

Data = dict[str, Any]


@dataclass
class ShownAnswers:
    """What the page is given: with names, or with none, which then never leave this process."""

    desk: Desk
    anonymous: bool = False

    def __post_init__(self) -> None:
        self._students: dict[str, str] = {}  # by key

    def questions(self) -> list[Data]:
        """Return the questions, each with its text and a model answer as HTML."""
        return [
            {
                "cell": question.cell,
                "title": question.title,
                "most": question.most,
                "text": rebuilt_markdown(question.text),
                "model": rebuilt_markdown(question.model),
            }
            for question in self.desk.questions
        ]

    def state(self, cell: str) -> Data:
        """Return a question's rubric and all marks, briefly; who grades meanwhile, if anybody."""
        marks, rubric = self.desk.read(cell)
        answers = self.answers(marks)
        if self.anonymous:  # an order by names would tell
            answers.sort(key=lambda answer: str(answer["label"]))
        return {
            "cell": cell,
            "rubric": rubric_data(rubric),
            "answers": answers,
            "grading": held_by(self.desk.course.lock),
        }

    def answers(self, marks: Iterable[HandMark]) -> list[Data]:
        """Return marks as the page has them, by a key and under a name that tells nobody."""
        found = list(marks)
        keys = self.desk.keys(mark.student for mark in found)
        self._students.update({key: student for student, key in keys.items()})
        names = neutral_names(self._students)
        return [self._answer(mark, keys[mark.student], names) for mark in found]

    def _answer(self, mark: HandMark, key: str, names: dict[str, str]) -> Data:
        brief, ticks = self.desk.answers.brief(mark), mark.ticks
        who = {} if self.anonymous else {"student": mark.student, "name": mark.name}
        return {
            **who,
            "key": key,
            "label": names[key],
            "state": mark.state,
            "points": mark.points,
            "extra": mark.extra,
            "comment": mark.comment,
            "items": list(ticks.items) if ticks else None,
            "adjust": ticks.adjust if ticks else 0.0,
            "by": ticks.by if ticks else "",
            "at": ticks.at if ticks else "",
            "version": mark.version,
            "group": brief.group if mark.state != "empty" else "",
            "excerpt": brief.excerpt if mark.state != "empty" else "",
            "current": self.desk.answers.current(mark),
        }

    def full(self, cell: str, key: str) -> Data:
        """Return one answer in full, as HTML and as it was typed; empty where there is none."""
        student = self.student(cell, key)
        mark = self.desk.mark(cell, student) if student is not None else None
        if mark is None:
            return {"html": "", "typed": "", "pictures": [], "version": ""}
        answer = self.desk.answers.full(mark)
        return {
            "html": rebuilt_markdown(answer.text),
            "typed": answer.text,
            "pictures": list(answer.pictures),
            "version": mark.version,
        }

    def student(self, cell: str, key: str) -> str | None:
        """Return whose key it is, None where it is nobody's."""
        if key not in self._students:  # of a page that was open when this process began
            self.answers(self.desk.read(cell)[0])
        return self._students.get(key)


def rubric_data(rubric: Rubric) -> Data:
    """Return a rubric as the page has it."""
    return asdict(rubric)
