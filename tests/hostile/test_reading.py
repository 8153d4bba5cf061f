"""Reading what is not theirs: references, hidden inputs, files, memory, the work of others."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

from grader.sandbox import Limits
from grader.simulate.pupils import Pupil
from tests.hostile.graded import (
    Graded,
    assert_earned_nothing,
    assert_harmless,
    assert_ran,
    graded_class,
    new_course,
)
from tests.hostile.pupils import (
    EARNED,
    NAME,
    NAMES,
    ROOT,
    SOLVED,
    Places,
    assignment,
    attackers,
    neighbours,
    released_text,
    with_cell,
)
from tests.sandbox.search import search

pytestmark = pytest.mark.sandbox

# What attacks reach for, by the names that it really has.
SOURCES = ("lesson.py", "draws.py", "judge.py", "ladder.py", "references.py")
KIT_FILES = ("solutions/rnn_step_by_step/lesson.py", "grader/judge/judge.py")
COURSE_FILES = (
    *(".course_secret", "gradebook.db", "nbgrader_config.py"),
    "solutions/rnn_step_by_step/lesson.py",
    "solutions/rnn_step_by_step/exercises/lstm_backward.py",
    "solutions/rnn_step_by_step/rnn_step_by_step.ipynb",
    "source/rnn_step_by_step/rnn_step_by_step.ipynb",
    "assignments/rnn_step_by_step/references.npz",
    "submitted/earlier/other/work.txt",
    "submitted/honest-00/rnn_step_by_step/rnn_step_by_step.ipynb",
    "autograded/honest-00/rnn_step_by_step/verdict.json",
)

# Each attack prints what it finds; LOOT lies in every file and variable that is worth finding.
ATTACKS = {
    "frames": """
import sys
frame, seen = sys._getframe(), []
while frame is not None:
    seen += [f"{name}={type(value).__name__}" for name, value in frame.f_locals.items()]
    found = {"expected", "references", "solution", "cases", "verdict", "points"} & set(frame.f_locals)
    if found:
        print(LOOT, found)
    frame = frame.f_back
""",
    "gc": f"SOURCES = {SOURCES}"
    """
import gc, types
for thing in gc.get_objects():
    if isinstance(thing, types.ModuleType) and thing.__name__.split(".")[0] in ("grader", "nbgrader"):
        print(LOOT, thing.__name__)
    if isinstance(thing, types.FunctionType) and thing.__code__.co_filename.endswith(SOURCES):
        print(LOOT, thing)
    if isinstance(thing, dict) and {"dWax", "dba"} <= {k for k in thing if isinstance(k, str)}:
        print(LOOT, "gradients")
""",
    "history": """
print(len(In), len(Out), _i, _ii, _iii)
for name, value in list(globals().items()):
    if name.startswith("_i") and "BEGIN SOL" + "UTION" in str(value):
        print(LOOT, name)
print(LOOT, In[2:]) if len(In) > 2 and not In[2].strip() else None
try:
    print(len([row for row in get_ipython().history_manager.get_range()]), "cells, all its own")
except Exception as error:
    print(type(error).__name__)
""",
    "environment": """
import os, sys
print(dict(os.environ))
print(sys.argv, getattr(sys, "orig_argv", ()))
""",
    "proc": """
import os
own = ("self", "thread-self", str(os.getpid()))
for pid in [*own, str(os.getppid()), *map(str, range(1, 300))]:
    for name in ("environ", "cmdline", "maps", "mem", "stack", "cwd", "root", "exe", "status"):
        path = f"/proc/{pid}/{name}"
        if name == "exe" and pid in own:
            continue  # Python itself
        try:
            with open(path, "rb") as file:
                print(LOOT, path, file.read(200))
        except OSError:
            pass
        try:
            if name in ("cwd", "root", "exe"):
                print(LOOT, os.readlink(path)) if pid not in own else None
        except OSError:
            pass
""",
    "course-files": f"of_course, of_kit = {COURSE_FILES}, {KIT_FILES}"
    """
import os
paths = [f"{COURSE}/{name}" for name in of_course]
paths += [f"{ROOT}/{name}" for name in (*of_kit, ".git/HEAD")]
paths += [f"{HOME}/.ssh/id_ed25519", "/etc/passwd", "/etc/shadow", "/etc/hostname", "/root/.bashrc"]
for path in paths:
    for opened in (path, f"/proc/self/root{path}", f"/proc/1/root{path}", os.path.relpath(path)):
        try:
            print(LOOT, open(opened, "rb").read(100))
        except OSError:
            pass
        try:
            print(LOOT, os.listdir(os.path.dirname(opened)))
        except OSError:
            pass
