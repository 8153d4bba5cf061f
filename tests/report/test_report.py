"""The class report: its numbers, its page, its table, and submissions that are alike."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from grader.assignment.source import cell_id
from grader.cli import main
from grader.comparison.causes import Cause
from grader.course import Course
from grader.errors import UsageError
from grader.files.csv_write import csv_text, neutral
from grader.files.kept import Kept
from grader.gradebook.opening import open_gradebook
from grader.gradebook.read import read_marks
from grader.report.report import report, written
from grader.report.similarity import similar_pairs
from grader.report.statistics import correlation, group, statistics
from grader.simulate.pupils import Pupil
from grader.verdict import ExerciseResult, Verdict
from tests.content.variants import handwritten
from tests.kit import course as rnn
from tests.kit import toy
from tests.kit.gradebook import EXERCISES, NAME, enter, mark_by_hand, new_course, publish, record
from tests.kit.page import CONTROL, HOSTILE, Page
from tests.kit.solution import NAMES

EVIL = HOSTILE + CONTROL


def graded(student: str, *shares: float, **changes: object) -> Verdict:
    """A verdict whose exercises e0, e1, … earned these shares of 10 points."""
    results = tuple(
        ExerciseResult(f"e{i}", "passed" if share == 1 else "failed", 10.0 * share, 10.0)
        for i, share in enumerate(shares)
    )
    score = 10.0 * sum(shares)
    made = Verdict(student, NAME, NAME, "graded", score, 10.0 * len(shares), results)
    return replace(made, **changes)  # type: ignore[arg-type]


def klass(*rows: tuple[float, ...]) -> dict[str, Verdict]:
    return {f"s{i}": graded(f"s{i}", *row) for i, row in enumerate(rows)}


# Numbers


def test_success_is_the_mean_share_of_points() -> None:
    """An exercise that half of the class solves has success one half."""
    found = statistics(klass((1, 0), (1, 0.5), (0, 1), (0, 0.5)))
    assert [item.success for item in found.exercises] == [0.5, 0.5]
    assert found.exercises[1].groups["partly right"] == 2


def test_discrimination_is_the_correlation_with_the_other_exercises() -> None:
    """Points of one exercise are correlated with those of all others, itself left out."""
    shares = [(1, 1, 0.5), (1, 1, 1), (0, 0.5, 0), (0, 0, 0.5), (1, 0.5, 1), (0, 0, 0)]
    points = 10 * np.array(shares, dtype=float)
    wanted = np.corrcoef(points[:, 0], points[:, 1] + points[:, 2])[0, 1]
    assert statistics(klass(*shares)).exercises[0].discrimination == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("x", "y"),
    [([1, 2, 3, 4], [1, 2, 3, 4]), ([1, 1, 1, 1, 1], [1, 2, 3, 4, 5]), ([0, 1, 2, 3, 4], [2] * 5)],
    ids=["four students", "all earned the same", "the rest does not vary"],
)
def test_discrimination_is_undefined_where_it_says_nothing(x: list[int], y: list[int]) -> None:
    """Few students or no variation give no number rather than a misleading one."""
    assert correlation(np.array(x, dtype=float), np.array(y, dtype=float)) is None


def test_every_score_falls_into_one_bin() -> None:
    """The histogram counts each student once, the full score and zero included."""
    found = statistics(klass(*[(share,) for share in (0, 0.05, 0.1, 0.999, 1, 1)]))
    assert sum(count for _, count in found.bins) == 6
    assert found.bins[0][1] == 2 and found.bins[-1][1] == 3


def test_steps_are_of_ten_points_or_of_fewer_where_there_are_few() -> None:
    """People think in tens; the last step ends at the maximum."""

    def edges(most: float) -> list[float]:
        return list(replace(statistics({}), max_score=most).edges)

    assert edges(95.0) == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95]
    assert edges(100.0) == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    assert edges(10.0) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert edges(200.0)[1] == 20.0 and edges(20.0)[1] == 2.0 and edges(0.0) == [0, 0]


def test_the_hardest_exercise_comes_first() -> None:
    """Exercises by difficulty: the lowest success first, whatever their place."""
    found = statistics(klass((1, 0, 0.5), (1, 0.5, 0.5)))
    assert [item.name for item in found.hardest] == ["e1", "e2", "e0"]


def test_what_is_gone_is_not_called_untouched() -> None:
    """A function whose cell does not parse is told apart in the picture from none at all."""
    gone = ExerciseResult("e0", "missing", 0.0, 10.0)
    assert group(gone) == "not attempted or missing"


def test_mistakes_are_counted_with_who_made_them() -> None:
    """The most frequent mistake comes first; the same id in two exercises is two mistakes."""

    def slip(*where: int) -> Verdict:
        results = [ExerciseResult(f"e{i}", "failed", 0.0, 10.0) for i in range(2)]
        for i in where:
            results[i] = replace(results[i], cause=Cause("m", f"it is e{i}", "Why?"))
        return graded("x", 0, 0, exercises=tuple(results))

    found = statistics({"ada": slip(1), "bob": slip(0, 1), "cy": slip()}).mistakes
    assert [(m.exercise, m.students) for m in found] == [("e1", ("ada", "bob")), ("e0", ("bob",))]
    assert found[0].explanation == "It looks as if it is e1. Why?"


def test_grader_errors_are_listed_and_counted_nowhere() -> None:
    """A fault of the kit is nobody's zero."""
    fault = graded("s1", 0, outcome="grader_error")
    found = statistics({"s0": graded("s0", 1), "s1": fault})
    assert found.faults == ("s1",) and found.scores == {"s0": 10.0}


