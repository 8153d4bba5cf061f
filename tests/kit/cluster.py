"""A Dask scheduler and its workers, as real processes on the loopback address."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.kit.toy import ROOT

BACKSTOP = 300  # seconds, for what takes a few of them on a machine that is not busy
Process = subprocess.Popen[bytes]


@contextmanager
def dask_cluster(
    folder: Path, workers: int = 2, kit: Path = ROOT, encrypted: tuple[str, ...] = ()
) -> Iterator[tuple[str, list[Process]]]:
    """Start a scheduler and workers in ``folder``, with the engine that lies in ``kit``.

    ``encrypted`` are the options that name certificates; with them all of it speaks TLS.
    Yields the scheduler's address and the workers' processes; all of them end afterwards.
    """
    started: list[Process] = []

    def start(*arguments: str) -> Process:
        environment = {**os.environ, "PYTHONPATH": str(kit), "PYTHONWARNINGS": "default"}
        with (folder / f"{len(started)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
                stdout=log,
                stderr=log,
                cwd=folder,
                env=environment,
            )
        started.append(process)
        return process

    try:
        protocol = "tls" if encrypted else "tcp"
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
        start("dask_scheduler", *options, "--protocol", protocol, *encrypted)
        address = _wait_for(folder / "0.log", rf"Scheduler at:\s+({protocol}://127\.0\.0\.1:\d+)")
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", *encrypted)
        made = [start("dask_worker", address, *options) for _ in range(workers)]
        for number in range(1, workers + 1):
            _wait_for(folder / f"{number}.log", r"(Registered to:)")
        yield address, made
    finally:
        for process in reversed(started):  # a worker takes its leave of a scheduler that is there
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(log: Path, pattern: str) -> str:
    until = time.monotonic() + BACKSTOP
    while time.monotonic() < until:
        found = re.search(pattern, log.read_text(errors="replace"))
        if found:
            return found[1]
        time.sleep(0.1)
    raise AssertionError(log.read_text(errors="replace"))