""",
    "beside-the-notebook": """
import glob, os
for name in ("references.npz", "rnn_step_by_step.ipynb", "verdict.json", "../references.npz"):
    try:
        print(LOOT, open(name, "rb").read(50))
    except OSError:
        pass
for pattern in ("/tmp/*", "../*", "/tmp/job*/*", "/tmp/grader-sandbox-*/job*/*", f"{WORLD}/*"):
    found = [p for p in glob.glob(pattern) if os.path.abspath(p) != os.getcwd()]
    others = [p for p in found if os.path.isfile(p) and not p.startswith(os.getcwd())]
    if others:
        print(LOOT, others)
""",
    "climbing": """
import os
os.chdir("/")
for folder in ("..", "/proc/self/cwd/..", "/proc/self/fd", COURSE, ROOT, HOME, "/home", "/root"):
    try:
        print(LOOT, folder, os.listdir(folder))
    except OSError:
        pass
""",
    "descriptors": """
import os, stat
for fd in range(256):
    try:
        about = os.fstat(fd)
        if fd > 3 or stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode):
            print(LOOT, fd, about)
    except OSError:
        pass
for fd in range(4, 256):
    try:
        print(LOOT, os.read(fd, 100))
    except OSError:
        pass
""",
    "imports": """
for name in ("grader", "solutions.rnn_step_by_step.exercises", "solutions", "nbgrader", "references",
             "rnn_step_by_step", "sqlalchemy", "jupytext", "nbformat", "autograd", "copydetect"):
    try:
        __import__(name)
        print(LOOT, name)
    except ImportError:
        pass
import inside.calls, inside.wire
print(sorted(vars(inside.calls)))
""",
    "selfcheck-references": """
import selfcheck, os
print(sorted(vars(selfcheck)))
for name in ("references", "REFERENCES", "_references", "ANSWERS"):
    if hasattr(selfcheck, name):
        print(LOOT, name)
source = getattr(selfcheck, "__file__", None)
if source:
    print(LOOT, open(source).read(50))
""",
    "stand-in": """
import gc, types
for thing in gc.get_objects():
    if isinstance(thing, types.FunctionType) and thing.__name__ == "stand_in":
        cells = [cell.cell_contents for cell in thing.__closure__ or ()]
        if any(isinstance(cell, types.FunctionType) for cell in cells):
            print(LOOT, cells)
""",
}
SPY = """\
import atexit, sys, warnings
import matplotlib.pyplot as plt
from IPython.display import display
SEEN = []
def spy(*inputs):
    frame = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "run_cell":
            return ValueError("an example cell, with the inputs that everybody sees")
        frame = frame.f_back
    SEEN.append(inputs)
    told = "HIDDEN " + repr(inputs)
    print(told)
    print(told, file=sys.stderr)
    sys.__stdout__.write(told) if sys.__stdout__ else None
    warnings.warn(told)
    display(told)
    get_ipython().display_pub.publish({"text/plain": told})
    In.append(told)
    plt.figure().suptitle(told)
    open("told.txt", "a").write(told)
    atexit.register(print, told)
    return type("HIDDEN_" + hex(abs(hash(told)))[2:], (Exception,), {})(told)
try:
    print("left over", open("told.txt").read())
except OSError:
    print("nothing left over")
