"""List the system calls that a job may make, and on which conditions; all others are refused.

Made from traces of notebooks; ``docs/decisions/0015-an-allow-list.md`` says how, and how to extend
it. Where machines, C libraries or their versions choose between forms of a call, all are here.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass

from .system_calls import numbers

OWN_PROCESS = -1  # as a value of a condition: the number of the job's own process
LOW_HALF = 0xFFFFFFFF  # of an argument: all that the kernel reads of those below

MEMORY = ("brk", "mmap", "munmap", "mremap", "mprotect", "msync")
FILES = (
    *("open", "openat", "close", "read", "readv", "pread64", "write", "writev", "pwrite64"),
    *("lseek", "truncate", "ftruncate", "fsync", "fdatasync", "dup", "dup2", "dup3"),
    *("stat", "lstat", "fstat", "newfstatat", "statx", "access", "faccessat", "faccessat2"),
    *("readlink", "readlinkat", "getdents64", "getcwd", "chdir", "umask", "mkdir", "mkdirat"),
    *("rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2"),
)
PIPES_AND_PAIRS = ("pipe", "pipe2", "getsockname", "getpeername", "shutdown")
WAITING = (
    *("poll", "ppoll", "select", "pselect6", "pause", "epoll_create1", "epoll_ctl", "epoll_wait"),
    *("epoll_pwait",),
)
THREADS = (
    *("futex", "set_robust_list", "rseq", "sched_yield", "sched_getaffinity", "getcpu", "gettid"),
    *("exit", "exit_group"),
)
SIGNALS = (
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigtimedwait"),
    *("sigaltstack", "restart_syscall", "alarm", "setitimer", "getitimer"),
)
TIME = (
    *("clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time"),
    *("times", "getrusage"),
)
ITSELF = (
    *("getpid", "getppid", "getpgrp", "getpgid", "getsid", "getuid", "geteuid", "getresuid"),
    *("getgid", "getegid", "getresgid", "getgroups", "uname", "sysinfo", "getrandom"),
)
UNCONDITIONALLY = frozenset(
    MEMORY + FILES + PIPES_AND_PAIRS + WAITING + THREADS + SIGNALS + TIME + ITSELF
)


@dataclass(frozen=True)
class OneOf:
    """A condition on a call: an argument is one of these values."""

    argument: int
    values: tuple[int, ...]

    def holds(self, value: int, own_process: int) -> bool:
        """Tell whether a value meets it."""
        return value in self.values or (OWN_PROCESS in self.values and value == own_process)


@dataclass(frozen=True)
class NoneOf:
    """A condition on a call: an argument is none of these values."""

    argument: int
    values: tuple[int, ...]

    def holds(self, value: int, own_process: int) -> bool:
        """Tell whether a value meets it."""
        return value not in self.values


@dataclass(frozen=True)
class OnlyBits:
    """A condition on a call: an argument has no other bits than these."""

    argument: int
    mask: int

    def holds(self, value: int, own_process: int) -> bool:
        """Tell whether a value meets it."""
        return not value & ~self.mask


Condition = OneOf | NoneOf | OnlyBits

# As glibc starts a thread, and as musl does: it shares all with this process.
THREAD = (0x3D0F00, 0x7D0F00)
AF_UNIX = 1
# Streams only, whatever their flags: an unconnected datagram socket needs no `connect` to reach
# others, since `sendto` takes an address, and nothing else would refuse it a path.
STREAMS = tuple(1 | nonblock | cloexec for nonblock in (0, 0x800) for cloexec in (0, 0x80000))
# MSG_PEEK, MSG_DONTWAIT, MSG_WAITALL, MSG_NOSIGNAL: not MSG_OOB, not a queue of errors.
MESSAGE = 0x2 | 0x40 | 0x100 | 0x4000
SOL_SOCKET = 1
# SO_TYPE, SO_ERROR, SO_PROTOCOL, SO_DOMAIN: not who is at the other end, by number or descriptor.
SOCKET_OPTIONS = (3, 4, 38, 39)
# F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC. Locks, leases and notices on a
# library's file would be seen by other jobs, a letter-box; a descriptor's owner is sent signals.
FCNTL = (0, 1, 2, 3, 4, 1030)
# TCGETS, TCGETS2 (glibc as of 2.42), TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX.
IOCTL = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
# MADV_NORMAL, _RANDOM, _SEQUENTIAL, _WILLNEED, _DONTNEED, _FREE, _HUGEPAGE, _NOHUGEPAGE,
# _GUARD_INSTALL and _GUARD_REMOVE (glibc as of 2.42): no merging with pages of other processes.
MADVISE = (0, 1, 2, 3, 4, 8, 14, 15, 102, 103)
MPOL_PREFERRED = 1  # of no node: OpenBLAS wants its memory near whoever touches it
NAME_OF_THREAD = (15, 16)  # PR_SET_NAME, PR_GET_NAME: Python as of 3.14
STOPPING = (19, 20, 21, 22)  # SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU

CONDITIONS: dict[str, tuple[Condition, ...]] = {
    "clone": (OneOf(0, THREAD),),
    "kill": (OneOf(0, (OWN_PROCESS,)), NoneOf(1, STOPPING)),
    "tgkill": (OneOf(0, (OWN_PROCESS,)), NoneOf(2, STOPPING)),
    "tkill": (OneOf(0, (OWN_PROCESS,)), NoneOf(1, STOPPING)),
    "prlimit64": (OneOf(0, (0, OWN_PROCESS)),),
    "prctl": (OneOf(0, NAME_OF_THREAD),),
    "madvise": (OneOf(2, MADVISE),),
    "mbind": (OneOf(2, (MPOL_PREFERRED,)), OneOf(4, (0,))),
    "fcntl": (OneOf(1, FCNTL),),
    "ioctl": (OneOf(1, IOCTL),),
    "socketpair": (OneOf(0, (AF_UNIX,)), OneOf(1, STREAMS)),
    "getsockopt": (OneOf(1, (SOL_SOCKET,)), OneOf(2, SOCKET_OPTIONS)),
    "sendto": (OnlyBits(3, MESSAGE),),
    "recvfrom": (OnlyBits(3, MESSAGE),),
}
# What is off the list is "not implemented", and libraries do without. These answer otherwise.
ANSWERS: dict[str, int] = {
    # On the list, but not like this.
    **dict.fromkeys(CONDITIONS, errno.EPERM),
    # What students do try, to whom Python's PermissionError says more.
    **dict.fromkeys(("fork", "vfork", "execve", "execveat", "socket"), errno.EPERM),
    **dict.fromkeys(("chmod", "fchmod", "fchmodat", "utimensat"), errno.EPERM),
    **dict.fromkeys(("symlink", "symlinkat", "link", "linkat"), errno.EPERM),
    # What Python tries before it copies a file by itself; after other errors it gives up.
    "copy_file_range": errno.EXDEV,
    "sendfile": errno.ENOTSOCK,
    "ioctl": errno.EOPNOTSUPP,
}


def on_the_list(machine: str) -> frozenset[str]:
    """Return the calls of a machine that a job may make, on some condition or none."""
    return (UNCONDITIONALLY | CONDITIONS.keys()) & numbers(machine).keys()


def answer(name: str, arguments: Sequence[int], own_process: int) -> int:
    """Return the error with which a job's call is refused; 0 if it is not.

    ``arguments`` are the six of the call as the kernel sees them, without sign.
    """
    if name in UNCONDITIONALLY:
        return 0
    if name in CONDITIONS and all(
        condition.holds(arguments[condition.argument] & LOW_HALF, own_process)
        for condition in CONDITIONS[name]
    ):
        return 0
    return ANSWERS.get(name, errno.ENOSYS)
