"""Search with one target after the other, and say what was found."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import one

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "fuzz"
ENGINES = ("atheris", "hypothesis")
PLANTED, PLANTED_SECONDS = "planted.forgets", 60.0  # to find what takes one or two
HANG_SECONDS = 30.0  # however busy the machine is, no input takes as long
START_SECONDS = 60.0  # to import everything on a busy machine
SAY_SECONDS = 10.0  # between two lines where no terminal is
FOUND = re.compile(r"(crash|timeout|oom|leak)-\w+")
FAR = re.compile(r"^#(\d+)\s.*?cov: (\d+)")


@dataclass(frozen=True)
class Outcome:
    """What came of a search: how far it got, the input that it found, if any, and what that raised.

    ``broken`` is what the process last said, where it ended without having found anything.
    """

    name: str
    runs: int
    branches: int
    seconds: float
    found: Path | None = None
    why: str = ""
    broken: str = ""


def engine_here() -> str:
    """The better of the engines that are installed."""
    return ENGINES[importlib.util.find_spec("atheris") is None]


def campaign(names: Sequence[str], seconds: float, engine: str, kept: Path = KEPT) -> int:
    """Search for ``seconds`` in all. Returns: 0 if nothing was found, 1 if something, 2 if broken.

    What a search reaches is kept below ``kept``, and what it finds.
    """
    version = importlib.metadata.version(engine)
    print(f"fuzz: by {engine} {version}, {seconds:.0f} s for {', '.join(names)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as empty:
        planted = search(PLANTED, PLANTED_SECONDS, engine, Path(empty))
    if planted.found is None:
        print(f"fuzz: {PLANTED} is not found, so nothing would be\n{planted.broken}")
        return 2
    print(f"fuzz: what is planted was found after {planted.runs} runs", flush=True)
    done = [search(name, seconds / len(names), engine, kept, say=True) for name in names]
    for outcome in done:
        _tell(outcome)
    if any(outcome.broken for outcome in done):
        return 2
    return int(any(outcome.found for outcome in done))


def _tell(outcome: Outcome) -> None:
    speed = outcome.runs / max(outcome.seconds, 1e-9)
    print(
        f"fuzz: {outcome.name}: {outcome.runs} runs, {speed:.0f} a second, "
        f"{outcome.branches} branches, {'FOUND' if outcome.found else 'nothing found'}"
    )
    if outcome.broken:
        print(f"fuzz: {outcome.name} ended without a finding:\n{outcome.broken}")
    if outcome.found:
        path = outcome.found
        shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        print(f"{outcome.why}the input is {shown}; to run it again:")
        print(f'    make fuzz ARGS="{outcome.name} {shown}"')


def search(
    name: str,
    seconds: float,
    engine: str,
    kept: Path,
    hang_seconds: float = HANG_SECONDS,
    say: bool = False,
) -> Outcome:
    """Search with one target in a process of its own, for ``seconds`` or until it finds one input.

    With ``say`` a line tells how far it is.
    """
    corpus = kept / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        where = Path(folder)
        about = [name, engine, str(seconds), str(hang_seconds), str(corpus), folder]
        began = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-m", one.__name__, *about],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            backstop = threading.Timer(START_SECONDS + seconds + 2 * hang_seconds, process.kill)
            backstop.start()
            try:
                runs, branches, last = _followed(process, _Line(name, seconds) if say else None)
            finally:
                backstop.cancel()
                process.kill()
        spent = time.monotonic() - began
        found = _found(where, process.returncode)
        why = (where / one.WHY).read_text() if (where / one.WHY).exists() else ""
    if found is None:
        broken = "\n".join(last) if process.returncode else ""
        return Outcome(name, runs, branches, spent, broken=broken)
    kind, data = found
    path = kept / "found" / f"{name}-{kind}-{hashlib.sha1(data).hexdigest()[:8]}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return Outcome(name, runs, branches, spent, path, why or "\n".join([*last, ""]))


def _followed(process: subprocess.Popen[str], line: _Line | None) -> tuple[int, int, deque[str]]:
    """Read what a search says to its end. Returns: runs, branches, and the last lines."""
    runs = branches = 0
    last: deque[str] = deque(maxlen=30)
    assert process.stdout is not None
    for said in process.stdout:
        last.append(said.rstrip())
        far = FAR.match(said)
        if far is not None:
            runs, branches = int(far[1]), int(far[2])
            if line is not None:
                line.say(runs, branches)
    process.wait()
    if line is not None:
        line.end()
    return runs, branches, last


class _Line:
    """A line on standard error that tells how far a search is; many lines where no terminal is."""

    def __init__(self, name: str, seconds: float) -> None:
        self._what = name, seconds
        self._terminal = sys.stderr.isatty()
        self._began = self._said = time.monotonic()

    def say(self, runs: int, branches: int) -> None:
        now = time.monotonic()
        if now - self._said < (1.0 if self._terminal else SAY_SECONDS):
            return
        self._said = now
        name, seconds = self._what
        spent = min(now - self._began, seconds)
        text = f"{name}: {runs} runs, {branches} branches, {spent:.0f} of {seconds:.0f} s"
        before, after = ("\r", "\x1b[K") if self._terminal else ("", "\n")
        print(f"{before}{text}{after}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _found(where: Path, code: int) -> tuple[str, bytes] | None:
    """The input that a search found, and how: written by itself, or at hand when it was killed."""
    for path in where.iterdir():
        kind = FOUND.fullmatch(path.name)
        if kind:
            return kind[1], path.read_bytes()
    return ("killed", one.at_hand(where)) if code < 0 else None
