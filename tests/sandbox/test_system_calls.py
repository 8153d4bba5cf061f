"""System calls in real jobs: what is off the list is not there, what notebooks need works."""

from __future__ import annotations

import errno
import re
import socket
import subprocess
import sys
from dataclasses import replace

import pytest

from grader.sandbox import Sandbox, SandboxError
from grader.sandbox.inside.lockdown import kernel
from grader.sandbox.inside.lockdown.allowed import ANSWERS, UNCONDITIONALLY
from grader.sandbox.inside.lockdown.system_calls import numbers
from grader.sandbox.listener import Listener
from tests.kit.sandbox import (
    HERE,
    ISOLATED,
    LIMITS,
    ROOMY,
    cells,
    printed,
    run_once,
    sandbox_at,
)
from tests.sandbox.workloads import WORKLOADS

pytestmark = [pytest.mark.sandbox, pytest.mark.parametrize("tier", ISOLATED)]

ROOM = replace(ROOMY, memory_bytes=1 << 30, folder_bytes=64 << 20, file_bytes=16 << 20)
# x86 lets these past any filter, since probes of a process make them; otherwise they end it.
PAST_FILTERS = ("uretprobe", "uprobe")
EVERY_CALL = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
bad = ctypes.c_long(-1)
found = {}
for number in NUMBERS:
    ctypes.set_errno(0)
    assert libc.syscall(ctypes.c_long(number), bad, bad, bad, bad, bad, bad) == -1, number
    found[number] = ctypes.get_errno()
print(found)
"""


def test_what_is_off_the_list_answers_and_never_kills(tier: str) -> None:
    """Each number up to 600 that is not allowed, and some that no call will ever have."""
    names = {number: name for name, number in numbers(kernel.MACHINE).items()}
    walked = [n for n in range(600) if names.get(n) not in {*UNCONDITIONALLY, *PAST_FILTERS}]
    walked += [10_000, 1 << 29, (1 << 31) + 57, (1 << 32) - 1]
    walked += [0x40000000 | n for n in (*range(600), 1 << 29)]  # as x32 has them on x86-64
    expected = {n: ANSWERS.get(names.get(n, ""), errno.ENOSYS) for n in walked}
    assert sum(code == errno.ENOSYS for code in expected.values()) > 450
    (result,) = run_once(sandbox_at(tier), EVERY_CALL.replace("NUMBERS", str(walked)))
    assert printed(result) == f"{expected}\n", result.outputs


# Without the filter each of these is done, or fails by another error than the filter's two.
REFUSED = {
    "a message with a descriptor": "socket.send_fds(one, [b'x'], [0])",
    "a message without one": "one.sendmsg([b'x'])",
    "a message with room for one": "other.setblocking(False), socket.recv_fds(other, 1, 1)",
    "many messages": "call('sendmmsg', one.fileno(), 0, 0, 0)",
    "to take many messages": "call('recvmmsg', one.fileno(), 0, 0, 0, 0)",
    "out-of-band data": "one.send(b'x', socket.MSG_OOB)",
    "out-of-band data in a gap": "one.send(b'x', socket.MSG_OOB | socket.MSG_NOSIGNAL)",
    "to take out-of-band data": "other.recv(1, socket.MSG_OOB)",
    "the queue of errors": "other.recv(1, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)",
    "options of a socket": "one.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)",
    "a filter of a socket": "one.setsockopt(socket.SOL_SOCKET, 26, bytes(16))",
    "who is at the other end": "one.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)",
    "a descriptor of who is there": "one.getsockopt(socket.SOL_SOCKET, 77)",
    "a filter of its own": "call('seccomp', 2, 0, ctypes.byref(ctypes.c_uint(0x7FFF0000)))",
    "strict mode": "call('prctl', 22, 1, 0, 0, 0)",
    "a filter of its own by prctl": "call('prctl', 22, 2, ctypes.byref(PROGRAM), 0, 0)",
    "a listener": "call('seccomp', 1, 8, ctypes.byref(PROGRAM))",
    "splice": "os.splice(reading, writing, 1) if hasattr(os, 'splice') else call('splice')",
    "tee": "call('tee', reading, writing, 1, 2)",
    "vmsplice": "call('vmsplice', writing, 0, 0, 0)",
    "asynchronous input": "call('io_setup', 1, ctypes.byref(ctypes.c_ulong()))",
    "a ring of requests": "call('io_uring_setup', 1, ctypes.create_string_buffer(120))",
    "to stop itself": "os.kill(os.getpid(), signal.SIGSTOP)",
    "to stop itself as from a terminal": "signal.raise_signal(signal.SIGTSTP)",
    "to stop a thread": "signal.pthread_kill(threading.get_ident(), signal.SIGTTIN)",
    "to stop the thread": "call('tkill', os.getpid(), signal.SIGTTOU)",
    "to be stopped by a timer": "call('timer_create', 0, STOP, ctypes.byref(ctypes.c_int()))",
    "a signal with a value": "call('rt_sigqueueinfo', os.getpid(), signal.SIGSTOP, INFO)",
    "memory merged with others'": "mmap.mmap(-1, 4096).madvise(12)",
    "memory on a node": "call('mbind', 0, 0, 2, ctypes.byref(ctypes.c_ulong(1)), 64, 0)",
    "a wait for any child": "call('waitid', 0, 0, 0, 4, 0)",
}
SET_UP = """
import ctypes, mmap, os, signal, socket, struct, threading
NUMBERS = {numbers}
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    if libc.syscall(ctypes.c_long(NUMBERS[name]), *arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]
PROGRAM = Program(1, struct.pack("HBBI", 6, 0, 0, 0x7FFF0000))
STOP = ctypes.create_string_buffer(struct.pack("Qii48x", 0, signal.SIGSTOP, 0))
INFO = ctypes.create_string_buffer(struct.pack("iii116x", signal.SIGSTOP, 0, -1))
one, other = socket.socketpair()
reading, writing = os.pipe()
"""


@pytest.mark.parametrize("attempt", REFUSED)
def test_what_no_notebook_needs_is_refused_by_the_filter(tier: str, attempt: str) -> None:
    """By its own errors, not by the kernel's dislike of the arguments; the job goes on."""
    sandbox = sandbox_at(tier)
    tried = f"try:\n    {REFUSED[attempt]}\nexcept OSError as error:\n    print(error.errno)"
    start = SET_UP.replace("{numbers}", str(numbers(kernel.MACHINE)))
    first, second, third = run_once(sandbox, start, tried, "print('alive')")
    assert first.outcome == "ok", first.outputs
    assert printed(second) in (f"{errno.ENOSYS}\n", f"{errno.EPERM}\n"), second.outputs
    assert printed(third) == "alive\n"


