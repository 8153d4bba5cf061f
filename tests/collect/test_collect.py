"""An archive becomes folders in submitted/: who is who, which is later, what is left."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import main
from grader.collect.collect import collect
from grader.course import Course
from grader.errors import UsageError
from grader.gradebook.submission_time import read_time
from tests.collect.archives import BOOK, book, gradescope, moodle, written
from tests.kit.toy import NAME


def there(course: Course) -> dict[str, bytes]:
    """The notebooks in submitted/, by student."""
    found = sorted(course.submitted.glob(f"*/{NAME}/*.ipynb"))
    assert all(path.name == BOOK for path in found)
    return {path.parent.parent.name: path.read_bytes() for path in found}


def run(course: Course, path: Path, *options: str) -> Result:
    """The verb, in this process."""
    given = ["collect", str(path), NAME, *options, "--course", str(course.root)]
    return CliRunner().invoke(main, given)


def test_moodle_in_folders(course: Course, tmp_path: Path) -> None:
    """A name is found in either order; folders of before, and files that lie beside, are taken."""
    members = moodle(Ada_Lovelace="ada") | {
        f"Cyd van der Berg_105_assignsubmission_file_/{BOOK}": book("cy"),
        f"Cyd van der Berg_105_assignsubmission_file_/deeper/{NAME}.txt": b"notes",
        "Cyd van der Berg_105_assignsubmission_file_/selfcheck.py": b"handed out",
        "Ben Ó Briain_106_assignsubmission_onlinetext/onlinetext.html": b"<p>no</p>",
    }
    made = collect(course, NAME, written(tmp_path, members))
    assert there(course) == {"ada": book("ada"), "cy": book("cy")}
    assert made.platform == "Moodle" and made.count("new") == 2
    told = sorted(map(str, made.strays))
    assert len(told) == 2 and "onlinetext: no notebook" not in told[0]
    assert told[0].startswith("Ben Ó Briain_106") and "no notebook; it is to be called" in told[0]
    assert told[1].endswith("leaky.txt: lies beside the notebook")
    assert made.absent == ("mia1", "mia2") and not made.complete


def test_moodle_flat_and_nameless(course: Course, tmp_path: Path) -> None:
    """Without folders the same; an anonymous one is found by the roster's login, or named."""
    members = {
        f"Ada Lovelace_7_assignsubmission_file_{BOOK}": book("ada"),
        f"Participant_501_assignsubmission_file_{BOOK}": book("mia1"),
        f"Participant_999_assignsubmission_file_{BOOK}": book("nobody"),
    }
    made = collect(course, NAME, written(tmp_path, members))
    assert there(course) == {"ada": book("ada"), "mia1": book("mia1")}
    [stray] = made.strays
    assert "999 is nobody in the class; give the roster" in str(stray) and stray.lost


def test_two_of_one_name_are_not_mixed_up(course: Course, tmp_path: Path) -> None:
    """Moodle's number tells them apart where the roster has it; else both are named and left."""
    members = {
        f"Mia Müller_502_assignsubmission_file/{BOOK}": book("mia2"),
        f"Mia Müller_77_assignsubmission_file/{BOOK}": book("which?"),
    }
    made = collect(course, NAME, written(tmp_path, members))
    assert there(course) == {"mia2": book("mia2")}
    assert [str(s) for s in made.strays if "mia1 or mia2 of the class" in str(s)]


def test_canvas(course: Course, tmp_path: Path) -> None:
    """By the user's number; of two attempts the later, whatever Canvas adds; LATE is said."""
    members = {
        f"lovelaceada_LATE_4711_90001_{BOOK}": book("ada first"),
        f"lovelaceada_LATE_4711_90007_{NAME}-1.ipynb": book("ada second"),
        f"óbriainben_4712_90002_{NAME} (1).ipynb": book("ben"),
        "vanderbergcyd_4713_90003_homework.ipynb": book("cy, by another name"),
        f"müllermia_9999_90004_{BOOK}": book("a third Mia"),
        "lovelaceada_4711_text.html": b"<p>a text</p>",
        "readme": b"?",
    }
    result = run(course, written(tmp_path, members))
    assert result.exit_code == 1, result.output
    assert there(course) == {
        "ada": book("ada second"),
        "ben": book("ben"),
        "cy": book("cy, by another name"),
    }
    out = result.stdout
    assert f"Canvas: 3 notebooks of {NAME} (3 new, 0 replaced, 0 unchanged, 0 kept)" in out
    assert "two attempts of ada: the later one is taken" in out and "late, says Canvas: ada" in out
    assert "nothing in the archive of mia1, mia2" in out and "next: " in out
    assert "not taken: readme: its name says not whose it is" in result.stderr
    assert "müllermia 9999 is nobody in the class" in result.stderr


