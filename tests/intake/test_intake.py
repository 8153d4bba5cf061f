"""Submissions arrive damaged: what is mended, what is refused, and what is never lost."""

from __future__ import annotations

import copy
import errno
import functools
import json
import os
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.assignment.source import Source, SourceCell
from grader.intake import match
from grader.intake.match import plan
from grader.intake.read import (
    MAX_BYTES,
    MAX_CELLS,
    RawCell,
    UnreadableSubmission,
    find_notebook,
    parse_notebook,
    read_file,
)
from grader.intake.submission import Submission
from tests.kit.toy import NAME, WRITTEN, assignment, book_of, right

Book = dict[str, Any]
NAMES = ("leak", "remember")
# No example is too slow because the machine is busy.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@functools.cache
def locked() -> dict[str, str]:
    """The code that is not the students', by its cell's id."""
    roles = ("example", "check", "lesson")
    return {c.id: c.source for c in assignment().source.cells if c.role in roles}


def in_order() -> list[str]:
    """The ids of all code cells in the notebook's order."""
    return [c.id for c in assignment().source.cells if c.id in (*NAMES, *locked())]


def taken(book: Mapping[str, Any] | bytes) -> Submission:
    """A notebook as the judge gets it; raises UnreadableSubmission."""
    data = book if isinstance(book, bytes) else json.dumps(book).encode()
    return plan(parse_notebook(data), assignment().source)


def cell(book: Book, name: str) -> dict[str, Any]:
    """The notebook's cell of this id."""
    return next(c for c in book["cells"] if c.get("id") == name)


def place(book: Book, name: str) -> int:
    """Where the cell of this id is."""
    return [c.get("id") for c in book["cells"]].index(name)


def code(source: str, **more: Any) -> dict[str, Any]:
    """A code cell of the student's own."""
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], **more}


def answers(found: Submission) -> dict[str, str]:
    """The answers as they will be judged."""
    return {c.id: c.source for c in found.cells if c.role == "answer"}


def whole(found: Submission) -> None:
    """All answers are right, every graded cell is there once, locked cells are the source's."""
    assert answers(found) == {name: right(name).rstrip() for name in NAMES}
    ids = [c.id for c in found.cells]
    assert len(set(ids)) == len(ids)
    assert [i for i in ids if i in in_order()] == in_order()
    assert WRITTEN in ids
    assert {c.id: c.source for c in found.cells if c.id in locked()} == locked()


def test_an_undamaged_notebook_is_taken_as_it_is() -> None:
    """Nothing is mended, every cell is in its place."""
    found = taken(book_of())
    whole(found)
    assert found.mended == () and found.answer(WRITTEN) == "YOUR ANSWER HERE"


def _stripped(book: Book) -> Book:
    for each in book["cells"]:
        each["metadata"] = {}
        each.pop("id", None)
    return {**book, "metadata": {}, "nbformat_minor": 4}


def _tracebacks(book: Book) -> Book:
    error = {"output_type": "error", "ename": "E", "evalue": "x", "traceback": ["\x1b[31mx"] * 99}
    for each in book["cells"]:
        if each["cell_type"] == "code":
            each["outputs"], each["execution_count"] = [error], "broken"
    return book


def _lines(book: Book) -> Book:
    for each in book["cells"]:
        source = "".join(each["source"])
        each["source"] = source.splitlines(keepends=True)
    return book


def _carriage(book: Book) -> Book:
    for each in book["cells"]:
        each["source"] = "".join(each["source"]).replace("\n", "\r\n")
    return book


def _mac(book: Book) -> Book:
    for each in book["cells"]:
        each["source"] = "".join(each["source"]).replace("\n", "\r")
    return book


def _kernel(book: Book) -> Book:
    book["metadata"] = {"kernelspec": {"name": "ir", "language": "R"}, "language_info": "R"}
    return book


def _points(book: Book) -> Book:
    for each in book["cells"]:
        if "nbgrader" in each["metadata"]:
            each["metadata"]["nbgrader"] |= {"points": 1000, "grade": True, "locked": False}
            each["metadata"]["tags"] = ["skip-execution", "lesson"]
    return book


def _odd_metadata(book: Book) -> Book:
    for number, each in enumerate(book["cells"]):
        each["metadata"] = [None, [], "text", 3, {"nbgrader": 4}, {"nbgrader": {"grade_id": 5}}][
            number % 6
        ]
    return book


