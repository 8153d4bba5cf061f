"""Marks by hand in nbgrader's gradebook: each saved on what was seen, none over another."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from grader.course import Course
from grader.errors import UsageError
from grader.gradebook.class_list import class_list
from grader.gradebook.forget import Leaving, forget
from grader.gradebook.hand_marks import HandMark, MarkChange, MarksSaved, marks_by_hand
from grader.gradebook.opening import open_gradebook
from grader.gradebook.read import read_marks
from grader.gradebook.rubric_tables import Rubric, RubricItem, Ticks, read_ticks
from grader.gradebook.write import GradebookWriter
from tests.kit.answers import (
    ANSWERS,
    RUBRIC,
    answer,
    answered_course,
    formgrader_gives,
    formgrader_writes,
)
from tests.kit.gradebook import NAME, WRITTEN, verdict

TICKS = Ticks(("r1",), 0.5, by="ann", at="2025-03-10T10:00:00Z")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Three answers that wait for a mark, and a student who left it empty."""
    return answered_course(tmp_path / "course")


def marks(course: Course) -> dict[str, HandMark]:
    with marks_by_hand(course, NAME) as book:
        return {mark.student: mark for mark in book.read([WRITTEN])}


def give(
    course: Course,
    points: float | None,
    *students: str,
    seen: dict[str, HandMark] | None = None,
    comment: str = "",
    ticks: Ticks | None = TICKS,
) -> MarksSaved:
    """Save a mark on what was seen, by default what there is."""
    seen = seen or marks(course)
    with marks_by_hand(course, NAME) as book:
        return book.save(
            [
                MarkChange(who, WRITTEN, seen[who].version, points, comment, ticks)
                for who in students
            ]
        )


def test_a_mark_is_nbgraders_own(course: Course) -> None:
    """Manual score and comment, as formgrader writes them; the answer waits no more."""
    states = {student: mark.state for student, mark in marks(course).items()}
    assert states == {"ada": "waiting", "bo": "waiting", "cy": "waiting", "di": "empty"}
    saved = give(course, 2.5, "ada", comment="Which one?")
    assert saved.done and saved.before[0].points is None
    assert saved.now[0].points == 2.5 and saved.now[0].ticks
    with closing(open_gradebook(course)) as gradebook:
        grade = gradebook.find_grade(WRITTEN, NAME, NAME, "ada")
        assert (grade.manual_score, grade.needs_manual_grade, grade.score) == (2.5, False, 2.5)
        assert gradebook.find_comment(WRITTEN, NAME, NAME, "ada").comment == "Which one?"
        assert gradebook.find_grade(WRITTEN, NAME, NAME, "bo").manual_score is None
    read = read_marks(course, NAME)["ada"]
    assert read.cells[WRITTEN].points == 2.5 and read.comments[WRITTEN] == "Which one?"
    [ticks] = [mark.ticks for mark in marks(course).values() if mark.ticks]
    assert (ticks.items, ticks.adjust, ticks.by) == (("r1",), 0.5, "ann")


def test_a_mark_that_is_taken_back_waits_again(course: Course) -> None:
    """As formgrader has it; an empty answer goes back to its nothing."""
    give(course, 2.5, "ada", "di")
    assert marks(course)["di"].state == "marked"
    give(course, None, "ada", "di", comment="Later.")
    found = marks(course)
    assert (found["ada"].state, found["di"].state) == ("waiting", "empty")
    assert found["ada"].ticks is None and found["ada"].comment == "Later."


def test_nothing_is_saved_over_a_mark_that_was_not_seen(course: Course) -> None:
    """All or none: of several answers one that was marked since keeps the others as they were."""
    seen = marks(course)
    assert give(course, 1.0, "bo", seen=seen).done
    saved = give(course, 5.0, "ada", "bo", seen=seen)
    assert not saved.done and [mark.student for mark in saved.others] == ["bo"]
    assert {who: mark.points for who, mark in marks(course).items()} == {
        "ada": None, "bo": 1.0, "cy": None, "di": None,
    }  # fmt: skip
    assert give(course, 5.0, "ada", "bo").done


def test_what_formgrader_gave_meanwhile_is_seen_first(course: Course) -> None:
    """Its points and its words both count as a change, each alone."""
    seen = marks(course)
    formgrader_gives(course, "ada", 3.0)
    formgrader_writes(course, "bo", "See me.")
    for student, points, words in (("ada", 3.0, ""), ("bo", None, "See me.")):
        saved = give(course, 5.0, student, seen=seen)
        assert not saved.done
        assert (saved.others[0].points, saved.others[0].comment) == (points, words)


def test_items_are_shown_only_while_the_points_are_theirs(course: Course) -> None:
    """A mark that formgrader changed has no items; with the points of before it has them again."""
    give(course, 2.5, "ada")
    formgrader_gives(course, "ada", 4.0)
    assert (marks(course)["ada"].points, marks(course)["ada"].ticks) == (4.0, None)
    formgrader_gives(course, "ada", 2.5)
    assert marks(course)["ada"].ticks