@pytest.mark.parametrize("workload", WORKLOADS)
def test_what_notebooks_do_goes_through(tier: str, workload: str) -> None:
    """Figures, products, threads, files, waiting, time and signals end without an error."""
    (result,) = run_once(sandbox_at(tier, ROOM), WORKLOADS[workload])
    assert result.outcome == "ok", result.outputs


TRIES = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def error(call, *given):
    try:
        return call(*given) and 0
    except OSError as error:
        return error.errno
print([error(os.eventfd, 0), error(os.eventfd, 0), error(os.fork), error(os.chmod, ".", 0o700)])
print(libc.syscall(ctypes.c_long(1234)), ctypes.get_errno(), os.getpid() > 0)
print([fd for fd in range(256) if error(os.fstat, fd) != 9])
"""


@pytest.mark.parametrize("everything", [False, True])
def test_a_watched_job_is_refused_the_same_and_it_is_counted(tier: str, everything: bool) -> None:
    """Each refusal by name, or by number where the call is unknown; no descriptor is left there."""
    sandbox_at(tier)
    with Sandbox(LIMITS, tier) as sandbox:
        plain = printed(run_once(sandbox, TRIES)[0])
        job, listener = sandbox.watched_job(cells(TRIES), everything=everything)
        with job:
            (result,) = job.run()
        listener.join()
        assert printed(result) == plain
        assert plain.endswith("[0, 1, 2, 3]\n") and f"{errno.ENOSYS}, {errno.EPERM}" in plain
        chmod = "chmod" if kernel.MACHINE == "x86_64" else "fchmodat"
        assert listener.refused == {"eventfd2": 2, "clone": 1, chmod: 1, "1234": 1}
        assert (listener.made["getpid"] >= 1) == everything
        assert_next_job_works(sandbox)


def assert_next_job_works(sandbox: Sandbox) -> None:
    """A watched job is over when it is closed, and the sandbox goes on."""
    assert printed(run_once(sandbox, "print(6 * 7)")[0]) == "42\n"


WATCHED_ITSELF = """
import sys
from grader.sandbox import CellSource, Sandbox, SandboxError
from grader.sandbox.inside.lockdown import kernel, seccomp
from grader.sandbox.inside.lockdown.program import ALLOW, RETURN
kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
seccomp._install(seccomp._code([(RETURN, 0, 0, ALLOW)]), seccomp.NEW_LISTENER)
cells = [CellSource("a", "print(6 * 7)", "answer")]
with Sandbox(tier=sys.argv[1]) as sandbox:
    try:
        sandbox.watched_job(cells)
    except SandboxError as error:
        print(error)
    with sandbox.job(cells) as job:
        print(job.run()[0].outputs[0]["text"], end="")
"""


def test_a_job_that_cannot_be_watched_says_why(tier: str) -> None:
    """In a container that listens already the kernel refuses; jobs that are not watched work."""
    sandbox_at(tier)
    command = [sys.executable, "-c", WATCHED_ITSELF, tier]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE)
    assert re.fullmatch(r"a job could not be watched: .*\[Errno 16\].*\n42\n", done.stdout), done


def test_a_job_that_ends_before_it_can_be_watched_is_the_kits_fault(tier: str) -> None:
    """Whatever comes in the place of the descriptor, nobody waits for it or takes it for one."""
    for said in (b"", b"\0", b"\x05\0\0\0junk!"):
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                theirs.sendall(said)
            with pytest.raises(SandboxError, match=r"not be watched: it has ended"):
                Listener(ours, 1)