def _attachments(book: Book) -> Book:
    for each in book["cells"]:
        each["attachments"] = {"a.png": {"image/png": "x"}}
        each["unknown"] = [[[]]]
    return book


UNHARMED: dict[str, Callable[[Book], Any]] = {
    "metadata and ids stripped": _stripped,
    "tracebacks stored": _tracebacks,
    "source as lists of lines": _lines,
    "carriage returns": _carriage,
    "old line ends": _mac,
    "wrong kernel": _kernel,
    "points edited and tags added": _points,
    "metadata of other types": _odd_metadata,
    "unknown keys": _attachments,
    "a byte order mark": lambda book: b"\xef\xbb\xbf" + json.dumps(book).encode(),
    "unicode in place": lambda book: json.dumps(book, ensure_ascii=False).encode(),
    "no metadata at all": lambda book: {"cells": book["cells"]},
    **{
        f"nbformat 4.{minor}": lambda book, minor=minor: {**book, "nbformat_minor": minor}
        for minor in range(6)
    },
    "nbformat as text": lambda book: {**book, "nbformat": "four"},
    "cells that are none": lambda book: {**book, "cells": [None, 3, "x", *book["cells"], []]},
}


@pytest.mark.parametrize("damage", UNHARMED)
def test_what_editors_do_costs_nothing(damage: str) -> None:
    """All answers are found and all graded cells are there, whatever an editor did around them."""
    whole(taken(UNHARMED[damage](book_of())))


def test_lost_ids_are_listed() -> None:
    """Cells that were found by their contents are named, and nothing is called changed."""
    found = taken(_stripped(book_of()))
    [line] = found.mended
    lost = len([*in_order(), WRITTEN])
    found_by = "had lost their ids, found by their contents"
    assert line == f"{lost} cells {found_by}: setup, leak, example_leak …"
    assert not any("changed" in line or "gone" in line for line in found.mended)


@pytest.mark.parametrize("name", NAMES)
def test_a_deleted_answer_is_gone_and_nothing_else(name: str) -> None:
    """The other answers stay, the loss is listed, the answer is not made up."""
    book = book_of()
    del book["cells"][place(book, name)]
    found = taken(book)
    assert set(answers(found)) == set(NAMES) - {name} and found.answer(name) is None
    assert f"cell {name} was gone" in found.mended


@pytest.mark.parametrize(
    "name", ["setup", "check_leak", "example_remember", "lesson_leaky", "summary"]
)
def test_a_deleted_locked_cell_is_put_back_in_its_place(name: str) -> None:
    """What the judge needs to run stands where it stood."""
    book = book_of()
    del book["cells"][place(book, name)]
    found = taken(book)
    whole(found)
    assert f"cell {name} was gone, put back" in found.mended


def test_a_deleted_written_answer_is_put_back_empty() -> None:
    """There is a cell to mark, without text, and never the model answer."""
    book = book_of()
    del book["cells"][place(book, WRITTEN)]
    found = taken(book)
    assert found.answer(WRITTEN) == "" and f"cell {WRITTEN} was gone, put back" in found.mended


def test_only_the_answers_left_is_enough() -> None:
    """Everything but the answer cells deleted: all of it is put back."""
    book = book_of()
    book["cells"] = [c for c in book["cells"] if c.get("id") in NAMES]
    whole(taken(book))


def test_a_changed_locked_cell_is_the_sources_again() -> None:
    """Edited examples and checks do not count, and are listed."""
    book = book_of()
    cell(book, "check_remember")["source"] = "print(10.0)"
    cell(book, "setup")["source"] = "import numpy as np\nnp.allclose = lambda *a: True"
    found = taken(book)
    whole(found)
    for name in ("check_remember", "setup"):
        assert f"locked cell {name} was changed, taken from the original" in found.mended


def test_a_duplicated_answer_keeps_the_last_that_defines_the_function() -> None:
    """Of several cells with one id the last that is an answer counts; the others still run."""
    book = book_of()
    where = place(book, "remember")
    twin = copy.deepcopy(book["cells"][where])
    twin["source"] = "helper = 1"
    book["cells"].insert(where + 1, twin)
    found = taken(book)
    whole(found)
    assert "duplicate cell id remember (1st kept)" in found.mended
    assert [c.source for c in found.cells if c.role == "extra"] == ["helper = 1"]
    book["cells"][where + 1]["source"] = "def remember(x, h0, parameters):\n    return 1"
    assert answers(taken(book))["remember"].endswith("return 1")