def test_after_another_answer_the_mark_is_old(course: Course) -> None:
    """And after the same answer, graded once more, it wants another look; both keep their items."""
    give(course, 2.5, "ada", "bo")
    seen = marks(course)
    answer(course, {"ada": "Something else.", "bo": ANSWERS["bo"]})
    found = marks(course)
    assert (found["ada"].state, found["bo"].state) == ("old", "again")
    assert found["ada"].ticks and found["ada"].points == 2.5
    assert not give(course, 5.0, "ada", seen=seen).done  # on the answer that was seen
    assert give(course, 2.5, "ada", "bo").done
    assert {found.state for who, found in marks(course).items() if who in ("ada", "bo")} == {
        "marked"
    }


def test_a_mark_that_autograde_did_not_see_is_not_settled(course: Course) -> None:
    """Given while the next answer is being entered, it is kept, and shown as an old one."""
    with GradebookWriter(course, NAME) as writer:
        writer.save("ada", verdict("ada"), {WRITTEN: "of another answer"})
        assert give(course, 2.5, "ada").done
        formgrader_gives(course, "bo", 1.0)
        writer.commit()
    assert (marks(course)["ada"].points, marks(course)["ada"].state) == (2.5, "old")
    assert marks(course)["bo"].state == "marked"


def test_of_two_who_save_at_once_one_is_told(course: Course) -> None:
    """Whoever comes second is shown the first's mark, however close they are."""
    for points in range(6):
        seen, ready = marks(course), threading.Barrier(2)
        done: dict[float, MarksSaved] = {}

        def save(of: float, seen=seen, ready=ready, done=done) -> None:  # type: ignore[no-untyped-def]
            with marks_by_hand(course, NAME) as book:
                ready.wait()
                change = MarkChange("ada", WRITTEN, seen["ada"].version, of, "", TICKS)
                done[of] = book.save([change])

        threads = [threading.Thread(target=save, args=(points + of,)) for of in (0.25, 0.75)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        [won] = [of for of, saved in done.items() if saved.done]
        [lost] = [saved for saved in done.values() if not saved.done]
        assert lost.others[0].points == won == marks(course)["ada"].points


def test_a_locked_or_vanished_gradebook_is_named(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line with a remedy; the mark that could not be saved is not half there."""
    seen = marks(course)
    give(course, 1.0, "cy")  # the kit's tables are there
    import sqlalchemy

    real = sqlalchemy.create_engine
    monkeypatch.setattr(  # SQLite waits five seconds for a lock
        "nbgrader.api.create_engine",
        lambda url, **more: real(url, connect_args={"timeout": 0.1}, **more),
    )
    with closing(sqlite3.connect(course.root / "gradebook.db")) as other:
        other.execute("begin immediate")
        with pytest.raises(UsageError, match=r"locked\): close what has it open"):
            give(course, 5.0, "ada", seen=seen)
    assert marks(course)["ada"].points is None
    (course.root / "gradebook.db").rename(course.root / "away.db")
    with pytest.raises(UsageError, match="there is no gradebook"):
        marks(course)
    assert not (course.root / "gradebook.db").exists()  # no empty one is made by looking
    (course.root / "away.db").rename(course.root / "gradebook.db")
    assert give(course, 5.0, "ada", seen=seen).done


def test_a_rubric_is_saved_on_the_one_that_was_seen(course: Course) -> None:
    """The assignment's own counts until there is one; of two changes the later is not saved."""
    with marks_by_hand(course, NAME) as book:
        own = book.rubric(WRITTEN, RUBRIC)
        assert [(item.text, item.points) for item in own.items] == list(RUBRIC.items())
        other = Rubric((RubricItem("a1", "an example", 1.0),), ("Good.",), own.number)
        assert book.save([], {WRITTEN: other}).done
        found = book.rubric(WRITTEN, RUBRIC)
        assert (found.items, found.phrases, found.number) == (other.items, ("Good.",), 1)
        assert book.save([], keep={WRITTEN: own}).done  # of a first mark: it changes none
        assert book.rubric(WRITTEN, RUBRIC) == found
        saved = book.save([], {WRITTEN: own})
        assert saved.other_rubric and book.rubric(WRITTEN, RUBRIC) == found


def test_who_is_forgotten_leaves_no_ticks(course: Course) -> None:
    """The items go with the marks; those of others stay."""
    give(course, 2.5, "ada", "bo")
    assert class_list(course, NAME).gone == ("ada", "bo", "cy", "di")
    forget(course, Leaving("ada"))
    assert set(marks(course)) == {"bo", "cy", "di"}
    with closing(open_gradebook(course)) as gradebook:
        assert len(read_ticks(gradebook.db)) == 1
