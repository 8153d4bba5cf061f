"""An archive is not trusted: odd members are named and left, a broken one writes nothing at all."""

from __future__ import annotations

import re
import shutil
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.collect import archive
from grader.collect.archive import open_archive
from grader.collect.collect import collect
from grader.collect.gradescope_metadata import METADATA as METADATA_FILE
from grader.collect.gradescope_metadata import read_metadata
from grader.course import Course
from grader.errors import UsageError
from tests.collect.archives import BOOK, METADATA, book, gradescope, moodle, packed, written
from tests.kit.toy import NAME

START = "Ada Lovelace_7_assignsubmission_file/"


def entry(name: str, mode: int = 0, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    """A member's entry as Unix writes it."""
    made = zipfile.ZipInfo(name)
    made.create_system, made.external_attr, made.compress_type = 3, mode << 16, method
    return made


def test_an_encrypted_member_is_named(course: Course, tmp_path: Path) -> None:
    """No password is asked for."""
    data = bytearray(packed({START + BOOK: b"{}"} | moodle(Ben_Ó_Briain="b")))
    data[data.index(b"PK\3\4") + 6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    made = collect(course, NAME, tmp_path / "a.zip")
    assert [s.found for s in made.strays] == ["it is encrypted"] and made.count("new") == 1


def renamed(data: bytes, old: str, new: str) -> bytes:
    """The archive with a member's name changed to one that `zipfile` does not write."""
    assert len(old) == len(new) and data.count(old.encode()) == 2
    return data.replace(old.encode(), new.encode())


ODD = {
    "a path upwards": ({f"{START}../../{BOOK}": b"{}"}, "leads out of its folder"),
    "an absolute path": ({f"/{START}{BOOK}": b"{}"}, "its path is absolute"),
    "a drive": ({f"C:/{START}{BOOK}": b"{}"}, "its path is absolute"),
    "a backslash": ({f"{START}..\\{BOOK}": b"{}"}, "its name is none"),
    "a link": ({entry(START + BOOK, stat.S_IFLNK | 0o777): b"/etc/passwd"}, "it is a link"),
    "a pipe": ({entry(START + BOOK, stat.S_IFIFO | 0o666): b""}, "it is no regular file"),
    "a device's name": ({f"{START}CON.ipynb": b"{}"}, "that of a device"),
    "another method": ({entry(START + BOOK, method=zipfile.ZIP_BZIP2): b"{}"}, "in another way"),
    "a bomb": ({START + BOOK: b" " * 2**23}, r"it unpacks to (9|10)\d\d times its size"),
    "capitals": (
        {START + BOOK: book("1"), (START + BOOK).upper(): book("2")},
        "another member has the same name, but for capitals",
    ),
}


@pytest.mark.parametrize("case", ODD)
def test_an_odd_member_is_named_and_left(course: Course, tmp_path: Path, case: str) -> None:
    """The others are taken as ever; nothing is written where it leads."""
    members, why = ODD[case]
    path = written(tmp_path, {**members, **moodle(Ben_Ó_Briain="ben")})  # type: ignore[dict-item]
    before = set(tmp_path.rglob("*"))
    made = collect(course, NAME, path)
    new = {p for p in set(tmp_path.rglob("*")) - before if p.is_file()}
    assert new == {course.submitted / "ben" / NAME / BOOK}
    told = [stray for stray in made.strays if stray.lost]
    assert len(told) == len(members) and not made.complete
    assert all(re.search(why, stray.found) for stray in told), told


@pytest.mark.parametrize("name", ["x.ipynb\0zzz", "\0.ipynb_zzz"])
def test_a_name_with_a_zero_byte_is_named(course: Course, tmp_path: Path, name: str) -> None:
    """`zipfile` would cut it there, and give the member another name, or none."""
    path = tmp_path / "a.zip"
    data = packed({"x.ipynb_zzz": b"{}"} | moodle(Ben_Ó_Briain="b"))
    path.write_bytes(renamed(data, "x.ipynb_zzz", name))
    made = collect(course, NAME, path)
    assert [s.found for s in made.strays] == ["its name is none"] and made.count("new") == 1


def test_names_without_a_mark_are_utf8_where_they_can_be(course: Course, tmp_path: Path) -> None:
    """As macOS packs them; what lies there of macOS itself does not count."""
    name = f"Ben Ó Briain_7_assignsubmission_file/{BOOK}"
    data = bytearray(packed({name: book("b"), "__MACOSX/._x": b"", f"{START}.DS_Store": b""}))
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = data.index(mark) + at
        data[place : place + 2] = b"\0\0"
    (tmp_path / "a.zip").write_bytes(data)
    made = collect(course, NAME, tmp_path / "a.zip")
    assert [each.student for each in made.placed] == ["ben"] and made.strays == ()


def broken() -> dict[str, tuple[bytes, str]]:
    """Archives that are none, or not whole, and what is said of them."""
    whole = packed(moodle(Ada_Lovelace="a" * 300, Ben_Ó_Briain="b" * 300))
    at = whole.rindex(b"bbbb") if b"bbbb" in whole else whole.index(b"PK\3\4", 10) + 90
    return {
        "nothing": (b"", "is no whole zip archive"),
        "a page": (b"<html>sign in</html>" * 9, "is no whole zip archive"),
        "its beginning": (whole[: len(whole) // 2], "is no whole zip archive"),
        "a wrong byte": (whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :], "is no whole"),
        "a wrong list": (whole.replace(b"PK\1\2", b"PK\1\3"), "is no whole zip archive"),
    }


@pytest.mark.parametrize("case", broken())
def test_of_a_broken_archive_nothing_is_written(course: Course, tmp_path: Path, case: str) -> None:
    """Neither what could still be read of it; the line says to download it again."""
    data, said = broken()[case]
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(UsageError, match=f"({said}).*: download it again"):
        collect(course, NAME, tmp_path / "a.zip")
    assert not course.submitted.exists()


def test_an_archive_that_is_not_there_is_one_line(course: Course, tmp_path: Path) -> None:
    """With what the system says of it."""
    with pytest.raises(UsageError, match=r"none.zip cannot be read \(No such file"):
        collect(course, NAME, tmp_path / "none.zip")


def test_there_is_a_limit_to_everything(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Members, their list, one member, all that is unpacked: each is refused before it is read."""
    path = written(tmp_path, moodle(Ada_Lovelace="a", Ben_Ó_Briain="b"))
    for name, limit, said in (
        ("MOST_MEMBERS", 1, "has 2 members, at most 1 are read"),
        ("LARGEST_DIRECTORY", 100, "lists 0 MB of names"),
        ("MOST_UNPACKED", 100, "unpacks to more than 0 MB of notebooks"),
    ):
        with monkeypatch.context() as patched, pytest.raises(UsageError, match=said):
            patched.setattr(archive, name, limit)
            collect(course, NAME, path)
    monkeypatch.setattr(archive, "MAX_BYTES", 50)
    with pytest.raises(UsageError, match=r"2 of its members are not read \(.*: it has 0 MB, at mo"):
        collect(course, NAME, path)
    assert not course.submitted.exists()


def test_a_large_archives_list_is_measured_too(tmp_path: Path) -> None:
    """Its size stands in another record then."""
    path = written(tmp_path, moodle(Ada_Lovelace="a"))
    data = path.read_bytes()
    end = data.rindex(b"PK\5\6")
    record = b"PK\6\6" + bytes(36) + (2**40).to_bytes(8, "little") + bytes(8)
    locator = b"PK\6\7" + bytes(4) + end.to_bytes(8, "little") + bytes(4)
    tail = data[end : end + 12] + b"\xff" * 4 + data[end + 16 :]
    path.write_bytes(data[:end] + record + locator + tail)
    with pytest.raises(UsageError, match="lists 1048576 MB of names"), open_archive(path):
        pass


def test_metadata_tells_who_and_when() -> None:
    """Times in UTC, each of a group, and ids with or without quotes."""
    found = read_metadata(METADATA.replace("'cb03'", "12345").encode(), "here")
    assert str(found["submission_12"].time) == "2026-04-04 00:00:00.123456"
    assert [who.sid for who in found["submission_13"].senders] == ["", "12345"]
    assert found["submission_13"].senders[0].name == "Ben Ó Briain"


BAD_METADATA = {
    "nesting": "[" * 100_000,
    "no list": "- a\n- b\n",
    "no YAML": "a: b: c\n",
    "a key that is none": "? [a, b]\n: c\n",
    "a date that is none": METADATA.replace("2026-04-03", "2026-13-43"),
    "zero bytes": "a: \0\n",
}


@pytest.mark.parametrize("case", BAD_METADATA)
def test_metadata_that_cannot_be_read_is_one_line(case: str) -> None:
    """Whatever is wrong with it; nothing else is raised, and the process goes on."""
    with pytest.raises(UsageError, match=r"^here (cannot be read|lists no submissions)") as refused:
        read_metadata(BAD_METADATA[case].encode(), "here")
    assert len(str(refused.value).splitlines()) == 1


def test_metadata_is_bounded_and_merges_nothing() -> None:
    """`<<` can double what there is by each line; a file too large is not begun."""
    merged = "a: &a {':created_at': '2026-04-03'}\nb: {<<: *a}\nc: *a\n"
    found = read_metadata(merged.encode(), "here")
    assert found["a"].time == found["c"].time is not None and found["b"].time is None
    with pytest.raises(UsageError, match="here has 16 MB, at most 16 are read"):
        read_metadata(b" " * (2**24 + 1), "here")


def test_two_exports_in_one_are_refused(course: Course, tmp_path: Path) -> None:
    """Whose submission_12 would it be?"""
    members = gradescope() | {"other/submission_metadata.yml": METADATA.encode()}
    with pytest.raises(UsageError, match=r"has several submission_metadata.yml"):
        collect(course, NAME, written(tmp_path, members))


WORDS = ("Ada Lovelace", "lovelaceada", "Ben Ó Briain", "Participant", "LATE", "4711", "501", "7")
PARTS = ("assignsubmission_file", "submission_12", BOOK, f"{NAME}-1.ipynb", "x.txt", METADATA_FILE)
SIGNS = ("..", ".", "CON", "~", "C:", "e\u0301", "\u202e", "\n", " ", "")
PIECES = st.sampled_from([*WORDS, *PARTS, *SIGNS])
NAMES = st.lists(st.one_of(PIECES, st.text(max_size=3)), min_size=1, max_size=6).flatmap(
    lambda pieces: st.lists(
        st.sampled_from("_/"), min_size=len(pieces) - 1, max_size=len(pieces) - 1
    ).map(lambda joints: "".join(a + b for a, b in zip(pieces, [*joints, ""], strict=True)))
)
USUAL = st.sampled_from([f"Ada Lovelace_7_assignsubmission_file/{BOOK}", f"x_4711_1_{BOOK}"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(NAMES, USUAL), min_size=1, max_size=6, unique=True))
def test_whatever_members_are_called(names: list[str]) -> None:
    """Only students' notebooks are written, and each member is taken, passed over or named."""
    root = Path(tempfile.mkdtemp())
    try:
        course = laid_out(root / "course")
        safe = {name: book(name) for name in names if name and encodable(name)}
        path = written(root, safe)
        before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
        try:
            made = collect(course, NAME, path)
        except UsageError as error:
            assert str(error).startswith(str(path))
            made = None
        after = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
        new = {str(p.relative_to(root)) for p in after if p not in before}
        allowed = {f"course/submitted/{who}/{NAME}/{BOOK}" for who in ("ada", "ben", "mia1")}
        assert new <= allowed and {p: after[p] for p in before} == before
        if made is not None:
            taken = {data for p, data in after.items() if p not in before}
            named = "\n".join(stray.where for stray in made.strays)
            for name, data in safe.items():
                shown = archive.one_form(name)
                skipped = archive._of_a_system(shown) or shown.endswith(("/", METADATA_FILE))
                skipped = skipped or bool(made.twice)  # the earlier of two
                assert data in taken or shown in named or skipped, (name, made)
    finally:
        shutil.rmtree(root)


def encodable(name: str) -> bool:
    """Whether `zipfile` can write the name."""
    try:
        return "\0" not in name and len(name.encode()) < 60_000
    except UnicodeEncodeError:
        return False


def laid_out(root: Path) -> Course:
    """A course of which collecting needs no more than its assignment and its roster."""
    from tests.collect.archives import ROSTER
    from tests.kit.toy import TOYS

    (root / "solutions").mkdir(parents=True)
    shutil.copytree(TOYS / NAME, root / "solutions" / NAME)
    (root / "roster.csv").write_text(ROSTER, encoding="utf-8")
    return Course.at(root)