"""


def spies() -> list[Pupil]:
    """Students who try to take the hidden inputs out by every way that leads to their page."""
    told = {
        "raises": "raise spy(*inputs)",
        "returns-odd-type": "return type(spy(*inputs))()",
        "returns-message": "return str(spy(*inputs))",
        "crashes": "spy(*inputs); import os; os._exit(0)",
        "warns": "spy(*inputs)",
    }
    pupils = []
    for name, line in told.items():
        own = {e: f"def {e}(*inputs):\n    {line}" for e in ("rnn_cell_forward", "rnn_forward")}
        pupils.append(Pupil(f"spy-{name}", solved=(), own=own, damage=with_cell(SPY)))
    return pupils


def visible_answers() -> Pupil:
    """A student who returns the outputs of the visible example, whatever the input."""
    with np.load(ROOT / "assignments" / NAME / "references.npz") as file:
        arrays = {key: file[key] for key in file.files}
    functions = assignment().functions
    own, setup = {}, ["import numpy as np", f"PUBLISHED = {len(arrays)}"]
    for exercise in assignment().spec.exercises:
        answer = functions[exercise.name](*assignment().visible(exercise.name).arguments)
        setup.append(f"VISIBLE_{exercise.name} = {_literal(answer)}")
        own[exercise.name] = f"def {exercise.name}(*inputs):\n    return VISIBLE_{exercise.name}"
    return Pupil("visible", solved=(), own=own, damage=with_cell("\n".join(setup)))


def _literal(tree: object) -> str:
    if isinstance(tree, np.ndarray):
        return f"np.array({tree.tolist()!r})"
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key!r}: {_literal(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, (tuple, list)):
        inner = ", ".join(map(_literal, tree))
        return f"({inner},)" if isinstance(tree, tuple) else f"[{inner}]"
    return repr(tree)


@pytest.fixture(scope="module")
def graded() -> Iterator[Graded]:
    """All readers and their neighbours in one class."""
    with new_course() as course:
        filled = {name: Places(course).fill(code) for name, code in ATTACKS.items()}
        pupils = [*attackers(filled), *spies(), visible_answers(), *neighbours(6)]
        yield graded_class(course, pupils)


def test_what_readers_reach_for_is_there(graded: Graded) -> None:
    """An attack on a file that is long gone would prove nothing."""
    for name in COURSE_FILES:
        assert (graded.course.root / name).is_file(), name
    for name in KIT_FILES:
        assert (ROOT / name).is_file(), name
    for name in SOURCES:
        assert [*(ROOT / "grader").rglob(name), *(ROOT / "solutions").rglob(name)], name


def test_readers_harm_nobody(graded: Graded) -> None:
    """Neighbours keep their marks, nothing is left running or written, the run ends on time."""
    assert_harmless(graded, longest=300)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_reader_finds_and_earns_nothing(graded: Graded, attack: str) -> None:
    """No file, variable, process or descriptor gives away anything; who solved something keeps it."""
    assert_ran(graded, f"{attack}-solved")
    assert_earned_nothing(graded, attack)
    assert graded.verdicts[f"{attack}-solved"].score == EARNED


def test_no_secret_of_the_course_reaches_any_student(graded: Graded) -> None:
    """Neither the secret, nor a line of the solution, is in what goes back to hostile students."""
    secret = graded.course.secret().decode()
    lines = solution_lines()
    for student in graded.verdicts:
        told = graded.returned(student)
        assert secret not in told
        assert not [line for line in lines if line in told], student


def test_hidden_inputs_do_not_come_out_of_judged_calls(graded: Graded) -> None:
    """What a judged call prints, warns, plots, writes, raises or returns oddly is not passed on."""
    for student in (name for name in graded.verdicts if name.startswith("spy-")):
        assert graded.printed(student).strip() == "nothing left over"
        assert "HIDDEN" not in graded.returned(student), student
        assert graded.verdicts[student].score == 0.0


def test_hard_coded_visible_answers_earn_nothing(graded: Graded) -> None:
    """The published outputs of every visible example, returned for every input, are worth 0."""
    verdict = graded.verdicts["visible"]
    assert [exercise.outcome for exercise in verdict.exercises] == ["failed"] * len(NAMES)
    assert verdict.score == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("tier", [pytest.param(tier, id=f"tier{tier}") for tier in "AB"])
def test_a_search_of_every_file_finds_no_line_of_a_solution(tier: str) -> None:
    """Graded as any other, with all the time that it needs; it reads thousands of files in vain."""
    limits = Limits(cell_cpu_seconds=60.0, job_cpu_seconds=120.0, wall_seconds=240.0)
    searcher = Pupil("searcher", SOLVED, damage=with_cell(search()))
    with new_course() as course:
        graded = graded_class(course, [searcher, *neighbours(2)], tier, limits)
        assert_harmless(graded, longest=300)
        assert graded.printed("searcher").strip() == "True []"
        assert graded.verdicts["searcher"].score == EARNED


def solution_lines() -> set[str]:
    """The lines that only the solution has: in an answer, and in nothing that students are given."""
    given = released_text() + (ROOT / "rnn_utils.py").read_text(encoding="utf-8")
    lines = {
        line.strip()
        for name in NAMES
        for line in assignment().source.function_source(name).splitlines()
    }
    return {line for line in lines if len(line) >= 20 and json.dumps(line)[1:-1] not in given}
