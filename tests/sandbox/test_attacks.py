"""Hostile cells, run for real: each ends on time, harms nobody and leaves nothing behind."""

from __future__ import annotations

import dataclasses
import errno
import os
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest

from grader.sandbox import CellResult, CellSource, Sandbox, replies, run_cells
from grader.sandbox.job import MOST_HEARD
from tests.kit.sandbox import (
    HASTY,
    ISOLATED,
    LIMITS,
    ROOMY,
    assert_unharmed,
    cells,
    printed,
    raised,
    run,
    run_once,
    sandbox_at,
)

pytestmark = [pytest.mark.sandbox, pytest.mark.parametrize("tier", ISOLATED)]

HANGS = {
    "loop in Python": "while True: pass",
    "loop that swallows": "while True:\n    try:\n        while True: pass\n"
    "    except BaseException: pass",
    "loop in C": "import numpy as np\nnp.linalg.matrix_power(np.ones((3000, 3000)), 1 << 60)",
    "signals ignored": "import signal\nfor s in range(1, 65):\n    try: signal.signal(s, 1)\n"
    "    except (OSError, ValueError): pass\n"
    "signal.setitimer(signal.ITIMER_PROF, 0)\nwhile True: pass",
    "busy threads": "import threading\ndef spin():\n    while True: pass\n"
    "for _ in range(8): threading.Thread(target=spin).start()\nspin()",
    "huge power": "10 ** 10 ** 10",
}
CRASHES = {
    "exit": "import os\nos._exit(0)",
    "segmentation fault": "import ctypes\nctypes.string_at(0)",
    "abort": "import os\nos.abort()",
    "kills itself": "import os\nos.kill(os.getpid(), 9)",
    "stack": "import sys, ctypes\nsys.setrecursionlimit(10 ** 9)\ndef f(): return f()\n"
    "import re\nre.compile('(' * 10_000_000)",
    "disk bomb": "import time\nfor n in range(64):\n    open(f'f{n}', 'wb').write(bytes(1 << 20))\n"
    "time.sleep(60)",
    "file bomb": "import time\nfor n in range(5000): open(f'f{n}', 'w').close()\ntime.sleep(60)",
    "thread bomb": "import threading, time\nthreading.stack_size(32768)\n"  # or an error: refused
    "while True: threading.Thread(target=time.sleep, args=(60,)).start()",
}


@pytest.mark.parametrize("attack", HANGS)
def test_cells_that_hang_are_stopped_and_left_out(tier: str, attack: str) -> None:
    """A hanging cell is timed out by processor time; the other cells still run."""
    sandbox = sandbox_at(tier)
    started = time.monotonic()
    job, results = run(sandbox, "x = 1", HANGS[attack], "x + 1")
    job.close()
    assert [result.outcome for result in results] in (
        ["ok", "timed_out", "ok"],
        ["ok", "error", "ok"] if attack == "huge power" else [],
    )
    assert not job.inconclusive
    assert time.monotonic() - started < LIMITS.wall_seconds
    assert_unharmed(sandbox)


@pytest.mark.parametrize("attack", CRASHES)
def test_cells_that_kill_their_process_are_left_out(tier: str, attack: str) -> None:
    """A crashing cell costs itself only; the job runs again without it."""
    bomb = attack.endswith("bomb")  # stopped by a limit of its own, not by the clock
    sandbox = sandbox_at(tier, ROOMY if bomb else LIMITS)
    job, results = run(sandbox, "x = 1", CRASHES[attack], "x + 1")
    job.close()
    assert results[1].outcome in ("crashed", "error", *(() if bomb else ("timed_out",)))
    assert [results[0].outcome, results[2].outcome] == ["ok", "ok"]
    assert_unharmed(sandbox)


def test_sleeping_for_ever_ends_by_the_wall_clock(tier: str) -> None:
    """Waiting uses no processor time: the backstop ends it and says that it did."""
    sandbox = sandbox_at(tier, HASTY)
    for swallow in ("", "while True:\n  try:\n    "):
        after = "\n  except BaseException: pass" if swallow else ""
        job, results = run(sandbox, f"import time\n{swallow}time.sleep(1e6){after}", "1")
        job.close()
        assert [result.outcome for result in results] == ["timed_out", "ok"]
        assert job.inconclusive
    assert_unharmed(sandbox)