@pytest.mark.parametrize("kind", ["raw", "markdown"])
def test_a_copy_kept_as_text_does_not_replace_the_answer(kind: str) -> None:
    """A copy of an answer, turned into text below it, stays text."""
    book = book_of()
    where = place(book, "remember")
    twin = copy.deepcopy(book["cells"][where]) | {"cell_type": kind}
    twin["source"] = "def remember(x, h0, parameters):\n    return 'an old attempt'"
    book["cells"].insert(where + 1, twin)
    found = taken(book)
    whole(found)
    assert [c.source for c in found.cells if "old attempt" in c.source and c.role == "text"]


def test_a_split_answer_is_run_in_its_parts() -> None:
    """A helper split off above keeps the copied id; the function's own part is the answer."""
    book = book_of()
    where = place(book, "remember")
    head = copy.deepcopy(book["cells"][where]) | {"source": "def helper(t):\n    return t"}
    book["cells"].insert(where, head)
    found = taken(book)
    whole(found)
    order = [c.source for c in found.cells]
    assert order.index(head["source"]) < order.index(right("remember").rstrip())


@pytest.mark.parametrize("kind", ["raw", "markdown"])
def test_a_retyped_answer_is_code_again(kind: str) -> None:
    """An answer that became text is taken as code, and that is listed."""
    book = book_of()
    cell(book, "remember")["cell_type"] = kind
    found = taken(book)
    whole(found)
    assert f"cell remember was a {kind} cell, taken as code" in found.mended


def test_a_retyped_answer_without_its_id_is_found() -> None:
    """Raw and stripped of its metadata, the text still defines the function."""
    book = book_of()
    each = cell(book, "remember")
    each |= {"cell_type": "raw", "metadata": {}, "id": "abc"}
    whole(taken(book))


def test_retyped_checks_and_text_are_the_sources() -> None:
    """A check turned into text is a check; a text turned into code is the student's code."""
    book = book_of()
    cell(book, "check_remember")["cell_type"] = "markdown"
    cell(book, "in-words-0").update(cell_type="code", source="def helper():\n    return 1")
    found = taken(book)
    whole(found)
    assert [c.source for c in found.cells if c.role == "extra"] == ["def helper():\n    return 1"]


def test_copied_ids_do_not_hide_an_answer() -> None:
    """An answer that carries the id of a locked cell is found by its function."""
    book = book_of()
    wrong = cell(book, "remember")
    wrong["metadata"]["nbgrader"]["grade_id"] = wrong["id"] = "example_leak"
    whole(taken(book))


def test_an_answer_under_anothers_id_is_found_when_another_cell_has_taken_its_own() -> None:
    """A check that carries the answer's id does not keep the answer from being run."""
    book = book_of()
    for name, claimed in (("check_leak", "remember"), ("remember", "example_leak")):
        cell(book, name)["metadata"] = {"nbgrader": {"grade_id": claimed}}
        cell(book, name).pop("id")
    whole(taken(book))


def test_a_class_without_its_id_is_found() -> None:
    """What is to be written may be a class, by whatever base."""
    asked = Source("net", (SourceCell("Net", "answer", ""), SourceCell("t", "text", "a")), ())
    for line in ("class Net:", "class Net(object):"):
        found = plan(
            [RawCell("code", "", f"{line}\n    pass"), RawCell("markdown", "t", "a")], asked
        )
        assert answers(found) == {"Net": f"{line}\n    pass"}


def test_two_answers_with_swapped_ids_both_run() -> None:
    """Both texts are judged by the names of their functions."""
    book = book_of()
    one, two = cell(book, "leak"), cell(book, "remember")
    one["source"], two["source"] = two["source"], one["source"]
    texts = [c.source for c in taken(book).cells if c.role in ("answer", "extra")]
    assert {right(name).rstrip() for name in NAMES} <= set(texts)


