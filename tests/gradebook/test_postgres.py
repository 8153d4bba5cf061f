"""A gradebook on a real PostgreSQL server: every verb, nbgrader's own commands, and what fails."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from grader.autograde import autograde as room
from grader.cli import main
from grader.course import Course
from grader.export.export import FORMATS
from grader.gradebook.config import nbgrader_api
from grader.gradebook.hand_marks import MarkChange, marks_by_hand
from grader.gradebook.opening import open_gradebook
from grader.gradebook.rubric_tables import Ticks
from grader.gradebook.write import GradebookWriter
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from tests.kit.browser import allow_root, jupyter
from tests.kit.gradebook import hand_in_at, mark_by_hand
from tests.kit.postgres import ADMIN, OWNER, PASSWORD, Server, require_postgres, server
from tests.kit.toy import NAME, ROOT, SLOPE, WRITTEN, assignment, new_course

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sandbox,
    pytest.mark.postgres,
    pytest.mark.timeout(1200),
]

DUE = datetime(2025, 3, 10, 22, 0)  # in UTC, as the gradebook keeps it
NAMED = 'c.CourseDirectory.course_id = "toys"\n'
POLICY = 'c.AssignLatePenalties.plugin_class = "grader.late.TenPercentADay"\n'
PUPILS = [
    Pupil("ada", written="It forgets slowly."),
    Pupil("blank", solved=()),
    Pupil("josé", mistakes={"remember": "memory-not-carried"}, written="It leaks."),
]
WORKSHEET = (
    "Identifier,Username,Grade,Maximum Grade,Last modified (grade)\nParticipant 1,ada,,25.00,-\n"
)
OPTIONS = {
    "moodle": ("--worksheet", "w.csv"),
    "gradescope": ("--student", "ada"),
    "blackboard": ("--column-id", "1"),
}


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    require_postgres()
    with server() as started:
        yield started


@pytest.fixture
def passwords(postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The grader's own file of passwords, as the documentation has it."""
    path = tmp_path / "pgpass"
    path.write_text(f"*:*:*:{OWNER}:{PASSWORD}\n", encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(path))
    return path


@pytest.fixture
def here(postgres: Server, passwords: Path, tmp_path: Path) -> Course:
    """A course with its gradebook on the server, in which three students handed in."""
    return taught(tmp_path / "course", postgres.address(postgres.new_database()))


