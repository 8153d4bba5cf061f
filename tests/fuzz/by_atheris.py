"""Search with atheris: libFuzzer, which sees branches and comparisons of the target's modules."""

from __future__ import annotations

import gc
from pathlib import Path
from random import Random
from types import FunctionType
from typing import NoReturn

import atheris

from .target import Target

MEMORY_MB = 2048  # beyond which an input is a finding


def search(
    target: Target, seconds: float, hang_seconds: float, corpus: Path, found: Path
) -> NoReturn:
    """Search for ``seconds``, from the seeds and what is in ``corpus``, and add to it.

    An input that is found is written into the folder ``found``. libFuzzer prints how far it is, and
    ends the process: with 0 only if nothing was found.
    """
    for function in gc.get_objects():
        if isinstance(function, FunctionType) and function.__module__ in target.modules:
            atheris.instrument_func(function)
    words = found / "words"
    words.write_text("".join(f'"{_escaped(token)}"\n' for token in target.tokens()))
    options = [
        f"-max_total_time={max(1, round(seconds))}",
        f"-max_len={target.longest}",
        f"-timeout={round(hang_seconds)}",
        f"-report_slow_units={round(hang_seconds)}",  # what is only slow is no finding
        f"-rss_limit_mb={MEMORY_MB}",
        f"-artifact_prefix={found}/",
        f"-dict={words}",
        "-print_final_stats=0",
    ]
    folders = [str(folder) for folder in (corpus, target.folder) if folder.is_dir()]
    mutators = {"custom_mutator": _mutator(target)} if target.mutate else {}
    atheris.Setup([target.name, *options, *folders], target.run, **mutators)
    atheris.Fuzz()
    raise AssertionError("libFuzzer ends its process")


def _mutator(target: Target) -> object:
    """The target's own changes, within which libFuzzer changes bytes."""
    mutate = target.mutate
    assert mutate is not None

    def custom(data: bytes, longest: int, seed: int) -> bytes:
        made = mutate(data, Random(seed), lambda part: atheris.Mutate(part, target.longest))
        return made[:longest]

    return custom


def _escaped(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)
