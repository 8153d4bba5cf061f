"""The desk at which answers are marked: what is there to mark, and what a mark, once given, does.

It knows nothing of pages and tables, which both work at it. Each request opens the gradebook, does
its own in one short transaction, and closes it: what others do in between is seen at the next.
"""

from __future__ import annotations

import getpass
import hmac
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import takewhile

from grader.course import Course
from grader.errors import UsageError
from grader.gradebook.hand_marks import HandMark, MarkChange, MarksByHand, MarksSaved, marks_by_hand
from grader.gradebook.rubric_tables import Rubric, RubricItem, Ticks
from grader.plain_text import plain
from grader.written.questions import ClassAnswers, Question, written_questions

LETTERS = "abcdefghjkmnpqrstvwxyz23456789"  # none that is read as another
LABEL = 4  # letters, at least
KEY = 24  # hexadecimal digits
MOST_COMMENT = 20_000  # characters
MOST_UNDONE = 100
MOST_ITEMS, MOST_ITEM = 60, 300  # items; characters of one
WAITING = ("waiting", "old", "again")


class UnfitMark(UsageError):
    """An error in a mark itself: to try it again as it is would not help."""


@dataclass(frozen=True)
class Given:
    """A mark as somebody gives it: None for ``items`` leaves the answer without a mark."""

    items: tuple[str, ...] | None
    adjust: float = 0.0
    comment: str = ""


@dataclass(frozen=True)
class _Done:
    """What was done, so that it can be undone: marks before and now, the rubric before."""

    cell: str
    saved: MarksSaved
    rubric: Rubric | None = None


@dataclass(frozen=True)
class Undone:
    """What was undone of a question: the marks as they are now, and its rubric."""

    cell: str
    saved: MarksSaved
    rubric: Rubric


@dataclass
class Tally:
    """How many answers there are, how many are marked, wait, and were left empty."""

    answers: int = 0
    marked: int = 0
    waiting: int = 0
    empty: int = 0


@dataclass
class Desk:
    """The desk of one assignment."""

    course: Course
    name: str
    questions: list[Question] = field(default_factory=list)
    given: int = 0  # marks in this sitting

    def __post_init__(self) -> None:
        self.questions = written_questions(self.course, self.name)
        self.answers = ClassAnswers(self.course, self.name, self.questions)
        self._done: list[_Done] = []
        self._secret = self.course.secret()

    def question(self, cell: str) -> Question:
        """Return a question by its cell; raises UnfitMark where there is none of that name."""
        for question in self.questions:
            if question.cell == cell:
                return question
        known = ", ".join(question.cell for question in self.questions)
        raise UnfitMark(f"there is no written question {cell!r}: {known}")

    def read(self, cell: str) -> tuple[list[HandMark], Rubric]:
        """Read the marks of a question, by student, and its rubric."""
        question = self.question(cell)
        with marks_by_hand(self.course, self.name) as book:
            marks = sorted(book.read([cell]), key=lambda mark: mark.student)
            return marks, book.rubric(cell, question.rubric)

    def mark(self, cell: str, student: str) -> HandMark | None:
        """Read the mark of one student, None where the gradebook has no submission of theirs."""
        with marks_by_hand(self.course, self.name) as book:
            return next(iter(book.read([cell], [student])), None)

    def tally(self) -> Tally:
        """Count the answers to all questions."""
        made = Tally()
        with marks_by_hand(self.course, self.name) as book:
            for mark in book.read([question.cell for question in self.questions]):
                made.answers += 1
                made.marked += mark.state == "marked"
                made.waiting += mark.state in WAITING
                made.empty += mark.state == "empty"
        return made

    def keys(self, students: Iterable[str]) -> dict[str, str]:
        """Return by student a key that does not tell who they are, the same in every sitting."""
        told = f"written\0{self.name}\0"
        return {
            student: hmac.digest(
                self._secret, (told + student).encode("utf-8", "surrogateescape"), "sha256"
            ).hex()[:KEY]
            for student in students
        }

    def give(self, cell: str, given: Given, seen: Mapping[str, str]) -> MarksSaved:
        """Save one mark for the students of ``seen``, who had these versions.

        Raises UnfitMark for an item that the rubric does not have and for a comment too long.
        """
        question = self.question(cell)
        comment = plain(given.comment).strip()
        if len(comment) > MOST_COMMENT:
            raise UnfitMark(f"the comment has more than {MOST_COMMENT:,} characters: shorten it")
        with marks_by_hand(self.course, self.name) as book:
            rubric = book.rubric(cell, question.rubric)
            ticks = ticked(question, rubric, given)
            points = ticks.points if ticks else None
            self._refuse_others(book, cell, seen)
            changes = [
                MarkChange(student, cell, version, points, comment, ticks)
                for student, version in seen.items()
            ]
            saved = book.save(changes, keep={cell: rubric})
        if saved.done:
            self.given += len(changes)
            self._remember(_Done(cell, saved))
        return saved

    def _refuse_others(self, book: MarksByHand, cell: str, seen: Mapping[str, str]) -> None:
        """Raise UsageError for answers that are not the ones that the gradebook knows."""
        for mark in book.read([cell], list(seen)):
            if mark.version == seen[mark.student] and not self.answers.current(mark):
                raise UsageError(
                    "the gradebook holds another answer than the autograded notebook: run "
                    f"`grader autograde {self.name}`"
                )

    def change_rubric(
        self, cell: str, number: int, items: Sequence[RubricItem], phrases: Sequence[str]
    ) -> tuple[MarksSaved, Rubric]:
        """Save another rubric, and count anew the points of all who have a changed item.

        ``number`` is that of the rubric that was seen. An item that is gone is ticked no more.
        Raises UnfitMark for items that cannot be used.
        """
        question, now = self.question(cell), _stamp_now()
        with marks_by_hand(self.course, self.name) as book:
            before = book.rubric(cell, question.rubric)
            if before.number != number:
                return MarksSaved(other_rubric=True), before
            after = Rubric(usable_items(items), _phrases(phrases), number)
            changes = [
                MarkChange(
                    mark.student, cell, mark.version, ticks.points, mark.comment, ticks, mark.waits
                )
                for mark in book.read([cell])
                if mark.ticks
                for ticks in [_counted_anew(question, after, mark.ticks, now)]
                if ticks != mark.ticks
            ]
            saved = book.save(changes, {cell: after})
            rubric = book.rubric(cell, question.rubric)
        if saved.done:
            self._remember(_Done(cell, saved, before))
        return saved, rubric

    def undo(self) -> Undone | None:
        """Put back what the last mark or change of a rubric was made to; None: there is none.

        Where somebody has marked the same since, theirs stays; then nothing is put back.
        """
        if not self._done:
            return None
        done = self._done[-1]
        changes = [
            MarkChange(
                old.student, old.cell, new.version, old.points, old.comment, old.ticks, old.waits
            )
            for old, new in zip(done.saved.before, done.saved.now, strict=True)
        ]
        own = self.question(done.cell).rubric
        with marks_by_hand(self.course, self.name) as book:
            rubrics = {}
            if done.rubric is not None:
                number = book.rubric(done.cell, own).number
                rubrics = {done.cell: replace(done.rubric, number=number)}
            saved = book.save(changes, rubrics)
            self._done.pop()
            return Undone(done.cell, saved, book.rubric(done.cell, own))

    def _remember(self, done: _Done) -> None:
        self._done = [*self._done[1 - MOST_UNDONE :], done]