def test_own_cells_stay_in_their_order() -> None:
    """Code and text that students add are kept where they stand."""
    book = book_of()
    book["cells"].insert(place(book, "remember"), code("mine = 1", id="check_x"))
    book["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "a note"})
    found = taken(book)
    whole(found)
    order = [c.source for c in found.cells]
    assert order.index("mine = 1") < order.index(right("remember").rstrip())
    assert order[-1] == "a note" and [c.source for c in found.cells if c.role == "extra"]


def test_notes_in_the_text_are_kept() -> None:
    """What students write into the released text, their answer perhaps, is still there to read."""
    book = book_of()
    cell(book, "in-words-0")["source"] += "\n\nMy answer: the small w."
    found = taken(book)
    assert any(c.id == "in-words-0" and c.source.endswith("small w.") for c in found.cells)


def test_a_written_answer_is_found_without_its_id() -> None:
    """It is the text that follows the question."""
    book = book_of()
    cell(book, WRITTEN)["source"] = "Because of the small w."
    found = taken(_stripped(book))
    assert found.answer(WRITTEN) == "Because of the small w."


@pytest.mark.parametrize("empty", ["", "  \n", "YOUR ANSWER HERE"])
def test_a_split_written_answer_is_not_empty(empty: str) -> None:
    """Of two cells with its id the one that says something is the answer."""
    book = book_of()
    where = place(book, WRITTEN)
    twin = copy.deepcopy(book["cells"][where]) | {"source": empty}
    book["cells"][where]["source"] = "Because of the small w."
    book["cells"].insert(where + 1, twin)
    assert taken(book).answer(WRITTEN) == "Because of the small w."


def test_a_written_answer_as_code_is_still_words() -> None:
    """An answer in words is never run, whatever type its cell has."""
    book = book_of()
    cell(book, WRITTEN).update(cell_type="code", source="import os")
    found = taken(book)
    assert [c.role for c in found.cells if c.id == WRITTEN] == ["written"]


@pytest.mark.parametrize(
    "name", ["../../x", "", "own-3", "derived", "a" * 70_000, "\0", "<script>", "remember\n"]
)
def test_hostile_ids_are_replaced(name: str) -> None:
    """A cell's own id is never carried on: added cells get ids of the kit's making."""
    book = book_of()
    book["cells"].insert(3, code("x = 1", id=name, nbgrader={"grade_id": name}))
    found = taken(book)
    whole(found)
    [own] = [c for c in found.cells if c.source == "x = 1"]
    assert own.id.startswith("own-") and own.role == "extra"


def test_lone_surrogates_become_question_marks() -> None:
    """Text that cannot be written as UTF-8 is made writable."""
    book = book_of()
    book["cells"].append(code("s = '\\ud800'"))
    data = json.dumps(book).replace("\\\\ud800", "\\ud800").encode()
    found = taken(data)
    whole(found)
    assert [c.source for c in found.cells if c.role == "extra"] == ["s = '?'"]


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "it has no bytes"),
    "blank": (b" \n", "it has no bytes"),
    "zeros": (bytes(4096), "zeros only"),
    "cut off": (json.dumps({"cells": [code("x = 1")] * 9}).encode()[:500], "it ends too early"),
    "cut off after a cell": (b'{"cells": [{}', "it ends too early"),
    "in conflict": (
        b'{\n "cells": [\n<<<<<<< HEAD\n  {},\n=======\n  {}\n>>>>>>> theirs\n ]\n}',
        "conflict markers (<<<<<<<) of Git",
    ),
    "a sign-in page": (b"\n<!DOCTYPE html>\n<html><title>Sign in</title></html>", "a sign-in page"),
    "an LFS pointer": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "a Git LFS pointer",
    ),
    "a PDF": (b"%PDF-1.7\n\xe2\xe3", "it is a PDF"),
    "text": (b"my notebook", "it is not JSON"),
    "a list": (b"[]", "not a notebook of format 4"),
    "a number": (b"3", "not a notebook of format 4"),
    "null": (b"null", "not a notebook of format 4"),
    "no cells": (b"{}", "not a notebook of format 4"),
    "cells are no list": (b'{"cells": {}}', "not a notebook of format 4"),
    "format 3": (b'{"worksheets": [{"cells": []}], "nbformat": 3}', "open it and save it again"),
    "no cell of ours": (json.dumps({"cells": [code("x = 1")]}).encode(), "it may be another one"),
    "an empty list": (b'{"cells": []}', "it may be another one"),
    "UTF-16": ("{}".encode("utf-16"), "it is UTF-16 text"),
    "latin letters": ('{"a": "é"}'.encode("latin-1"), "it is not UTF-8 text"),
    "deep": (b'{"cells": ' + b"[" * 200_000, "nested too deeply"),
    "deep objects": (b'{"a":' * 200_000, "nested too deeply"),
    "a huge number": (b'{"cells": ' + b"9" * 10_000 + b"}", "it is not JSON"),
    "too many cells": (
        json.dumps({"cells": [code("x")] * (MAX_CELLS + 1)}).encode(),
        f"at most {MAX_CELLS} are read",
    ),
    "a huge cell": (
        json.dumps({"cells": [code("x" * (2**20 + 1))]}).encode(),
        "1048577 characters",
    ),
    "a zip": (b"PK\x03\x04" + bytes(range(256)), "it is a zip archive: unpack it"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_says_why(case: str) -> None:
    """One exception with one line, for every way in which a file is no notebook."""
    data, why = UNREADABLE[case]
    with pytest.raises(UnreadableSubmission) as caught:
        taken(data)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 250


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_in_outputs_and_metadata_does_not_matter(number: str) -> None:
    """Some programs write NaN where a plot has none; nothing that is graded lies there."""
    book = book_of()
    for each in book["cells"]:
        each["metadata"]["score"] = "?"
    whole(taken(json.dumps({**book, "x": "?"}).replace('"?"', number).encode()))


def test_a_regular_file_is_read(tmp_path: Path) -> None:
    """What is written is what is read."""
    (tmp_path / "a.ipynb").write_bytes(b"{}")
    assert read_file(tmp_path / "a.ipynb") == b"{}"


def _folder(path: Path) -> None:
    path.mkdir()


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _link(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 2**20)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (_folder, "it is not a regular file"),
        (_fifo, "it is not a regular file"),
        (_link, "it cannot be opened: it is a link"),
        (_loop, "it cannot be opened: it is a link"),
        (_device, "it cannot be opened"),
        (_large, "it has 65 MB, at most 64 are read"),
    ],
)
def test_what_is_no_regular_file_is_refused_at_once(
    make: Callable[[Path], None], why: str, tmp_path: Path
) -> None:
    """Folders, pipes, links and files of 65 MB are not waited for, followed or read."""
    path = tmp_path / f"{NAME}.ipynb"
    make(path)
    problems: list[str] = []

    def read() -> None:
        try:
            read_file(find_notebook(tmp_path, NAME)[0])
        except UnreadableSubmission as error:
            problems.append(str(error))

    work = threading.Thread(target=read, daemon=True)
    work.start()
    work.join(60)
    assert not work.is_alive() and problems and why in problems[0]


