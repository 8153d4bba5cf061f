"""Marking at the desk: rubric, equal answers, undo, and answers that are not the gradebook's."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from grader.course import Course
from grader.errors import UsageError
from grader.feedback.feedback import feedback
from grader.gradebook.hand_marks import HandMark, MarksSaved
from grader.gradebook.rubric_tables import RubricItem
from grader.html.pictures import with_pictures
from grader.written.desk import Desk, Given, neutral_names
from tests.autograde.test_answers_in_words import png
from tests.kit import toy
from tests.kit.answers import ANSWERS, answer, answered_course, formgrader_gives, notebook
from tests.kit.bonus import replace_in
from tests.kit.gradebook import NAME, WRITTEN, publish, verdict
from tests.kit.page import Page


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A class of four, of whom one left the answer empty."""
    return Desk(answered_course(tmp_path / "course"), NAME)


def marks(desk: Desk) -> dict[str, HandMark]:
    return {mark.student: mark for mark in desk.read(WRITTEN)[0]}


def points(desk: Desk) -> dict[str, float | None]:
    return {student: mark.points for student, mark in marks(desk).items()}


def give(desk: Desk, given: Given, *students: str) -> MarksSaved:
    found = marks(desk)
    return desk.give(WRITTEN, given, {who: found[who].version for who in students})


def change(desk: Desk, *items: tuple[str, str, float]) -> MarksSaved:
    """Change the rubric that there is."""
    number = desk.read(WRITTEN)[1].number
    return desk.change_rubric(WRITTEN, number, [RubricItem(*item) for item in items], [])[0]


def test_a_question_has_its_title_its_points_and_its_rubric(desk: Desk) -> None:
    """As the assignment describes it; where there is none to be marked, that is said."""
    [question] = desk.questions
    assert (question.title, question.most) == ("In words", 5.0)
    assert "Write here" in question.model and "In words" in question.text
    assert [(item.id, item.points) for item in desk.read(WRITTEN)[1].items] == [
        ("r1", 2),
        ("r2", 3),
    ]
    with pytest.raises(UsageError, match="slope has no written question"):
        Desk(desk.course, toy.SLOPE)


def test_points_are_those_of_the_items(desk: Desk) -> None:
    """And what was given or taken beside them, from nothing to all that there are."""
    for given, made in (
        (Given(("r1",)), 2.0),
        (Given(("r2", "r1")), 5.0),
        (Given((), 0.0), 0.0),
        (Given(("r1",), -0.5), 1.5),
        (Given(("r1", "r2"), 3.0), 5.0),
        (Given(("r1",), -9.0), 0.0),
        (Given(None, comment="Come and see me."), None),
    ):
        [mark] = give(desk, given, "ada").now
        assert mark.points == made and mark.comment == given.comment
    with pytest.raises(UsageError, match="rubric has changed"):
        give(desk, Given(("r9",)), "ada")
    with pytest.raises(UsageError, match="shorten it"):
        give(desk, Given((), comment="x" * 20_001), "ada")
    assert desk.given == 7


def test_a_changed_item_counts_for_all_who_have_it(desk: Desk) -> None:
    """Their points are counted anew and saved; who was marked elsewhere keeps what that gave."""
    give(desk, Given(("r1",)), "ada")
    give(desk, Given(("r1",), 0.5), "bo")
    give(desk, Given(("r2",)), "cy")
    formgrader_gives(desk.course, "di", 2.0)
    saved = change(desk, ("r1", "names the weight", 1.5), ("r2", "says what it does", 3.0))
    assert {mark.student for mark in saved.now} == {"ada", "bo"}
    assert points(desk) == {"ada": 1.5, "bo": 2.0, "cy": 3.0, "di": 2.0}
    change(desk, ("r2", "says what it does", 3.0), ("a1", "an example", 1.0))  # r1 is gone
    assert points(desk) == {"ada": 0.0, "bo": 0.5, "cy": 3.0, "di": 2.0}
    assert all(mark.state == "marked" for mark in marks(desk).values())
    give(desk, Given(("r2", "a1")), "ada")
    assert points(desk)["ada"] == 4.0


