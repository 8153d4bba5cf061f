"""What an author gets wrong is refused at release, at the line of the lesson or the exercises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.assignment.lesson_text import lesson_cells, lesson_source
from grader.assignment.source import read_source
from grader.course import Course
from grader.errors import UsageError
from grader.release.draft import read_draft
from grader.release.release import release
from tests.authoring.kinds import NAME as KINDS
from tests.authoring.kinds import course as kinds
from tests.kit.solution import COURSE
from tests.kit.toy import NAME, new_course

LESSON, EXERCISES = "lesson.py", "exercises.py"
# file, what is replaced, what by, at which words the line is said to be, and what is said
REFUSED: dict[str, tuple[str, str, str, tuple[str, str], str]] = {
    "arguments that are not those of the def": (
        EXERCISES, 'arguments=("x", "h", "parameters")', 'arguments=("x", "h")',
        (EXERCISES, "LEAK = "),
        r"its arguments are x, h, parameters, as .*lesson.py, line \d+, says",
    ),
    "no main check": (
        EXERCISES, 'Check("h_next", 6, "(n, m)", main=True)', 'Check("h_next", 6, "(n, m)")',
        (EXERCISES, "LEAK = "), "no check of leak has main=True",
    ),
    "cases from the global generator": (
        EXERCISES, "x, h0 = (rng.standard_normal(sh", "x, h0 = (np.random.standard_normal(sh",
        (EXERCISES, "REMEMBER = "), "the cases of remember: they draw from a global generator",
    ),
    "cases from a generator without a seed": (
        EXERCISES, "x, h0 = (rng.standard", "x, h0 = (np.random.default_rng().standard",
        (EXERCISES, "REMEMBER = "), "the cases of remember: the same seed gives other cases",
    ),
    "cases that cannot be drawn": (
        EXERCISES, "for shape in ((n, m, T), (n, m))", "for shape in ((n, m, T), (n, k))",
        (EXERCISES, "for shape in"), "remember: no cases are drawn .NameError: name 'k'",
    ),
    "an edit that fits the docstring alone": (
        EXERCISES, '("        caches.append(cache)\\n", "")', '("one cache a step", "")',
        (EXERCISES, '            "caches-empty"'), "stands in the docstring alone",
    ),
    "an edit that leaves no function": (
        EXERCISES, '((" + b)", ")"),)', '((" + b)", " + b"),)',
        (EXERCISES, '            "no-bias"'), "the edits of 'no-bias' leave no such function",
    ),
    "a call of what is no exercise": (
        EXERCISES, 'calls=("leak",)', 'calls=("lick",)',
        (EXERCISES, "REMEMBER = "), "calls 'lick': no exercise has that name",
    ),
    "a solution that fails on its example": (
        LESSON, "        caches.append(cache)\n", "        caches.append(cach)\n",
        (LESSON, "caches.append(cach)"), "remember fails on its own case .* NameError: name 'cach'",
    ),
    "a solution that fails on a hidden case": (
        LESSON, "    h_next = squash(w * h", "    h[0, 2]\n    h_next = squash(w * h",
        (LESSON, "    h[0, 2]"), "leak fails on its own case 'm = 1': IndexError",
    ),
    "a solution that changes its arguments": (
        LESSON, "    w, u, b = parameters", "    x += 1.0\n    w, u, b = parameters",
        (LESSON, "def leak("), "the judge gives the solution of leak 9 of 10 points",
    ),
    "a solution that takes too long": (
        LESSON, "    h = np.zeros_like(x)", "    while x.shape[2] == 1:\n        pass\n"
        "    h = np.zeros_like(x)",
        (LESSON, "    while x.shape[2]"),
        "remember fails on its own case 'T = 1': a call takes more than its 2 s",
    ),
    "results over the limits": (
        LESSON, "    return h, (caches, x)", "    return h, (caches * (1 if x.shape[2] == 4 else "
        "9999), x)",
        (LESSON, "def remember("),
        "the judge gives the solution of remember 0 of .*more than 99900 items",
    ),
    "an example that does not call": (
        LESSON, "h_next, cache = leak(rng.st", "h_next, cache = (lambda *a: (a[0], a))(rng.st",
        (LESSON, "rng = np.random.default_rng(1)"), "the example cell of leak does not call it",
    ),
    "a figure that is missing": (
        LESSON, "# ## 2 · remember: a sequence", "# ![It lasts](figures/none.svg)",
        (LESSON, "# ![It lasts]"), "the text shows none.svg",
    ),
    "the output of a cell that there is not": (
        LESSON, "<!-- expected: example_leak -->", "<!-- expected: exampel_leak -->",
        (LESSON, "exampel_leak"), "the text expects the output of 'exampel_leak'",
    ),
    "a line of the solution in the text": (
        LESSON, "# Every step starts from the memory", "# `caches.append(cache)` each time; "
        "h_next, cache = leak(x[:, :, t], h_next, parameters)",
        (LESSON, "# `caches.append"), "would be released with solution text",
    ),
    "a shape that does not come back": (
        EXERCISES, 'Check("h", 6, "(n, m, T)", main=True)', 'Check("h", 6, "(n, T, m)", main=True)',
        (EXERCISES, "REMEMBER = "), r"remember: h in random sizes is .*, not \(n, T, m\)",
    ),
    "an example that there is not": (
        LESSON, '"grade_id": "example_leak"', '"grade_id": "show_leak"',
        (LESSON, "def leak("), "leak has no example",
    ),
    "a header that is nearly one": (
        LESSON, "# %% [markdown]\n# ## In words", "# %% exampel\n# ## In words",
        (LESSON, "# %% exampel"), "there is no cell '# %% exampel': is '# %% example' meant",
    ),
    "a call that is never made": (
        LESSON, "h_next, cache = leak(x[:, :, t]", "h_next, cache = STEP(x[:, :, t]",
        (EXERCISES, "REMEMBER = "), "remember says that it calls leak, and its solution never does",
    ),
    "words on a mistake that tell": (
        EXERCISES, '"What is the first thing in the cache?"',
        '"cache = (h_next, h, x, parameters)?"',
        (EXERCISES, '            "old-memory-in-cache"'), "would be released with solution text",
    ),
    "a gradient of what is not there": (
        EXERCISES, 'calls=("leak",),\n', 'calls=("leak",), gradient=Gradient(forward="lick"),\n',
        (EXERCISES, "REMEMBER = "), "what remember says it differentiates does not fit",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_slip_is_said_at_its_line(tmp_path: Path, case: str) -> None:
    """The line named holds what is wrong, in the file that has to be mended."""
    file, old, new, (at, words), said = REFUSED[case]
    here = new_course(tmp_path / "course")
    path = here.folder(NAME) / file
    text = path.read_text("utf-8").replace("import Case, Check, Exercise, ", "import Case, Check, "
                                           "Exercise, Gradient, ")  # fmt: skip
    assert text.count(old) == 1, text.count(old)
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(UsageError, match=said) as refused:
        release(here, NAME)
    found = re.match(rf"solutions/{NAME}/{at}, line (\d+): ", str(refused.value))
    assert found, str(refused.value)
    lines = (here.folder(NAME) / at).read_text("utf-8").splitlines()
    # Of a call that takes several lines, Python names the first or the one that fails.
    near = lines[max(int(found[1]) - 2, 0) : int(found[1]) + 1]
    assert any(words in line for line in near), (str(refused.value), near)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("which", [NAME, KINDS, "rnn_step_by_step"])
def test_the_text_is_read_as_the_notebook_is(tmp_path: Path, which: str) -> None:
    """Cells, roles, points and code are those that jupytext's notebook has."""
    found = {NAME: lambda: new_course(tmp_path / "course"), KINDS: kinds}
    course: Course = found.get(which, lambda: COURSE)()
    draft = read_draft(course, which)
    files = draft.assignment.source.files
    book = read_source(course.solution_notebook(which), files)
    ours = [cell for cell in draft.assignment.source.cells if cell.role != "text"]
    theirs = [cell for cell in book.cells if cell.role != "text"]
    for mine, yours in zip(ours, theirs, strict=True):
        # A cell without a name of its own gets one of its heading in the notebook.
        named = mine.id if not mine.id.startswith("cell-") else yours.id
        assert (named, mine.role, mine.points) == (yours.id, yours.role, yours.points)
        assert mine.source == yours.source or mine.role == "written"
    lines = draft.text.splitlines()
    for cell in ours:
        assert lines[cell.line - 1] == cell.source.splitlines()[0] or cell.role == "written"
    assert len([*lesson_cells(draft.text)]) == len(lesson_source(which, draft.long, ()).cells)
