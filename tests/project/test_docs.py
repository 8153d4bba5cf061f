"""The documentation is complete, its links lead somewhere, and its commands exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from nbgrader.apps.nbgraderapp import NbGraderApp

from grader import cli
from grader.comparison import causes, error_causes
from grader.comparison.causes import Cause
from grader.comparison.finding import Finding
from grader.judge import diagnose
from grader.neighbourhood.mutants import mutants
from grader.verdict import (
    EXERCISE_OUTCOMES,
    SCHEMA,
    VERDICT_OUTCOMES,
    CheckResult,
    ExerciseResult,
    Verdict,
)
from tests.kit.solution import NAMES, SPEC, source

CAUSES = (causes, error_causes, diagnose)  # where they are named, whatever the exercise
ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [*(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md"))]
)
LINK = re.compile(r"\]\((?!https?:|mailto:|data:)(?P<path>[^)#\s]*)(?:#(?P<place>[^)\s]+))?\)")
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
EVERYWHERE = {"--course", "--help"}
VOCABULARY = (
    "time step", "hidden state", "cell state", "upstream gradient", "exercise", "check",
    "mistake", "verdict", "judge", "worker",
)  # fmt: skip


def name_of(page: Path) -> str:
    """A page's path from the project's root."""
    return page.relative_to(ROOT).as_posix()


@pytest.fixture(params=PAGES, ids=map(name_of, PAGES))
def page(request: pytest.FixtureRequest) -> Path:
    """Each page in turn."""
    found: Path = request.param
    return found


def code(text: str) -> Iterator[str]:
    """The lines of code on a page: of its blocks, indented or fenced, and its spans."""
    for block in FENCE.findall(text):
        yield from block.splitlines()
    plain = FENCE.sub("", text)
    yield from (line.strip() for line in plain.splitlines() if line.startswith("    "))
    yield from SPAN.findall(plain)


def anchors(page: Path) -> set[str]:
    """The places in a page that a link can name."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def targets() -> set[str]:
    """The Makefile's targets."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE))


def options(verb: str) -> set[str]:
    """The options of a verb of the command line."""
    command: click.Command = cli.main.commands[verb]
    return {name for parameter in command.params for name in parameter.opts if name[:2] == "--"}


def test_every_relative_link_leads_somewhere(page: Path) -> None:
    """Files, folders, pictures and headings that a page points to exist."""
    text = SPAN.sub("", FENCE.sub("", page.read_text(encoding="utf-8")))
    for link in LINK.finditer(text):
        target = (page.parent / link["path"]).resolve() if link["path"] else page
        assert target.exists(), link[0]
        assert target.is_relative_to(ROOT), link[0]
        if link["place"]:
            assert link["place"] in anchors(target), link[0]


def test_every_target_shown_exists(page: Path) -> None:
    """`make X` in a page's code is a target of the Makefile."""
    for line in code(page.read_text(encoding="utf-8")):
        for target in re.findall(r"(?:^|[;&|`] ?)make ([a-z][a-z-]*)\b(?!\.)", line):
            assert target in targets(), line


def test_every_verb_and_option_shown_exists(page: Path) -> None:
    """`grader VERB --option` in a page's code is one that the command line knows."""
    for line in code(page.read_text(encoding="utf-8")):
        found = re.search(r"(?:^|-m )grader ([a-z]+)\b(.*)", line)
        if found:
            assert found[1] in cli.main.commands, line
            unknown = set(OPTION.findall(found[2])) - options(found[1]) - EVERYWHERE
            assert not unknown, line


def test_every_verb_and_option_is_documented() -> None:
    """The instructors' page has a row for each verb, with every option that it takes."""
    text = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    _, _, table = text.partition("## Verbs and their options")
    assert "--course" in text
    rows: dict[str, set[str]] = {}
    verb = ""
    for line in table.partition("\n## ")[0].splitlines():
        found = re.match(r"\| `grader ([a-z]+)", line)
        verb = found[1] if found else verb
        rows.setdefault(verb, set()).update(OPTION.findall(line))
    for name in cli.main.commands:
        assert rows.get(name) == options(name) - EVERYWHERE, name


