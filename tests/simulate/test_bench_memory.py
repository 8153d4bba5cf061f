"""What the bench sees of the processes that it measures."""

from __future__ import annotations

import subprocess
import sys
import tempfile

import pytest

from grader.simulate import bench_memory
from grader.simulate.bench_memory import MemoryWatch, memory_line

GROWS = """
import subprocess, sys, time
print('floor: 1 of 2', flush=True)
held = bytearray(60_000_000)
own = "import time; held = bytearray(90_000_000); time.sleep(3)"
subprocess.run([sys.executable, '-c', own, 'sandbox/inside'])
print('floor: 2 of 2', flush=True)
time.sleep(1)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux shows peaks so")
def test_each_process_is_seen_by_its_role(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peak of the program and of what it starts, each apart; and how far it says it is."""
    monkeypatch.setattr(bench_memory, "LOOK_SECONDS", 0.1)
    said: list[str] = []
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([sys.executable, "-c", GROWS], stdout=output)
        watch = MemoryWatch(process.pid, output, said.append)
        status, _ = watch.wait()
        process.returncode = status
    memory = watch.memory()
    assert 60 < memory["parent"]["peak_mb"] < 90 < memory["sandboxed"]["peak_mb"] < 150
    assert said == ["floor: 1 of 2", "floor: 2 of 2"]


def test_memory_is_told_in_a_line() -> None:
    """By process, with what it was in the middle: who reads it sees whether it grows."""
    told = memory_line("kit_pages", {"parent": {"peak_mb": 120.4, "half_way_mb": 119.6}})
    assert told == "Peak MB of kit pages by process: parent 120 (120 half-way)."
