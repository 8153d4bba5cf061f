"""The page that a student gets back: what it says, that it is inert, and that it is released."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from nbgrader.utils import notebook_hash

from grader.autograde.autograde import autograde
from grader.cli import main
from grader.comparison.causes import Cause
from grader.comparison.finding import Finding
from grader.comparison.where import OtherLine, Where
from grader.course import Course
from grader.errors import UsageError
from grader.feedback.contact import Contact
from grader.feedback.feedback import feedback
from grader.feedback.page import student_page
from grader.gradebook.config import contact_line
from grader.gradebook.opening import open_gradebook
from grader.gradebook.read import CellMark, StudentMarks, read_marks
from grader.gradebook.write import GradebookWriter
from grader.html.lesson import Lesson
from grader.html.render import render
from grader.html.wording import OUTCOME_WORDS, number
from grader.plain_text import plain
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from grader.verdict import CheckResult, ExerciseResult, Verdict
from tests.kit.gradebook import (
    NAME,
    WRITTEN,
    hand_in_at,
    mark_by_hand,
    new_course,
    publish,
    record,
    verdict,
)
from tests.kit.page import CONTROL, HOSTILE, Page, colours, contrast
from tests.kit.toy import ROOT

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
FOUR = Finding("shape", "dx", "shape (n_x, m)", "shape (3,)", "the sum")
SUM = Cause("sum", "dx is a sum", "Which axis?")
LESSON = Lesson("A lesson", {"f": "1 · f: a step", WRITTEN: "In words"}, {WRITTEN: "*write here*"})


def one(outcome: str = "failed", **changes: Any) -> ExerciseResult:
    points = 10.0 if outcome == "passed" else 0.0
    return replace(ExerciseResult("f", outcome, points, 10.0), **changes)


def of(*results: ExerciseResult, **changes: Any) -> Verdict:
    score = sum(result.points for result in results)
    kept = {"outcome": "graded", "max_score": 10.0} | changes
    return Verdict("ada", NAME, NAME, score=score, exercises=results, **kept)


def page(
    verdict: Verdict, marks: StudentMarks | None = None, cells: list[dict[str, Any]] | None = None
) -> Page:
    view = student_page(verdict, marks or StudentMarks("ada"), cells or [], LESSON)
    made = Page(render("feedback.html.j2", page=view).decode())
    made.assert_inert()
    made.assert_accessible()
    return made


def code(name: str, source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    metadata = {"nbgrader": {"grade_id": name}}
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": list(outputs)}


def printed(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def drawn(data: str) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {"image/png": data, "text/plain": "<Figure>"}}


# What it says


@pytest.mark.parametrize("outcome", OUTCOME_WORDS)
def test_every_outcome_is_said_in_words(outcome: str) -> None:
    """Each outcome has a word and a sentence, so that no colour carries it alone."""
    grade = "grader_error" if outcome == "grader_error" else "graded"
    text = page(of(one(outcome), outcome=grade)).text
    word, _, sentence = OUTCOME_WORDS[outcome]
    assert word in text and sentence in text


def test_the_first_thing_wrong_is_said_in_four_lines() -> None:
    """Checked, expected, got and where to look stand beside their labels, then mistake and note."""
    made = page(of(one(finding=FOUR, cause=SUM, stand_ins=("g",))))
    assert [made.text.count(label) for label in ("expected", "got", "look at")] == [1, 1, 1]
    assert "It looks as if dx is a sum. Which axis?" in made.text
    assert "A likely cause" in made.text
    assert "Judged with a right g in place of yours." in made.text


def test_a_possibility_is_not_told_as_a_certainty() -> None:
    """What explains only a part of the result stands under a heading that says so."""
    text = page(of(one(finding=FOUR, cause=replace(SUM, certain=False)))).text
    assert "One possibility: dx is a sum; something else may be wrong, too. Which axis?" in text
    assert "What it may be" in text and "A likely cause" not in text


def test_what_could_not_be_judged_says_why() -> None:
    """The reason is shown as it stands; the outcome's own sentence has said the rest already."""
    text = page(of(one("missing", note="Its cell is gone from the notebook."))).text
    assert "Its cell is gone from the notebook." in text and "No such function:" not in text
    assert "As I like." in page(of(one("crashed", note="As I like."))).text