def test_canvas_finds_by_name_whom_the_roster_gives_no_number(
    course: Course, tmp_path: Path
) -> None:
    """Its names have lost their blanks, and the last name stands first."""
    roster = tmp_path / "names.csv"
    roster.write_text('student,name\na,"Lovelace, Ada"\nb,Ben Ó Briain\n', encoding="utf-8")
    members = {
        f"lovelaceada_1_90001_{BOOK}": book("a"),
        f"briainbenó_2_90002_{BOOK}": book("b"),
    }
    collect(course, NAME, written(tmp_path, members), roster)
    assert there(course) == {"a": book("a"), "b": book("b")}


def test_gradescope_tells_the_time_and_groups(course: Course, tmp_path: Path) -> None:
    """The later of two, with its time; what two handed in together is both's."""
    made = collect(course, NAME, written(tmp_path, gradescope()))
    both = book("ben and cy")
    assert there(course) == {"ada": book("ada second"), "ben": both, "cy": both}
    assert made.platform == "Gradescope" and made.twice == ("ada",) and made.complete
    assert str(read_time(course.submitted / "ada" / NAME)) == "2026-04-04 09:00:00"
    assert str(read_time(course.submitted / "ben" / NAME)) == "2026-04-04 08:00:00"
    assert {str(s).rpartition("/")[2] for s in made.strays} == {
        "notes.txt: lies beside the notebook"
    }


def test_a_second_time_nothing_changes(course: Course, tmp_path: Path) -> None:
    """The same archive again, and the files are as they were."""
    path = written(tmp_path, gradescope())
    collect(course, NAME, path)
    before = {p: p.stat().st_mtime_ns for p in course.submitted.rglob("*")}
    made = collect(course, NAME, path)
    assert made.count("unchanged") == 3 and made.complete and made.copies is None
    assert {p: p.stat().st_mtime_ns for p in course.submitted.rglob("*")} == before


def test_what_lies_there_stays_unless_it_is_earlier(course: Course, tmp_path: Path) -> None:
    """By the times of both; where one is not told it takes --replace; a copy is kept, and said."""
    collect(course, NAME, written(tmp_path, gradescope()))
    times = {"ada": "2026-04-04 10:00:00 UTC", "ben": "2026-04-01 10:00:00 UTC", "cy": ""}
    for who, time in times.items():
        (course.submitted / who / NAME / BOOK).write_bytes(book(f"{who}'s own"))
        (course.submitted / who / NAME / "timestamp.txt").write_text(time)
    result = run(course, written(tmp_path, gradescope()))
    assert result.exit_code == 1
    assert "kept: ada: what lies there is no earlier (there 2026-04-04 10" in result.stderr
    assert "kept: cy: another notebook lies there, and which is later is not told" in result.stderr
    assert (
        "replaced: ben: there 2026-04-01 10:00:00 UTC, in the archive 2026-04-04" in result.stdout
    )
    assert there(course)["ada"] == book("ada's own") and there(course)["cy"] == book("cy's own")
    assert there(course)["ben"] == book("ben and cy")
    [copy] = (course.root / "copies").glob(f"*/submitted/*/{NAME}/{BOOK}")
    assert copy.read_bytes() == book("ben's own") and copy.parent.parent.name == "ben"
    assert "what was replaced lies in copies/" in result.stdout
    assert run(course, tmp_path / "submissions.zip", "--replace").exit_code == 0
    assert there(course)["cy"] == book("ben and cy")


def test_a_time_that_is_not_told_takes_the_old_one_away(course: Course, tmp_path: Path) -> None:
    """A replaced notebook does not keep the time of the one before it."""
    collect(course, NAME, written(tmp_path, gradescope()))
    made = collect(course, NAME, written(tmp_path, moodle(Ada_Lovelace="later")), replace=True)
    assert made.count("replaced") == 1 and there(course)["ada"] == book("later")
    assert read_time(course.submitted / "ada" / NAME) is None


