"""A table knows what each wrong version of a solution gives, and is made once."""

from __future__ import annotations

import json
import subprocess
from contextlib import closing
from dataclasses import replace

import pytest

from grader.judge.neighbours import Neighbourhood
from grader.neighbourhood import keeping, making
from grader.neighbourhood.inputs import diagnostic_inputs
from grader.neighbourhood.keeping import has_tables, with_tables
from grader.neighbourhood.making import Children, make_tables, table_of, version_table
from grader.neighbourhood.running import run_version
from grader.neighbourhood.table import (
    NEVER,
    UNTOLD,
    VersionTable,
    tables_from_bytes,
    tables_to_bytes,
)
from grader.neighbourhood.versions import Version, versions, with_both
from tests.kit import toy

LEAK = "leak"


def made() -> VersionTable:
    """The table of a toy."""
    with closing(Children(toy.packed())) as children:
        return version_table(children, toy.assignment(), toy.exercise(LEAK))


def test_it_holds_mistakes_pairs_and_changes() -> None:
    """Every known mistake is in it; nearly all are seen on the first input."""
    table = made()
    kinds = {version.kind for version in table.versions}
    assert kinds == {"mistake", "pair", "change"}
    assert {*table.numbers} == {mistake.id for mistake in toy.exercise(LEAK).mistakes}
    assert (table.cases == 0).mean() > 0.8 and table.cases.min() >= UNTOLD


def test_a_table_is_read_back_as_it_was() -> None:
    """Through bytes and JSON; another solution's, or damaged ones, are none."""
    assignment, exercise = toy.assignment(), toy.exercise(LEAK)
    (tables,) = list(make_tables(toy.packed(), {}))[-1:]
    data = tables_from_bytes(tables_to_bytes(tables))
    read = table_of(assignment, exercise, data)
    assert read is not None and read.versions == made().versions
    assert (read.forms == made().forms).all() and read.text(0) == made().text(0)
    stale = {LEAK: {**data[LEAK], "key": "another"}}
    assert table_of(assignment, exercise, stale) is None
    assert tables_from_bytes(b"damaged") == {} == tables_from_bytes(b"")


def test_what_was_made_before_is_not_made_again(tmp_path, monkeypatch) -> None:
    """A run that was cut off goes on where it was; the file is written after each exercise."""
    packed, file = toy.packed(), tmp_path / ".kept" / "leaky.neighbourhood"
    assert not has_tables(packed)
    whole = with_tables(packed, file)
    assert has_tables(whole) and file.read_bytes() == whole.neighbourhood
    tables = tables_from_bytes(whole.neighbourhood)
    cut = replace(packed, neighbourhood=tables_to_bytes({LEAK: tables[LEAK]}))
    asked: list[str] = []
    make = making.version_table
    monkeypatch.setattr(
        making, "version_table", lambda p, a, e: asked.append(e.name) or make(p, a, e)
    )
    again = with_tables(cut, file)
    assert asked == ["remember"] and has_tables(again)
    monkeypatch.setattr(keeping, "make_tables", None)
    assert with_tables(again, file) is again


@pytest.mark.parametrize(
    ("body", "case"),
    [
        ("while True: pass", UNTOLD),
        ("return [0] * 10**12", UNTOLD),
        ("return leak(x, h, parameters)", UNTOLD),
        ("return nothing_here", 0),
    ],
)
def test_a_version_without_end_is_left_untold(body, case) -> None:
    """So is one that takes memory without bound; one that raises is told by that."""
    assignment, exercise = toy.assignment(), toy.exercise(LEAK)
    version = Version("change", ("x",), f"def leak(x, h, parameters):\n    {body}\n")
    inputs = diagnostic_inputs(exercise, assignment.functions)
    right = list(made().right)
    assert run_version(assignment, exercise, version, inputs, right)[0] == case


def test_a_process_goes_on_with_the_next_exercise(monkeypatch) -> None:
    """What an exercise has not ended is lent again; at the end none is left."""
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def popen(*given, **more):
        started.append(start(*given, **more))
        return started[-1]

    monkeypatch.setattr(making.subprocess, "Popen", popen)
    monkeypatch.setattr(making, "WORKERS", 1)
    (tables,) = list(make_tables(toy.packed(), {}))[-1:]
    assert len(tables) == 2 and len(started) == 1
    assert started[0].returncode is not None


def test_what_ends_its_process_costs_no_other_version(monkeypatch) -> None:
    """The next process goes on behind it."""
    monkeypatch.setattr(making, "START", making.START.replace("serve_versions(*rest)", ENDS))
    table = made()
    assert list(table.cases[:2]) == [UNTOLD, UNTOLD] and (table.cases >= 0).sum() > 20
    assert NEVER > UNTOLD


ENDS = (
    "import grader.neighbourhood.running as r, os; run = r.run_version; "
    "r.run_version = lambda a, e, v, *rest: "
    "os._exit(1) if v.ids[0] in BAD else run(a, e, v, *rest); "
    f"BAD = {tuple(m.id for m in toy.exercise(LEAK).mistakes[:2])!r}; serve_versions(*rest)"
)


def test_only_mistakes_at_different_places_make_a_pair() -> None:
    """Those that edit the same text, or overlap, make none."""
    source, mistakes = toy.right(LEAK), toy.exercise(LEAK).mistakes
    assert with_both(source, mistakes[0], mistakes[0]) is None
    pairs = [v for v in versions(toy.assignment(), toy.exercise(LEAK)) if v.kind == "pair"]
    assert pairs and len({v.source for v in pairs}) == len(pairs)


def test_words_on_a_change_hold_no_code_of_the_solution() -> None:
    """Names that the exercise's text has, and words of a closed list."""
    lines = [line.strip() for line in toy.right(LEAK).splitlines() if len(line.strip()) > 8]
    for version in made().versions:
        assert not any(line in f"{version.title} {version.hint}" for line in lines)


def test_a_table_is_plain_data() -> None:
    """Nothing of it runs when it is read."""
    assert json.loads(json.dumps(made().to_data()))["seed"] == made().seed
    assert Neighbourhood(toy.assignment(), toy.exercise(LEAK), made()).cases