def test_an_empty_exercise_is_not_scolded() -> None:
    """An exercise that was never begun gets one friendly sentence and no four lines."""
    made = page(of(one("not_attempted", finding=FOUR)))
    assert "look at" not in made.text
    assert "still empty" in made.text


def test_checks_are_listed_with_their_points() -> None:
    """A partly right exercise shows what each check earned."""
    checks = (
        CheckResult("dx", "failed", 0.0, 6.0, FOUR),
        CheckResult("inputs", "passed", 4.0, 4.0),
    )
    made = page(of(one(points=4.0, checks=checks)))
    assert "partly right" in made.text
    assert "arguments left as they were" in made.text and "4 of 4" in made.text


def test_mended_lines_are_listed() -> None:
    """What was put right in the submission is told, and that it cost nothing."""
    text = page(of(one("passed"), mended=("duplicate cell id f (2nd kept)",))).text
    assert "duplicate cell id f (2nd kept)" in text and "cost no points" in text


def test_code_and_output_are_shown_by_exercise() -> None:
    """The student's code, printed text and plots follow their exercise; check cells do not."""
    cells = [
        code("f", "def f():\n    return 1", printed("mine")),
        code("own-7", "print('try')", drawn(PNG)),
        code("check_f", "check(f)", printed("never shown")),
    ]
    made = page(of(one("passed")), cells=cells)
    assert "return 1" in made.text and "mine" in made.text and "print('try')" in made.text
    assert [image["src"] for image in made.all("img")] == [f"data:image/png;base64,{PNG}"]
    assert "never shown" not in made.text and "check(f)" not in made.text


def test_much_output_is_cut() -> None:
    """A page stays readable when a cell printed megabytes or drew without end."""
    cells = [code("f", "f", printed("x" * 3_000_000), *[drawn(PNG[:-1] + "A" * 10**6)] * 9)]
    view = student_page(of(one("passed")), StudentMarks("ada"), cells, LESSON)
    assert len(render("feedback.html.j2", page=view)) < 5_000_000
    assert "not shown" in view.exercises[0].shown[0].text


def test_a_full_score_is_celebrated_and_a_partial_one_gets_a_next_step() -> None:
    """The summary ends in something to be glad of or something to do."""
    assert "Well done" in page(of(one("passed"))).text
    made = page(of(one("raised")))
    assert "A good next step is f." in made.text and {"href": "#f"} in made.all("a")


def test_written_answer_shows_points_and_comment() -> None:
    """The instructor's points and words stand under the student's own words, as they were typed."""
    cells = [code(WRITTEN, "a &lt;b> and 1 < 2") | {"cell_type": "markdown"}]
    marks = StudentMarks(
        "ada", cells={WRITTEN: CellMark(5.0, None, 4.0)}, comments={WRITTEN: "Nearly!"}
    )
    made = page(of(one("passed")), marks, cells)
    assert "a <b> and 1 < 2" in made.text and "Nearly!" in made.text and "4 of 5" in made.text
    assert "14 of 15 points" in made.text


def test_waiting_answer_is_said_to_wait() -> None:
    """While the written answer has no mark the total is called a total so far."""
    text = page(of(one("passed")), StudentMarks("ada", cells={WRITTEN: CellMark(5.0)})).text
    assert "points so far" in text and "not marked yet" in text


def test_a_mark_of_before_is_not_shown_for_a_new_answer() -> None:
    """Until someone has looked again, neither its points nor the comment stand on the page."""
    marks = StudentMarks(
        "ada", cells={WRITTEN: CellMark(5.0, None, 4.0, waits=True)}, comments={WRITTEN: "Nearly!"}
    )
    text = page(of(one("passed")), marks).text
    assert "waits for a mark" in text and "10 of 15 points so far" in text
    assert "4 of 5" not in text and "Nearly!" not in text


def test_late_penalty_is_taken_off_and_said() -> None:
    """The total is less the penalty and never below zero."""
    text = page(of(one("passed")), StudentMarks("ada", penalty=2.5)).text
    assert "7.5 of 10 points" in text and "−2.5" in text
    assert "0 of 10 points" in page(of(one()), StudentMarks("ada", penalty=3.0)).text