def test_items_mean_what_they_meant_when_they_were_ticked(desk: Desk) -> None:
    """From the first mark on the gradebook's rubric counts, though the assignment's changes."""
    give(desk, Given(("r1",)), "ada")
    replace_in(desk.course.folder(NAME) / "exercises.py", "names the weight", "names the bias")
    again = Desk(desk.course, NAME)
    assert again.read(WRITTEN)[1].items[0].text == "names the weight"


def test_a_rubric_that_cannot_be_used_is_refused(desk: Desk) -> None:
    """Without words, twice the same, with points that are none; and one that has changed since."""
    for items, said in (
        ([("r1", "  ", 1.0)], "has words"),
        ([("r1", "a", float("nan"))], "no number"),
        ([("r1", "a", 1.0), ("r1", "b", 1.0)], "each of them once"),
        ([("r1", "a", 1.0), ("r2", "a", 1.0)], "same words"),
    ):
        with pytest.raises(UsageError, match=said):
            change(desk, *items)
    assert change(desk, ("r1", "only one", 5.0)).done
    assert desk.change_rubric(WRITTEN, 0, [], [])[0].other_rubric
    assert len(desk.read(WRITTEN)[1].items) == 1


def test_equal_answers_share_a_group(desk: Desk) -> None:
    """However they are spaced; a mark for all of them is one transaction."""
    briefs = {who: desk.answers.brief(mark) for who, mark in marks(desk).items()}
    assert briefs["ada"].group == briefs["bo"].group != briefs["cy"].group
    assert briefs["cy"].excerpt == "No idea"
    saved = give(desk, Given(("r1",)), "ada", "bo")
    assert len(saved.now) == 2 and points(desk)["bo"] == 2.0


def test_what_was_done_last_is_undone_first(desk: Desk) -> None:
    """Marks, those of a group, and a change of the rubric with all that it counted anew."""
    give(desk, Given(("r1",), comment="Good."), "ada", "bo")
    give(desk, Given(("r1", "r2")), "ada")
    change(desk, ("r1", "names the weight", 0.5), ("r2", "says what it does", 3.0))
    assert points(desk) == {"ada": 3.5, "bo": 0.5, "cy": None, "di": None}
    assert desk.undo()
    assert points(desk)["ada"] == 5.0 and desk.read(WRITTEN)[1].items[0].points == 2.0
    assert desk.undo()
    found = marks(desk)
    assert found["ada"].points == 2.0 and found["ada"].comment == "Good."
    assert found["ada"].ticks and found["ada"].ticks.items == ("r1",)
    assert desk.undo()
    assert {mark.state for mark in marks(desk).values()} == {"waiting", "empty"}
    assert desk.undo() is None


def test_what_somebody_else_marked_since_is_not_undone(desk: Desk) -> None:
    """Their mark stays, and is returned."""
    give(desk, Given(("r1",)), "ada")
    formgrader_gives(desk.course, "ada", 4.0)
    undone = desk.undo()
    assert undone and not undone.saved.done and undone.saved.others[0].points == 4.0
    assert points(desk)["ada"] == 4.0


def test_an_old_mark_that_is_undone_is_old_again(desk: Desk) -> None:
    """It waits for a look, as before."""
    give(desk, Given(("r1",)), "ada")
    answer(desk.course, {"ada": "Another answer."})
    assert marks(desk)["ada"].state == "old"
    give(desk, Given(("r1", "r2")), "ada")
    assert marks(desk)["ada"].state == "marked"
    desk.undo()
    assert (marks(desk)["ada"].state, points(desk)["ada"]) == ("old", 2.0)


