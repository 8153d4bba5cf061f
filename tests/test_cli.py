"""The command line: one line and exit code 2 for what the caller can mend, never a traceback."""

from __future__ import annotations

import errno
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from grader import __version__
from grader.cli import main
from grader.course import Course
from grader.gradebook.config import gradebook_url
from grader.gradebook.opening import open_gradebook
from grader.gradebook.unusable import unusable
from grader.sandbox import bubblewrap
from grader.simulate import demo
from grader.simulate.bench import Measured
from grader.simulate.copy_course import copy_of
from grader.simulate.hand_in import hand_in
from grader.simulate.pupils import Pupil
from grader.verdict import Verdict
from tests.kit.sandbox import strongest
from tests.kit.toy import NAME, ROOT, SLOPE, assignment, book_of, new_course

VERBS = sorted(main.commands)
CONTRACT = (
    *("release", "autograde", "feedback", "report", "export", "verify", "mark", "simulate"),
    *("bench", "doctor", "new", "try", "watch", "init", "collect"),
)
BEGINS = "new"  # which needs no course yet, and no assignment of the name
ANYWHERE = ("init",)  # which makes a course, and is not run in one
NEEDS = {"mark": ["x.ipynb"], "simulate": ["3"], "collect": ["x.zip"]}


@pytest.fixture
def here(tmp_path: Path) -> Course:
    """A copy of the course with one of its assignments: verbs need not be told which."""
    made = new_course(tmp_path / "course")
    for folder in (made.folder(SLOPE), made.source / SLOPE, made.assignments / SLOPE):
        shutil.rmtree(folder)
    return made


def run(*arguments: str | Path, at: Course | Path | None = None) -> Result:
    """Run the command line in this process."""
    where = at.root if isinstance(at, Course) else at
    given = [str(argument) for argument in arguments]
    return CliRunner().invoke(main, [*given, *(["--course", str(where)] if where else [])])


def refused(result: Result, said: str) -> None:
    """Exit code 2, nothing on standard output, one line on standard error that says this."""
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    [line] = result.stderr.splitlines()
    assert line.startswith("grader: ") and re.search(said, line), line
    assert result.stdout == "" and "Traceback" not in line


def test_the_verbs_are_those_of_the_contract() -> None:
    """Every verb that the design promises exists."""
    assert set(CONTRACT) <= set(VERBS)


def test_without_a_verb_they_are_listed() -> None:
    """The bare command says what there is, as `make` alone does: no error, nothing on stderr."""
    result = CliRunner().invoke(main, [])
    assert result.exit_code == 0 and result.stderr == ""
    listed = re.findall(r"^  ([a-z]+)  +[A-Z]", result.stdout, re.MULTILINE)
    assert listed == VERBS


@pytest.mark.slow
def test_the_demo_leaves_the_course_alone_and_ends_with_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside a second assignment, too: table, pages and marks come from build/demo/ alone."""
    here = new_course(tmp_path / "course")
    refused(run("demo", at=here), f"say which assignment: one of {NAME}, {SLOPE}")
    some = [Pupil("ada"), Pupil("blank", solved=())]
    monkeypatch.setattr(demo, "bundled_class", lambda course, assignment: some)
    before = {path: path.read_bytes() for path in here.root.rglob("*") if path.is_file()}
    result = run("demo", NAME, at=here)
    assert result.exit_code == 0, result.output
    assert re.search(r"ada .*20/20 .*nothing: all right", result.output)
    assert re.search(r"blank .* 0/20 .*leak: not attempted", result.output)
    assert "2 pages of feedback: build/demo/feedback" in result.output
    assert (here.root / "build" / "demo" / "gradebook.db").exists()
    outside = [p for p in here.root.rglob("*") if p.is_file() and "build" not in p.parts]
    assert {path: path.read_bytes() for path in outside} == before


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str) -> None:
    """`--help` ends well, says what the verb does and what each option means."""
    result = run(verb, "--help")
    command = main.commands[verb]
    shown = " ".join(result.output.split())
    assert result.exit_code == 0 and command.help and command.help.splitlines()[0] in shown
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.opts[0] in result.output
            assert parameter.help or isinstance(parameter.type, click.Choice), parameter.name
    assert ("--course" in result.output) == (verb not in ANYWHERE)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_in_the_readme(verb: str) -> None:
    """A verb that the README does not name is a verb that nobody finds."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"(make|grader) {verb}\b|`{verb}\b", readme)


def test_every_verb_that_the_documents_name_exists() -> None:
    """`grader VERB` and `python -m grader VERB` in the documents are verbs."""
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = path.read_text(encoding="utf-8")
        for verb in re.findall(r"(?:^|`)(?:python -m )?grader ([a-z]+)\b", text, re.MULTILINE):
            assert verb in VERBS, (path.name, verb)