def test_a_late_submission_says_when_and_by_how_much() -> None:
    """The time, how long after the date, and that it cost nothing where it did not."""
    handed_in, due = datetime(2026, 3, 4, 14, 30), datetime(2026, 3, 2, 12, 0)
    marks = StudentMarks("ada", timestamp=handed_in, due=due)
    text = page(of(one("passed")), marks).text
    assert "4 March 2026, 14:30 UTC, 2 days 2 hours after 2 March 2026, 12:00 UTC" in text
    assert "Late penaltynone" in text
    early = page(of(one("passed")), replace(marks, timestamp=due)).text
    assert "2 March 2026, 12:00 UTC" in early and "Late penalty" not in early


def test_what_is_wrong_comes_first_and_what_passes_is_folded() -> None:
    """Whatever the order in the notebook; what an instructor wrote about is never folded."""
    results = [replace(one(outcome), name=name) for name, outcome in (
        ("first", "passed"), ("second", "failed"), ("third", "passed"), ("fourth", "raised"),
    )]  # fmt: skip
    marks = StudentMarks("ada", comments={"third": "Neat."})
    made = page(of(*results, max_score=40.0), marks)
    ids = [a["id"] for tag, a in made.elements if tag == "h3"]
    assert ids == ["second", "third", "fourth", "first"]
    folded = [a for tag, a in made.elements if tag == "details" and "passed" in a.get("class", "")]
    assert len(folded) == 1 and "open" not in folded[0]
    assert "what passes is folded" in made.text


def test_whom_to_ask_and_a_mail_for_each_exercise(course: Course) -> None:
    """The course's line is in its configuration; the mail names exercise and submission."""
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write('c.Grader.contact = "Ada Byron <ada@example.org>"\n')
    given = verdict("ada", 1)
    publish(course, "ada", NAME, replace(given, inputs={"submission": "1f2e3d" * 10}), None)
    record(course, {"ada": 1})
    view = student_page(
        replace(given, inputs={"submission": "1f2e3d" * 10}), StudentMarks("ada"), [], LESSON,
        contact=Contact.of(contact_line(course)),
    )  # fmt: skip
    made = Page(render("feedback.html.j2", page=view).decode())
    made.assert_inert()
    mails = [link["href"] for link in made.all("a") if link["href"].startswith("mailto:")]
    assert "Ada Byron" in made.text and mails[0] == "mailto:ada@example.org"
    assert len(mails) == 1 + len(given.exercises)
    for exercise, mail in zip(given.exercises, sorted(mails[1:]), strict=False):
        assert "1f2e3d1f2e3d" in mail
        assert any(exercise.name in each for each in mails)


def test_points_set_by_hand_win() -> None:
    """What an instructor set for a tested exercise, and wrote about it, is what the page shows."""
    marks = StudentMarks(
        "ada", cells={"check_f": CellMark(10.0, 0.0, 6.0)}, comments={"f": "See me."}
    )
    text = page(of(one()), marks).text
    assert "6 of 10 points as your instructor set them" in text and "See me." in text


def test_unreadable_notebook_gets_a_way_out() -> None:
    """A notebook that cannot be read gets the reason and what to do."""
    text = page(of(outcome="unreadable", message="The notebook cannot be read: it is empty.")).text
    assert "it is empty" in text and "hand it in again" in text


@pytest.mark.parametrize(
    ("value", "text"), [(7.0, "7"), (7.5, "7.5"), (0.25, "0.25"), (10 / 3, "3.33"), (-0.0, "0")]
)
def test_points_are_written_short(value: float, text: str) -> None:
    """Points have at most two decimals and no trailing zeros."""
    assert number(value) == text


# That it is inert


def hostile_page() -> Page:
    evil = HOSTILE + CONTROL
    cells = [
        code("f", evil, printed(evil), drawn("javascript:alert(1)"), drawn(PNG + '"><script>')),
        code("own-1", evil, {"output_type": "error", "ename": evil, "evalue": evil}),
        code(evil, evil, {"output_type": "execute_result", "data": {"text/html": evil}}),
        code(WRITTEN, evil) | {"cell_type": "markdown"},
    ]
    marks = StudentMarks(
        evil, evil, None, 1.0, {WRITTEN: CellMark(5.0), evil: CellMark(1.0)}, {WRITTEN: evil}
    )
    checks = (CheckResult(evil, "failed", 0.0, 1.0),)
    found, cause = Finding(evil, evil, evil, HOSTILE, evil), Cause(evil, evil, evil)
    results = (
        one(finding=found, cause=cause, checks=checks, stand_ins=(evil,)),
        one("raised", name="g", note=evil),
    )
    verdict = of(*results, max_score=20.0, mended=(evil,), inputs={"submission": evil, "kit": evil})
    return page(verdict, marks, cells)


