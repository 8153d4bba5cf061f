"""docs/term.md, done word for word: a term with a made-up class of ten."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grader.course import Course
from grader.init.init import EXAMPLE
from grader.simulate.pupils import Pupil

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "term.md"
BLOCK = re.compile(
    r"(?P<lead>[^\n]*)\n\n```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE
)
FILE = re.compile(r"`([\w/]+\.(?:csv|py))`[^`]*$")
SAID = "    # "  # before what a command says
BY_EXCHANGE = "jo"


def blocks() -> list[tuple[str, str, str]]:
    """The page's blocks in order: the line before it, its language and its text."""
    return [(b["lead"], b["kind"], b["body"]) for b in BLOCK.finditer(PAGE.read_text("utf-8"))]


def commands() -> list[str]:
    """The commands of the page in order."""
    return [line for _, kind, body in blocks() if kind == "sh" for line in body.splitlines()]


class Term:
    """A term: the folder that commands are typed in, and what students do meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.here, self.bin = folder, folder / "bin"
        self.told: dict[str, str] = {}

    @property
    def course(self) -> Course:
        """The course, once it is there."""
        return Course.at(self.here)

    def students(self) -> list[dict[str, str]]:
        """The class, as the page has it."""
        with (self.here / "class.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def notebook(self, who: str, solved: tuple[str, ...] | None = None) -> bytes:
        """What a student hands in: of everything something, and an answer in words."""
        assignment = self.course.packed(EXAMPLE).load()
        path = self.course.released_notebook(EXAMPLE)
        pupil = Pupil(who, solved=solved, written="Less and less of it.")
        return pupil.notebook(assignment, json.loads(path.read_text("utf-8")))

    def packed(self, name: str, **solved: tuple[str, ...] | None) -> None:
        """Lay Moodle's archive of these students' work into the course."""
        names = {row["id"]: f"{row['first_name']} {row['last_name']}" for row in self.students()}
        with zipfile.ZipFile(self.here / name, "w") as archive:
            for number, (who, done) in enumerate(solved.items(), 501):
                folder = f"{names[who]}_{number}_assignsubmission_file"
                archive.writestr(f"{folder}/{EXAMPLE}.ipynb", self.notebook(who, done))

    def an_exchange(self) -> None:
        """Give the course an exchange of its own, as a hub's administrator does."""
        (self.here.parent / "exchange").mkdir()
        (self.here.parent / "exchange").chmod(0o777)
        with (self.here / "nbgrader_config.py").open("a") as file:
            file.write(f"c.Exchange.root = {str(self.here.parent / 'exchange')!r}\n")
            file.write("c.ExchangeCollect.check_owner = False  # all users are one here\n")

    def by_exchange(self) -> None:
        """Hand in as a student on the hub."""
        inbound = self.here.parent / "exchange" / "my-course" / "inbound"
        when = "2026-10-16 10:00:00.000000 UTC"
        folder = inbound / f"{BY_EXCHANGE}+{EXAMPLE}+{when}+abc"
        folder.mkdir()
        (folder / f"{EXAMPLE}.ipynb").write_bytes(self.notebook(BY_EXCHANGE))
        (folder / "timestamp.txt").write_text(when)

    def marked(self) -> None:
        """Mark every written answer, and download Moodle's worksheet."""
        with closing(Gradebook(f"sqlite:///{self.here / 'gradebook.db'}")) as gradebook:
            for entry in gradebook.assignment_submissions(EXAMPLE):
                for book in entry.notebooks:
                    for grade in book.grades:
                        if grade.cell.name == "written_memory":
                            grade.manual_score, grade.needs_manual_grade = 3.0, False
            gradebook.db.commit()

    def points_filled_in(self) -> None:
        """Mark every answer in the table, as in a spreadsheet."""
        path = self.here / "answers.csv"
        head, *rows = csv.reader(path.read_text("utf-8-sig").splitlines())
        at = head.index("points")
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *([*r[:at], "3", *r[at + 1 :]] for r in rows)])

    def worksheet(self) -> None:
        """Download Moodle's worksheet: an empty grade for each of the class."""
        with (self.here / "roster.csv").open(encoding="utf-8") as file:
            logins = [row["login"] for row in csv.DictReader(file)]
        heads = "Identifier,Username,Grade,Maximum Grade,Last modified (grade)"
        rows = [f"Participant {n},{login},,14,-" for n, login in enumerate(logins, 501)]
        (self.here / "worksheet.csv").write_text("\n".join([heads, *rows]), "utf-8")

    def before(self, line: str) -> None:
        """Do what others do before a command is typed."""
        done: Mapping[str, Callable[[], object]] = {
            "nbgrader release_assignment": self.an_exchange,
            "grader collect submissions.zip": lambda: self.packed(
                "submissions.zip",
                **{row["id"]: None for row in self.students()[:7]},
                hiro=("fade",),
                ines=(),
            ),
            "nbgrader collect": self.by_exchange,
            "grader written fading_average --import": self.points_filled_in,
            "grader export fading_average --format moodle": self.worksheet,
            "grader collect again.zip": lambda: self.packed("again.zip", **{"elif": ("fade",)}),
            "grader export fading_average --format csv": self.marked,
        }
        for begins, act in done.items():
            if line.startswith(begins):
                act()

    def type(self, line: str) -> None:
        """Type a command, and see that it ends well and says what the page says that it says."""
        self.before(line)
        command, _, says = line.partition(SAID)
        if command.startswith("cd "):
            self.here /= command.removeprefix("cd ").strip()
            return
        wrong = command.startswith("! ")
        path = f"{self.bin}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", command.removeprefix("! ")],
            cwd=self.here,
            env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        told = done.stdout + done.stderr
        assert (done.returncode != 0) == wrong, f"{line}\n{told}"
        assert says.strip() in told, f"{line}\n{told}"
        self.told[command.strip()] = told

    def write(self, lead: str, kind: str, body: str) -> None:
        """Write a file as the page has it, or change a line of one as its diff says."""
        found = FILE.search(lead.removesuffix(" holds:").removesuffix(":"))
        assert found, lead
        path = self.here / found[1]
        if kind == "csv":
            assert lead.endswith("holds:")
            path.write_text(body, "utf-8")
            return
        old, new = body.splitlines()
        text = path.read_text("utf-8")
        assert kind == "diff" and text.count(old[1:]) == 1, body
        path.write_text(text.replace(old.removeprefix("-"), new.removeprefix("+")), "utf-8")