def test_version_and_help() -> None:
    """The version is the package's; without a verb there is the list of verbs."""
    assert run("--version").output.strip() == f"grader, version {__version__}"
    listed = run("--help").output
    assert all(verb in listed for verb in VERBS)
    for spelling in ("-h", "--help"):
        assert run(spelling).exit_code == 0


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in (BEGINS, *ANYWHERE)])
def test_a_folder_that_is_no_course(verb: str, tmp_path: Path) -> None:
    """Each verb says that there is no course, and how to name one."""
    given = NEEDS.get(verb, [])
    refused(run(verb, *given, at=tmp_path), "is not a course: .* with --course DIR")
    refused(run(verb, *given, at=tmp_path / "absent"), "is not a course")


def test_a_course_begins_with_its_first_assignment(tmp_path: Path) -> None:
    """Where there is a folder; what is written is told, and what comes next."""
    begun = run(BEGINS, "gru", at=tmp_path)
    assert begun.exit_code == 0 and begun.stdout.splitlines() == [
        "solutions/gru/lesson.py  new",
        "solutions/gru/exercises.py  new",
        "next: python -m grader try gru",
    ]
    refused(run(BEGINS, "gru", at=tmp_path), "is there already: add an exercise with --exercise")
    refused(run(BEGINS, "gru", at=tmp_path / "absent"), "absent.solutions cannot be used")


TAKES_ASSIGNMENT = [
    v for v in VERBS if v != BEGINS and any(p.name == "assignment" for p in main.commands[v].params)
]


@pytest.mark.parametrize("verb", TAKES_ASSIGNMENT)
def test_an_unknown_assignment(verb: str, here: Course) -> None:
    """Each verb names the assignments that there are."""
    if verb == "mark":
        (here.root / "x.ipynb").write_text("{}")
        given = [str(here.root / "x.ipynb"), "--assignment", "rnn"]
    elif verb == "forget":
        given = ["ada", "--assignment", "rnn"]
    else:
        given = [*NEEDS.get(verb, []), "rnn"]
    refused(run(verb, *given, at=here), f"there is no assignment 'rnn' in .*: {NAME}$")


BAD = {
    ("frobnicate",): "No such command 'frobnicate'",
    ("release", "--nope"): "No such option:? '?--nope",
    ("autograde", "--workers", "0"): "0 is not in the range",
    ("autograde", "--workers", "many"): "'many' is not a valid integer range",
    ("autograde", "a", "b"): r"Got unexpected extra argument \(b\)",
    ("mark",): "Missing argument 'NOTEBOOK'",
    ("simulate",): "Missing argument 'NUMBER'",
    ("simulate", "0"): "0 is not in the range",
    ("simulate", "-3"): "No such option",
    ("export", "--format", "pdf"): "'pdf' is not one of",
    ("--course", "x", "release"): "No such option",
}


@pytest.mark.parametrize("given", BAD)
def test_what_cannot_be_parsed(given: tuple[str, ...]) -> None:
    """Unknown verbs and options and values out of range are one line too, and point to --help."""
    result = run(*given)
    refused(result, BAD[given])
    assert "--help)" in result.stderr


def _no_submissions(here: Course) -> None:
    pass


def _submitted_is_a_file(here: Course) -> None:
    here.submitted.write_text("x")


def _handed_in(here: Course) -> None:
    hand_in(here, assignment(), [Pupil("blank", solved=())])


def _not_released(here: Course) -> None:
    _handed_in(here)
    shutil.rmtree(here.assignments)