def test_an_unreadable_notebook_counts_as_a_score_and_in_no_exercise() -> None:
    """It is a zero in the distribution and says nothing of any exercise."""
    lost = Verdict("s1", NAME, NAME, "unreadable", 0.0, 10.0, message="The notebook: no.")
    found = statistics({"s0": graded("s0", 1), "s1": lost})
    assert found.scores["s1"] == 0.0 and found.exercises[0].success == 1.0
    assert found.unreadable == {"s1": "The notebook: no."}


# CSV


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "|calc", "\t=1", "\r=1"])
def test_formulas_are_neutralised(cell: str) -> None:
    """A cell that a spreadsheet would run gets a quote before it, and reads back as text."""
    [[read]] = csv.reader(io.StringIO(csv_text([[cell]]), newline=""))
    assert read == f"'{cell}"


@pytest.mark.parametrize("cell", [-0.5, 3, "ada", "", "a=b", None])
def test_harmless_cells_stay(cell: object) -> None:
    """Numbers, also negative ones, and ordinary text are left alone."""
    assert neutral(cell) is cell


# Alike


LONG = '''\
def remember(x, h0, parameters):
    """Take a step for each input."""
    n, m, steps = x.shape
    weight = parameters["w"]
    drive = parameters["u"]
    bias = parameters["b"]
    memories = {"kept": np.zeros((n, m, steps)), "sums": np.zeros((n, m))}
    caches = []
    current = h0
    for t in range(steps):
        inputs = x[:, :, t]
        before = current
        carried = weight * before
        driven = drive * inputs + bias
        current = np.tanh(carried + driven)
        memories["kept"][:, :, t] = current
        memories["sums"] += np.abs(current - before)
        caches.append((current, before, inputs, parameters))
    for cache in caches:
        if not np.isfinite(cache[0]).all():
            caches.remove(cache)
    result = (memories["kept"], (caches, x))
    return result
'''
STUB, SHORT, HALF = ("".join(LONG.splitlines(keepends=True)[:lines]) for lines in (2, 8, 17))


def kept(path: Path = Path("absent")) -> Kept:
    """Findings of earlier runs: none, where there is no such file."""
    return Kept(path)


def both(code: str) -> dict[str, dict[str, str]]:
    """Two students with the same answer."""
    return {student: {"remember": code} for student in ("ada", "bob")}


class Renamed(ast.NodeTransformer):
    """Other names for everything that a function binds itself."""

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(f"{node.id}_x" if len(node.id) > 3 else node.id, node.ctx)


def renamed(code: str) -> str:
    return "# my own work\n" + ast.unparse(Renamed().visit(ast.parse(code)))


def styles(exercise: str) -> list[str]:
    """Independently written right solutions of the real assignment, one a style."""
    return [ast.unparse(tree) for _, tree in handwritten(exercise)]


def test_a_renamed_copy_is_alike() -> None:
    """New names, comments and spacing do not hide a copy; both are shown with what matched."""
    codes = {"ada": LONG, "bob": renamed(LONG), "cy": STUB}
    answers = {student: {"remember": code} for student, code in codes.items()}
    [pair] = similar_pairs(answers, {"remember": STUB}, kept())
    assert pair.students == ("ada", "bob") and pair.likeness > 0.95
    [match] = pair.matches
    assert match.same_lines < 0.8
    for side in match.sides:
        body = [same for line, same in side.lines if "memories" in line]
        assert body and all(body)
        assert not any(same for line, same in side.lines if line.strip().startswith("#"))


