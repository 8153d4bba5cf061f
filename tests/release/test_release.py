"""Release: text to notebook and back, nothing half-written, nothing given away."""

from __future__ import annotations

import functools
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from grader.assignment.assignment import Packed
from grader.assignment.cell_headers import shorten
from grader.assignment.derived import same_cells
from grader.assignment.source import Source, SourceCell
from grader.course import Course
from grader.errors import UsageError
from grader.release import release as room
from grader.release.kept_back import refuse_solutions, solution_lines
from grader.release.percent_text import to_notebook, to_text
from grader.release.references import (
    build_references,
    file_bytes,
    from_bytes,
    keep_committed,
    to_bytes,
)
from grader.release.release import release
from grader.release.selfcheck_file import selfcheck_text
from tests.kit.toy import NAME, OF, ROOT, TOYS
from tests.kit.toy import POINTS as ALL_POINTS

POINTS = {name: points for name, points in ALL_POINTS.items() if OF[name] == NAME}
FILES = (f"{NAME}.ipynb", "leaky_utils.py", "references.npz", "selfcheck.py")
ANSWER = "**1.** The memory leaks wherever w is smaller than one."
FIGURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1C3 8 6 8 8 8"/></svg>\n'
)
HEADER = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

"""


@functools.cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="released-")


@functools.cache
def course() -> Course:
    """A course of the toy alone, with a figure and a model answer; to be looked at only."""
    made = Course(Path(_kept().name))
    made.folder(NAME).mkdir(parents=True)
    text = (TOYS / NAME / "lesson.py").read_text(encoding="utf-8")
    for old, new in (
        ("# # A leaky memory\n", "# # A leaky memory\n#\n# ![It fades](figures/memory.svg)\n"),
        ("# *Write here.*\n", f"# {ANSWER}\n"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    text_of(made).write_text(HEADER + text, encoding="utf-8")
    shutil.copy(TOYS / NAME / "exercises.py", made.folder(NAME))
    shutil.copy(TOYS / NAME / "files" / "leaky_utils.py", made.root)
    shutil.copy(ROOT / "nbgrader_config.py", made.root)
    made.figures(NAME).mkdir(parents=True)
    (made.figures(NAME) / "memory.svg").write_text(FIGURE, encoding="utf-8")
    release(made, NAME)
    return made


@functools.cache
def packed() -> Packed:
    """The assignment as it travels."""
    return course().packed(NAME)


@pytest.fixture
def trial(tmp_path: Path) -> Course:
    """A course of one's own for each test."""
    return Course.at(shutil.copytree(course().root, tmp_path / "course"))


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below ``folder``: content and time of change."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def contents(folder: Path) -> dict[str, bytes]:
    """The content of every file below ``folder``."""
    return {name: data for name, (data, _) in state(folder).items()}


def text_of(trial: Course) -> Path:
    """The assignment's text."""
    return trial.lesson(NAME)


def edit(trial: Course, change: Callable[[Any], None], path: Path | None = None) -> None:
    """Edit a notebook by hand, by default the assignment's own."""
    path = path or trial.solution_notebook(NAME)
    book = json.loads(path.read_text(encoding="utf-8"))
    change(book)
    path.write_text(json.dumps(book, indent=1), encoding="utf-8")


def replaced(old: str, new: str) -> Callable[[Any], None]:
    """An edit of every cell in which ``old`` stands."""

    def change(book: Any) -> None:
        hits = 0
        for cell in book["cells"]:
            source = "".join(cell["source"])
            hits += old in source
            cell["source"] = source.replace(old, new)
        assert hits

    return change