def _half_released(here: Course) -> None:
    _handed_in(here)
    (here.assignments / NAME / f"{NAME}.ipynb").write_text('{"cells": [')


def _no_source(here: Course) -> None:
    _handed_in(here)
    here.solution_notebook(NAME).unlink()


def _broken_source(here: Course) -> None:
    _handed_in(here)
    here.solution_notebook(NAME).write_text("[]")


def _no_module(here: Course) -> None:
    _handed_in(here)
    (here.folder(NAME) / "files" / "leaky_utils.py").unlink()


def _no_figure(here: Course) -> None:
    with here.lesson(NAME).open("a", encoding="utf-8") as file:
        file.write("\n# %% [markdown]\n# ![A curve](figures/curve.svg)\n")


def _broken_config(here: Course) -> None:
    _handed_in(here)
    (here.root / "nbgrader_config.py").write_text("c = get_config(\n")


def _no_database(here: Course) -> None:
    _handed_in(here)
    (here.root / "gradebook.db").write_bytes(b"my grades\n" * 1000)


def _folder_as_database(here: Course) -> None:
    _handed_in(here)
    (here.root / "gradebook.db").mkdir()


def _empty_secret(here: Course) -> None:
    _handed_in(here)
    (here.root / ".course_secret").write_text("")


INPUTS: dict[str, tuple[Callable[[Course], None], tuple[str, ...], str]] = {
    "no submissions": (_no_submissions, ("autograde",), "nothing to grade: put submissions into"),
    "submitted/ is a file": (_submitted_is_a_file, ("autograde",), "nothing to grade"),
    "no such student": (_handed_in, ("autograde", "--student", "x"), "nothing to grade: .*/x/"),
    "no scheduler": (_handed_in, ("autograde", "--cluster", "here"), "is no scheduler's address"),
    "no TLS": (_handed_in, ("autograde", "--cluster", "tcp://192.0.2.1:1"), "in the clear"),
    "not released": (_not_released, ("autograde",), "is missing: run `make release`"),
    "half released": (_half_released, ("autograde",), "is not a notebook .*: run `make release`"),
    "no source": (_no_source, ("autograde",), "is missing: run `make release` to make it"),
    "a broken source": (_broken_source, ("autograde",), "is not a notebook"),
    "no module": (_no_module, ("autograde",), "leaky_utils.py is missing: put it there"),
    "a broken configuration": (_broken_config, ("autograde",), "nbgrader_config.py fails .*: mend"),
    "no database": (_no_database, ("autograde",), "gradebook .* cannot be used .*: "),
    "a folder as database": (_folder_as_database, ("autograde",), "gradebook .* cannot be used"),
    "an empty secret": (_empty_secret, ("autograde",), "holds no secret: delete it"),
    "nothing to mark": (_no_submissions, ("mark", "absent.ipynb"), "absent.ipynb does not exist"),
    "nothing graded": (_no_submissions, ("feedback",), "."),
    "nothing to report": (_no_submissions, ("report",), "."),
    "nothing to export": (_no_submissions, ("export",), "."),
    "no roster": (_handed_in, ("export", "--roster", "absent.csv"), "."),
    "work is there": (_handed_in, ("simulate", "3"), "holds 1 submissions of .* already"),
    "release without text": (
        lambda here: here.lesson(NAME).unlink(),
        ("release",),
        "is missing: write the assignment's text there",
    ),
    "release without figures": (_no_figure, ("release",), r"but .*\.svg is missing"),
}


@pytest.mark.parametrize("case", INPUTS)
def test_bad_input_is_one_line(case: str, here: Course) -> None:
    """What lies wrong in the course folder is said in one line, and nothing there is changed."""
    spoil, given, said = INPUTS[case]
    spoil(here)
    before = {p: p.read_bytes() for p in here.root.rglob("*.ipynb")}
    refused(run(*given, at=here), said)
    assert {p: p.read_bytes() for p in here.root.rglob("*.ipynb")} == before
    assert not list(here.root.glob("autograded/*/*/verdict.json"))


def test_a_full_disk_is_one_line(here: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the system names the file and what the system says of it."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere/x.ipynb")

    monkeypatch.setattr("grader.simulate.hand_in.write_beside", full)
    refused(run("simulate", "1", at=here), r"/somewhere/x.ipynb cannot be used \(No space left")