def test_hostile_content_is_inert_everywhere() -> None:
    """Markup in code, output, names, comments and repairs is shown as text and never acts."""
    made = hostile_page()
    assert made.text.count("<script>alert(1)</script>") > 10
    assert "{{ 7 * 7 }}" in made.text
    assert not made.all("img")  # neither of the two false images is one


def test_control_characters_are_gone_and_turned_text_is_spelt_out() -> None:
    """Terminal colours vanish; characters that turn the direction of text become visible."""
    assert plain(CONTROL) == "red \\u202eturned"
    assert plain("a\r\nb\tc") == "a\nb\tc"


def test_the_same_verdict_gives_the_same_bytes() -> None:
    """A page holds no date of its making and nothing random."""
    assert hostile_page().html == hostile_page().html


def test_colours_can_be_read_in_every_theme() -> None:
    """Text has a contrast of at least 4.5 on everything that it stands on, bars have 3."""
    for theme, named in colours(hostile_page().style).items():
        named = colours(hostile_page().style)["light"] | named
        grounds, texts = ("page", "card", "code", "note"), ("ink", "soft", "link")
        for ground, text in itertools.product(grounds, texts):
            assert contrast(named[text], named[ground]) >= 4.5, (theme, text, ground)
        for ground, text in itertools.product(("page", "card"), ("good", "part", "bad", "calm")):
            assert contrast(named[text], named[ground]) >= 4.5, (theme, text, ground)
        for fill in ("good", "part"):
            assert contrast(named[fill], named["track"]) >= 3, (theme, fill)


# From a course to its pages


SOLVED = {"ada": 2, "bob": 1, "cy": 0}


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory: pytest.TempPathFactory) -> Course:
    made = new_course(tmp_path_factory.mktemp("course"))
    record(made, {"ada": 2, "bob": 1}, answered=True)
    record(made, {"cy": 0})
    for student, solved in SOLVED.items():
        publish(made, student, NAME, verdict(student, solved), None)
    return made


@pytest.fixture
def course(graded_once: Course, tmp_path: Path) -> Course:
    """A course in which three students were graded, two of them with an answer to be marked."""
    shutil.copytree(graded_once.root, tmp_path / "course")
    return Course.at(tmp_path / "course")


def read(course: Course, student: str) -> Page:
    return Page((course.feedback / student / NAME / f"{NAME}.html").read_text(encoding="utf-8"))


def test_marks_given_in_formgrader_reach_the_page(course: Course) -> None:
    """Points and a comment entered through nbgrader are on the page of that student alone."""
    with closing(open_gradebook(course)) as gradebook:
        mark_by_hand(gradebook, "ada", 4.5, extra=0.25)
        gradebook.find_comment(WRITTEN, NAME, NAME, "ada").manual_comment = "Well argued."
        gradebook.update_or_create_student("ada", first_name="Ada", last_name="Lovelace")
        gradebook.db.commit()
    made = feedback(course, NAME)
    assert len(made.written) == 3 and not made.left_out
    ada = read(course, "ada").text
    assert "Well argued." in ada and "24.75 of 25 points" in ada and "Ada Lovelace" in ada
    assert "Well argued." not in read(course, "bob").text


def test_empty_answer_is_not_commented_by_a_machine(course: Course) -> None:
    """nbgrader's "No response." is said in the page's own words."""
    feedback(course, NAME, "cy")
    text = read(course, "cy").text
    assert "No answer was handed in." in text and "No response." not in text


def test_one_student_alone(course: Course) -> None:
    """With a student's name no other page is written."""
    assert [p.parent.parent.name for p in feedback(course, NAME, "bob").written] == ["bob"]
    assert not (course.feedback / "ada").exists()