@pytest.mark.parametrize("code", [errno.EACCES, errno.EMFILE, errno.EIO])
def test_what_ails_the_machine_is_not_the_submissions(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No rights, no descriptors left, a broken disk: an error, and nobody's unreadable notebook."""

    def fails(*_: Any) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "open", fails)
    with pytest.raises(OSError, match=re.escape(os.strerror(code))):
        read_file(tmp_path / "x.ipynb")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A file that went away meanwhile is unreadable, not an error of the kit."""
    with pytest.raises(UnreadableSubmission, match="cannot be opened"):
        read_file(tmp_path / "gone.ipynb")


def test_a_renamed_notebook_is_found(tmp_path: Path) -> None:
    """The only notebook of a folder counts, and its name is noted."""
    (tmp_path / f"{NAME} (2).ipynb").write_text("{}")
    path, notes = find_notebook(tmp_path, NAME)
    assert path.name == f"{NAME} (2).ipynb"
    assert notes == (f"the notebook was called '{NAME} (2).ipynb'",)


def test_the_right_name_comes_first(tmp_path: Path) -> None:
    """Of several notebooks the one of the right name counts, without a note."""
    for name in ("a.ipynb", f"{NAME}.ipynb", "z.ipynb"):
        (tmp_path / name).write_text("{}")
    assert find_notebook(tmp_path, NAME) == (tmp_path / f"{NAME}.ipynb", ())


@pytest.mark.parametrize("names", [(), ("a.ipynb", "b.ipynb"), ("notes.txt",)])
def test_no_or_several_other_notebooks_are_unreadable(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    """Nobody guesses which of two notebooks was meant."""
    for name in names:
        (tmp_path / name).write_text("{}")
    with pytest.raises(UnreadableSubmission, match=f"called {NAME}.ipynb"):
        find_notebook(tmp_path, NAME)


def test_the_digest_covers_what_is_judged() -> None:
    """Sources, types and claimed ids change it; outputs, points and the kernel do not."""
    first = taken(book_of()).sha256
    for same in (_tracebacks, _kernel, _points, _lines, _carriage):
        assert taken(same(book_of())).sha256 == first
    changed = book_of()
    changed["cells"].append(code(""))
    retyped = book_of()
    cell(retyped, "in-words-0")["cell_type"] = "raw"
    for other in (changed, retyped, _stripped(book_of())):
        assert taken(other).sha256 != first


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["cells", "source", "metadata", "nbgrader", "grade_id", "id", "cell_type"]
            )
            | st.text(max_size=3),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
sources = st.sampled_from(["", "x = 1", "def remember(x):\n    pass", "!ls", "def", "\r", "é"])
ids = st.sampled_from([*NAMES, WRITTEN, "setup", "check_remember", "in-words-0", "own-1", "?"])
cells = st.fixed_dictionaries(
    {
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | values,
        "source": sources | st.lists(sources, max_size=2) | values,
    },
    optional={
        "id": ids | values,
        "metadata": st.fixed_dictionaries({"nbgrader": st.fixed_dictionaries({"grade_id": ids})})
        | values,
    },
)


def planned(data: bytes) -> Submission | None:
    """The plan, None where the notebook is unreadable; anything else is raised."""
    try:
        return taken(data)
    except UnreadableSubmission:
        return None


@settings(PATIENT, max_examples=150)
@given(values | st.fixed_dictionaries({"cells": st.lists(cells | values, max_size=6)}))
def test_any_json_is_planned_or_unreadable(book: Any) -> None:
    """Nothing but UnreadableSubmission is raised, and all graded code is there exactly once."""
    found = planned(json.dumps(book).encode())
    if found is not None:
        names = [c.id for c in found.cells]
        assert len(set(names)) == len(names)
        assert set(locked()) <= set(names) and WRITTEN in names
        assert all(c.source == locked()[c.id] for c in found.cells if c.id in locked())


@settings(PATIENT, max_examples=60)
@given(st.binary(max_size=60))
def test_any_bytes_are_planned_or_unreadable(data: bytes) -> None:
    """No file makes the reader raise anything else."""
    assert planned(data) is None


@settings(PATIENT, max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_no_damage_loses_an_answer(seed: int) -> None:
    """Cells moved, doubled, stripped, re-typed and mislabelled: every answer's text still runs."""
    rng, book = random.Random(seed), book_of()
    for _ in range(rng.randrange(1, 12)):
        each = rng.choice(book["cells"])
        damage = rng.randrange(7)
        if damage == 0:
            each["metadata"] = {}
        elif damage == 1:
            each.pop("id", None)
        elif damage == 2:
            each["metadata"] = {"nbgrader": {"grade_id": rng.choice(in_order())}}
        elif damage == 3 and "def " not in "".join(each["source"]):  # by its id, it would be found
            each["cell_type"] = rng.choice(["raw", "markdown", "code"])
        elif damage == 4:
            book["cells"].insert(rng.randrange(len(book["cells"])), copy.deepcopy(each))
        elif damage == 5 and "def " not in "".join(each["source"]):
            book["cells"].remove(each)
        elif damage == 6:
            book["cells"].insert(rng.randrange(len(book["cells"])), code(f"mine_{seed} = 1"))
    found = planned(json.dumps(book).encode())
    assert found is not None
    run = [c.source for c in found.cells if c.role in ("answer", "extra")]
    for name in NAMES:
        assert right(name).rstrip() in run, name


def test_planning_is_quick_for_the_largest_notebook() -> None:
    """Two thousand cells with one id are planned without a quadratic wait."""
    raw = [RawCell("code", "remember", f"def remember():\n    return {n}") for n in range(2000)]
    source, started = assignment().source, time.process_time()
    found = plan(raw, source)
    assert time.process_time() - started < 1 and len(answers(found)) == 1


def test_what_is_long_is_not_kept_for_the_next_submission() -> None:
    """Most cells of a class are known; one that nobody else has takes no memory once it is read."""
    known = RawCell("code", "leak", "x = 1")
    others = [RawCell("code", "n" * 100_000, "x"), RawCell("markdown", "q", "x" * 100_000)]
    shown = RawCell("markdown", "q", "x", (("a.png", "A" * 100_000),))
    kept = match._kept_text
    kept.cache_clear()
    for each in (known, known, *others, shown):
        assert match._told(each) == repr((each.kind, each.claimed, each.source, *each.attached))
    assert kept.cache_info().currsize == 1 and kept.cache_info().hits == 1