def test_a_notebook_of_another_name_makes_way(course: Course, tmp_path: Path) -> None:
    """Two notebooks in a folder would be one too many: the old one goes to the copies."""
    folder = course.submitted / "ada" / NAME
    folder.mkdir(parents=True)
    (folder / "homework.ipynb").write_bytes(book("before"))
    collect(course, NAME, written(tmp_path, moodle(Ada_Lovelace="now")), replace=True)
    assert [path.name for path in folder.iterdir()] == [BOOK]
    [copy] = (course.root / "copies").rglob("homework.ipynb")
    assert copy.read_bytes() == book("before")


def test_several_notebooks_are_no_answer(course: Course, tmp_path: Path) -> None:
    """Of other names, or in two folders of one hand-in: all are named, none is taken."""
    start = "Ada Lovelace_1_assignsubmission_file/"
    for one, two in (
        (f"{start}one.ipynb", f"{start}two.ipynb"),
        (f"{start}{BOOK}", f"{start}deeper/{BOOK}"),
        ("lovelaceada_4711_1_one.ipynb", "lovelaceada_4711_2_two.ipynb"),
    ):
        made = collect(course, NAME, written(tmp_path, {one: book("1"), two: book("2")}))
        assert there(course) == {} and made.placed == ()
        [stray] = made.strays
        assert one in stray.where and two in stray.where and "several notebooks" in stray.found


def test_a_zip_in_the_zip_is_named(course: Course, tmp_path: Path) -> None:
    """What has to be unpacked by hand is said to be an archive."""
    members = {"Ada Lovelace_1_assignsubmission_file/work.zip": b"PK\3\4"}
    made = collect(course, NAME, written(tmp_path, members))
    assert "an archive; unpack it into submitted/<student>/leaky/" in str(made.strays[0])


def test_a_name_is_one_in_either_unicode_form(course: Course, tmp_path: Path) -> None:
    """A folder that is there already in the other form is the student's."""
    roster = tmp_path / "roster.csv"
    roster.write_text("student,name\nzoe\u0301,Zo\u00e9\n", encoding="utf-8")
    (course.submitted / "zoe\u0301").mkdir(parents=True)
    collect(course, NAME, written(tmp_path, moodle(**{"Zoe\u0301": "z"})), roster)
    assert [path.name for path in course.submitted.iterdir()] == ["zoe\u0301"]


def test_a_link_in_submitted_is_not_followed(course: Course, tmp_path: Path) -> None:
    """Nothing is written to where it leads."""
    (tmp_path / "elsewhere").mkdir()
    course.submitted.mkdir()
    (course.submitted / "ada").symlink_to(tmp_path / "elsewhere")
    made = collect(course, NAME, written(tmp_path, moodle(Ada_Lovelace="x")))
    assert made.count("kept") == 1 and "submitted/ada is no folder" in made.placed[0].said
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_without_a_list_of_the_class_nobody_is_known(course: Course, tmp_path: Path) -> None:
    """One line with the three remedies; nothing is written."""
    (course.root / "roster.csv").unlink()
    with pytest.raises(UsageError, match=r"--roster FILE, keep a roster.csv .* student import"):
        collect(course, NAME, written(tmp_path, moodle(Ada_Lovelace="x")))
    assert not course.submitted.exists()


def test_ids_that_are_paths_are_refused(course: Course, tmp_path: Path) -> None:
    """A roster's id is a folder's name."""
    roster = tmp_path / "roster.csv"
    for bad in ("../ada", ".ada", "a/b"):
        roster.write_text(f"student,name\n{bad},Ada Lovelace\n", encoding="utf-8")
        with pytest.raises(UsageError, match="cannot name a folder: mend the id"):
            collect(course, NAME, written(tmp_path, moodle(Ada_Lovelace="x")), roster)
    assert not course.submitted.exists()


def test_another_kind_of_archive_is_told_what_to_use(course: Course, tmp_path: Path) -> None:
    """nbgrader's zip_collect takes what is named by a pattern."""
    with pytest.raises(UsageError, match="use `nbgrader zip_collect`"):
        collect(course, NAME, written(tmp_path, {"ada/leaky.ipynb": book("a")}))


def test_what_was_collected_is_graded(course: Course, tmp_path: Path) -> None:
    """It lies where `autograde` looks for it."""
    from grader.intake.handed_in import survey

    collect(course, NAME, written(tmp_path, gradescope()))
    found = survey(course.submitted, NAME, course.names())
    assert found.students == ("ada", "ben", "cy") and found.strays == ()
    assert not re.search("lock|grading", " ".join(p.name for p in course.root.iterdir()))