def ticked(question: Question, rubric: Rubric, given: Given) -> Ticks | None:
    """Return what is ticked with its points, None for no mark; raises UnfitMark for no item."""
    if given.items is None:
        return None
    known = {item.id for item in rubric.items}
    if not known.issuperset(given.items) or not math.isfinite(given.adjust):
        raise UnfitMark("the rubric has changed: look at it and mark once more")
    order = tuple(item.id for item in rubric.items if item.id in given.items)
    ticks = Ticks(order, given.adjust, 0.0, _user(), _stamp_now())
    return replace(ticks, points=rubric.total(ticks, question.most))


def _counted_anew(question: Question, rubric: Rubric, ticks: Ticks, now: str) -> Ticks:
    left = {item.id for item in rubric.items}
    kept = replace(ticks, items=tuple(item for item in ticks.items if item in left))
    counted = replace(kept, points=rubric.total(kept, question.most))
    return counted if counted == ticks else replace(counted, by=_user(), at=now)


def usable_items(items: Sequence[RubricItem]) -> tuple[RubricItem, ...]:
    """Return the items with their words trimmed; raises UnfitMark for what is no item."""
    made = [replace(item, text=" ".join(plain(item.text).split())) for item in items]
    if len(made) > MOST_ITEMS or len({item.id for item in made}) < len(made):
        raise UnfitMark(f"a rubric has at most {MOST_ITEMS} items, each of them once")
    for item in made:
        if not 0 < len(item.text) <= MOST_ITEM:
            raise UnfitMark(f"an item has words, at most {MOST_ITEM} characters")
        if not (math.isfinite(item.points) and abs(item.points) <= 1000):
            raise UnfitMark(f"{item.text}: its points are no number from -1000 to 1000")
    if len({item.text for item in made}) < len(made):
        raise UnfitMark("two items have the same words: change one of them")
    return tuple(made)


def _phrases(phrases: Sequence[str]) -> tuple[str, ...]:
    made = dict.fromkeys(plain(phrase).strip()[:MOST_ITEM] for phrase in phrases)
    return tuple(phrase for phrase in made if phrase)[:MOST_ITEMS]


def neutral_names(keys: Iterable[str]) -> dict[str, str]:
    """Return a short name for each key, made of it: it stays the same when others hand in."""
    spelt = sorted((_spelt(int(key, 16)), key) for key in keys)
    around = ["", *(letters for letters, _ in spelt), ""]
    made = {}
    for place, (letters, key) in enumerate(spelt, 1):
        like = max(_alike(letters, around[place + step]) for step in (-1, 1))
        made[key] = letters[: max(LABEL, like + 1)]
    return made


def _alike(one: str, other: str) -> int:
    """Count the letters with which both begin."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _spelt(number: int) -> str:
    letters = ""
    while number:
        number, place = divmod(number, len(LETTERS))
        letters += LETTERS[place]
    return letters


def _stamp_now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a process without a name, as in many containers
        return ""