def test_every_page_is_in_the_index() -> None:
    """The index names each page, and the README the index."""
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "docs").glob("*.md"):
        assert path.name == "README.md" or f"]({path.name})" in index
    assert "](docs/README.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_page_is_linked_from_the_readme() -> None:
    """A reader of the README is one step from each page, and from the records of decisions."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "docs").glob("*.md"):
        assert f"](docs/{path.name})" in text, path.name
    assert "](docs/decisions/)" in text and "](docs/ci/README.md)" in text


def test_every_command_of_nbgrader_shown_exists(page: Path) -> None:
    """`nbgrader VERB --option` in a page's code is one that the nbgrader installed here knows."""
    for line in code(page.read_text(encoding="utf-8")):
        found = re.match(r"nbgrader ((?:[a-z_]+ ?)+)(.*)", line)
        if not found:
            continue
        command: Any = NbGraderApp
        for word in found[1].split():
            if not isinstance(command.subcommands, dict):  # a trait: nothing follows the verb
                break
            assert word in command.subcommands, line
            command = command.subcommands[word][0]
        made = command()
        names = {f"--{name}" for name in (*made.aliases, *made.flags)}
        assert set(OPTION.findall(found[2])) <= names, line


@pytest.mark.parametrize("word", VOCABULARY)
def test_the_fixed_vocabulary_is_explained(word: str) -> None:
    """The glossary has a row for each word that everything here shares."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| {word} \|", text, re.MULTILINE)


def test_every_cause_is_explained() -> None:
    """What the judge can name without a catalogue stands in the page on marking."""
    text = (ROOT / "docs" / "marking.md").read_text(encoding="utf-8")
    texts = [Path(module.__file__ or "").read_text("utf-8") for module in CAUSES]
    ids = re.findall(r'Cause\(\s*"([a-z-]+)"', "".join(texts))
    assert len(ids) >= 24
    for name in ids:
        assert f"`{name}`" in text


@pytest.mark.parametrize("name", NAMES)
def test_the_table_of_mutants_is_true(name: str) -> None:
    """Mutants and equivalents by function, as the page on marking says."""
    made = len(list(mutants(source().function_source(name), SPEC.lookalikes)))
    equivalent = len(SPEC.exercise(name).equivalent)
    row = f"| `{name}` | {made} | {made - equivalent} | {equivalent} |"
    assert row in (ROOT / "docs" / "marking.md").read_text(encoding="utf-8")


def test_the_page_on_verdicts_has_every_field() -> None:
    """The example holds the fields that a verdict is written with, at every level, and no other."""
    page = (ROOT / "docs" / "verdict.md").read_text(encoding="utf-8")
    shown = json.loads(page.partition("```json\n")[2].partition("```")[0])
    finding = Finding("values", "a", "b", "c", "d")
    result = ExerciseResult(
        "f",
        "failed",
        0.0,
        1.0,
        (CheckResult("a", "failed", 0.0, 1.0, finding),),
        finding,
        Cause("m", "t", "h"),
    )
    made = Verdict("s", "a", "a", "graded", 0.0, 1.0, (result,)).to_data()

    def same_keys(one: Any, other: Any) -> None:
        if isinstance(one, dict) and one:
            assert set(one) == set(other)
            for key in one:
                same_keys(one[key], other[key])
        elif isinstance(one, list) and one and other:
            same_keys(one[0], other[0])

    made.update({"manual": shown["manual"], "inputs": shown["inputs"], "sandbox": shown["sandbox"]})
    same_keys(shown, made)
    assert shown["schema"] == SCHEMA
    for word in (*VERDICT_OUTCOMES, *EXERCISE_OUTCOMES):
        assert f"`{word}`" in page, word
