"""Nothing that was handed in is passed over: it is graded, or named with what to do."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.intake.handed_in import SECRET, STAMP, HandedIn, survey
from grader.intake.read import find_notebook

NAME, OTHER = "leaky", "slope"
NAMES = (NAME, OTHER)
WORK = b'{"cells": []}'


def zipped() -> bytes:
    """An archive with a notebook in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{NAME}.ipynb", WORK)
    return file.getvalue()


def put(submitted: Path, *places: str, content: bytes = WORK) -> None:
    """Lay files into the inbox; a place that ends with a slash is a folder."""
    for place in places:
        path = submitted / place
        if place.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


# What lies in the inbox; where it is named, and words of what is said.
LOST: dict[str, tuple[str, str, str]] = {
    "no folder of the assignment": ("zz5/x.ipynb", "zz5/x.ipynb", f"move it into zz5/{NAME}/"),
    "no folder of the student": ("zz4.ipynb", "zz4.ipynb", f"move it into <student>/{NAME}/"),
    "an archive of the class": ("all.zip", "all.zip", "an archive"),
    "an archive": (f"zz/{NAME}/work.zip", f"zz/{NAME}/work.zip", "unpack it"),
    "an archive beside": ("zz/work.tar.gz", "zz/work.tar.gz", "an archive"),
    "a folder in a folder": (f"zz/{NAME}/{NAME}/{NAME}.ipynb", f"zz/{NAME}/{NAME}", "move what"),
    "another kind of file": (f"zz/{NAME}/answers.docx", f"zz/{NAME}/answers.docx", "a file"),
    "a misspelt assignment": ("zz/leeky/leaky.ipynb", "zz/leeky/", "no assignment is called leeky"),
    "deep in another": ("zz/week 1/mine/leaky.ipynb", "zz/week 1/", "no assignment is called"),
    "an upper-case ending beside": ("zz/LEAKY.IPYNB", "zz/LEAKY.IPYNB", f"move it into zz/{NAME}/"),
}


@pytest.mark.parametrize("case", LOST)
def test_what_is_not_graded_is_named(case: str, tmp_path: Path) -> None:
    """Each with its place, what it is and what to do; who did it right is graded."""
    place, where, words = LOST[case]
    put(tmp_path, place, f"ada/{NAME}/{NAME}.ipynb", content=WORK)
    found = survey(tmp_path, NAME, NAMES)
    assert found.students == ("ada",)
    [stray] = found.strays
    assert stray.where == where and words in str(stray) and stray.lost


def test_a_newer_notebook_in_the_wrong_place_is_named(tmp_path: Path) -> None:
    """Work was graded, so that nothing is lost; which of two was meant, an instructor sees."""
    put(tmp_path, f"ada/{NAME}/{NAME}.ipynb", "ada/newer.ipynb", f"ada/{OTHER}/{OTHER}.ipynb")
    found = survey(tmp_path, NAME, NAMES)
    assert found.students == ("ada",)
    [stray] = found.strays
    assert stray.where == "ada/newer.ipynb" and not stray.lost


def test_names_that_lead_upwards_are_not_hidden(tmp_path: Path) -> None:
    """A system's own file begins with one dot."""
    put(tmp_path, f"ada/{NAME}/..%2f..%2fgradebook.ipynb", f"bo/{NAME}/..ipynb")
    assert survey(tmp_path, NAME, NAMES).students == ("ada", "bo")


@pytest.mark.parametrize(
    "name", [f"{NAME}.ipynb.json", f"{NAME}.ipynb.txt", f"{NAME}.IPYNB", "x.Ipynb", "x.ipynb.TXT"]
)
def test_one_notebook_under_another_ending_is_taken(name: str, tmp_path: Path) -> None:
    """A browser or an editor gave it: there is no doubt which file is meant."""
    put(tmp_path, f"zz/{NAME}/{name}", f"zz/{NAME}/._{NAME}.ipynb", f"zz/{NAME}/{STAMP}")
    found = survey(tmp_path, NAME, NAMES)
    assert found.students == ("zz",) and not found.strays
    path, notes = find_notebook(tmp_path / "zz" / NAME, NAME)
    assert path.name == name and notes == (f"the notebook was called {name!r}",)