def test_the_course_writes_the_same_bytes_twice(course: Course) -> None:
    """Feedback written again is the same file."""
    pages = [path.read_bytes() for path in feedback(course, NAME).written]
    assert [path.read_bytes() for path in feedback(course, NAME).written] == pages


def test_grader_error_gets_no_page(course: Course) -> None:
    """Where the kit failed nobody is told a score; the run says so."""
    fault = replace(verdict("bob", 0), outcome="grader_error", message="The grader failed here")
    publish(course, "bob", NAME, fault, None)
    made = feedback(course, NAME)
    assert [line.split(":")[0] for line in made.left_out] == ["bob"]
    assert not (course.feedback / "bob").exists()


def test_damaged_verdict_is_named_and_stops_nobody(course: Course) -> None:
    """One unreadable verdict leaves the other pages alone."""
    (course.autograded / "bob" / NAME / "verdict.json").write_text("{")
    made = feedback(course, NAME)
    assert len(made.written) == 2 and "bob" in made.left_out[0]


def through_exchange(course: Course, student: str, when: str, secret: str) -> None:
    """Hand in and grade as if the submission had come through nbgrader's exchange."""
    hand_in_at(course, student, when)
    (course.submitted / student / NAME / "submission_secret.txt").write_text(secret)
    with GradebookWriter(course, NAME) as writer:
        writer.save(student, verdict(student), {WRITTEN: "said"})
        writer.commit()
    publish(course, student, NAME, verdict(student), None)


def test_a_page_goes_with_the_submission_that_was_graded(course: Course) -> None:
    """What was handed in after grading gets neither the page nor its place in the exchange."""
    through_exchange(course, "ada", "2025-03-01 10:00:00.000000 UTC", "first")
    hand_in_at(course, "ada", "2025-03-02 10:00:00.000000 UTC")
    (course.submitted / "ada" / NAME / "submission_secret.txt").write_text("second")
    feedback(course, NAME, "ada")
    assert "1 March 2025, 10:00 UTC" in read(course, "ada").text
    assert (course.feedback / "ada" / NAME / "submission_secret.txt").read_text() == "first"


def test_release_through_the_exchange(course: Course, tmp_path: Path) -> None:
    """``nbgrader release_feedback`` puts every page where its student alone can find it."""
    through_exchange(course, "ada", "2025-03-01 10:00:00.000000 UTC", "s3cret")
    feedback(course, NAME)
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    command = [sys.executable, "-m", "nbgrader", "release_feedback", NAME, "--course", "toys"]
    subprocess.run(
        [*command, f"--Exchange.root={exchange}"], cwd=course.root, check=True, capture_output=True
    )
    released = sorted(path.name for path in (exchange / "toys" / "feedback").iterdir())
    assert len(released) == 3
    assert f"{notebook_hash(secret='s3cret', notebook_id=NAME)}.html" in released


def test_nbgrader_and_formgrader_write_the_same_page(course: Course) -> None:
    """``nbgrader generate_feedback`` gives what ``grader feedback`` gives, ready for release."""
    released = course.assignments / NAME / f"{NAME}.ipynb"
    publish(course, "ada", NAME, verdict("ada"), released.read_text(encoding="utf-8"))
    [ours] = feedback(course, NAME, "ada").written
    page = ours.read_bytes()
    shutil.rmtree(course.feedback)
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", NAME, "--force"]
    subprocess.run(command, cwd=course.root, check=True, capture_output=True)
    assert ours.read_bytes() == page
    assert {"timestamp.txt", "submission_secret.txt"} <= {p.name for p in ours.parent.iterdir()}


def test_a_link_in_a_submission_is_not_followed(course: Course) -> None:
    """A submission cannot make the course publish another file as its secret."""
    folder = course.submitted / "ada" / NAME
    folder.mkdir(parents=True)
    (folder / "submission_secret.txt").symlink_to(course.root / ".course_secret")
    publish(course, "ada", NAME, verdict("ada"), None)
    feedback(course, NAME, "ada")
    told = (course.feedback / "ada" / NAME / "submission_secret.txt").read_text()
    assert told != (course.root / ".course_secret").read_text()