def test_memory_is_bounded(tier: str) -> None:
    """A memory bomb meets MemoryError; its process stays far below what the machine has."""
    sandbox = sandbox_at(tier, ROOMY)
    bomb = "import numpy as np\nhoard = []\nwhile True: hoard.append(np.ones(1 << 20))"
    peak = "import resource\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    with sandbox.job(cells(bomb, peak)) as job:
        result, after = job.run()
    assert "MemoryError" in repr(result.outputs)
    assert int(printed(after)) < 2 * sandbox.limits.memory_bytes // 1024
    assert_unharmed(sandbox)


REFUSED = {
    "fork": "os.fork()",
    "vfork": "import _posixsubprocess, subprocess; subprocess.run(['/bin/true'])",
    "posix_spawn": "os.posix_spawn(sys.executable, ['python'], {})",
    "system": "assert os.system('true') == 0",
    "exec": "os.execv(sys.executable, ['python'])",
    "multiprocessing": "import multiprocessing as m; m.Process(target=print).start()",
    "internet": "import socket; socket.create_connection(('1.1.1.1', 80), 1)",
    "udp": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "unix socket": "import socket; socket.socket(socket.AF_UNIX)",
    "names": "import socket; socket.gethostbyname('example.org')",
    "kill all": "os.kill(-1, 9)",
    "kill group": "os.killpg(0, 9)",
    "kill parent": "os.kill(os.getppid(), 9)",
    "stop the first": "os.kill(1, 9)",
    "signal by a file's owner": "fcntl.fcntl(os.pipe()[0], 8, os.getppid())",
    "signal by a file's new owner": "fcntl.fcntl(os.pipe()[0], 15, bytes(8))",
    "which signal": "fcntl.fcntl(os.pipe()[0], 10, 9)",
    "signal by a socket's owner": "fcntl.ioctl(socket.socketpair()[0], 0x8902, bytes(4))",
    "datagrams": "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "raw pair": "socket.socketpair(socket.AF_UNIX, socket.SOCK_RAW)",
    "flush every disk": "call(306 if X86 else 267, 0)",
    "parent's limits": "import resource as r; r.prlimit(os.getppid(), r.RLIMIT_CPU, (1, 1))",
    "parent's priority": "os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)",
    "parent's memory": "open(f'/proc/{os.getppid()}/mem', 'rb')",
    "parent's environment": "open(f'/proc/{os.getppid()}/environ', 'rb')",
    "parent's descriptors": "os.listdir(f'/proc/{os.getppid()}/fd')",
    "first's environment": "open('/proc/1/environ', 'rb')",
    "ptrace": "call(101 if X86 else 117, 16, os.getppid(), 0, 0)",
    "process_vm_readv": "call(310 if X86 else 270, os.getppid(), 0, 0, 0, 0, 0)",
    "unshare": "call(272 if X86 else 97, 0x10000000)",
    "mount": "call(165 if X86 else 40, b'a', b'/tmp', b'tmpfs', 0, 0)",
    "bpf": "call(321 if X86 else 280, 0, 0, 0)",
    "keyctl": "call(250 if X86 else 219, 0, 0)",
    "io_uring": "call(425, 1, 0)",
    "memfd": "os.memfd_create('x')",
    "userfaultfd": "call(323 if X86 else 282, 0)",
    "perf": "call(298 if X86 else 241, 0, 0, -1, -1, 0)",
    "clone3": "call(435, 0, 0)",
    "new thread group by clone": "call(56 if X86 else 220, 17, 0, 0, 0, 0)",
    "new system call": "call(600)",
    "dumpable again": "call(157 if X86 else 167, 4, 1, 0, 0, 0)",
    "outlive the worker": "call(157 if X86 else 167, 1, 0, 0, 0, 0)",
    "terminal input": "fcntl.ioctl(0, 0x5412, b'x')",
    "modes": "os.chmod(np.__file__, 0)",
    "times": "os.utime(np.__file__)",
    "shared memory": "call(29 if X86 else 194, 1, 4096, 0o1600)",
    "password file": "open('/etc/shadow')",
    "users": "open('/etc/passwd')",
    "home": "os.listdir(os.path.expanduser('~root'))",
    "write to NumPy": "open(np.__file__, 'a')",
    "write elsewhere": "open('/tmp/elsewhere', 'w')",
    "link out": "os.symlink('/etc/shadow', 'link')",
    "hard link": "os.link(np.__file__, 'link')",
    "fifo": "os.mkfifo('fifo')",
    "other descriptors": "os.listdir('/proc/self/fd')",
}
PREFIX = """
import ctypes, errno, fcntl, os, platform, socket, sys
import numpy as np
X86 = platform.machine() == "x86_64"
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    result = libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
"""
ERRORS = ("PermissionError", "OSError", "FileNotFoundError", "ProcessLookupError")
ERRORS += ("BlockingIOError", "gaierror", "AssertionError")