def test_an_interruption_is_one_line_and_exit_code_1(
    here: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is no error of the caller's and shows no traceback."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.simulate.hand_in.simulate", stop)
    result = run("simulate", "1", at=here)
    assert result.exit_code == 1
    assert result.stderr.strip() == "grader: interrupted; run it again to finish the rest"


def test_simulate_writes_a_class(here: Course) -> None:
    """As many notebooks as asked for, the same for the same seed."""
    result = run("simulate", "3", at=here)
    assert result.exit_code == 0 and result.stdout.startswith("3 submissions in ")
    first = {p.name: (p / NAME / f"{NAME}.ipynb").read_bytes() for p in here.submitted.iterdir()}
    assert len(first) == 3
    shutil.rmtree(here.submitted)
    run("simulate", "3", "--seed", "0", at=here)
    again = {p.name: (p / NAME / f"{NAME}.ipynb").read_bytes() for p in here.submitted.iterdir()}
    assert again == first


@pytest.mark.sandbox
def test_mark_writes_the_verdict_of_one_file(here: Course, tmp_path: Path) -> None:
    """The table on standard output, the verdict as JSON with student null, no gradebook."""
    path = tmp_path / f"{NAME}.ipynb"
    path.write_text(json.dumps(book_of(Pupil("s", mistakes={"remember": "memory-not-carried"}))))
    result = run("mark", path, "--json", tmp_path / "v.json", "--allow-unsafe", at=here)
    assert result.exit_code == 1, result.output  # it is not right
    told = Verdict.from_json((tmp_path / "v.json").read_text())
    assert told.student is None and told.score == 10.0
    assert re.search(r"remember +0/10 +failed", result.stdout)
    assert "10/20" in result.stdout and not (here.root / "gradebook.db").exists()


def given_twice(book: dict[str, Any]) -> dict[str, Any]:
    """A notebook in which the last answer stands twice."""
    last = next(c for c in reversed(book["cells"]) if "def leak" in "".join(c["source"]))
    book["cells"].append(last)
    return book


@pytest.mark.sandbox
def test_mark_says_what_was_mended_and_ends_well_where_all_is_right(
    here: Course, tmp_path: Path
) -> None:
    """A damaged notebook that is right all the same: exit code 0, and the damage in words."""
    path = tmp_path / f"{NAME}.ipynb"
    path.write_text(json.dumps(book_of(Pupil("s", damage=given_twice))))
    result = run("mark", path, "--allow-unsafe", at=here)
    assert result.exit_code == 0, result.output
    assert "20/20" in result.stdout and result.stderr.startswith("mended: ")


def test_mark_says_why_a_file_is_unreadable(here: Course, tmp_path: Path) -> None:
    """A file that is no notebook has a verdict too."""
    (tmp_path / "x.ipynb").write_text("{")
    result = run("mark", tmp_path / "x.ipynb", at=here)
    assert result.exit_code == 1
    assert "The notebook cannot be read: it" in result.stdout


def test_a_fault_of_the_kit_ends_with_exit_code_1(
    here: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A grader error is listed on standard error, and the command does not end well."""
    from grader.autograde.autograde import Summary

    def fails(*_: object, **__: object) -> Summary:
        return Summary(NAME, "A", faults=["ada: odd"])

    monkeypatch.setattr("grader.autograde.autograde.autograde", fails)
    result = run("autograde", at=here)
    assert result.exit_code == 1
    assert result.stderr.strip() == "grader error, not published: ada: odd"


@pytest.mark.sandbox
def test_doctor_names_the_isolation_and_where_bubblewrap_is_from(here: Course) -> None:
    """Every tier with its layers or what it lacks, and the gradebook; all is well here."""
    result = run("doctor", at=here)
    lines = {line[:20].strip(): line[20:].split(maxsplit=1) for line in result.stdout.splitlines()}
    assert {f"sandbox {tier}" for tier in "ABC"} < set(lines)
    assert lines["autograde"][0] == "ok" and result.exit_code == 0, result.output
    found = bubblewrap()
    assert found is None or lines["bubblewrap"] == ["ok", f"{found.path} ({found.origin})"]


def test_doctor_needs_no_course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Course
) -> None:
    """On a worker of a cluster it speaks of the machine; of a course where it stands in one."""
    monkeypatch.setattr("grader.doctor.available_tiers", lambda: dict.fromkeys("ABC", ""))
    monkeypatch.setattr("grader.doctor._system_calls", lambda tier: iter(()))
    monkeypatch.chdir(tmp_path)
    result = run("doctor")
    assert result.exit_code == 0 and result.stderr == ""
    assert re.search(r"^course +ok +none in this folder; `grader init DIR`", result.stdout, re.M)
    assert "\ngradebook " not in result.stdout and re.search(r"^versions +ok", result.stdout, re.M)
    monkeypatch.chdir(here.root)
    assert re.search(rf"^{NAME} +ok +released\ngradebook +ok", run("doctor").stdout, re.M)
    shutil.rmtree(here.assignments / NAME)
    result = run("doctor")
    assert result.exit_code == 0 and f"not released yet: `grader release {NAME}`" in result.stdout


def test_doctor_says_which_verb_lacks_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the extra that brings it; a machine without them grades all the same."""
    monkeypatch.setattr("grader.doctor.available_tiers", lambda: dict.fromkeys("ABC", ""))
    monkeypatch.setattr("grader.doctor._system_calls", lambda tier: iter(()))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.chdir(tmp_path)
    result = run("doctor")
    assert result.exit_code == 0
    for verb, package, extra in (
        ("verify", "autograd", "test"),
        ("autograde --cluster", "distributed", "cluster"),
        ("PostgreSQL", "psycopg", "postgres"),
    ):
        told = rf"^{verb} +NOT OK +lacks {package}, the kit's extra `{extra}`: "
        assert re.search(told, result.stdout, re.M), result.stdout
    tiers = {"A": "forbidden", "B": "too old", "C": ""}
    monkeypatch.setattr("grader.doctor.available_tiers", lambda: tiers)
    result = run("doctor")
    assert result.exit_code == 1
    assert "refuses without --allow-unsafe, as does mark; no other verb" in result.stdout


@pytest.mark.sandbox
def test_doctor_counts_what_the_filter_refuses_a_plain_notebook(here: Course) -> None:
    """Nothing, or this Python or C library needs a call that is not on the list."""
    strongest()
    result = run("doctor", at=here)
    assert re.search(
        r"system calls +ok +\d+ on the list; a plain notebook is refused none", result.stdout
    )
    assert re.search(r"plain notebook +ok", result.stdout) and result.exit_code == 0


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("cell", "code"),
    [("try:\n    raw(1234), os.eventfd(0)\nexcept OSError:\n    pass", 0), ("os.eventfd(0)", 1)],
)
def test_doctor_names_refused_calls(
    cell: str, code: int, here: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name, or by number where unknown; unfit is a machine whose notebook cannot do without."""
    strongest()
    start = "import ctypes, os\nraw = ctypes.CDLL(None).syscall"
    monkeypatch.setattr("grader.doctor.PLAIN_NOTEBOOK", {"start": start, "new": cell})
    result = run("doctor", at=here)
    told = r"system calls +NOT OK .*refused " + (r"1234 \(1\), " if code == 0 else "")
    assert re.search(told + r"eventfd2 \(1\)\n", result.stdout), result.stdout
    assert ("new: error" in result.stdout) == (code == 1)
    assert result.exit_code == code, result.output


WATCHED_ITSELF = """
from grader.cli import main
from grader.sandbox.inside.lockdown import kernel, seccomp
from grader.sandbox.inside.lockdown.program import ALLOW, RETURN
kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
seccomp._install(seccomp._code([(RETURN, 0, 0, ALLOW)]), seccomp.NEW_LISTENER)
main(["doctor"])
"""


@pytest.mark.sandbox
def test_doctor_says_why_refusals_cannot_be_counted(here: Course) -> None:
    """In a container that is watched itself: grading there is none the worse."""
    strongest()
    command = [sys.executable, "-c", WATCHED_ITSELF]
    done = subprocess.run(command, capture_output=True, text=True, cwd=here.root)
    assert re.search(r"system calls +ok .*cannot be counted here: .*Errno 16", done.stdout), done
    assert done.returncode == 0, done


@pytest.mark.parametrize(
    ("problem", "code"), [({"A": "forbidden"}, 0), ({"A": "forbidden", "B": "too old"}, 1)]
)
def test_doctor_ends_with_exit_code_1_where_nothing_safe_is_left(
    problem: dict[str, str], code: int, here: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tier that is missing is told; a machine on which autograde refuses is unfit."""
    tiers = {tier: problem.get(tier, "") for tier in "ABC"}
    monkeypatch.setattr("grader.doctor.available_tiers", lambda: tiers)
    result = run("doctor", at=here)
    assert re.search(r"sandbox A +NOT OK +forbidden", result.stdout)
    assert result.exit_code == code, result.output


def test_doctor_finds_a_broken_gradebook(here: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is no database is named with the remedy."""
    monkeypatch.setattr("grader.doctor.available_tiers", lambda: dict.fromkeys("ABC", ""))
    (here.root / "gradebook.db").write_text("no database at all, but long enough to be looked at")
    result = run("doctor", at=here)
    assert re.search(r"gradebook +NOT OK", result.stdout) and result.exit_code == 1


def test_doctor_looks_at_the_gradebook_that_is_configured(
    here: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the course's own file puts it; a gradebook that nobody uses says nothing."""
    monkeypatch.setattr("grader.doctor.available_tiers", lambda: dict.fromkeys("ABC", ""))
    elsewhere = here.root / "elsewhere" / "marks.db"
    elsewhere.parent.mkdir()
    (here.root / "gradebook.db").write_text("no database at all, but long enough to be looked at")
    with (here.root / "nbgrader_config.py").open("a") as file:
        file.write(f"c.CourseDirectory.db_url = 'sqlite:///{elsewhere}'\n")
    assert re.search(r"gradebook +ok +none yet", run("doctor", at=here).stdout)
    open_gradebook(here).close()
    assert re.search(r"gradebook +ok +0 submissions", run("doctor", at=here).stdout)
    elsewhere.write_text("no database at all, but long enough to be looked at")
    told = run("doctor", at=here).stdout
    assert re.search(r"gradebook +NOT OK .*file is not a database.*: put back a copy", told)


OF_NO_USE = {
    "marks.db": r"Could not parse .*: mend it",
    "nosuch://x/y": r"Can't load plugin.*: mend it",
    "postgres://x/y": r"Can't load plugin.*: write postgresql://",
    "postgresql://me:a@h:chalk/y": r"its host or port is none.*%40",
    "postgresql://me:a@chalk@h/y": r"its host or port is none.*%40",
    "postgresql://h/y": r"driver psycopg cannot.*: run `make postgres`.*the kit's extra `postgres`",
    "postgresql+psycopg2://h/y": r"driver psycopg2 .*: write postgresql\+psycopg:// and run `make",
    "mysql://me:chalk@h/y": r"driver mysqldb cannot be used here .*: install it",
}


@pytest.mark.parametrize("url", OF_NO_USE)
def test_a_gradebook_of_no_use_is_one_line(
    here: Course, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address that is none, a database that nobody knows, a driver that is not installed."""
    monkeypatch.setattr("grader.doctor.available_tiers", lambda: dict.fromkeys("ABC", ""))
    for driver in ("psycopg", "psycopg2", "MySQLdb"):
        monkeypatch.setitem(sys.modules, driver, None)
    _handed_in(here)
    with (here.root / "nbgrader_config.py").open("a") as file:
        file.write(f"c.CourseDirectory.db_url = {url!r}\n")
    found = run("doctor", at=here)
    says = "nbgrader_config.py has a db_url .*" + OF_NO_USE[url]
    assert re.search(r"gradebook +NOT OK +" + says, found.stdout) and found.exit_code == 1
    for verb in ("autograde", "export"):
        refused(run(verb, at=here), says)
    assert "chalk" not in found.stdout


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("database is locked", "close what has it open"),
        ('FATAL: database "x" does not exist', "createdb"),
        ('relation "grade" does not exist', "nbgrader db upgrade"),
        ("connection failed: no pg_hba.conf entry for host", "pg_hba.conf accept"),
        ("connection failed: FATAL: password authentication failed", "~/.pgpass"),
        ("server closed the connection unexpectedly\n\tThis probably means", "the server runs"),
        ("deadlock detected", "nothing else writing"),
    ],
)
def test_what_a_database_says_has_a_remedy_and_no_password(reason: str, remedy: str) -> None:
    """In one line, whether the address has the password where it belongs or among its options."""
    told = str(unusable("postgresql://me:chalk@h/marks?password=chalk&sslmode=require", reason))
    assert "postgresql://me:***@h/marks?sslmode=require" in told and "chalk" not in told
    assert remedy in told.rpartition("): ")[2] and told.isprintable()


def test_a_copy_of_a_course_has_a_gradebook_of_its_own(here: Course, tmp_path: Path) -> None:
    """The demo and the bench leave alone what the course's own file calls its gradebook."""
    with (here.root / "nbgrader_config.py").open("a") as file:
        file.write("c.CourseDirectory.db_url = 'sqlite:////nowhere/marks.db'\n")
    copied = copy_of(here, tmp_path / "copy")
    assert gradebook_url(here) == "sqlite:////nowhere/marks.db"
    assert gradebook_url(copied) == f"sqlite:///{tmp_path / 'copy' / 'gradebook.db'}"


def test_bench_writes_what_the_contract_lists(
    here: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figures of stock nbgrader, the kit, floor and limit: medians, and how they compare."""
    one = (20.0, 1.0, 1.0, 2.0, 10.0, 1.0, 1.0)  # stock, floor, limit, kit, pages and report
    seconds = iter([took * factor for factor in (1.0, 1.0, 9.0) for took in one])

    def measured(command: list[str], __: object, submissions: int, *_: object) -> Measured:
        took = next(seconds)
        cpu = 0.2 if "grader.simulate.bench_limit" in command else 0.5
        memory = {"parent": {"peak_mb": 90.0, "half_way_mb": 89.0}}
        return Measured(submissions / took, cpu, 100.0, took, submissions, memory)

    monkeypatch.setattr("grader.simulate.bench._measure", measured)
    target = tmp_path / "b.json"
    result = run("bench", "--submissions", "4", "--stock", "2", "--json", target, at=here)
    assert result.exit_code == 0, result.output
    told = json.loads(target.read_text())
    for way in ("stock", "kit", "floor", "limit", "kit_report"):
        assert {"per_second", "cpu_seconds", "peak_mb"} <= set(told[way])
    assert told["speedup_over_stock"] == 20.0 and told["times_floor"] == 2.0
    assert told["times_limit"] == 2.5 and told["rounds"] == 3
    assert told["kit"]["per_second_spread"] == [4 / 18, 2.0]
    assert told["submissions"] == 4 and told["workers"] >= 1
    assert "20.0 times stock nbgrader, 2.00 times the floor's time" in result.stdout
    assert "Peak MB of kit by process: parent 90 (89 half-way)." in result.stdout


@pytest.mark.sandbox
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux hands orphans on")
def test_bench_counts_what_runs_inside_the_sandbox(tmp_path: Path) -> None:
    """Work in a cell is the measured program's, though bubblewrap does not wait for it."""
    (tmp_path / "works.py").write_text(
        "from grader.sandbox import CellSource, Limits, Sandbox\n"
        "source = 'import time\\nwhile time.process_time() < 3: pass'\n"
        "patient = Limits(wall_seconds=400.0)\n"
        "with Sandbox(patient) as sandbox, sandbox.job([CellSource('a', source)]) as job:\n"
        "    job.run()\n"
    )
    code = (
        "import sys, pathlib, grader.simulate.bench as bench\n"
        "bench.ORPHANS_SECONDS = 400.0\n"  # a busy machine takes its time to end them
        "print(bench._measure([sys.executable, 'works.py'], pathlib.Path(sys.argv[1]), 1))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = re.search(r"cpu_seconds=([\d.]+)", ran.stdout)
    assert found and float(found[1]) > 3.0, ran.stdout


def test_the_module_runs_as_a_program(tmp_path: Path) -> None:
    """`python -m grader` in a folder that is no course: one line, exit code 2."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", "autograde"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and "is not a course" in done.stderr