def test_exit_codes(course: Course) -> None:
    """0 when every page is written, 1 when one is left out, 2 with one line when there is none."""
    run: Callable[..., Any] = lambda *words: CliRunner().invoke(  # noqa: E731
        main, ["feedback", NAME, "--course", str(course.root), *words]
    )
    assert run().exit_code == 0
    nobody = run("--student", "nobody")
    assert nobody.exit_code == 2 and nobody.stderr.count("\n") == 1
    assert "run `grader autograde" in nobody.stderr
    (course.autograded / "bob" / NAME / "verdict.json").write_text("{")
    assert run().exit_code == 1


def test_feedback_before_grading_says_what_to_do(course: Course) -> None:
    """Nothing graded is a usage error with the remedy."""
    shutil.rmtree(course.autograded)
    with pytest.raises(UsageError, match="run `grader autograde"):
        feedback(course, NAME)


def test_lost_gradebook_says_what_to_do(course: Course) -> None:
    """Verdicts without a gradebook lead to the one command that fills it again."""
    os.remove(course.root / "gradebook.db")
    with pytest.raises(UsageError, match="--force"):
        feedback(course, NAME)


def test_extra_gradebook_entries_are_read_whole(course: Course) -> None:
    """Every student of the assignment is read, with the most that each cell can earn."""
    marks = read_marks(course, NAME)
    assert set(marks) == {"ada", "bob", "cy"}
    assert marks["ada"].cells[WRITTEN].max_points == 5.0
    assert sum(mark.max_points for mark in marks["ada"].cells.values()) == 25.0


def test_a_class_from_its_notebooks_to_its_pages(tmp_path: Path) -> None:
    """Real submissions, really graded: right, mistaken, hostile, unreadable."""
    made = new_course(tmp_path)
    assignment = made.packed(NAME).load()
    stub = f'def remember(x, h0, parameters):\n    print("""{HOSTILE}""")\n    raise ValueError(1)'
    pupils = [
        Pupil("right", written="A **long** product."),
        Pupil("mistaken", mistakes={"remember": "memory-not-carried"}),
        Pupil("hostile", own={"remember": stub, "leak": f"# {HOSTILE}\nx = ("}),
        Pupil("unreadable", damage=lambda book: json.dumps(book).encode()[:-9]),
    ]
    hand_in(made, assignment, pupils)
    assert not autograde(made, NAME, workers=1, allow_unsafe=True).faults
    assert not feedback(made, NAME).left_out
    texts = {}
    for pupil in pupils:
        seen = read(made, pupil.name)
        seen.assert_inert()
        seen.assert_accessible()
        texts[pupil.name] = seen.text
    assert "20 of 25 points so far" in texts["right"]
    assert "It looks as if every step starts from h0" in texts["mistaken"]
    assert "missing" in texts["hostile"] and "raised an error" in texts["hostile"]
    assert "it ends too early" in texts["unreadable"]
    assert ROOT.as_posix() not in "".join(texts.values())


def test_the_line_to_look_at_is_quoted_and_marked() -> None:
    """The expression is marked in the quoted line and in the code, beside what is wrong with it."""
    source = "def f(x):\n    y = x * 2\n    return y + <b>1</b>"
    where = Where("f", 2, "y = x * 2", "operand", "Probably: `x * 2` is not right.", "x * 2")
    made = page(of(one(where=where)), cells=[code("f", source)])
    assert made.html.count("<mark>x * 2</mark>") == 2
    assert 'class="pointed"' in made.html and "Where to look" in made.html
    assert "Probably: <code>x * 2</code> is not right." in made.html
    off = Finding("values", "the values of y", "right", "off", "the line that computes y")
    said = page(of(one(where=where, finding=off)), cells=[code("f", source)])
    assert "line 2 of the cell f" in said.text and "that computes y" not in said.text
    other = replace(where, also=OtherLine("f", 3, "return y + <b>1</b>"))
    both = page(of(one(where=other)), cells=[code("f", source)])
    assert both.html.count('class="pointed"') == 2 and "Or it is line 3 of the cell" in both.html
    assert "<b>" not in both.html and "Or it is line 3 of the cell f" in both.text
    elsewhere = Where("g", 2, "<i>", "value", "<script>", "<i>")
    hostile = page(of(one(where=elsewhere)), cells=[code("f", source)])
    assert 'class="pointed"' not in hostile.html and "<mark>&lt;i&gt;</mark>" in hostile.html