def test_a_fresh_release_is_the_same_and_a_second_one_changes_nothing(trial: Course) -> None:
    """From the text alone come the same files again; releasing again touches none of them."""
    trial.solution_notebook(NAME).unlink()
    for derived in (trial.source, trial.assignments):
        shutil.rmtree(derived)
    first = release(trial, NAME)
    assert contents(trial.root) == contents(course().root)
    assert first.files == first.changed == FILES
    before = state(trial.assignments)
    second = release(trial, NAME)
    assert state(trial.assignments) == before
    assert second.files == FILES and second.changed == ()
    assert {p.name for p in trial.root.iterdir() if p.name.startswith("release-")} == set()


def test_what_lies_beside_the_notebook_is_made_from_the_code() -> None:
    """selfcheck.py, the modules and the source notebook equal what the code makes of the text."""
    folder = course().assignments / NAME
    assert (folder / "selfcheck.py").read_text(encoding="utf-8") == selfcheck_text()
    utils = (TOYS / NAME / "files" / "leaky_utils.py").read_bytes()
    place = "leaky_utils.py at the project's root"
    head = f"# derived from {place} by `make release`; edit that file\n".encode()
    assert (folder / "leaky_utils.py").read_bytes() == head + utils
    text = text_of(course()).read_text(encoding="utf-8")
    book = to_notebook(text, NAME, course().figures(NAME), packed().source.files)
    assert nbformat.writes(book) + "\n" == course().solution_notebook(NAME).read_text("utf-8")


def test_references_are_those_of_the_solution() -> None:
    """Recomputed references agree with the released ones, in values and in description."""
    path = course().assignments / NAME / "references.npz"
    new = build_references(packed().load().spec, packed().source)
    assert file_bytes(new, path.read_bytes()) == path.read_bytes()


def test_the_text_comes_back_from_the_notebook() -> None:
    """Undoing banner, figures and outputs gives the text; making it again the same notebook."""
    text = text_of(course()).read_text(encoding="utf-8")
    modules, figures = packed().source.files, course().figures(NAME)
    book = to_notebook(text, NAME, figures, modules)
    again = to_notebook(to_text(book, figures), NAME, figures, modules)
    assert again.cells == book.cells and same_cells(again, book)
    assert to_text(again, figures) == to_text(book, figures)
    assert to_text(book, figures) == text


def test_the_blank_notebook_holds_no_solution() -> None:
    """No line of a solution or a model answer, no mark, and a stub in every answer cell."""
    lines = solution_lines(packed().source)
    assert lines[0].startswith("w, u, b = ") and lines[-1] == ANSWER
    assert {"h_next = squash(w * h + u * x + b)", "for t in range(x.shape[2]):"} <= set(lines)
    refuse_solutions(packed().source, contents(course().assignments / NAME))
    book = json.loads((course().assignments / NAME / f"{NAME}.ipynb").read_text("utf-8"))
    texts = {cell["id"]: "".join(cell["source"]) for cell in book["cells"]}
    for name in ("leak", "remember"):
        assert "raise NotImplementedError" in texts[name]


@pytest.mark.parametrize("name", ["a.ipynb", "selfcheck.py", "data/notes.txt"])
@pytest.mark.parametrize("which", [0, -1])
def test_a_planted_solution_line_is_refused(name: str, which: int) -> None:
    """A line of a solution, or of a model answer, in any released file stops the release."""
    line = solution_lines(packed().source)[which]
    planted = json.dumps({"source": [line]}, ensure_ascii=False) if "ipynb" in name else f"# {line}"
    with pytest.raises(UsageError, match="would be released with solution text"):
        refuse_solutions(packed().source, {name: planted.encode()})


def test_a_planted_line_with_escapes_is_refused() -> None:
    """JSON writes quotes, backslashes and other letters in its own way; the line is found."""
    text = '    x = "a\\n" + "Γ and quotes"  # ∂J'
    source = Source("a", (SourceCell("f", "answer", f"### BEGIN SOLUTION\n{text}\n"),), ())
    for ascii_only in (True, False):
        data = json.dumps({"cells": [{"source": [text + "\n"]}]}, ensure_ascii=ascii_only)
        with pytest.raises(UsageError, match="solution text"):
            refuse_solutions(source, {"a.ipynb": data.encode()})