@pytest.mark.parametrize("attack", REFUSED)
def test_what_numpy_never_needs_is_refused(tier: str, attack: str) -> None:
    """The attempt raises in the student's own cell, and the job goes on."""
    sandbox = sandbox_at(tier)
    results = run_once(sandbox, PREFIX, REFUSED[attack], "print('alive')")
    assert results[0].outcome == "ok"
    assert results[1].outcome == "error", "it was not refused"
    assert raised(results[1]) in ERRORS, results[1].outputs
    assert printed(results[2]) == "alive\n"
    assert_unharmed(sandbox)


def test_who_hoards_all_memory_leaves_enough_for_the_cells_behind(tier: str) -> None:
    """What is used up to the last page is still held when the next cell runs."""
    hoards = (
        "import mmap\nhoard, size = [], 1 << 26\nwhile size > 4096:\n"
        "    try: hoard.append(mmap.mmap(-1, size))\n    except Exception: size //= 2\n"
        "raise MemoryError('all of it')"
    )
    works = "import numpy as np\nprint((np.ones(1 << 20) + np.ones((300, 300))[0, 0]).sum())"
    first, second, _ = run_once(sandbox_at(tier), hoards, works, "hoard.clear()")
    assert raised(first) == "MemoryError" and "----> 6" in str(first.outputs)
    assert printed(second) == f"{2.0 * (1 << 20)}\n"


def test_threads_and_matrix_products_go_on_working(tier: str) -> None:
    """The filter refuses processes, not threads."""
    source = (
        "import threading, numpy as np\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "a = np.ones((300, 300))\n"
        "with ThreadPoolExecutor(4) as pool:\n"
        "    print(sum(pool.map(lambda _: (a @ a)[0, 0], range(8))))"
    )
    (result,) = run_once(sandbox_at(tier), source)
    assert printed(result) == "2400.0\n"


def test_a_fork_bomb_forks_nothing(tier: str) -> None:
    """Every attempt fails; nothing is left running."""
    sandbox = sandbox_at(tier)
    source = "import os\nmade = 0\nfor _ in range(1000):\n    try:\n        os.fork(); made += 1\n"
    job, results = run(sandbox, source + "    except OSError: pass\nprint(made)")
    job.close()
    assert printed(results[0]) == "0\n"
    assert_unharmed(sandbox)


def test_calls_of_another_architecture_are_not_implemented(tier: str) -> None:
    """A 32-bit system call, whose number means something else to the filter, comes to nothing."""
    if os.uname().machine != "x86_64":
        pytest.skip("int 0x80 is x86")
    code = (
        "import ctypes, mmap\n"
        "m = mmap.mmap(-1, 4096, prot=7)\nm.write(bytes.fromhex('b814000000cd80c3'))\n"
        "print(ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))())"
    )
    assert printed(run_once(sandbox_at(tier), code)[0]) == f"{-errno.ENOSYS}\n"


