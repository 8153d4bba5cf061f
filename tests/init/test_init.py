"""`grader init` writes a course that runs, into an empty folder, and asks nothing."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from grader import __version__, cli
from grader.course import Course
from grader.drafting.trial import drafted, tried
from grader.errors import UsageError
from grader.gradebook.config import contact_line, load_config
from grader.init.init import EXAMPLE, PLACES, About, init_course
from grader.verify.shape.rules import broken

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str | Path) -> Result:
    """The verb, in this process."""
    return CliRunner().invoke(cli.main, ["init", *map(str, arguments)], input="")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course that was begun just now."""
    return init_course(tmp_path / "memories", About("Memories", "A. Nobody"))[0]


def test_it_says_what_it_wrote_and_what_comes_next(tmp_path: Path) -> None:
    """A line a file, and the command that shows a whole class; in a folder that it makes."""
    result = run(tmp_path / "my course", "--title", "Memories", "--instructor", "A. Nobody")
    assert result.exit_code == 0 and result.stderr == ""
    *files, last = result.stdout.splitlines()
    assert files == sorted(str(tmp_path / "my course" / place) for place in PLACES.values())
    assert all(Path(file).is_file() for file in files)
    assert last == f"next: cd '{tmp_path}/my course' && python -m grader demo"
    text = (tmp_path / "my course" / "README.md").read_text("utf-8")
    assert text.startswith("# Memories\n\nInstructor: A. Nobody\n\nA course") and "{" not in text
    assert contact_line(Course.at(tmp_path / "my course")) == "A. Nobody"


def test_it_takes_the_title_from_the_folder(tmp_path: Path) -> None:
    """And leaves out who teaches it; the folder may be there if nothing lies in it."""
    (tmp_path / "deep-learning_2").mkdir()
    assert run(tmp_path / "deep-learning_2").exit_code == 0
    text = (tmp_path / "deep-learning_2" / "README.md").read_text("utf-8")
    assert text.startswith("# Deep learning 2\n\nA course") and "Instructor" not in text
    assert contact_line(Course.at(tmp_path / "deep-learning_2")) == ""


@pytest.mark.parametrize("lying", ["notes.txt", ".git/config", "solutions/a/lesson.py"])
def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path, lying: str) -> None:
    """By what lies in it, hidden or not; nothing is written."""
    path = tmp_path / lying
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    result = run(tmp_path)
    assert result.exit_code == 2 and result.stdout == ""
    [line] = result.stderr.splitlines()
    assert f"is not empty, it holds {lying.partition('/')[0]}: name another folder" in line
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]
    (tmp_path / "file").write_text("")
    assert "is a file: name a folder" in run(tmp_path / "file").stderr


@pytest.mark.parametrize("text", ["two\nlines", "x" * 101, "\x1b[2J", " blank"])
def test_what_is_no_line_is_refused(text: str, tmp_path: Path) -> None:
    """A title stands in one line of the README."""
    for option in ("title", "instructor"):
        with pytest.raises(UsageError, match=f"--{option} .* is no line of at most 100"):
            About(**{option: text})
    assert run(tmp_path / "new", "--title", text).exit_code == 2 and not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("folder", "name"), [("memories", "memories"), ('it\'s "5"', "it-s-5"), ("é", "course")]
)
def test_nbgrader_finds_the_course_by_a_name(tmp_path: Path, folder: str, name: str) -> None:
    """One that the exchange can have a folder of, whatever this one is called."""
    made, _ = init_course(tmp_path / folder, About())
    config = load_config(made)
    assert config.CourseDirectory.course_id == name
    assert config.CourseDirectory.release_directory == "assignments"