@pytest.mark.parametrize("mark", ["### BEGIN HIDDEN TESTS", "### END SOLUTION", "BEGIN SOLUTION"])
def test_a_mark_that_was_left_is_refused(mark: str) -> None:
    """A hidden test or a solution mark in a released file stops the release."""
    with pytest.raises(UsageError, match="hidden-test mark"):
        refuse_solutions(packed().source, {"a.py": f"x\n{mark}\n".encode()})


def test_a_hand_edited_notebook_stops_the_release(trial: Course) -> None:
    """Edits that the text lacks are never overwritten: nothing changes, two remedies are said."""
    edit(trial, replaced("## In words", "## With words"))
    before = state(trial.root)
    with pytest.raises(UsageError, match=r"ARGS=--adopt` to take the edits over, or delete it"):
        release(trial, NAME)
    assert state(trial.root) == before


def test_outputs_and_layout_are_no_edits(trial: Course) -> None:
    """Running the notebook, or saving it in another layout, is no edit."""

    def run(book: Any) -> None:
        for cell in book["cells"]:
            if cell["cell_type"] == "code":
                cell["execution_count"], cell["outputs"] = 7, []
        book["metadata"]["language_info"]["version"] = "3.99"

    edit(trial, run)
    room._take_edits(trial, NAME, POINTS, adopt=False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("## In words", "## In your own words"),
        ("h_next = squash(w * h + u * x + b)", "h_next = squash(b + w * h + u * x)"),
        ("from leaky_utils import squash", "from leaky_utils import squash  # tanh"),
        ("**1.** The memory leaks", "**1.** A memory leaks"),
    ],
)
def test_adopted_edits_are_in_the_text(trial: Course, old: str, new: str) -> None:
    """`--adopt` writes an edit of text, solution, set-up or model answer back, and only that."""
    edit(trial, replaced(old, new))
    before = text_of(trial).read_text(encoding="utf-8")
    room._take_edits(trial, NAME, POINTS, adopt=True)
    assert text_of(trial).read_text(encoding="utf-8") == before.replace(old, new) != before


def test_adopting_a_new_cell_and_points(trial: Course) -> None:
    """Cells that were added and points that were changed survive the way back."""

    def change(book: Any) -> None:
        new = {"cell_type": "markdown", "id": "x", "metadata": {}, "source": "### New\n\nText."}
        book["cells"].insert(4, new)
        for cell in book["cells"]:
            about = cell["metadata"].get("nbgrader", {})
            if about.get("grade_id") == "written_leaky":
                about["points"] = 7

    edit(trial, change)
    room._take_edits(trial, NAME, POINTS, adopt=True)
    text = text_of(trial).read_text(encoding="utf-8")
    assert "# ### New\n#\n# Text.\n" in text and '"points": 7' in text
    modules, figures = packed().source.files, trial.figures(NAME)
    book = to_notebook(text, NAME, figures, modules)
    assert "### New\n\nText." in [cell.source for cell in book.cells]


def test_adoption_writes_short_headers_into_a_text_of_short_headers(trial: Course) -> None:
    """The form is the author's: what was short stays short, and nothing but the edit changes."""
    text = text_of(trial)
    text.write_text(shorten(text.read_text("utf-8"), POINTS), "utf-8")
    before = text.read_text("utf-8")
    assert "nbgrader=" not in before
    release(trial, NAME)
    edit(trial, replaced("## In words", "## In your own words"))
    release(trial, NAME, adopt=True)
    assert text.read_text("utf-8") == before.replace("## In words", "## In your own words")


def test_points_that_were_changed_are_no_edit_of_the_text(trial: Course) -> None:
    """A short header takes them from the exercise: the notebook's edits can still be adopted."""
    text = text_of(trial)
    text.write_text(shorten(text.read_text("utf-8"), POINTS), "utf-8")
    release(trial, NAME)
    edit(trial, replaced("## In words", "## In your own words"))
    room._take_edits(trial, NAME, {**POINTS, "remember": 11.0}, adopt=True)
    assert "## In your own words" in text.read_text("utf-8")