@pytest.mark.parametrize("exercise", [n for n in NAMES if len(styles(n)) > 2])
def test_independent_solutions_are_not_alike(exercise: str) -> None:
    """Right solutions in different styles are not held against each other."""
    answers = {f"s{i}": {exercise: code} for i, code in enumerate(styles(exercise))}
    [stub] = [cell for cell in rnn.released()["cells"] if cell_id(cell) == exercise]
    assert similar_pairs(answers, {exercise: "".join(stub["source"])}, kept()) == []


def test_what_many_share_is_no_likeness() -> None:
    """When half of the class writes the same, as guided exercises invite, nobody stands out."""
    answers = {f"s{i}": {"remember": LONG} for i in range(12)}
    assert similar_pairs(answers, {"remember": STUB}, kept()) == []


def test_short_functions_are_not_compared() -> None:
    """A function that leaves little freedom is left out, however equal."""
    assert similar_pairs(both(SHORT), {"remember": STUB}, kept()) == []


def test_stubs_are_not_alike() -> None:
    """Untouched cells of the assignment are nobody's work."""
    assert len(similar_pairs(both(LONG), {"remember": STUB}, kept())) == 1
    assert similar_pairs(both(LONG), {"remember": LONG}, kept()) == []
    assert similar_pairs(both(HALF), {"remember": SHORT}, kept()) == []  # much of it was given


def test_broken_code_is_compared_too() -> None:
    """Code that does not parse, control characters and huge cells stop nothing."""
    broken = LONG.replace("for t in", "for t in in (")
    with pytest.raises(SyntaxError):
        ast.parse(broken)
    assert len(similar_pairs(both(broken), {"remember": STUB}, kept())) == 1
    odd = {"ada": {"remember": "'" * 10**5}, "bob": {"remember": "\x00\\\n(" * 10**4}}
    assert similar_pairs(odd, {"remember": STUB}, kept()) == []


# The page


def published(course: Course, verdicts: Mapping[str, Verdict], own: Mapping[str, str]) -> None:
    """Publish verdicts with notebooks; ``own`` gives some students a ``remember``."""
    for student, made in verdicts.items():
        answer = {"remember": own[student]} if student in own else {}
        book = json.dumps(toy.book_of(Pupil(student, solved=(), own=answer)))
        publish(course, student, NAME, made, book)


def judged(student: str, wrong: str = "", earned: float = 0.0, **changes: object) -> Verdict:
    """A verdict on the toy's exercises; the ``wrong`` one has a named mistake."""
    results = tuple(
        ExerciseResult(name, "failed", earned, points, cause=Cause("m-1", EVIL, "Why?"))
        if name == wrong
        else ExerciseResult(name, "passed", points, points)
        for name, points in EXERCISES.items()
    )
    score = sum(result.points for result in results)
    made = Verdict(student, NAME, NAME, "graded", score, 20.0, results, sandbox={"tier": "B"})
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A small class with everything in it that a report speaks of, hostile names included."""
    course = new_course(tmp_path_factory.mktemp("report"))
    shutil.rmtree(course.folder(toy.SLOPE))  # an only assignment need not be named
    evil = "<script>alert(1)<" + "&" + '"x'
    verdicts = {
        "ada": judged("ada", "leak"),
        "bob": judged("bob", "leak", mended=(EVIL,)),
        "=cmd|x": judged("=cmd|x", "remember"),
        evil: judged(evil),
        "eve": judged("eve", "leak", earned=5.0),
        "lost": Verdict("lost", NAME, NAME, "unreadable", 0.0, 20.0, message=EVIL),
        "fault": judged("fault", outcome="grader_error"),
    }
    copy = f"# {HOSTILE}\n" + LONG
    published(course, verdicts, {"ada": copy, evil: renamed(copy)})
    del verdicts["fault"]  # which is not entered
    enter(course, verdicts, ("ada", "bob"))
    return course


@pytest.fixture
def course(prepared: Course, tmp_path: Path) -> Course:
    shutil.copytree(prepared.root, tmp_path / "course")
    return Course.at(tmp_path / "course")


def test_report_is_inert_and_accessible(course: Course) -> None:
    """Whatever students called themselves or wrote, the page shows it and nothing acts."""
    page = Page(report(course, NAME).page.read_text(encoding="utf-8"))
    page.assert_inert()
    page.assert_accessible()
    assert page.text.count("<script>alert(1)<") > 5
    assert len(page.all("img")) == 3


def test_report_says_what_it_must(course: Course) -> None:
    """Definitions, what likeness is evidence of, damaged submissions, and who is left out."""
    text = Page(report(course, NAME).page.read_text(encoding="utf-8")).text
    for phrase in ("is the share of the exercise's points", "is the correlation between"):
        assert phrase in text
    assert "Hardest first: leak 50\xa0%, remember 80\xa0%." in text
    assert "It is no proof" in text and "fault: a grader error" in text
    assert "Unreadable" in text and "Mended before grading" in text and "2 waiting" in text
    assert "Graded without full isolation" not in text


def test_written_answers_are_told_apart(tmp_path: Path) -> None:
    """Marked by hand, waiting, waiting again after a regrade, and left empty are four things."""
    course = new_course(tmp_path)
    record(course, dict.fromkeys(("ada", "again", "waits"), 2), answered=True)
    record(course, {"blank": 0})
    with closing(open_gradebook(course)) as gradebook:
        mark_by_hand(gradebook, "ada", 4.0)
        mark_by_hand(gradebook, "again", 2.0)
    record(course, {"again": 2}, answered=True)
    verdicts = {who: judged(who) for who in ("ada", "again", "waits", "blank")}
    found = written(read_marks(course, NAME), verdicts)
    assert (found["marked"], found["mean"]) == (1, 4.0)
    assert (found["waiting"], found["empty"]) == (2, 1)


def test_the_report_says_where_it_is(course: Course) -> None:
    """Asked for from another folder, the command prints paths that can be opened from there."""
    told = CliRunner().invoke(main, ["report", "--course", str(course.root)])
    page, made, middle, *_, comes_next = told.stdout.splitlines()
    assert Path(page).is_file() and Path(made).is_file()
    assert middle == "median 10 of 20 points by tests, 6 handed in"
    assert comes_next == f"next: python -m grader export {NAME} --format csv"


def test_pictures_say_in_words_what_they_show(course: Course) -> None:
    """Each picture's alternative names the number that a person would look for."""
    page = Page(report(course, NAME).page.read_text(encoding="utf-8"))
    scores, exercises, mistakes = (image["alt"] for image in page.all("img"))
    assert "6 scores out of 20 points" in scores and "median is 10." in scores
    assert "half of them lie between 10 and 13.75" in scores
    assert "lowest: leak (50%)" in exercises
    assert "m-1 in leak, made by 3 students" in mistakes