def test_the_example_is_as_an_authors_should_be(course: Course) -> None:
    """Two functions and a written question; every mistake is named, and the rules are kept."""
    assert course.names() == [EXAMPLE]
    made = drafted(course, EXAMPLE).assignment
    assert all(tried(made, exercise).well for exercise in made.spec.exercises)
    assert list(broken(made.spec, made.source)) == []
    assert len(made.spec.exercises) == 2
    assert sum(len(exercise.mistakes) for exercise in made.spec.exercises) == 3
    assert [rubric for rubric in made.spec.rubrics]


def test_git_keeps_no_secret_and_no_student(course: Course) -> None:
    """Of all that the kit and nbgrader write, git takes the assignments alone."""
    written = ["submitted/a/b/c.ipynb", "autograded/a/v.json", "feedback/a/p.html", "gradebook.db"]
    written += ["gradebook.db-wal", ".course_secret", "exports/a.csv", "report/a.html", "copies/x"]
    written += ["source/a/a.ipynb", "roster.csv", "class.csv", "extensions.csv", ".grading"]
    kept = [f"assignments/{EXAMPLE}/x.ipynb", f"solutions/{EXAMPLE}/{EXAMPLE}.ipynb"]
    for name in [*written, *kept]:
        (course.root / name).parent.mkdir(parents=True, exist_ok=True)
        (course.root / name).touch()
    subprocess.run(["git", "init", "-q"], cwd=course.root, check=True)
    listed = subprocess.check_output(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=course.root, text=True
    ).splitlines()
    assert sorted(listed) == sorted([*PLACES.values(), *kept])


def test_its_workflow_uses_what_the_kits_uses(course: Course) -> None:
    """The same actions by the same digests, least permissions, targets of its own Makefile."""
    text = (course.root / ".github" / "workflows" / "course.yml").read_text("utf-8")
    kits = (ROOT / ".github" / "workflows" / "course.yml").read_text("utf-8")
    uses = re.findall(r"uses: (.*)", text)
    assert len(uses) == 2 and set(uses) <= set(re.findall(r"uses: (.*)", kits))
    made = yaml.safe_load(text)
    assert made["permissions"] == {"contents": "read"} and "${{" not in text
    targets = re.findall(r"^([a-z]+):", (course.root / "Makefile").read_text(), re.M)
    assert set(re.findall(r"\bmake ([a-z]+)", text)) == {"setup", "release", "verify"} <= {*targets}


def test_its_makefile_lists_verbs_that_there_are(course: Course) -> None:
    """`make` alone prints each target; what it calls are verbs, and so it is in the README."""
    done = subprocess.run(["make"], cwd=course.root, capture_output=True, text=True, check=True)
    listed = re.findall(r"^  make ([a-z]+) +\S", done.stdout, re.M)
    text = (course.root / "Makefile").read_text("utf-8")
    assert listed == re.findall(r"^([a-z]+):.*##", text, re.M) and len(listed) == 12
    verbs = set(re.findall(r"\$\(GRADER\) ([a-z]+)", text))
    assert verbs == {*listed} - {"setup", "formgrader"} and verbs <= set(cli.main.commands)
    for page in ("README.md", "Makefile"):
        told = re.findall(r"grader ([a-z]+) ", (course.root / page).read_text("utf-8"))
        assert {*told} - {"assignments"} <= set(cli.main.commands)


def test_its_requirements_name_this_version(course: Course) -> None:
    """The kit by the name that its package has."""
    lines = (course.root / "requirements.txt").read_text().splitlines()
    [line] = [line for line in lines if line[0] != "#"]
    assert line == f"rnn-course-kit == {__version__}"


def test_its_configuration_refuses_as_this_courses_does_where_the_kit_is_missing(
    course: Course,
) -> None:
    """The same lines: what the one says without the kit is tested, and holds for the other."""
    begins, ends = "c = get_config()", "configure(c)\n"

    def guard(text: str) -> str:
        return text[text.index(begins) : text.rindex(ends)]

    own, made = ROOT / "nbgrader_config.py", course.root / "nbgrader_config.py"
    assert guard(made.read_text("utf-8")) == guard(own.read_text("utf-8"))