@pytest.mark.parametrize(
    "places",
    [
        (f"zz/{NAME}/",),
        ("zz/",),
        (f"zz/{NAME}/{STAMP}", f"zz/{NAME}/{SECRET}"),
        (f"zz/{NAME}/._{NAME}.ipynb", f"zz/{NAME}/.DS_Store"),
    ],
)
def test_an_empty_folder_was_not_handed_in(places: tuple[str, ...], tmp_path: Path) -> None:
    """It is named, and nothing is lost; hidden files and nbgrader's own do not count."""
    put(tmp_path, *places)
    found = survey(tmp_path, NAME, NAMES)
    assert not found.students
    [stray] = found.strays
    assert stray.where.startswith("zz") and "empty folder" in str(stray) and not stray.lost


def test_other_assignments_and_what_is_hidden_are_no_news(tmp_path: Path) -> None:
    """A student may hand in one and not the other; a course keeps files of its own there."""
    put(tmp_path, f"zz/{OTHER}/{OTHER}.ipynb", ".gitkeep", ".cache/x.ipynb")
    assert survey(tmp_path, NAME, NAMES) == type(survey(tmp_path, NAME, NAMES))()


def test_one_student_is_asked_for(tmp_path: Path) -> None:
    """What lies in others' folders is not told then."""
    put(tmp_path, f"ada/{NAME}/{NAME}.ipynb", "bo/x.ipynb", "zz4.ipynb")
    assert survey(tmp_path, NAME, NAMES, only="ada").students == ("ada",)
    assert not survey(tmp_path, NAME, NAMES, only="ada").strays
    [stray] = survey(tmp_path, NAME, NAMES, only="bo").strays
    assert stray.where == "bo/x.ipynb"


def test_names_act_in_no_terminal(tmp_path: Path) -> None:
    """A file's name is its owner's, escapes and line breaks included."""
    put(tmp_path, f"zz/{NAME}/\x1b[31mred\n.docx")
    [stray] = survey(tmp_path, NAME, NAMES).strays
    assert "\x1b" not in str(stray) and "\n" not in str(stray)


parts = st.sampled_from(
    ["ada", "bo", NAME, OTHER, "x", f"{NAME}.ipynb", "x.ipynb", "y.IPYNB", "w.zip", "t.txt", ".h"]
)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(parts, min_size=1, max_size=4).map("/".join), max_size=6))
def test_every_file_is_graded_or_named(
    tmp_path_factory: pytest.TempPathFactory, places: list[str]
) -> None:
    """Wherever a file lies: its student is graded, or the file or a folder around it is named."""
    inbox = tmp_path_factory.mktemp("inbox")
    for place in places:
        with contextlib.suppress(FileExistsError, NotADirectoryError, IsADirectoryError):
            put(inbox, place)
    found = survey(inbox, NAME, NAMES)
    files = (path.relative_to(inbox).parts for path in inbox.rglob("*") if path.is_file())
    for student, *rest in files:
        if any(part.startswith(".") for part in (student, *rest)):
            continue
        place = "/".join((student, *rest))
        named = any(place.startswith(stray.where.rstrip("/")) for stray in found.strays)
        graded = student in found.students and rest[:1] == [NAME]
        assert graded or rest[:1] == [OTHER] or named, (place, found)


def test_one_name_in_two_unicode_forms_is_one_student(tmp_path: Path) -> None:
    """Of two folders that look alike one is graded, and the other is named, letter by letter."""
    put(tmp_path, f"jos\u00e9/{NAME}/{NAME}.ipynb", f"jose\u0301/{NAME}/{NAME}.ipynb")
    found = survey(tmp_path, NAME, NAMES)
    [stray] = found.strays
    assert found.students == ("jose\u0301",) and stray.lost
    assert str(stray).startswith(rf"jos\xe9/{NAME}: the same name as jose\u0301, in another")
    assert survey(tmp_path, NAME, NAMES, "jos\u00e9").students == found.students


def test_a_folder_of_another_assignment_is_no_second_student(tmp_path: Path) -> None:
    """Only work on the same assignment is in the way of other work on it."""
    put(tmp_path, f"jos\u00e9/{NAME}/{NAME}.ipynb", f"jose\u0301/{OTHER}/{OTHER}.ipynb")
    assert survey(tmp_path, NAME, NAMES) == HandedIn(("jos\u00e9",))
