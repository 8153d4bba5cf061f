"""The readers of untrusted bytes hold for the seeds, and the search finds what is wrong."""

from __future__ import annotations

import importlib.util
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from . import campaign
from .__main__ import main
from .branches import Branches
from .by_hypothesis import Search
from .campaign import ENGINES, Outcome, search
from .mutations import changed
from .target import Target, load, names

PATIENCE = 240.0  # seconds, for what takes a few
LEAST_OF_THE_LINES = 0.5
ENGINES_HERE = [
    pytest.param(
        engine,
        marks=pytest.mark.skipif(
            importlib.util.find_spec(engine) is None, reason=f"{engine} is not installed: make fuzz"
        ),
    )
    for engine in ENGINES
]


@pytest.mark.parametrize("name", names())
def test_a_target_holds_for_its_seeds(name: str) -> None:
    """Real input, and what once broke a reader, breaks it no more."""
    target = load(name)
    for path in sorted(target.folder.iterdir()):
        try:
            target.run(path.read_bytes())
        except Exception as error:
            pytest.fail(f"{path}: {error!r}")


@pytest.mark.parametrize("name", names())
def test_the_seeds_lead_into_the_readers(name: str) -> None:
    """They reach most lines: seeds of another format would be refused at the door."""
    target = load(name)
    branches, taken = Branches(target.modules), set[int]()
    for data in target.seeds():
        taken |= branches.of(lambda data=data: target.run(data))
    reached = {(branch >> 40, branch & 0xFFFFF) for branch in taken}
    there = sum(len(set(lines_of(module))) for module in target.modules)
    assert len(reached) > LEAST_OF_THE_LINES * there, f"{len(reached)} of {there}"


def lines_of(module: str) -> Iterator[int]:
    """The lines within a module's functions."""
    found = importlib.util.find_spec(module)
    assert found is not None and found.origin is not None
    waiting = [compile(Path(found.origin).read_text(encoding="utf-8"), found.origin, "exec")]
    while waiting:
        inner = [const for const in waiting.pop().co_consts if isinstance(const, CodeType)]
        waiting += inner
        for code in inner:
            yield from (line for *_, line in code.co_lines() if line and line > code.co_firstlineno)


@pytest.mark.parametrize("name", names())
def test_whatever_is_changed_stays_bytes(name: str) -> None:
    """A target's own changes raise nothing, whatever they are given, and make other bytes."""
    target, rng = load(name), random.Random(0)
    tokens = target.tokens()
    assert tokens and b"" not in tokens

    def change(data: bytes) -> bytes:
        made = changed(data, rng, tokens, target.longest)
        assert len(made) <= target.longest
        return made

    given = [*target.seeds(), b"", b"[", b"\xff" * 99] * 20
    made = [target.mutate(data, rng, change) if target.mutate else change(data) for data in given]
    assert {type(data) for data in made} == {bytes}
    assert sum(map(bytes.__ne__, made, given)) > len(given) / 2


def _unlooked(reader: Any, _: int) -> int:
    count: int = reader.count()
    return count


def _any_number(told: dict[str, Any], key: str) -> int | None:
    return told[key] if type(told.get(key)) is int else None


def _all_colours(chunks: list[tuple[bytes, bytes]], **_: int) -> list[tuple[bytes, bytes]]:
    return [chunk for chunk in chunks if chunk[0] in (b"PLTE", b"tRNS")]


# Each takes one check out of a reader, by its full name.
BROKEN: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "depth": ("wire", "grader.sandbox.inside.wire.reader.Reader._enter", _unlooked),
    "execution counts": ("wire", "grader.sandbox.replies.execution_count", _any_number),
    "palettes": ("png", "grader.sandbox.png._colours", _all_colours),
    "doubled ids": ("intake", "grader.intake.match._settle_duplicates", lambda *_: None),
    "short rows": ("tables", "grader.files.csv_read._filled", lambda path, row, width: row),
}


SLOW = ("execution counts", "palettes")  # half a minute