def test_deeply_nested_and_locked_folders_are_cleaned_up(tier: str) -> None:
    """Nothing that student code can build in its folder survives it."""
    sandbox = sandbox_at(tier)
    source = "import os\nfor n in range(300):\n    os.mkdir('d', 0o000 if n == 299 else 0o700)\n"
    job, results = run(sandbox, source + "    if n < 299: os.chdir('d')\nprint('made')")
    job.close()
    assert printed(results[0]) == "made\n"
    assert_unharmed(sandbox)


FORGED = """
import os, struct, sys
sys.path.insert(0, '')
from inside.wire import encode
for number in (0, 1, -1):
    for reply in ({"number": number, "outcome": "returned", "value": 1.0},
                  {"op": "ask", "name": "f", "arguments": (), "keywords": {}}):
        data = encode(reply)
        frame = struct.pack("<I", len(data)) + data
        for fd in range(3, 256):
            try:
                os.write(fd, frame)
            except OSError:
                pass
"""
PATCHES = {
    "frames on every descriptor": FORGED,
    "floods": "import os\ntry:\n    while True: os.write(3, b'x' * 65536)\nexcept OSError: pass",
    "a huge length": "import os\nos.write(3, b'\\xff' * 4)",
    "a dribble": "import os, time\nos.write(3, b'\\x00\\x00\\x01\\x00')\n"
    "while True:\n    os.write(3, b'x'); time.sleep(0.02)",
    "a closed connection": "import os\nos.close(3)",
    "wire": "import inside.wire as w\nw.encode = lambda *a, **k: b'T'",
    "frames": "import inside.frames as f\nf.send = lambda *a: None",
    "server": "import gc\nfrom inside.calls import Server\n"
    "s = [o for o in gc.get_objects() if isinstance(o, Server)][0]\n"
    "s.call = s.cells._cell = lambda r: {'outcome': 'returned', 'value': 1.0}",
    "stack": "import sys\nf = sys._getframe()\nwhile f:\n"
    "    f.f_locals.clear() if f.f_code.co_name == 'serve' else 0\n    f = f.f_back",
    "modules": "import sys\nfor n in list(sys.modules):\n    sys.modules[n] = None",
    "builtins": "import builtins\nbuiltins.isinstance = lambda *a: True\n"
    "builtins.len = lambda x: 1",
    "numpy": "import numpy as np\nnp.array_equal = np.allclose = lambda *a, **k: True\n"
    "np.asarray = lambda *a, **k: 1\nnp.ndarray = int",
    "display": "get_ipython().run_cell = lambda *a, **k: None\n"
    "get_ipython().display_formatter.format = lambda *a: ({'text/html': '<script>'}, {})\n1",
    "transformers": "get_ipython().input_transformers_post.append(lambda l: ['1/0'])",
}


@pytest.mark.parametrize("attack", PATCHES)
def test_forging_brings_nothing_but_plain_data(tier: str, attack: str) -> None:
    """Whatever a cell does to the process, the judge reads plain data or sees a dead job."""
    waits = attack in ("frames", "a dribble")  # the judge waits for a reply that never comes
    sandbox = sandbox_at(tier, HASTY if waits else LIMITS)
    with sandbox.job(cells("def f(x):\n    return 2 * x", PATCHES[attack])) as job:
        results = job.run()
        assert len(results) == 2
        reply = job.call("f", (np.ones(2),))
        assert type(reply.value) in (type(None), np.ndarray, float, bool)
        assert "<script>" not in repr(results)
    assert_unharmed(sandbox)


def test_forged_replies_are_not_to_the_request(tier: str) -> None:
    """A reply written in advance cannot know the request's number: the job ends as crashed."""
    forged = (
        "from inside import frames, wire\nimport os, socket\n"
        "for reply in ({'outcome': 'ok', 'outputs': [], 'count': 1, 'skipped': []},\n"
        "              {'outcome': 'returned', 'value': 99.0}):\n"
        "    frames.send(socket.socket(fileno=os.dup(3)), wire.encode({**reply, 'number': 1}))"
    )
    with sandbox_at(tier).job(cells("def f(x):\n    return 2 * x", forged)) as job:
        results = job.run(stepwise=True)
        reply = job.call("f", (np.ones(2),))
    assert results[1].outcome == "crashed"
    assert (reply.outcome, reply.value) == ("crashed", None)