def test_an_answer_of_another_run_is_not_marked(desk: Desk) -> None:
    """Where the notebook is not the one that the gradebook knows, nobody gets points for it."""
    publish(desk.course, "ada", NAME, verdict("ada", solved=0), notebook("Another answer."))
    assert not desk.answers.current(marks(desk)["ada"])
    with pytest.raises(UsageError, match="another answer than the autograded notebook"):
        give(desk, Given(("r1",)), "ada")
    assert points(desk)["ada"] is None
    answer(desk.course, {"ada": "Another answer."})
    assert desk.answers.brief(marks(desk)["ada"]).excerpt == "Another answer."
    assert give(desk, Given(("r1",)), "ada").done


def test_pictures_of_an_answer_are_shown_as_autograding_rebuilt_them(desk: Desk) -> None:
    """As addresses that hold all data; two answers with other pictures are not equal."""
    groups = set()
    for width in (2, 3):
        book = json.loads(notebook("Here."))
        [place] = [n for n, cell in enumerate(book["cells"]) if cell["source"] == "Here."]
        shown = base64.b64encode(png(width)).decode()
        book["cells"][place] = with_pictures(book["cells"][place], [(1, shown)])
        publish(desk.course, "ada", NAME, verdict("ada"), json.dumps(book))
        mark = marks(desk)["ada"]
        full = desk.answers.full(mark)
        assert full.text == "Here." and full.pictures[0].startswith("data:image/png;base64,iVBOR")
        assert desk.answers.brief(mark).excerpt == "[1 picture] Here."
        groups.add(desk.answers.brief(mark).group)
    assert len(groups) == 2


def test_marks_stand_on_the_page_of_feedback(desk: Desk) -> None:
    """With the comment, and which items of the rubric as it is now were given."""
    give(desk, Given(("r1",), 0.25, comment="Which weight?"), "ada")
    give(desk, Given((), 4.0), "bo")
    change(
        desk,
        ("r1", "names the weight w", 1.5),
        ("r2", "says what it does", 3.0),
        ("a1", "wrong sign", -1.0),
    )
    give(desk, Given(("r2", "a1")), "cy")
    written = feedback(desk.course, NAME).written
    pages = {path.parts[-3]: path.read_text("utf-8") for path in written}
    for text in pages.values():
        Page(text).assert_inert()
        Page(text).assert_accessible()
    assert "1.75 of 5 points" in pages["ada"] and "<p>Which weight?</p>" in pages["ada"]
    assert "<li>✓ names the weight w (1.5 points)</li>" in pages["ada"]
    assert "<li>says what it does (3 points), not given</li>" in pages["ada"]
    assert "+0.25 points beside these" in pages["ada"] and "wrong sign" not in pages["ada"]
    assert "4 of 5 points" in pages["bo"] and "✓ wrong sign (-1 points)" in pages["cy"]
    formgrader_gives(desk.course, "ada", 5.0)
    [path] = feedback(desk.course, NAME, "ada").written
    assert "<li>names the weight w (1.5 points)</li>" in path.read_text("utf-8")
    answer(desk.course, {"cy": "Another answer."})
    [path] = feedback(desk.course, NAME, "cy").written
    assert "✓ wrong sign" not in path.read_text("utf-8")


def test_neutral_names_tell_nobody_and_stay(desk: Desk) -> None:
    """They are short, all different, and the same when others hand in."""
    keys = desk.keys(f"s{number:04d}" for number in range(3000))
    names = neutral_names(keys.values())
    assert len({*names.values()}) == 3000 and max(map(len, names.values())) <= 8
    assert not any(name in student for student, key in keys.items() for name in [names[key]])
    fewer = list(keys.values())[:50]
    again = neutral_names(fewer)
    assert all(names[key].startswith(again[key]) for key in fewer)
    other = Desk(Course.at(desk.course.root), NAME).keys(["s0001"])
    assert other["s0001"] == keys["s0001"]
    assert set(ANSWERS) & {*names.values()} == set()