def test_the_page_goes_through_a_term() -> None:
    """Every block is a file, a change or commands; no step of a term is missing."""
    kinds = [kind for _, kind, _ in blocks()]
    text = PAGE.read_text("utf-8")
    assert text.count("```") == 2 * len(kinds) and set(kinds) == {"sh", "csv", "diff"}
    verbs = [re.sub(r"^! ", "", line).split(SAID)[0].split()[:2] for line in commands()]
    for verb in ("init", "doctor", "release", "verify", "collect", "autograde", "report"):
        assert ["grader", verb] in verbs, verb
    for verb in ("export", "feedback", "forget", "written"):
        assert ["grader", verb] in verbs, verb
    for verb in ("db", "release_assignment", "collect", "release_feedback"):
        assert ["nbgrader", verb] in verbs, verb
    assert sum(verb == ["tar", "-xzf"] for verb in verbs) == 1
    [listed] = [body for lead, _, body in blocks() if lead.endswith("`class.csv` holds:")]
    assert len(listed.splitlines()) == 1 + 10


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_term_can_be_typed_word_for_word(tmp_path: Path) -> None:
    """From an empty folder to the next term: each command ends as the page says."""
    (tmp_path / "bin").mkdir()
    program = f'#!/bin/sh\nexec {sys.executable} -m grader "$@"\n'
    (tmp_path / "bin" / "grader").write_text(program)
    (tmp_path / "bin" / "grader").chmod(0o755)
    term = Term(tmp_path)
    for lead, kind, body in blocks():
        if kind != "sh":
            term.write(lead, kind, body)
            continue
        for line in body.splitlines():
            term.type(line)
    made = term.course
    pages = list(made.feedback.glob(f"*/{EXAMPLE}/*.html"))
    assert len(pages) == 9  # jo's went with jo
    released = tmp_path / "exchange" / "my-course" / "feedback"
    assert list(released.rglob("*.html"))
    restored = tmp_path / "restored" / "my-course"
    assert (restored / ".course_secret").read_bytes() == made.secret()
    assert (tmp_path / "next-term" / "assignments" / EXAMPLE).is_dir()
    assert not (tmp_path / "next-term" / "gradebook.db").exists()
    worksheet = (made.root / "exports" / f"{EXAMPLE}-moodle.csv").read_text("utf-8")
    grades = {row["Username"]: row["Grade"] for row in csv.DictReader(worksheet.splitlines())}
    assert grades["al01"] == "13" and grades["bi09"] == "3" and len(grades) == 10
    rows = {row["student"]: row for row in exported(made)}
    assert rows["dora"]["submitted"] == "" and len(rows) == 9
    shutil.rmtree(tmp_path)


def exported(course: Course) -> Iterator[dict[str, str]]:
    """The rows of the last table."""
    text = (course.root / "exports" / f"{EXAMPLE}-csv.csv").read_text("utf-8-sig")
    yield from csv.DictReader(text.splitlines())