ODD = """
import os, socket
import numpy as np
from inside.wire import encode, decode
from inside import frames
def line():
    return socket.socket(fileno=os.dup(3))
def odd(message):
    frames.send(line(), encode(message))
def asks_for_ever(x):
    import signal
    signal.setitimer(signal.ITIMER_PROF, 0)
    end = line()
    while True:
        frames.send(end, encode({"op": "ask", "name": "g", "arguments": (), "keywords": {}}))
        frames.receive(end)
def forges(**parts):
    frames.send(line(), encode({"op": "ask", "name": "g", "arguments": (), "keywords": {}} | parts))
    return decode(frames.receive(line()))
"""
A = "np.zeros(3)"


@pytest.mark.parametrize(
    "body",
    [
        *(f"odd({{'number': {A}, 'outcome': 'returned'}})", f"odd({A})", f"odd({{'op': {A}}})"),
        *(f"forges(name={A})", f"forges(arguments={A})", f"forges(keywords={A})"),
        *("forges(name='other')", "forges(keywords={'x': 1, 'y': 2})", "asks_for_ever(1)"),
    ],
)
def test_odd_messages_during_a_call_never_raise_at_the_judge(tier: str, body: str) -> None:
    """Arrays where text is due, questions that are none, and questions without end."""
    sandbox = sandbox_at(tier)
    with sandbox.job(cells(f"{ODD}\ndef f(x):\n    return {body}")) as job:
        assert job.run()[0].outcome == "ok"
        asked: list[float] = []
        helper = {"g": lambda: asked.append(2.0) or 2.0}
        reply = job.call("f", (1.0,), stand_ins=helper, max_stand_in_calls=3)
        assert reply.outcome in ("returned", "crashed", "timed_out")
        assert len(asked) <= 3
    assert_unharmed(sandbox)


def test_no_more_than_three_cells_are_left_out(tier: str) -> None:
    """After three cells that end their process the rest is not run; what ran before still did."""
    sandbox = sandbox_at(tier)
    die = "import os\nos._exit(0)"
    job, results = run(sandbox, "x = 1", die, "y = 2", die, die, "z = 3", die)
    with job:
        assert job.alive
        assert job.defines(["x", "y", "z"]) == {"x": "other", "y": "other", "z": "missing"}
    outcomes = ["ok", "crashed", "ok", "crashed", "crashed", "not_run", "not_run"]
    assert [result.outcome for result in results] == outcomes


LEFT_BEHIND = {
    "descriptors": "import os\nhoard = []\nwhile True:\n    try: hoard.append(os.pipe())\n"
    "    except OSError: pass",
    "names": "import builtins, numpy\nbuiltins.open = numpy.tanh = None\nwhile True: pass",
    "folder": "import os\nos.mkdir('below')\nos.chdir('below')\nwhile True: pass",
}


@pytest.mark.parametrize("left", LEFT_BEHIND)
def test_a_cell_that_hangs_leaves_nothing_to_the_others(tier: str, left: str) -> None:
    """They run in a process in which it has never been, whenever it was stopped."""
    after = "import numpy as np\nwith open('mine', 'w') as file:\n    file.write('x')\nnp.tanh(0.0)"
    after += "\nprint(sorted(__import__('os').listdir()))"
    job, results = run(sandbox_at(tier), "x = 1", LEFT_BEHIND[left], after)
    job.close()
    assert [result.outcome for result in results] == ["ok", "timed_out", "ok"]
    assert printed(results[2]) == "['mine']\n"