def test_compiled_code_in_the_released_folder_stops_nobody(trial: Course) -> None:
    """Whoever tried the notebook in place has left a folder there; the files decide."""
    release(trial, NAME)
    (trial.assignments / NAME / "__pycache__").mkdir()
    assert release(trial, NAME).changed == ()
    text = text_of(trial)
    text.write_text(text.read_text("utf-8").replace("## In words", "## In other words"), "utf-8")
    assert release(trial, NAME).changed == (f"{NAME}.ipynb",)
    assert not (trial.assignments / NAME / "__pycache__").exists()


def test_nothing_is_adopted_over_an_edited_text(trial: Course) -> None:
    """When text and notebook were both edited, neither is thrown away."""
    edit(trial, replaced("## In words", "## With words"))
    text = text_of(trial)
    text.write_text(text.read_text("utf-8").replace("# # A leaky memory", "# # A memory"), "utf-8")
    before = state(trial.root)
    with pytest.raises(UsageError, match="were both edited"):
        release(trial, NAME, adopt=True)
    assert state(trial.root) == before


def test_edits_of_the_copy_in_nbgraders_source_folder_are_adopted(trial: Course) -> None:
    """What formgrader opens is the copy: its edits, too, stop a release until they are taken."""
    copy = trial.source_notebook(NAME)
    edit(trial, replaced("## In words", "## In your own words"), copy)
    before, untouched = text_of(trial).read_text("utf-8"), state(trial.root)
    with pytest.raises(UsageError, match=rf"{copy} was edited by hand, and lesson.py lacks"):
        release(trial, NAME)
    assert state(trial.root) == untouched
    release(trial, NAME, adopt=True)
    edited = before.replace("## In words", "## In your own words")
    assert text_of(trial).read_text("utf-8") == edited != before
    assert copy.read_bytes() == trial.solution_notebook(NAME).read_bytes()


@pytest.mark.parametrize("words", ["## In your own words", "## In words of your own"])
def test_two_edited_notebooks_are_adopted_only_where_they_agree(trial: Course, words: str) -> None:
    """Which of two edits is meant is for people to say; the same edit twice is one."""
    edit(trial, replaced("## In words", "## In your own words"))
    edit(trial, replaced("## In words", words), trial.source_notebook(NAME))
    before = state(trial.root)
    if words == "## In your own words":
        release(trial, NAME, adopt=True)
        assert words in text_of(trial).read_text("utf-8")
        return
    with pytest.raises(UsageError, match=r"ipynb and .*ipynb were both edited: delete the one"):
        release(trial, NAME, adopt=True)
    assert state(trial.root) == before


def test_an_old_copy_is_no_edit(trial: Course) -> None:
    """After a pull the copy is of the release before: it is written anew, and nobody is asked."""
    copy, old = trial.source_notebook(NAME), trial.source_notebook(NAME).read_bytes()
    text = text_of(trial)
    text.write_text(text.read_text("utf-8").replace("## In words", "## In other words"), "utf-8")
    release(trial, NAME)
    copy.write_bytes(old)
    release(trial, NAME)
    assert copy.read_bytes() == trial.solution_notebook(NAME).read_bytes() != old


def test_a_figure_without_master_cannot_be_adopted(trial: Course) -> None:
    """A picture pasted into the notebook has to be saved as a file first."""

    def paste(book: Any) -> None:
        book["cells"][2]["source"] = "![A cat](data:image/svg+xml;base64,AAAA)"

    edit(trial, paste)
    with pytest.raises(UsageError, match=r"save it in the assignment's figures/ first \('A cat'\)"):
        release(trial, NAME, adopt=True)