def test_unsafe_grading_is_said(course: Course) -> None:
    """When anything was graded at tier C the report opens with it."""
    made = judged("eve", sandbox={"tier": "C"})
    enter(course, {"eve": made})
    publish(course, "eve", NAME, made, None)
    assert "Graded without full isolation" in report(course, NAME).page.read_text(encoding="utf-8")


def test_csv_holds_a_row_for_each_student(course: Course) -> None:
    """Points, outcomes and mistakes by exercise; a student called like a formula is text."""
    data = report(course, NAME).table.read_text(encoding="utf-8-sig")
    head, *rows = csv.reader(io.StringIO(data, newline=""))
    assert head[:4] == ["student", "name", "outcome", "score"] and len(rows) == 7
    assert {len(row) for row in rows} == {len(head)}
    row = next(row for row in rows if row[0] == "'=cmd|x")
    assert row[head.index("remember mistake")] == "m-1"
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "@", "+"))]


def test_report_is_the_same_in_another_process(course: Course) -> None:
    """Python's salted hashes change nothing: page and table have the same bytes."""
    made = report(course, NAME)
    before = [made.page.read_bytes(), made.table.read_bytes()]
    command = [sys.executable, "-m", "grader", "report", "--course", str(course.root)]
    subprocess.run(command, cwd=toy.ROOT, check=True, env=os.environ | {"PYTHONHASHSEED": "7"})
    after = [(course.root / "report" / f"{NAME}.{kind}").read_bytes() for kind in ("html", "csv")]
    assert before == after


def test_report_before_grading_is_one_line(course: Course) -> None:
    """Nothing graded: exit code 2 and the remedy, and no half report is left."""
    shutil.rmtree(course.autograded)
    with pytest.raises(UsageError, match="run `grader autograde"):
        report(course, NAME)
    told = CliRunner().invoke(main, ["report", "--course", str(course.root)])
    assert told.exit_code == 2 and told.stderr.count("\n") == 1
    assert not (course.root / "report").exists()


def test_report_without_a_gradebook_makes_none(course: Course) -> None:
    """A gradebook that is gone: exit code 2, the remedy, and no empty one in its place."""
    (course.root / "gradebook.db").unlink()
    told = CliRunner().invoke(main, ["report", "--course", str(course.root)])
    assert told.exit_code == 2 and "grader autograde" in told.stderr
    assert told.stderr.count("\n") == 1
    assert not (course.root / "gradebook.db").exists()
