"""Getting out: processes, signals, the network, files elsewhere, and what is left behind."""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from grader.sandbox import CellSource, Sandbox
from tests.hostile.escapes import AT_TIER_B, ATTACKS, CALL, CRASHES
from tests.hostile.graded import (
    Graded,
    assert_earned_nothing,
    assert_harmless,
    assert_ran,
    graded_class,
    need_tier,
    new_course,
)
from tests.hostile.pupils import EARNED, Places, attackers, neighbours

pytestmark = pytest.mark.sandbox


@contextlib.contextmanager
def listeners(folder: Path) -> Iterator[list[socket.socket]]:
    """Servers on this machine, of every kind that an escaped program could reach."""
    tcp = socket.create_server(("127.0.0.1", 0))
    path, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams, hidden = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2))
    with tcp, path, abstract, udp, datagrams, hidden:
        port = tcp.getsockname()[1]
        path.bind(str(folder / "listener"))
        abstract.bind(f"\0hostile-{port}")
        udp.bind(("127.0.0.1", port))
        datagrams.bind(str(folder / "listener-datagrams"))
        hidden.bind(f"\0hostile-datagrams-{port}")
        for name in ("listener", "listener-datagrams"):
            (folder / name).chmod(0o777)  # as a system log's: whoever gets there may write
        path.listen()
        abstract.listen()
        yield [tcp, path, abstract, udp, datagrams, hidden]


@contextlib.contextmanager
def escaped(tier: str, chosen: Sequence[str]) -> Iterator[Graded]:
    """Those who try to get out, and their neighbours, in one class."""
    need_tier(tier)
    with new_course() as course, listeners(course.root.parent) as open_sockets:
        port = open_sockets[0].getsockname()[1]
        unix = str(course.root.parent / "listener")
        places = Places(course, {"PORT": port, "UNIX": unix})
        codes = {**ATTACKS, **CRASHES}
        attacks = {name: places.fill(CALL + codes[name]) for name in chosen}
        yield graded_class(course, [*attackers(attacks), *neighbours(6)], tier)
        reached, _, _ = select.select(open_sockets, [], [], 0)
        assert not reached, "somebody came out"


@pytest.fixture(scope="module")
def graded() -> Iterator[Graded]:
    """All attempts at tier A."""
    with escaped("A", [*ATTACKS, *CRASHES]) as graded:
        yield graded


@pytest.fixture(scope="module")
def at_tier_b() -> Iterator[Graded]:
    """At tier B, those that the tiers meet with different layers."""
    with escaped("B", AT_TIER_B) as graded:
        yield graded


def test_who_tries_to_get_out_harms_nobody(graded: Graded) -> None:
    """Neighbours keep their marks; no process, file or connection of the attackers is left."""
    assert_harmless(graded, longest=400)


@pytest.mark.parametrize("attack", [*ATTACKS, *CRASHES])
def test_an_escape_earns_nothing(graded: Graded, attack: str) -> None:
    """Every attempt is refused or ends its own process, and brings no mark."""
    assert_ran(graded, f"{attack}-solved")
    assert_earned_nothing(graded, attack)
    assert graded.verdicts[f"{attack}-solved"].score == EARNED


def test_at_tier_b_who_tries_to_get_out_harms_nobody(at_tier_b: Graded) -> None:
    """The same without bubblewrap: Landlock, seccomp and limits are enough."""
    assert_harmless(at_tier_b, longest=400)
    assert {verdict.sandbox["tier"] for verdict in at_tier_b.verdicts.values()} == {"B"}


@pytest.mark.parametrize("attack", AT_TIER_B)
def test_at_tier_b_an_escape_earns_nothing(at_tier_b: Graded, attack: str) -> None:
    """Refused by the fork's own layers, and no mark."""
    assert_ran(at_tier_b, f"{attack}-solved")
    assert_earned_nothing(at_tier_b, attack)
    assert at_tier_b.verdicts[f"{attack}-solved"].score == EARNED


LOCKS = """
import fcntl, struct, os, numpy, time
file = open(numpy.__file__, "rb")
def told():
    flock = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
    kind, _, start, length, pid = struct.unpack("hhqqi4x", fcntl.fcntl(file, fcntl.F_GETLK, flock))
    return float(start) if kind != fcntl.F_UNLCK else 0.0
def tell(number):
    flock = struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, int(number), 1, 0)
    fcntl.fcntl(file, fcntl.F_SETLK, flock)
"""


@pytest.mark.parametrize("tier", [pytest.param(tier, id=f"tier{tier}") for tier in "AB"])
def test_two_jobs_cannot_talk_through_locks(tier: str) -> None:
    """A lock on a library's file, set in one job, is not to be seen or set from another."""
    need_tier(tier)
    with (
        Sandbox(tier=tier) as sandbox,
        sandbox.job([CellSource("a", LOCKS)]) as one,
        sandbox.job([CellSource("a", LOCKS)]) as two,
    ):
        one.run(), two.run()
        set_lock, seen = one.call("tell", (12345,)), two.call("told", ())
    assert set_lock.outcome == seen.outcome == "raised", (set_lock, seen)