STEPS = ("to_notebook", "build_references", "blank", "refuse_solutions", "write_beside")


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_half_way_leaves_the_old_release(
    trial: Course, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever step fails, what students have is as it was and nothing is left behind."""

    class PowerCut(BaseException):
        pass

    def cut(*_: Any, **__: Any) -> Any:
        raise PowerCut

    if step in STEPS[3:]:
        monkeypatch.setattr(room, "blank", lambda folder, *_: copied(trial, folder))
    monkeypatch.setattr(room, step, cut)
    before = contents(trial.root)
    with pytest.raises(PowerCut):
        release(trial, NAME)
    assert contents(trial.root) == before
    assert not list(trial.root.glob("release-*"))


def copied(trial: Course, folder: Path) -> Path:
    """A released folder as nbgrader would make it."""
    target = folder / "assignments" / NAME
    shutil.copytree(trial.assignments / NAME, target)
    (target / "leaky_utils.py").write_text("# changed")
    return target


def test_a_failed_rename_puts_the_old_release_back(
    trial: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the new folder cannot take its place the old one is there again."""
    monkeypatch.setattr(room, "blank", lambda folder, *_: copied(trial, folder))
    monkeypatch.setattr(room, "refuse_solutions", lambda *_: None)
    before, rename, calls = contents(trial.assignments), Path.rename, []

    def refuse(self: Path, target: Path) -> Path:
        calls.append(self)
        if len(calls) == 2:
            raise OSError(28, "No space left on device", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="No space left"):
        release(trial, NAME)
    assert contents(trial.assignments) == before and len(calls) == 3


def arrays() -> dict[str, Any]:
    """References of a small assignment."""
    entry = {"mistakes": [{"fingerprint": ["ab", 0.25, 1.5]}], "numeric": {"dx": "a2"}}
    text = np.frombuffer(json.dumps({"exercises": {"f": entry}}).encode(), np.uint8)
    return {"a0": np.array([1.0, 2.0]), "a1": np.array([3]), "a2": np.array([0.5]), "about": text}


def test_references_that_agree_are_kept() -> None:
    """Last bits that differ between machines change no committed byte."""
    old, new = arrays(), arrays()
    new["a0"] = new["a0"] * (1 + 1e-15)
    new["a2"] = new["a2"] + 1e-9  # a difference over a small step: its last bits are large
    new["about"] = np.frombuffer(
        bytes(new["about"]).replace(b"0.25", b"0.2500000000000004"), np.uint8
    )
    assert to_bytes(keep_committed(new, old)) == to_bytes(old)
    again, archive = io.BytesIO(), zipfile.ZipFile(io.BytesIO(to_bytes(old)))
    with archive, zipfile.ZipFile(again, "w", zipfile.ZIP_STORED) as other:
        for name in archive.namelist():  # as another build of zlib would pack it
            other.writestr(name, archive.read(name))
    assert file_bytes(new, again.getvalue()) == again.getvalue() != to_bytes(old)


@pytest.mark.parametrize(
    "change",
    [
        {"a0": np.array([1.0, 2.0 + 1e-9])},
        {"a0": np.array([1.0, 2.0, 3.0])},
        {"a0": np.array([1.0, 2.0], np.float32)},
        {"a1": np.array([4])},
        {"a2": np.array([0.5 + 1e-5])},
        {"a3": np.array([1.0])},
        {
            "about": np.frombuffer(
                b'{"exercises": {"f": {"mistakes": [], "numeric": {}}}}', np.uint8
            )
        },
    ],
)
def test_references_that_differ_are_new(change: dict[str, Any]) -> None:
    """A value, a shape, a dtype or a name that is not the same replaces the committed one."""
    new = arrays() | change
    kept = keep_committed(new, arrays())
    assert to_bytes(kept) == to_bytes(new)
    assert file_bytes(new, None) == file_bytes(new, to_bytes(arrays())) == to_bytes(new)


def test_references_are_bytes_that_do_not_depend_on_the_day() -> None:
    """The same arrays are the same file."""
    assert to_bytes(arrays()) == to_bytes(arrays())
    back = from_bytes(to_bytes(arrays()))
    assert all(np.array_equal(back[name], value) for name, value in arrays().items())


def _no_text(trial: Course) -> None:
    text_of(trial).unlink()


def _no_percent(trial: Course) -> None:
    text_of(trial).write_text("# %% [markdown]\n# Just words.\n", encoding="utf-8")


def _no_figure(trial: Course) -> None:
    shutil.rmtree(trial.figures(NAME))


def _replace(old: str, new: str) -> Callable[[Course], None]:
    def change(trial: Course) -> None:
        text = text_of(trial).read_text(encoding="utf-8")
        assert old in text
        text_of(trial).write_text(text.replace(old, new), encoding="utf-8")

    return change


def _without(line: str) -> Callable[[Course], None]:
    def change(trial: Course) -> None:
        text = text_of(trial).read_text(encoding="utf-8")
        text_of(trial).write_text(text.replace(line, "", 1), encoding="utf-8")

    return change


def _no_module(trial: Course) -> None:
    (trial.root / "leaky_utils.py").unlink()


def _broken_notebook(trial: Course) -> None:
    trial.solution_notebook(NAME).write_text("{", encoding="utf-8")


def _not_utf8(trial: Course) -> None:
    text_of(trial).write_bytes(b"# %%\nx = '\xff'\n")


def _bad_header(trial: Course) -> None:
    header = "# ---\n# jupyter:\n#   kernelspec: 3\n# ---\n"
    _, mark, cells = text_of(trial).read_text(encoding="utf-8").partition("# %%")
    text_of(trial).write_text(header + mark + cells, encoding="utf-8")


INPUTS: dict[str, tuple[Callable[[Course], None], str]] = {
    "no text": (_no_text, "is missing: write the assignment's text there"),
    "no cells": (_no_percent, "is it jupytext's percent format?"),
    "no figure": (_no_figure, r"the text shows [\w-]+\.svg, but .* is missing"),
    "a failing example": (
        _replace("h_next = squash(w * h", "h_next = squash(missing * h"),
        "lesson.py, line 47: the solution of leak fails on its own case .* NameError",
    ),
    "an unknown output": (
        _replace("<!-- expected: example_leak -->", "<!-- expected: nothing_like_it -->"),
        "the text expects the output of 'nothing_like_it': no such code cell",
    ),
    "other points": (
        _replace('"grade_id": "check_remember", "locked": true, "points": 10', '"grade_id": '
                 '"check_remember", "locked": true, "points": 11'),
        r"check_remember says 11\.0 points, its checks 10",
    ),
    "a lost exercise": (
        _replace('"grade_id": "remember", "locked": false', '"grade_id": "remembr", '
                 '"locked": false'),
        r"lesson.py, line \d+: remembr is an answer, and no exercise is called so",
    ),
    "a lost mark": (_without("    ### BEGIN SOLUTION\n"), "cell leak has no pair"),
    "another lost mark": (_without("    ### END SOLUTION\n"), "cell leak has no pair"),
    "lines below the stub": (
        _replace("    return h, (caches, x)\n    ### END SOLUTION\n",
                 "    ### END SOLUTION\n    return h, (caches, x)\n"),
        "cell remember would be released .* with lines below the stub",
    ),
    "a grade id used twice": (
        _replace('"grade_id": "summary",', '"grade_id": "setup",'),
        "two cells have the grade id 'setup'",
    ),
    "a grade id that nbgrader refuses": (
        _replace('"grade_id": "summary",', '"grade_id": "summary!",'),
        rf"nbgrader could not release {NAME} \(.*summary!.*\): mend its lesson",
    ),
    "a header that is no JSON": (
        _replace('# %% nbgrader={"grade": false, "grade_id": "setup",',
                 '# %% nbgrader={"grade": false, "grade_id": "setup"'),
        "a cell header that is no JSON: nbgrader=",
    ),
    "no set-up": (
        _replace('"grade_id": "setup",', '"grade_id": "set_up",'),
        "lesson.py, line 47: the solution of leak fails on its own case .*NameError: name 'squash'",
    ),
    "a mistake that no longer fits": (
        _replace("squash(w * h + u * x + b)", "squash(u * x + w * h + b)"),
        "leak: mistake '.*' occurs 0 times, not once; write its edits anew",
    ),
    "no module": (_no_module, "leaky_utils.py is missing: put it there, or beside solutions/"),
    "a broken notebook": (_broken_notebook, "is not a notebook .*: delete it"),
    "a bad header": (_bad_header, r"cannot be read .*: mend its header"),
    "not UTF-8": (_not_utf8, "cannot be read .*: write the assignment's text there"),
}  # fmt: skip


@pytest.mark.parametrize("case", INPUTS)
def test_bad_input_is_one_line_with_a_remedy(trial: Course, case: str) -> None:
    """What an author can do wrong is said in one line, and nothing that was there is lost."""
    spoil, said = INPUTS[case]
    spoil(trial)
    before = contents(trial.root)
    with pytest.raises(UsageError, match=said) as caught:
        release(trial, NAME)
    assert len(str(caught.value).splitlines()) == 1
    assert contents(trial.root) == before


def test_an_unknown_assignment_names_those_there_are(trial: Course) -> None:
    """A misspelt name is answered with the names."""
    with pytest.raises(UsageError, match=f"there is no assignment 'leek' in .*: {NAME}"):
        trial.assignment("leek")
    assert trial.assignment(None) == NAME


def test_two_assignments_have_to_be_told_apart(trial: Course) -> None:
    """Without a name and with two assignments, both are named."""
    trial.folder("another").mkdir()
    trial.lesson("another").write_text("# %%\nx = 1\n")
    with pytest.raises(UsageError, match=f"one of another, {NAME}"):
        trial.assignment(None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "another has no exercises: write solutions/another/exercises.py"),
        ("SPEC = 3", "define no A: make one with grader.authoring.Assignment"),
        ("SPEC = ", r"solutions/another/exercises.py, line 1, fails \(SyntaxError"),
        ("x = 1\n1 / 0", r"solutions/another/exercises.py, line 2, fails \(ZeroDivisionError"),
    ],
)
def test_an_assignment_without_exercises_says_where_they_go(
    trial: Course, text: str | None, said: str
) -> None:
    """The exercises of a new assignment: missing, of another kind, or failing."""
    trial.folder("another").mkdir()
    trial.lesson("another").write_text("# %%\nx = 1\n")
    if text is not None:
        (trial.folder("another") / "exercises.py").write_text(text)
    with pytest.raises(UsageError, match=said):
        release(trial, "another")


def test_a_folder_that_is_no_course_says_so(tmp_path: Path) -> None:
    """Without solutions/ there is no course."""
    with pytest.raises(UsageError, match=r"has no solutions/ folder; give .* with --course DIR"):
        Course.at(tmp_path)


def test_the_course_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    """Made at first use, readable by its owner alone, the same from then on, never empty."""
    (tmp_path / "solutions").mkdir()
    here = Course.at(tmp_path)
    first = here.secret()
    assert here.secret() == first and len(first) == 64
    assert (tmp_path / ".course_secret").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == [".course_secret"]
    (tmp_path / ".course_secret").write_text("")
    with pytest.raises(UsageError, match="holds no secret: delete it"):
        here.secret()


def test_the_source_notebook_holds_the_texts_solution() -> None:
    """What submissions are compared with is the text's solution, without its marks."""
    text = text_of(course()).read_text(encoding="utf-8")
    for name in ("leak", "remember"):
        own = packed().source.function_source(name)
        assert own.startswith(f"def {name}(") and "SOLUTION" not in own
        assert [line for line in own.splitlines() if line not in text.splitlines()] == []
