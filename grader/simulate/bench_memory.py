"""Watch what is measured: the memory of each of its processes, and how far it says that it is.

The system keeps the peak of each process while it lives. To look at them takes a few milliseconds
every other second.
"""

from __future__ import annotations

import os
import re
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

PEAK = re.compile(rb"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
STEP = re.compile(r"^[^\n]*: \d+ of \d+$", re.MULTILINE)
LOOK_SECONDS = 2.0
# By what the command line of a process says; what has none of these words is a worker of a pool.
ROLES = {b"judge_child": "judge", b"sandbox/inside": "sandboxed"}


@dataclass
class MemoryWatch:
    """A watch over one measured process and all that it starts: peaks in MB by role, over time."""

    process: int
    output: BinaryIO
    say: Callable[[str], None] = lambda line: None
    seen: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    _last: str = ""

    def wait(self) -> tuple[int, resource.struct_rusage]:
        """Wait for the process; return its status and what the system counted for it."""
        due = 0.0
        while True:
            found, status, usage = os.wait4(self.process, os.WNOHANG)
            if found:
                return status, usage
            if time.monotonic() >= due:
                self._look()
                due = time.monotonic() + LOOK_SECONDS
            time.sleep(0.05)

    def _look(self) -> None:
        now = time.monotonic()
        peaks: dict[str, float] = {}
        for process in _below(os.getpid()):
            role = "parent" if process == self.process else _role(process)
            peaks[role] = max(peaks.get(role, 0.0), _peak_mb(process))
        for role, peak in peaks.items():
            self.seen.setdefault(role, []).append((now, peak))
        # From where it is written, wherever the writer is.
        told = STEP.findall(os.pread(self.output.fileno(), 2**20, 0).decode(errors="replace"))
        if told and told[-1] != self._last:
            self._last = told[-1]
            self.say(self._last)

    def memory(self) -> dict[str, dict[str, float]]:
        """Return the peak of the largest process by role, and what it was half-way."""
        return {role: _summed_up(looks) for role, looks in self.seen.items()}


def _summed_up(looks: list[tuple[float, float]]) -> dict[str, float]:
    middle = (looks[0][0] + looks[-1][0]) / 2
    half = max(peak for at, peak in looks if at <= middle)
    return {"peak_mb": max(peak for _, peak in looks), "half_way_mb": half}


def _below(root: int) -> Iterator[int]:
    """Yield all processes that a process has started, and those that these have."""
    children: dict[int, list[int]] = {}
    for process, parent in _parents():
        children.setdefault(parent, []).append(process)
    waiting = children.get(root, [])
    while waiting:
        process = waiting.pop()
        yield process
        waiting += children.get(process, [])


def _parents() -> Iterator[tuple[int, int]]:
    """Yield each process of this machine with its parent; nothing where the system has no list."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        told = _read(path).rpartition(b")")[2].split()
        if len(told) > 1:
            yield int(path.parent.name), int(told[1])


def _role(process: int) -> str:
    command = _read(Path(f"/proc/{process}/cmdline"))
    return next((role for word, role in ROLES.items() if word in command), "worker")


def _peak_mb(process: int) -> float:
    found = PEAK.search(_read(Path(f"/proc/{process}/status")))
    return round(int(found[1]) / 1024, 1) if found else 0.0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def memory_line(way: str, memory: Mapping[str, Mapping[str, float]]) -> str:
    """Say what the processes of one way took."""
    told = (f"{r} {m['peak_mb']:.0f} ({m['half_way_mb']:.0f} half-way)" for r, m in memory.items())
    return f"Peak MB of {way.replace('_', ' ')} by process: {', '.join(told)}."
