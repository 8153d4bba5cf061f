"""Search with one target in a process of its own, which may die of it."""

from __future__ import annotations

import mmap
import resource
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from .target import load

MEMORY = 4 << 30  # bytes of address space: what is beyond raises MemoryError
NOW, WHY = "now", "why"  # files beside what is found: the input at hand; what was raised
LENGTH = 4  # bytes of the length of the input at hand


def main(name: str, engine: str, seconds: str, hang: str, corpus: str, found: str) -> int:
    """Search with the target ``name``; an input that takes ``hang`` seconds is found, too.

    Returns: 1 if an input was found, which lies in the folder ``found``.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    where = Path(found)
    target = load(name)
    target = replace(target, run=_noted(target.run, where, target.longest))
    limits = float(seconds), float(hang)
    if engine == "atheris":
        from .by_atheris import search

        search(target, *limits, Path(corpus), where)
    from .by_hypothesis import search as aimed

    return int(aimed(target, *limits, Path(corpus), where, _say))


def _say(runs: int, branches: int) -> None:
    """Say how far the search is, as libFuzzer does."""
    print(f"#{runs} cov: {branches}", flush=True)


def _noted(run: Callable[[bytes], None], where: Path, longest: int) -> Callable[[bytes], None]:
    """Keep the input at hand and what it raises on disk, for whoever finds the process dead."""
    with (where / NOW).open("w+b") as file:
        file.truncate(longest + LENGTH)
        shared = mmap.mmap(file.fileno(), longest + LENGTH)

    def noted(data: bytes) -> None:
        shared[: len(data) + LENGTH] = len(data).to_bytes(LENGTH, "little") + data
        try:
            run(data)
        except BaseException:
            (where / WHY).write_text(traceback.format_exc())
            raise

    return noted


def at_hand(where: Path) -> bytes:
    """The input that a process had at hand when it ended."""
    data = (where / NOW).read_bytes() if (where / NOW).exists() else bytes(LENGTH)
    return data[LENGTH:][: int.from_bytes(data[:LENGTH], "little")]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
