"""Using up what there is: time, memory, disk, processes, output. The run ends on time."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator

import pytest

from grader.intake.match import plan
from grader.intake.read import parse_notebook
from grader.judge.judge import judge
from grader.sandbox import Limits, Sandbox
from grader.simulate.pupils import Pupil
from tests.hostile.graded import Graded, assert_harmless, graded_class, need_tier, new_course
from tests.hostile.pupils import FULL, NAME, NAMES, assignment, neighbours, released_text, with_cell

pytestmark = [pytest.mark.sandbox, pytest.mark.slow, pytest.mark.timeout(1800)]

# Tighter than the usual ones, so that running into them takes seconds and not minutes.
TIGHT = Limits(
    cell_cpu_seconds=1.5,
    call_cpu_seconds=1.0,
    job_cpu_seconds=12.0,
    wall_seconds=6.0,
    memory_bytes=512 << 20,
)
IGNORING = """import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
signal.setitimer(signal.ITIMER_PROF, 0)
"""
# Run in a cell of the student's own, and in a judged call.
BOMBS = {
    "loop": "while True: pass",
    "loop-that-swallows": "while True:\n    try:\n        while True: pass\n"
    "    except BaseException: pass",
    "loop-in-c": "import numpy as np\nnp.linalg.matrix_power(np.ones((3000, 3000)), 1 << 60)",
    "loop-ignoring-signals": IGNORING + "while True: pass",
    "c-ignoring-signals": IGNORING
    + "import numpy as np\nwhile True: np.ones((2000, 2000)) @ np.ones((2000, 2000))",
    "regular-expression": "import re\nre.match('(a*)*b', 'a' * 64)",
    "huge-power": "10 ** 10 ** 9",
    "sleep": IGNORING + "import time\nwhile True: time.sleep(1000)",
    "dead-lock": "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",
    "read-of-nothing": "import os\nos.read(os.pipe()[0], 1)",
    "fork-bomb": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    "thread-bomb": "import threading, time\nthreading.stack_size(32768)\nwhile True:\n"
    "    try: threading.Thread(target=time.sleep, args=(60,)).start()\n"
    "    except BaseException: pass",
    "busy-threads": "import threading\ndef spin():\n    while True: pass\n"
    "for _ in range(16): threading.Thread(target=spin).start()\nspin()",
    "memory-bomb": "import numpy as np\nhoard = []\nwhile True: hoard.append(np.ones(1 << 20))",
    "memory-at-once": "hoard = bytearray(1 << 40)",
    "memory-doubling": "hoard = 'x'\nwhile True: hoard += hoard",
    "memory-mapped": "import mmap\nhoard = []\nwhile True:\n    hoard.append(mmap.mmap(-1, 1 << 26))\n"
    "    hoard[-1].write(b'x' * (1 << 26))",
    "disk-bomb": "n = 0\nwhile True:\n    n += 1\n    try: open(f'f{n}', 'wb').write(b'x' * (1 << 22))\n"
    "    except OSError: pass",
    "one-large-file": "with open('large', 'wb') as file:\n    while True:\n"
    "        try: file.write(b'x' * (1 << 20))\n        except OSError: pass",
    "file-bomb": "n = 0\nwhile True:\n    n += 1\n    open(f'f{n}', 'w').close()",
    "folder-bomb": "import os\nwhile True:\n    os.mkdir('d')\n    os.chdir('d')",
    "descriptor-bomb": "import os\nhoard = []\nwhile True:\n    try: hoard.append(os.pipe())\n"
    "    except OSError: pass",
    "gigabyte-of-output": "for _ in range(1024): print('x' * (1 << 20))",
    "many-small-outputs": "import sys\nfor n in range(2_000_000):\n"
    "    sys.stdout.write('a'); sys.stderr.write('b')",
    "million-displays": "from IPython.display import display\n"
    "for n in range(1_000_000): display(n)",
    "many-figures": "import matplotlib.pyplot as plt\n"
    "for n in range(500):\n    plt.figure(figsize=(20, 20)); plt.plot(range(100))",
    "huge-traceback": "import sys\nsys.setrecursionlimit(10 ** 6)\ndef f(n): return f(n + 1)\nf(0)",
    "endless-descriptor-writes": "import os\nwhile True:\n    try: os.write(3, b'x' * 65536)\n"
    "    except BaseException: pass",
    "dribble": "import os, time\nos.write(3, b'\\x00\\x00\\x01\\x00')\n"
    "while True:\n    os.write(3, b'x'); time.sleep(0.02)",
}
AT_TIER_B = (
    "loop-ignoring-signals",
    "c-ignoring-signals",
    "fork-bomb",
    "thread-bomb",
    "memory-bomb",
)
AT_TIER_B += ("disk-bomb", "file-bomb", "folder-bomb", "gigabyte-of-output", "sleep")
TIERS = {"A": tuple(BOMBS), "B": AT_TIER_B}
PAIRS = [pytest.param(t, b, id=f"tier{t}-{b}") for t, bombs in TIERS.items() for b in bombs]
USUAL = {"loop": BOMBS["loop"], "memory-bomb": BOMBS["memory-bomb"]}


def bombers(bombs: dict[str, str]) -> list[Pupil]:
    """Two students a bomb: one has it in a cell and solves all, one has it in a judged call."""
    pupils = []
    for name, code in bombs.items():
        body = f"def bomb():\n    exec({code!r}, {{}})"
        call = "def rnn_cell_forward(*inputs):\n    bomb()"
        lstm = ("lstm_cell_forward", "lstm_forward")
        pupils.append(Pupil(f"{name}-cell", damage=with_cell(code)))
        pupils.append(
            Pupil(f"{name}-call", lstm, own={"rnn_cell_forward": call}, damage=with_cell(body))
        )
    return pupils


@contextlib.contextmanager
def bombed(tier: str) -> Iterator[Graded]:
    """All bombs of a tier and their neighbours in one class."""
    need_tier(tier)
    with new_course() as course:
        pupils = [*bombers({name: BOMBS[name] for name in TIERS[tier]}), *neighbours(8)]
        yield graded_class(course, pupils, tier, TIGHT)


@pytest.fixture(scope="module")
def at_tier_a() -> Iterator[Graded]:
    """All bombs at tier A."""
    with bombed("A") as graded:
        yield graded


@pytest.fixture(scope="module")
def at_tier_b() -> Iterator[Graded]:
    """At tier B, those that the tiers meet with different layers."""
    with bombed("B") as graded:
        yield graded


@pytest.fixture
def graded(request: pytest.FixtureRequest, tier: str) -> Graded:
    """The class at a tier; graded once, whatever the order of the tests."""
    made: Graded = request.getfixturevalue(f"at_tier_{tier.lower()}")
    return made


each_tier = pytest.mark.parametrize("tier", TIERS, ids="tier{}".format)
each_bomb = pytest.mark.parametrize(("tier", "bomb"), PAIRS)


@each_tier
def test_bombs_harm_nobody(graded: Graded) -> None:
    """Neighbours keep their marks, nothing is left, and the run ends within its bounds."""
    assert_harmless(graded, longest=1200)
    bombs = len(graded.verdicts) - 8
    assert graded.cpu_seconds < 30 * bombs + 60


@each_bomb
def test_a_bomb_costs_its_owner_alone(graded: Graded, bomb: str) -> None:
    """In a cell it costs that cell; in a call, its exercise: what else is right still counts."""
    assert graded.verdicts[f"{bomb}-cell"].score == FULL
    called = graded.verdicts[f"{bomb}-call"]
    outcomes = {exercise.name: exercise for exercise in called.exercises}
    assert outcomes["rnn_cell_forward"].points == 0.0
    assert outcomes["lstm_cell_forward"].outcome == outcomes["lstm_forward"].outcome == "passed"


@each_bomb
def test_what_a_bomb_leaves_in_the_notebook_is_small(graded: Graded, bomb: str) -> None:
    """Outputs are cut: an autograded notebook stays one that formgrader can open."""
    for student in (f"{bomb}-cell", f"{bomb}-call"):
        path = graded.course.autograded / student / NAME / f"{NAME}.ipynb"
        assert path.stat().st_size < 40 << 20


def test_bombs_at_the_usual_limits() -> None:
    """With the limits that classes are graded under a run with bombs ends on time, too."""
    with new_course() as course:
        graded = graded_class(course, [*bombers(USUAL), *neighbours(4)])
        assert_harmless(graded, longest=400)
        for name in USUAL:
            assert graded.verdicts[f"{name}-cell"].score == FULL


DRAGGING = {
    "computing": "end = time.process_time() + 0.4\n    while time.process_time() < end: pass",
    "waiting": "time.sleep(0.6)",
}


@pytest.mark.parametrize("way", DRAGGING)
def test_calls_just_below_their_limit_do_not_hold_up_the_class(way: str) -> None:
    """What a submission may take in all is bounded: the exercises behind that are timed out."""
    need_tier("A")
    limits = Limits(call_cpu_seconds=1.0, job_cpu_seconds=4.0, wall_seconds=1.5)
    own = {e: f"import time\ndef {e}(*inputs):\n    {DRAGGING[way]}" for e in NAMES}
    book = json.loads(released_text())
    taken = plan(
        parse_notebook(Pupil("s", own=own).notebook(assignment(), book)), assignment().source
    )
    began = time.monotonic()
    with Sandbox(limits, "A") as sandbox:
        judged = judge(assignment(), taken, dict.fromkeys(NAMES, 1), sandbox)
    assert time.monotonic() - began < 120
    assert judged.verdict.score == 0.0
    assert judged.verdict.exercises[-1].message.startswith("No time is left for it")
    assert judged.inconclusive or way == "computing"