def test_cells_of_the_kits_own_do_not_count_as_left_out(tier: str) -> None:
    """Examples that die in the student's function are left out one by one; the answers stay."""
    die = CellSource("e", "import os\nos._exit(0)", "example")
    job, results = run_cells(sandbox_at(tier), [*cells("x = 1"), *[die] * 5, *cells("y = 2")])
    with job:
        assert job.defines(["x", "y"]) == {"x": "other", "y": "other"}
    assert [result.outcome for result in results] == ["ok", *["crashed"] * 5, "ok"]


def test_a_cell_is_cut_down_before_it_is_left_out(tier: str) -> None:
    """What is shorter runs in its place, and the job's cells tell what has run to its end."""
    die = "\nimport os\nos._exit(0)"
    sources = ("x = 1" + die, "y = 2" + die, "z = 3")
    short = {"x = 1" + die: "x = 1", "y = 2" + die: die}
    job, results = run_cells(
        sandbox_at(tier), cells(*sources), shorten=lambda source: short.get(source, "")
    )
    with job:
        assert [cell.source for cell in job.cells] == ["x = 1", "z = 3"]
        assert job.defines(["x", "y"]) == {"x": "other", "y": "missing"}
    assert [result.outcome for result in results] == ["crashed", "crashed", "ok"]


def test_many_cells_that_wait_do_not_hold_up_the_class(tier: str) -> None:
    """After ten waits of the longest kind, or three cells of the student's, the rest is not run."""
    waiting = [CellSource(f"w{n}", "import time\ntime.sleep(1e6)", "other") for n in range(50)]
    limits = dataclasses.replace(LIMITS, wall_seconds=0.5)  # nothing else runs in it
    began = time.monotonic()
    job, results = run_cells(sandbox_at(tier, limits), waiting)
    job.close()
    assert time.monotonic() - began < 60
    assert [result.outcome for result in results] == ["timed_out"] * 3 + ["not_run"] * 47


def test_many_short_waits_do_not_hold_up_the_class(tier: str) -> None:
    """No cell waits for too long, all together do: after ten limits of a wait they end."""
    waiting = [CellSource(f"w{n}", "import time\ntime.sleep(0.4)", "other") for n in range(100)]
    limits = dataclasses.replace(LIMITS, wall_seconds=0.5)  # nothing else runs in it
    began = time.monotonic()
    job, results = run_cells(sandbox_at(tier, limits), waiting)
    job.close()
    assert time.monotonic() - began < 30
    assert [result.outcome for result in results[-50:]] == ["not_run"] * 50


@pytest.mark.parametrize(
    "idle", ["time.sleep(100)", "lock.acquire(); lock.acquire()", "os.read(os.pipe()[0], 1)"]
)
def test_idling_is_the_submissions_own_doing(tier: str, idle: str) -> None:
    """A call that waits for nothing is stopped soon, and need not be tried again alone."""
    limits = dataclasses.replace(LIMITS, idle_seconds=1.0, wall_seconds=60.0)
    source = f"import os, threading, time\nlock = threading.Lock()\ndef f():\n    {idle}"
    ignoring = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)"
    for cell in (source, f"{ignoring}\n{source}"):
        with sandbox_at(tier, limits).job(cells(cell)) as job:
            job.run()
            assert job.call("f", ()).outcome == "timed_out"
            assert not job.inconclusive and job.idle_seconds >= 1.0


def test_waiting_for_a_processor_is_no_idling(tier: str) -> None:
    """On a crowded processor a call takes its time, and is not stopped for it."""
    limits = dataclasses.replace(LIMITS, idle_seconds=1.0, wall_seconds=60.0)
    source = "import time\ndef f():\n    end = time.process_time() + 0.5\n"
    source += "    while time.process_time() < end: pass\n    return 1"
    [processor, *_] = own = os.sched_getaffinity(0)
    spin = f"import os\nos.sched_setaffinity(0, [{processor}])\nwhile True: pass"
    crowd = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(5)]
    try:
        os.sched_setaffinity(0, [processor])  # as will the sandbox's worker
        with Sandbox(limits, tier) as sandbox:
            os.sched_setaffinity(0, own)
            with sandbox.job(cells(source)) as job:
                job.run()
                assert job.call("f", ()).value == 1
                assert job.idle_seconds < 0.9
    finally:
        os.sched_setaffinity(0, own)
        for process in crowd:
            process.kill()
            process.wait()