@pytest.mark.parametrize(
    "unchecked", [pytest.param(it, marks=pytest.mark.slow if it in SLOW else ()) for it in BROKEN]
)
def test_a_check_that_is_taken_out_is_missed(
    unchecked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hypothesis's search finds an input that shows it, beginning from the seeds."""
    name, where, instead = BROKEN[unchecked]
    target = load(name)
    monkeypatch.setattr(where, instead)
    work, end = Search(target, PATIENCE), time.monotonic() + PATIENCE
    work.begin(target.seeds())
    while work.found is None and time.monotonic() < end:
        work.round(end)
    assert work.found is not None
    assert fails(target, work.found[0])
    monkeypatch.undo()
    assert not fails(target, work.found[0])


def fails(target: Target, data: bytes) -> bool:
    """Whether an input is a finding."""
    try:
        target.run(data)
    except Exception:  # with other calls below it, it may be another one
        return True
    return False


def test_branches_guide_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Step by step it comes where one that sees no branches does not come in as many runs."""
    target = load("planted.forgets")
    guided, blind = Search(target, PATIENCE), Search(target, PATIENCE)
    monkeypatch.setattr(blind.branches, "taken", set)
    for work, most in ((guided, 100_000), (blind, 5_000)):
        work.begin([])
        end = time.monotonic() + PATIENCE
        while work.found is None and work.runs < most and time.monotonic() < end:
            work.round(end)
    assert guided.found is not None and isinstance(guided.found[1], IndexError)
    assert blind.found is None


@pytest.mark.parametrize("engine", ENGINES_HERE)
@pytest.mark.parametrize("what", ["forgets", "dies", "hangs"])
def test_each_way_of_being_wrong_is_found(what: str, engine: str, tmp_path: Path) -> None:
    """An exception, the end of the process, no end: the input that leads there is kept."""
    name = f"planted.{what}"
    outcome = search(name, PATIENCE, engine, tmp_path, hang_seconds=2.0)
    assert outcome.found is not None, outcome
    assert outcome.found.read_bytes()[:1] == {"forgets": b"R", "dies": b"K", "hangs": b"L"}[what]
    kind = {"forgets": "crash", "dies": "killed", "hangs": "timeout"}[what]
    assert outcome.found.name.startswith(f"{name}-{kind}-")
    if what == "forgets":
        assert "IndexError" in outcome.why
        with pytest.raises(IndexError):
            main([name, str(outcome.found)])


def test_a_search_tells_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The engine, the exception, the file and how to run it again; and the exit code is 1."""
    code = campaign.campaign(["planted.forgets"], PATIENCE, "hypothesis", tmp_path)
    said = capsys.readouterr().out
    assert code == 1
    assert "by hypothesis" in said and "IndexError" in said
    [found] = (tmp_path / "found").iterdir()
    assert f'make fuzz ARGS="planted.forgets {found}"' in said
    kept = [str(path) for path in (tmp_path / "corpus" / "planted.forgets").iterdir()]
    assert kept and main(["planted.forgets", *kept]) == 0


@pytest.mark.parametrize(("sees", "code"), [(False, 2), (True, 0)])
def test_a_search_that_misses_what_is_planted_is_broken(
    sees: bool, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the engine does not see what it should, nothing found means nothing."""

    def searches(name: str, *_: Any, **__: Any) -> Outcome:
        found = tmp_path / "input" if sees and name == campaign.PLANTED else None
        return Outcome(name, 1, 1, 1.0, found)

    monkeypatch.setattr(campaign, "search", searches)
    assert campaign.campaign(["wire"], 1.0, "hypothesis", tmp_path) == code


def test_a_process_that_does_not_start_is_broken(tmp_path: Path) -> None:
    """An engine that cannot be imported, a target that is none: no finding, and not silence."""
    outcome = search("nothing", 1.0, "hypothesis", tmp_path)
    assert outcome.found is None and "ModuleNotFoundError" in outcome.broken


@pytest.mark.parametrize("words", [["wire", "absent"], ["wire", "png", __file__], [__file__]])
def test_an_input_belongs_to_one_target(words: list[str]) -> None:
    """A file is run again by the target that is named before it."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