def taught(folder: Path, url: str | None = None) -> Course:
    made = new_course(folder)
    hand_in(made, assignment(), PUPILS)
    with (made.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(POLICY + NAMED)
    return at(made, url) if url else made


def at(course: Course, url: str) -> Course:
    """Let the course's gradebook be elsewhere."""
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(f"c.CourseDirectory.db_url = {url!r}\n")
    return course


def run(course: Course, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--course", str(course.root)])


def does(course: Course, *arguments: str) -> str:
    """What a verb prints that ends well."""
    result = run(course, *arguments)
    assert result.exit_code == 0, result.output
    return result.output


def nbgrader(course: Course, *arguments: str) -> tuple[int, str]:
    """Run a command of nbgrader's in the course's folder, with the kit that lies here."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course.root,
        env=os.environ
        | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        },
        capture_output=True,
        text=True,
        timeout=600,
    )
    return done.returncode, done.stdout + done.stderr


def verdicts(course: Course) -> dict[str, dict[str, Any]]:
    """What was published, but for the time it took and what hidden inputs tell."""
    found = {}
    for path in course.autograded.glob(f"*/{NAME}/verdict.json"):
        told = json.loads(path.read_text("utf-8"))
        found[path.parts[-3]] = {key: told[key] for key in ("outcome", "score", "max_score")}
    return found


def term(course: Course, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A term with every verb; what students and platforms get of it."""
    monkeypatch.chdir(course.root)
    before = run(course, "doctor").output
    assert re.search(r"gradebook +ok +none yet: autograde makes it", before), before
    assert "nothing is graded" in run(course, "export", NAME).stderr
    assert run(course, "doctor").output == before  # nothing is made by looking
    for verb in (["release", NAME], ["simulate", "2", SLOPE], ["autograde", SLOPE]):
        does(course, *verb)
    hand_in_at(course, "ada", "2025-03-13 10:00:00 UTC")  # 60 hours late
    hand_in_at(course, "josé", "2025-03-14 10:00:00 UTC")  # 84 hours late, with an extension
    assert "3 graded" in does(course, "autograde", NAME)
    with closing(open_gradebook(course)) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=DUE)
        gradebook.grant_extension(NAME, "josé", hours=20)
        mark_by_hand(gradebook, "ada", 4.0, extra=1.5)
        comment = gradebook.find_comment(WRITTEN, NAME, NAME, "ada")
        comment.manual_comment = "Say \N{GREEK SMALL LETTER ALPHA}, too."
        gradebook.db.commit()
    assert "3 graded" in does(course, "autograde", NAME, "--force")
    assert "3 unchanged" in does(course, "autograde", NAME)
    with closing(open_gradebook(course)) as gradebook:
        mark_by_hand(gradebook, "ada", 4.0, extra=1.5)  # looked at again after the regrade
        gradebook.db.commit()
    does(course, "feedback", NAME)
    does(course, "report", NAME)
    (course.root / "w.csv").write_text(WORKSHEET, encoding="utf-8")
    told: dict[str, Any] = {"verdicts": verdicts(course)}
    for name in FORMATS:
        to = ("--format", name, "--output", f"marks-{name}", *OPTIONS.get(name, ()))
        result = run(course, "export", NAME, "--provisional", *to)
        assert result.exit_code in (0, 1), (name, result.output)  # 1: who is in no roster
        data = (course.root / f"marks-{name}").read_bytes()
        told[name] = re.sub(rb'"execution_time": [0-9.]+', b"", data)
    assert re.search(r"gradebook +ok +5 submissions", run(course, "doctor").output)
    page = (course.feedback / "ada" / NAME / f"{NAME}.html").read_text("utf-8")
    assert "Say α, too." in page
    told["api"] = asked(course)
    return told


def asked(course: Course) -> dict[str, Any]:
    """What nbgrader's own API says, which formgrader asks, but for what follows from ids."""
    api = nbgrader_api(course)
    with api.gradebook as gradebook:
        students = gradebook.student_dicts()
        averages = {
            "score": gradebook.average_assignment_score(NAME),
            "notebook": gradebook.average_notebook_score(NAME, NAME),
            "written": gradebook.average_assignment_written_score(NAME),
        }
    return {
        "students": sorted((s["id"], s["score"], s["max_score"]) for s in students),
        "averages": averages,
        **{
            what: sorted(json.dumps(_same(each), default=str) for each in found)
            for what, found in {
                "assignments": api.get_assignments(),
                "submissions": api.get_submissions(NAME),
                "notebooks": api.get_notebooks(NAME),
                "submitted": api.get_notebook_submissions(NAME, NAME),
                "people": api.get_students(),
                "of ada": api.get_student_submissions("ada"),
                "notebooks of ada": api.get_student_notebook_submissions("ada", NAME),
            }.items()
        },
    }


def _same(told: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in sorted(told.items()) if key not in ("id", "index")}


def test_a_term_is_the_same_as_with_sqlite(
    here: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every verb, late policy, extension, marks by hand, exports and nbgrader's API agree."""
    ours = term(here, monkeypatch)
    usual = term(taught(tmp_path / "usual" / "course"), monkeypatch)
    assert ours == usual
    assert ours["verdicts"]["ada"]["score"] == 20.0
    rows = {row.split(",")[0]: row for row in ours["csv"].decode("utf-8-sig").splitlines()}
    assert ",2.55," in rows["ada"], rows  # a tenth of 25.5 for the first day after the grace
    assert not (here.root / "gradebook.db").exists()


def test_nbgraders_own_commands(here: Course) -> None:
    """Autograde, feedback, release, students, export and the upgrade of its tables."""
    code, said = nbgrader(here, "autograde", NAME)
    assert code == 0, said
    assert verdicts(here)["ada"]["score"] == 20.0
    for command in (
        ("generate_feedback", NAME),
        ("generate_assignment", SLOPE, "--force"),
        ("db", "student", "add", "zoe", "--first-name=Zoé"),
        ("db", "student", "remove", "blank", "--force"),
        ("db", "assignment", "list"),
        ("db", "upgrade"),
        ("export",),
    ):
        if command[0] == "generate_assignment":
            does(here, "release", "--source-only")
        code, said = nbgrader(here, *command)
        assert code == 0, (command, said)
    assert "ada" in (here.root / "grades.csv").read_text() and PASSWORD not in said
    assert (here.feedback / "ada" / NAME / f"{NAME}.html").exists()
    with closing(open_gradebook(here)) as gradebook:
        assert {s.id for s in gradebook.students} == {"ada", "josé", "zoe"}
    assert "blank" in verdicts(here) and "3 graded" in does(here, "autograde", NAME, "--force")
    code, said = nbgrader(here, "db", "assignment", "remove", NAME, "--force")
    assert code == 0, said
    assert "the gradebook does not know" in run(here, "export", NAME).stderr


def test_a_course_without_a_name(here: Course) -> None:
    """nbgrader would delete what was released, and then be refused by the server."""
    with (here.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write("c.CourseDirectory.course_id = ''\n")
    does(here, "release", "--source-only")
    kept = here.released_notebook(SLOPE).read_bytes()
    code, said = nbgrader(here, "generate_assignment", SLOPE, "--force")
    assert code == 1 and "c.CourseDirectory.course_id = 'rnn'" in said, said
    assert "Traceback" not in said and here.released_notebook(SLOPE).read_bytes() == kept
    code, said = nbgrader(here, "autograde", NAME)
    assert code == 0 and len(verdicts(here)) == 3, said


def test_formgraders_server(here: Course, tmp_path: Path) -> None:
    """Each list of formgrader's is served; a mark that is entered there is kept by a regrade."""
    does(here, "autograde", NAME)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--IdentityProvider.token="]
    command += ["--ServerApp.disable_check_xsrf=True", *allow_root()]
    with jupyter(tmp_path / "home", command, here.root) as url:

        def ask(what: str, **entered: float | str) -> Any:
            data = json.dumps(entered).encode() if entered else None
            request = urllib.request.Request(
                f"{url}formgrader/api/{what}", data, method="PUT" if entered else "GET"
            )
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.loads(answer.read())

        for what in ("assignments", "students", f"assignment/{NAME}", f"notebooks/{NAME}"):
            assert ask(what)
        assert len(ask(f"submissions/{NAME}")) == 3
        assert ask("student_submissions/ada") and ask(f"student_notebook_submissions/ada/{NAME}")
        entries = ask(f"submitted_notebooks/{NAME}/{NAME}")
        [ada] = [entry["id"] for entry in entries if entry["student"] == "ada"]
        assert ask(f"comments?submission_id={ada}")
        [written] = [g for g in ask(f"grades?submission_id={ada}") if g["name"] == WRITTEN]
        assert ask(f"grade/{written['id']}", manual_score=3.0)["manual_score"] == 3.0
        assert ask("student/zoe", last_name="Zoé")["last_name"] == "Zoé"
        due = {"duedate_notimezone": "2030-01-01T12:00", "duedate_timezone": "+0000"}
        assert ask("assignment/ps2", **due)["duedate_timezone"] == "+0000"
    does(here, "autograde", NAME, "--force")
    with closing(open_gradebook(here)) as gradebook:
        assert gradebook.find_submission(NAME, "ada").score == 23.0


def refused(course: Course, says: str, *verbs: str) -> None:
    """Each of the verbs ends with one line that has the remedy and no password; so does doctor."""
    for verb in verbs:
        result = run(course, verb, NAME, *(["--force"] if verb == "autograde" else []))
        [line] = result.stderr.splitlines()
        assert result.exit_code == 2 and line.startswith("grader: "), result.output
        assert re.search(says, line) and PASSWORD not in line, line
    doctor = run(course, "doctor")
    assert doctor.exit_code == 1 and re.search(r"\ngradebook +NOT OK .*" + says, doctor.stdout)


def refused_everywhere(course: Course, says: str) -> None:
    """All verbs that need a gradebook, and nbgrader's own, before they delete anything."""
    kept = {path: path.read_bytes() for path in course.root.rglob("*.ipynb")}
    refused(course, says, "autograde", "feedback", "report", "export")
    does(course, "release", "--source-only")
    for verb in ("autograde", "generate_assignment", "generate_feedback"):
        code, said = nbgrader(course, verb, NAME, "--force")
        [line] = [line for line in said.splitlines() if "ERROR" in line]
        assert code == 1 and re.search(says, line) and PASSWORD not in said, said
        assert "Traceback" not in said
    assert {path: path.read_bytes() for path in kept} == kept


def test_a_server_that_does_not_let_us_in(here: Course, postgres: Server) -> None:
    """Whatever the reason: of no server every verb, of the others one and doctor."""
    does(here, "autograde", NAME)
    name = postgres.new_database()
    nowhere = f"postgresql://{OWNER}:{PASSWORD}@/{name}?host={postgres.folder}/nowhere"
    refused_everywhere(at(here, nowhere), r"see that the server runs, and that db_url names it")
    for url, says in {
        postgres.address(name, ADMIN): r"no password supplied.*: give the password in ~/\.pgpass",
        postgres.address(name, ADMIN, "x" + PASSWORD): r"admin:\*\*\*@/.*: give the password in",
        postgres.address("nosuch"): r'"nosuch" does not exist\): create it with createuser and',
    }.items():
        refused(at(here, url), says, "export")


def test_a_database_of_another_user(here: Course, postgres: Server) -> None:
    """In which nobody but its owner makes tables, since PostgreSQL 15."""
    url = postgres.address(postgres.new_database(ADMIN))
    result = run(at(here, url), "autograde", NAME)
    assert result.exit_code == 2 and len(result.stderr.splitlines()) == 1, result.stderr
    assert re.search(r"permission denied for schema.*: let that user own the data", result.stderr)


def test_a_driver_that_is_missing(here: Course, tmp_path: Path) -> None:
    """Each verb names the extra; so does nbgrader's door, before it deletes anything."""
    does(here, "autograde", NAME)
    (tmp_path / "without" / "psycopg").mkdir(parents=True)
    (tmp_path / "without" / "psycopg" / "__init__.py").write_text("raise ImportError('gone')\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(tmp_path / "without"))
        patched.setitem(sys.modules, "psycopg", None)
        refused_everywhere(
            here, r"driver psycopg cannot be used .*: run `make postgres`.*extra `postgres`"
        )


def test_a_server_that_ends_half_way_keeps_what_was_committed(
    here: Course, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is published that the gradebook did not take; the next run grades the rest."""
    hand_in(here, assignment(), [Pupil("b1", solved=()), Pupil("b2", solved=())])
    monkeypatch.setattr(room, "BATCH", 2)
    write_all, cuts = room.write_all, list[str]()

    def cut(files: Any) -> None:
        write_all(files)
        if not cuts:  # the first batch
            with postgres.admin() as database:
                database.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s",
                    [OWNER],
                )
            cuts.append("cut")

    monkeypatch.setattr(room, "write_all", cut)
    result = run(here, "autograde", NAME)
    assert result.exit_code == 2 and "see that the server runs" in result.stderr, result.output
    assert len(verdicts(here)) == 2
    monkeypatch.setattr(room, "write_all", write_all)
    assert "3 graded, 2 unchanged" in does(here, "autograde", NAME)
    with closing(open_gradebook(here)) as gradebook:
        assert len(gradebook.assignment_submissions(NAME)) == 5


def test_two_who_grade_from_two_folders(here: Course, tmp_path: Path) -> None:
    """A gradebook has one writer, wherever its course lies; the second is told who is first."""
    other = Course.at(shutil.copytree(here.root, tmp_path / "another machine's"))
    does(here, "autograde", NAME)
    with GradebookWriter(here, NAME):
        result = run(other, "autograde", NAME)
        assert result.exit_code == 2 and result.stderr.count("\n") == 1, result.output
        assert (
            f"{OWNER} from " in result.stderr and "is grading into this gradebook" in result.stderr
        )
    assert "3 graded" in does(other, "autograde", NAME)


def test_who_has_left_is_taken_out_once_it_is_copied(here: Course) -> None:
    """A server's gradebook is copied there, which nobody can do from here."""
    does(here, "autograde", NAME)
    shutil.rmtree(here.submitted / "ada")
    result = run(here, "forget", "ada", "--yes")
    assert result.exit_code == 2 and "pg_dump" in result.stderr
    does(here, "forget", "ada", "--yes", "--copied")
    with closing(open_gradebook(here)) as gradebook:
        assert {each.student_id for each in gradebook.assignment_submissions(NAME)} == {
            "blank", "josé"
        }  # fmt: skip
    does(here, "export", NAME, "--provisional")


def test_a_name_too_long_for_the_server(here: Course) -> None:
    """SQLite keeps any; here one line says what to do."""
    shutil.copytree(here.submitted / "ada", here.submitted / ("a" * 129))
    result = run(here, "autograde", NAME)
    assert result.exit_code == 2 and "keeps 128 characters" in result.stderr, result.output
    shutil.rmtree(here.submitted / ("a" * 129))
    does(here, "autograde", NAME)
    assert len(verdicts(here)) == 3


def test_an_older_nbgraders_tables(here: Course) -> None:
    """They are left as they are, and `nbgrader db upgrade` is named."""
    does(here, "autograde", NAME)
    with closing(open_gradebook(here)) as gradebook:
        gradebook.db.connection().exec_driver_sql("alter table student drop column lms_user_id")
        gradebook.db.commit()
    says = r"an older nbgrader's, without student\.lms_user_id.*run `nbgrader db upgrade`"
    refused(here, says, "autograde", "export")


def test_two_mark_by_hand_at_once(here: Course) -> None:
    """On a server as in a file: of two who saw the same mark one is shown the other's."""
    does(here, "autograde", NAME)
    with marks_by_hand(here, NAME) as book:
        [seen] = book.read([WRITTEN], ["josé"])
        own = book.rubric(WRITTEN, {"names the weight": 2})
        assert book.save([], keep={WRITTEN: own}).done
    ready, done = threading.Barrier(2), {}

    def give(points: float) -> None:
        with marks_by_hand(here, NAME) as book:
            ready.wait()
            ticks = Ticks(("r1",), points - 2)
            change = MarkChange("josé", WRITTEN, seen.version, points, "Yes.", ticks)
            done[points] = book.save([change])

    threads = [threading.Thread(target=give, args=(points,)) for points in (3.0, 4.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [won] = [points for points, saved in done.items() if saved.done]
    [lost] = [saved for saved in done.values() if not saved.done]
    assert lost.others[0].points == won
    with closing(open_gradebook(here)) as gradebook:
        grade = gradebook.find_grade(WRITTEN, NAME, NAME, "josé")
        assert (grade.manual_score, grade.needs_manual_grade) == (won, False)
    with marks_by_hand(here, NAME) as book:
        [now] = book.read([WRITTEN], ["josé"])
        assert now.ticks and now.ticks.items == ("r1",) and now.comment == "Yes."
