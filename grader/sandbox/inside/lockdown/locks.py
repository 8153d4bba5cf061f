"""Lock a new fork in, before any student code: the order of the steps matters."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
from collections.abc import Iterable, Mapping

from . import kernel, landlock, seccomp

CONNECTION = 3  # the descriptor of the job's connection, once locked in
CPU_GRACE_SECONDS = 5
FIRST_SPARE_UID, SPARE_UIDS = 60_000, 4_000


def layers(tier: str) -> tuple[str, ...]:
    """Return the names of the layers that `enter` must put on at this tier."""
    return ("rlimits",) if tier == "C" else ("rlimits", "no_new_privs", "landlock", "seccomp")


def spare_uid(number: int, must_read: Iterable[str]) -> int | None:
    """Return a user id of its own for a job, where this process may change it.

    None where it may not, or where that user could not read the interpreter's files.
    """
    if not kernel.LINUX or os.geteuid() != 0:
        return None
    uid = FIRST_SPARE_UID + number % SPARE_UIDS
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            for path in must_read:
                os.listdir(path)
            os._exit(0)
        except BaseException:
            os._exit(1)
    return uid if os.waitpid(child, 0)[1] == 0 else None


def enter(
    tier: str,
    connection: int,
    rules: int | None,
    limits: Mapping[str, float],
    uid: int | None,
    watched: str = "",
) -> tuple[str, ...]:
    """Shut this process in, for good; only ``connection`` stays open, as descriptor 3.

    ``watched`` says what the filter asks the other end before: ``"refusals"``, ``"everything"``.

    Returns: the layers that are on. Raises: OSError when one that the tier needs is not.
    """
    os.setsid()
    rules = _close_descriptors(connection, rules)
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    _limit(limits, own_uid=tier == "A" or uid is not None)
    if kernel.LINUX:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    if tier == "C":
        return layers(tier)
    assert rules is not None
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    landlock.enter(rules)
    os.close(rules)
    if watched:
        seccomp.enter_watched(os.getpid(), CONNECTION, watched == "everything")
    else:
        seccomp.enter(os.getpid())
    return layers(tier)


def _close_descriptors(connection: int, rules: int | None) -> int | None:
    """Keep the connection as 3 and the ruleset as 4; standard streams lead nowhere."""
    wanted = [fd for fd in (connection, rules) if fd is not None]
    out_of_the_way = [fcntl.fcntl(fd, fcntl.F_DUPFD, 16) for fd in wanted]
    nowhere = os.open(os.devnull, os.O_RDWR)
    for target, source in enumerate([nowhere, nowhere, nowhere, *out_of_the_way]):
        os.dup2(source, target)
    os.closerange(CONNECTION + len(wanted), 1 << 20)
    return None if rules is None else CONNECTION + 1


def _limit(limits: Mapping[str, float], own_uid: bool) -> None:
    cpu = int(limits["job_cpu_seconds"]) + CPU_GRACE_SECONDS
    wanted = {
        "RLIMIT_CPU": cpu,
        "RLIMIT_AS": address_space() + int(limits["memory_bytes"]),
        "RLIMIT_FSIZE": int(limits["file_bytes"]),
        "RLIMIT_NOFILE": int(limits["open_files"]),
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
    }
    if own_uid:  # elsewhere it would count the instructor's own processes too
        wanted["RLIMIT_NPROC"] = int(limits["threads"])
    for name, value in wanted.items():
        number = getattr(resource, name, None)
        if number is not None:
            _set_limit(number, value)


def _set_limit(number: int, value: int) -> None:
    hard = resource.getrlimit(number)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(number, (value, value))
    except (OSError, ValueError):
        if kernel.LINUX:  # macOS refuses some
            raise


def address_space() -> int:
    """Return the bytes that this process has mapped; a guess where /proc is missing."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30
