"""The filter's program decides as its list says, for both machines, whichever this one is."""

from __future__ import annotations

import errno
import re
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox.inside.lockdown import kernel, seccomp
from grader.sandbox.inside.lockdown.allowed import (
    ANSWERS,
    CONDITIONS,
    LOW_HALF,
    UNCONDITIONALLY,
    OnlyBits,
    answer,
    on_the_list,
)
from grader.sandbox.inside.lockdown.program import (
    ALLOW,
    AUDIT,
    NOTIFY,
    REFUSE,
    RETURN,
    Steps,
    program,
    watched_program,
)
from grader.sandbox.inside.lockdown.system_calls import MACHINES, NUMBERS, numbers
from tests.sandbox.emulator import decide

OWN = 4321
I386, ARM = 0x40000003, 0x40000028
EPERM, ENOSYS = REFUSE | errno.EPERM, REFUSE | errno.ENOSYS
BOTH = pytest.mark.parametrize("machine", MACHINES)

HEADERS = {
    "x86_64": ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"),
    "aarch64": (
        "/usr/include/aarch64-linux-gnu/asm/unistd_64.h",
        "/usr/include/asm-generic/unistd.h",
    ),
}
# Hands on others, letter-boxes, what no limit counts, and what no notebook needs.
NEVER = (
    *("fork", "vfork", "clone3", "execve", "execveat", "ptrace", "process_vm_readv"),
    *("process_vm_writev", "process_madvise", "process_mrelease", "kcmp", "pidfd_open"),
    *("pidfd_getfd", "pidfd_send_signal", "rt_sigqueueinfo", "rt_tgsigqueueinfo"),
    *("timer_create", "setpriority", "ioprio_set", "sched_setaffinity", "sched_setparam"),
    *("sched_setscheduler", "sched_setattr", "migrate_pages", "move_pages", "set_mempolicy"),
    *("perf_event_open", "socket", "connect", "accept", "accept4", "bind", "listen"),
    *("setsockopt", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg", "splice", "tee", "vmsplice"),
    *("copy_file_range", "sendfile", "io_setup", "io_submit", "io_getevents", "io_pgetevents"),
    *("io_cancel", "io_destroy", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("seccomp", "bpf", "landlock_create_ruleset", "landlock_add_rule"),
    *("landlock_restrict_self", "mount", "umount2", "pivot_root", "chroot", "move_mount"),
    *("open_tree", "open_tree_attr", "fsopen", "fsconfig", "fsmount", "fspick"),
    *("mount_setattr", "statmount", "listmount", "listns", "unshare", "setns", "userfaultfd"),
    *("keyctl", "add_key", "request_key", "kexec_load", "kexec_file_load", "init_module"),
    *("finit_module", "delete_module", "personality", "modify_ldt", "iopl", "ioperm", "syslog"),
    *("acct", "reboot", "swapon", "swapoff", "quotactl", "quotactl_fd", "sethostname"),
    *("setdomainname", "settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "vhangup"),
    *("sync", "syncfs", "lsm_set_self_attr", "uselib", "setuid", "setgid", "setresuid"),
    *("setgroups", "setsid", "setpgid", "capset", "setrlimit", "memfd_create", "memfd_secret"),
    *("shmget", "shmat", "shmctl", "semget", "semop", "semctl", "msgget", "msgsnd", "msgrcv"),
    *("msgctl", "mq_open", "mq_unlink", "mincore", "fadvise64", "statfs", "open_by_handle_at"),
    *("name_to_handle_at", "inotify_init", "inotify_init1", "inotify_add_watch"),
    *("fanotify_init", "fanotify_mark", "eventfd2", "signalfd4", "timerfd_create", "chmod"),
    *("fchmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchown", "fchownat", "utime"),
    *("utimes", "futimesat", "utimensat", "setxattr", "lsetxattr", "fsetxattr", "removexattr"),
    *("setxattrat", "file_setattr", "mknod", "mknodat", "symlink", "symlinkat", "link"),
    *("linkat", "flock"),
)


@lru_cache(maxsize=2)
def filter_of(machine: str) -> Steps:
    """A machine's filter for the process OWN."""
    return program(machine, OWN)


def decided(machine: str, name: str, *arguments: int) -> int:
    """What the filter returns for a call by its name; arguments that are not given are zero."""
    given_all = [value & (1 << 64) - 1 for value in (*arguments, *[0] * 6)[:6]]
    return decide(filter_of(machine), AUDIT[machine], numbers(machine)[name], given_all)[0]


def telling() -> list[int]:
    """What conditions compare with, the neighbours of it, and every single bit."""
    found = {OWN, *(1 << bit for bit in range(32))}
    for condition in (one for conditions in CONDITIONS.values() for one in conditions):
        found |= {condition.mask} if isinstance(condition, OnlyBits) else {*condition.values}
    return sorted({value + near & LOW_HALF for value in found for near in (-1, 0, 1)})


ARGUMENTS = st.builds(
    lambda low, high: high << 32 | low,
    st.sampled_from(telling()) | st.integers(0, LOW_HALF),
    st.just(0) | st.integers(0, LOW_HALF),
)


NUMBERS_TRIED = st.integers(0, 600) | st.sampled_from([0x40000000, 0x80000000]).flatmap(
    lambda start: st.integers(start - 600, start + 600)
)


@BOTH
@given(data=st.data())
def test_the_filter_decides_every_known_call_as_the_list_says(
    machine: str, data: st.DataObject
) -> None:
    """Any call with any arguments: what the program returns is what the list answers."""
    conditional = sorted(CONDITIONS.keys() & numbers(machine).keys())
    name = data.draw(st.sampled_from(conditional) | st.sampled_from(sorted(numbers(machine))))
    arguments = data.draw(st.lists(ARGUMENTS, min_size=6, max_size=6))
    code = answer(name, arguments, OWN)
    assert decided(machine, name, *arguments) == (REFUSE | code if code else ALLOW)


@BOTH
@given(number=NUMBERS_TRIED, data=st.data())
def test_a_number_that_no_call_has_is_not_implemented(
    machine: str, number: int, data: st.DataObject
) -> None:
    """Gaps, newer calls, negative numbers and those of x32 answer ENOSYS."""
    arguments = data.draw(st.lists(ARGUMENTS, min_size=6, max_size=6))
    found, _ = decide(filter_of(machine), AUDIT[machine], number, arguments)
    if number not in numbers(machine).values():
        assert found == ENOSYS


@BOTH
@given(audit=st.sampled_from([I386, ARM, *AUDIT.values()]), number=st.integers(0, 600))
def test_calls_of_another_architecture_are_not_implemented(
    machine: str, audit: int, number: int
) -> None:
    """Their numbers mean something else, so whatever they are they are not looked at."""
    found, _ = decide(filter_of(machine), audit, number, [0] * 6)
    own = decide(filter_of(machine), AUDIT[machine], number, [0] * 6)[0]
    assert found == (own if audit == AUDIT[machine] else ENOSYS)


@BOTH
def test_every_path_through_the_filter_is_short_and_ends(machine: str) -> None:
    """Jumps stay within the program and within a byte, and halves are searched."""
    steps = filter_of(machine)
    assert len(steps) < 4096
    for at, (code, yes, no, _) in enumerate(steps):
        assert 0 <= yes < 256 and 0 <= no < 256
        assert code == RETURN or at + 1 + max(yes, no) < len(steps)
    for name, number in numbers(machine).items():
        _, taken = decide(steps, AUDIT[machine], number, [LOW_HALF] * 6)
        assert taken < (40 if name in CONDITIONS else 24), name


@BOTH
def test_nothing_that_harms_is_on_the_list(machine: str) -> None:
    """Whatever the arguments: each of these answers ENOSYS or one of the few other errors."""
    for name in NEVER:
        assert name in NUMBERS, f"{name} is no system call"
        if name in numbers(machine):
            expected = REFUSE | ANSWERS.get(name, errno.ENOSYS)
            assert name not in on_the_list(machine)
            assert decided(machine, name) == decided(machine, name, *[-1] * 6) == expected


@BOTH
def test_what_conditions_let_through(machine: str) -> None:
    """Threads, own signals but those that stop, pairs of streams, and few options."""

    def lets(name: str, *arguments: int) -> bool:
        return decided(machine, name, *arguments) == ALLOW

    assert lets("clone", 0x3D0F00)  # what glibc's threads ask for
    assert not lets("clone", 17) and not lets("clone", 0x3D0F00 | 0x10000000)  # CLONE_NEWUSER
    assert decided(machine, "clone3") == ENOSYS  # or glibc would not try clone
    for name, after in (("kill", ()), ("tkill", ()), ("tgkill", (OWN,))):
        for signal in (0, 2, 9, 15, 18, 64):
            assert lets(name, OWN, *after, signal)
            for other in (0, 1, -1, -OWN, OWN + 1):
                assert decided(machine, name, other, *after, signal) == EPERM
        for signal in (19, 20, 21, 22):
            assert decided(machine, name, OWN, *after, signal) == EPERM
    for stream in (1, 0x801, 0x80001, 0x80801):
        assert lets("socketpair", 1, stream)
    for other in (2, 3, 5, 0x80002, 0x80005):  # datagrams, which a raw one is, too; packets
        assert not lets("socketpair", 1, other)
    assert not lets("socketpair", 2, 1)
    for name in ("sendto", "recvfrom"):
        assert lets(name, 3, 0, 9, 0x4000) and lets(name, 3, 0, 9, 0x42)
        assert not lets(name, 3, 0, 9, 1) and not lets(name, 3, 0, 9, 0x41)  # MSG_OOB
        assert not lets(name, 3, 0, 9, 0x2000)  # MSG_ERRQUEUE
    assert lets("getsockopt", 3, 1, 3)
    assert not lets("getsockopt", 3, 1, 17) and not lets("getsockopt", 3, 1, 77)  # who is there
    assert lets("prlimit64", 0) and lets("prlimit64", OWN) and not lets("prlimit64", 1)
    assert lets("prctl", 15)
    for option in (1, 4, 8, 22, 38, 0x59616D61):  # signal at death, dumpable, ..., own filters
        assert not lets("prctl", option)
    assert lets("ioctl", 0, 0x5401) and decided(machine, "ioctl", 0, 0x5412) & 0xFFFF == 95
    assert not lets("ioctl", 0, 0x8901) and not lets("ioctl", 0, 0x8902)  # owners
    assert lets("fcntl", 0, 4)
    for command in (5, 6, 7, 8, 10, 15, 36, 37, 38, 1024, 1026, 1031, 1033):
        assert not lets("fcntl", 0, command)  # locks, owners, leases, notices, sizes, seals
    assert lets("madvise", 0, 0, 4) and not lets("madvise", 0, 0, 12)  # MADV_MERGEABLE
    assert lets("mbind", 0, 0, 1) and not lets("mbind", 0, 0, 1, 0, 64)


@BOTH
def test_a_watched_job_asks_instead_of_being_refused(machine: str) -> None:
    """It asks where it would be refused, or before everything, but to hand over the listener."""
    for everything in (False, True):
        steps = watched_program(machine, OWN, 3, everything)
        for name, number in numbers(machine).items():
            plain, _ = decide(filter_of(machine), AUDIT[machine], number, [7] * 6)
            found, _ = decide(steps, AUDIT[machine], number, [7] * 6)
            assert found == (ALLOW if plain == ALLOW and not everything else NOTIFY), name
        sendmsg = numbers(machine)["sendmsg"]
        assert decide(steps, AUDIT[machine], sendmsg, [3, 0, 0, 0, 0, 0])[0] == ALLOW
        assert decide(steps, I386, sendmsg, [3, 0, 0, 0, 0, 0])[0] == ENOSYS


@pytest.mark.skipif(not seccomp.supported(), reason="no filter for this machine")
@pytest.mark.parametrize("pid", [1, 2, OWN, 4_194_304])
def test_the_prepared_filter_is_that_of_the_process(pid: int) -> None:
    """Only the process's number is put into what a worker has made in advance."""
    code, places = seccomp.prepared()
    own = bytearray(code)
    for place in places:
        own[place : place + 4] = pid.to_bytes(4, "little")
    assert places and bytes(own) == seccomp._code(program(kernel.MACHINE, pid))


def test_every_listed_call_has_a_number_by_a_second_source() -> None:
    """libseccomp's own table has the same numbers for all that the filter names."""
    lines = (Path(__file__).parent / "numbers.txt").read_text().splitlines()[1:]
    rows = [line.split() for line in lines]
    second = {name: tuple(None if n == "-" else int(n) for n in both) for name, *both in rows}
    named = UNCONDITIONALLY | CONDITIONS.keys() | ANSWERS.keys() | {"seccomp", "sendmsg"}
    assert second == {name: NUMBERS[name] for name in named}


@BOTH
def test_the_table_agrees_with_the_headers_of_this_machine(machine: str) -> None:
    """Where the kernel's headers are installed, every call that they number."""
    found = [Path(path) for path in HEADERS[machine] if Path(path).exists()]
    if not found:
        pytest.skip("the kernel's headers are not installed")
    defined = re.findall(r"^#define __NR(3264)?_(\w+)\s+(\d+)", found[0].read_text(), re.MULTILINE)
    theirs = {name: int(number) for _, name, number in defined if name in NUMBERS}
    ours = numbers(machine)
    assert len(theirs) > 250
    assert {name: ours.get(name) for name in theirs} == theirs


def test_no_two_calls_share_a_number() -> None:
    """On either machine."""
    for machine in MACHINES:
        ours = list(numbers(machine).values())
        assert len(ours) == len(set(ours))


def test_every_condition_is_of_a_listed_argument() -> None:
    """A call is on the list on conditions or without, not both; an empty condition has no use."""
    assert not UNCONDITIONALLY & CONDITIONS.keys()
    assert not UNCONDITIONALLY & ANSWERS.keys()
    for conditions in CONDITIONS.values():
        for condition in conditions:
            assert 0 <= condition.argument < 6
            assert condition.mask if isinstance(condition, OnlyBits) else condition.values