def test_outputs_of_many_cells_are_bounded_together(tier: str) -> None:
    """A cell may show so much, and a thousand cells not a thousand times that."""
    sources = ["print('x' * (1 << 16))"] * 1000
    job, results = run_cells(sandbox_at(tier), cells(*sources, "1 + 1"))
    job.close()
    assert {result.outcome for result in results} == {"ok"}
    shown = sum(len(repr(result.outputs)) for result in results)
    assert shown < LIMITS.shown_bytes + 1000 * 500  # and a word about each
    assert "cut here" in printed(results[-2]) and "x" not in printed(results[-2])


@pytest.mark.parametrize("outputs", ["['x' * 7_000_000]", "[0] * 99_000"])
def test_a_fork_that_shows_without_end_is_not_read_to_it(tier: str, outputs: str) -> None:
    """Of large replies so many are read; the submission is judged without the rest."""
    reply = f"{{'outcome': 'ok', 'outputs': {outputs}}}"
    lies = f"import sys\nsys.modules['inside.cells'].Cells._cell = lambda *_: {reply}"
    sandbox = sandbox_at(tier)
    with sandbox.job(cells(lies, *["1"] * 200)) as job:
        results = job.run()
        assert job.heard < 2 * MOST_HEARD
    assert [r.outcome for r in results if r.outcome != "ok"] == ["crashed"] + ["not_run"] * (
        200 - sum(r.outcome == "ok" for r in results)
    )
    assert_unharmed(sandbox)


def test_cells_with_one_id_are_told_apart(tier: str) -> None:
    """Results go by position: an id that comes twice hides nothing."""
    sandbox = sandbox_at(tier)
    twice = [CellSource("a", "print(1)"), CellSource("a", "import os\nos._exit(0)")]
    job, results = run_cells(sandbox, [*twice, CellSource("a", "print(3)")])
    job.close()
    assert [result.outcome for result in results] == ["ok", "crashed", "ok"]
    assert [printed(result) for result in results] == ["1\n", "", "3\n"]


LITTER = "import os, time\nfor n in range(2500):\n    open(f'f{n}', 'w').close()\n"


@pytest.mark.parametrize("rest", ["time.sleep(1)", ""])
def test_a_judge_that_lags_behind_blames_the_right_cell(
    tier: str, rest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fork works on while the judge reads: who left too much behind is found cell by cell."""
    true = replies.cell_result

    def slow(*given: Any) -> CellResult:
        time.sleep(0.3)
        return true(*given)

    monkeypatch.setattr(replies, "cell_result", slow)
    sources = ["x = 1", "def f(x):\n    return x", LITTER + rest, "def g(x):\n    return x"]
    job, results = run_cells(sandbox_at(tier), cells(*sources))
    with job:
        assert [result.outcome for result in results] == ["ok", "ok", "crashed", "ok"]
        assert job.defines(["f", "g"]) == {"f": "function", "g": "function"}


def test_large_files_beside_the_notebook_arrive_whole(tier: str) -> None:
    """They go to the worker with the request for a fork, which may take several turns."""
    source = "data = open('m.txt', 'rb').read()\nprint(len(data), set(data) == {120})"
    job, results = run(sandbox_at(tier), source, files={"m.txt": b"x" * 1_500_000})
    job.close()
    assert printed(results[0]) == "1500000 True\n"


def test_a_question_that_repeats_an_array_is_as_large_as_what_it_stands_for(tier: str) -> None:
    """A short message must not become gigabytes in the judge."""
    source = "import numpy as np\ndef f():\n    return g([np.ones((300, 300))] * 300)"
    asked: list[Any] = []
    with sandbox_at(tier).job(cells(source)) as job:
        job.run()
        reply = job.call("f", (), stand_ins={"g": asked.append}, max_stand_in_calls=1)
    assert reply.outcome == "raised" and not asked
    assert reply.error is not None and "too long" in reply.error.message
