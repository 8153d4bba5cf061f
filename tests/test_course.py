"""Where a course keeps things: its assignments, their exercises, what they hand out."""

from __future__ import annotations

import grp
import os
import pwd
import re
import tempfile
from pathlib import Path

import pytest

from grader.assignment.spec import Spec, SpecError
from grader.course import Course
from grader.errors import UsageError
from tests.kit.toy import NAME, SLOPE, new_course, packed

SPEC = Spec(NAME, "A leaky memory", (), files=("leaky_utils.py",))


@pytest.fixture
def here(tmp_path: Path) -> Course:
    """A course as released."""
    return new_course(tmp_path / "course")


def test_an_assignment_is_a_folder_with_a_lesson_or_a_notebook(here: Course) -> None:
    """Other folders and files beside them are none."""
    assert here.names() == [NAME, SLOPE]
    (here.solutions / "notes").mkdir()
    (here.solutions / "notes" / "ideas.md").touch()
    (here.solutions / "notes" / "sketch.ipynb").touch()
    (here.solutions / "old.py").touch()
    assert here.names() == [NAME, SLOPE]
    here.lesson(SLOPE).unlink()
    assert here.names() == [NAME, SLOPE]


def test_exercises_are_one_file_or_a_folder(here: Course) -> None:
    """Both say the same; where there are both, nobody guesses."""
    one = here.folder(NAME) / "exercises.py"
    [(path, text)] = here.exercises(NAME)
    assert path == "exercises.py" and here.spec(NAME).points == 20
    folder = here.folder(NAME) / "exercises"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "x-checkpoint.py").write_text("1 / 0")
    (folder / "all.py").write_text(text)
    (folder / "__init__.py").write_text("from .all import SPEC\n")
    with pytest.raises(UsageError, match=r"has exercises.py and a folder exercises/: keep one"):
        here.exercises(NAME)
    one.unlink()
    assert [path for path, _ in here.exercises(NAME)] == [
        "exercises/__init__.py",
        "exercises/all.py",
    ]
    assert here.spec(NAME).points == 20


def test_a_handed_out_file_is_the_assignments_or_the_courses(here: Course) -> None:
    """It lies in ``files/`` or at the top; in both, or in neither, is an error."""
    own, shared = here.folder(NAME) / "files" / "leaky_utils.py", here.root / "leaky_utils.py"
    data = own.read_bytes()
    assert here.files(SPEC) == (("leaky_utils.py", data),)
    assert here.place(SPEC, "leaky_utils.py") == f"solutions/{NAME}/files/leaky_utils.py"
    shared.write_bytes(b"x = 1\n")
    with pytest.raises(UsageError, match=r"leaky_utils.py lies in .*files and in .*: keep one"):
        here.files(SPEC)
    own.unlink()
    assert here.files(SPEC) == (("leaky_utils.py", b"x = 1\n"),)
    assert here.place(SPEC, "leaky_utils.py") == "leaky_utils.py at the project's root"
    shared.unlink()
    with pytest.raises(UsageError, match=r"leaky_utils.py is missing: put it there, or beside sol"):
        here.files(SPEC)


def test_a_file_that_is_not_named_is_not_forgotten_in_silence(here: Course) -> None:
    """Whoever laid it there wants students to have it; hidden files are nobody's."""
    folder = here.folder(NAME) / "files"
    (folder / ".DS_Store").touch()
    assert len(here.files(SPEC)) == 1
    (folder / "names.txt").write_text("ada\n")
    with pytest.raises(UsageError, match=r"names.txt is not handed out: name it in files= of"):
        here.files(SPEC)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (("selfcheck.py",), "'selfcheck.py' is handed out already"),
        (("references.npz",), "is handed out already"),
        (("leaky.ipynb",), "is handed out already"),
        (("a.txt", "a.txt"), "'a.txt' is handed out already"),
        (("data/a.txt",), "is no plain file name"),
        (("../a.txt",), "is no plain file name"),
        ((".a",), "is no plain file name"),
        (("",), "is no plain file name"),
    ],
)
def test_a_name_that_cannot_be_handed_out_is_refused(files: tuple[str, ...], said: str) -> None:
    """What release makes itself, a name twice, a path."""
    with pytest.raises(SpecError, match=said):
        Spec(NAME, "", (), files=files)


def test_a_class_of_its_own_may_use_the_exercises(here: Course) -> None:
    """The demo's students, from the folder; None where the made-up ones do."""
    assert here.demo_class(NAME) is None
    (here.folder(NAME) / "demo_class.py").write_text(
        "from grader.authoring import Pupil\nfrom .exercises import SPEC\n"
        "PUPILS = [Pupil(exercise.name) for exercise in SPEC.exercises]\n"
    )
    module = here.demo_class(NAME)
    assert module is not None and [p.name for p in module.PUPILS] == ["leak", "remember"]


def test_a_verdict_depends_on_notebook_files_and_exercises(here: Course) -> None:
    """Work is graded anew when code has changed, and not for a word of prose; the rest is kept."""
    before = here.packed(NAME).load().inputs("x")
    assert before == packed(NAME).load().inputs("x")
    exercises = here.folder(NAME) / "exercises.py"
    exercises.write_text(exercises.read_text() + "# a word more\n")
    assert here.packed(NAME).load().inputs("x") == before
    exercises.write_text(exercises.read_text() + "MORE = 1\n")
    assert here.packed(NAME).load().inputs("x")["source"] != before["source"]
    assert here.packed(SLOPE).load().inputs("x") == packed(SLOPE).load().inputs("x")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user")
def test_a_secret_that_another_instructor_may_not_read() -> None:
    """One line names its owner, and the two commands that let the folder's group read it."""
    nobody = pwd.getpwnam("nobody").pw_uid
    with tempfile.TemporaryDirectory(prefix="two courses-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o2775)
        course = Course(folder)
        secret = course.secret()
        os.chown(folder, 0, 54321)  # a group that this machine has no name for
        os.seteuid(nobody)
        try:
            with pytest.raises(UsageError) as caught:
                course.secret()
        finally:
            os.seteuid(0)
        path = f"'{folder / '.course_secret'}'"
        assert re.search(r"let root, whose it is, run `chgrp 54321 ", str(caught.value))
        assert f"chgrp 54321 {path} && chmod 640 {path}`" in str(caught.value)
        os.chown(folder, 0, 0)
        os.seteuid(nobody)
        try:
            with pytest.raises(UsageError, match=f"run `chgrp {grp.getgrgid(0).gr_name} "):
                course.secret()
        finally:
            os.seteuid(0)
        assert course.secret() == secret
