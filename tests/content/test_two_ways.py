"""The assignment gated_and_two_way where `grader verify` cannot see it: chains, cases, data."""

from __future__ import annotations

import functools
import itertools
import json
import re
from typing import Any

import numpy as np
import pytest

import rnn_utils
from grader.autograde.inbox import open_bytes
from grader.judge.judge import judge
from grader.judge.seeds import hidden_seeds
from grader.simulate.pupils import Pupil
from grader.simulate.student_check import load_check
from grader.verdict import Verdict
from grader.verify import in_process
from tests.content.two_ways import FOLDER, NAME, assignment, lesson, prose, scope, source
from tests.kit.course import course
from tests.kit.sandbox import strongest

EXERCISES = {exercise.name: exercise for exercise in assignment().spec.exercises}
SEEDS = range(20)
# Each function, and what stands below it, down to the cell.
CHAINS = {
    "gru_forward": ("gru_cell_forward",),
    "two_way_forward": ("gru_forward", "gru_cell_forward", "reverse_each"),
    "gru_backward": ("gru_cell_backward",),
    "two_way_backward": ("gru_backward", "gru_cell_backward", "reverse_each"),
}
PAIRS = [(above, below) for above, all_below in CHAINS.items() for below in all_below]
# What the tests of the world name first; each has to be in the catalogue.
SEEN = {
    "gru_cell_forward": ("update-gate-on-the-old-state", "reset-after-the-product"),
    "gru_forward": ("state-not-carried", "cached-view-overwritten"),
    "gru_backward": ("drops-recurrent-term", "passes-all-caches", "misspelt-key"),
    "reverse_each": ("padding-first",),
    "two_way_forward": (
        "second-half-not-put-back",
        "forward-half-twice",
        "halves-swapped",
        "last-step-of-both",
        "padding-first",
        "added-not-stacked",
    ),
}
EXACT = 1e-10


def error(mine: Any, theirs: Any) -> float:
    """Whole-array relative error."""
    return float(rnn_utils.relative_error(mine, theirs))


# --- marks -------------------------------------------------------------------------------------


def test_ninety_five_points_and_five() -> None:
    """By tests 95; the written question has a rubric of 5."""
    assert [e.points for e in EXERCISES.values()] == [14, 9, 22, 11, 9, 14, 16]
    assert sum(assignment().spec.rubrics["readers"].values()) == 5


def test_the_table_of_points_is_the_specification() -> None:
    """The table shown beforehand lists each exercise's points and, in bold, its main outputs."""
    rows = re.findall(r"^\| \d `(\w+)` \| (\d+) \| \d+ \| (.+) \|$", prose(), re.M)
    assert [name for name, *_ in rows] == list(EXERCISES)
    for name, points, outputs in rows:
        main = re.findall(r"\*\*`(\w+)` ([\d.]+)\*\*", outputs)
        checks = EXERCISES[name].checks
        assert float(points) == EXERCISES[name].points
        assert [(c.name, c.points) for c in checks if c.main] == [(n, float(p)) for n, p in main]


@pytest.mark.parametrize("name", EXERCISES)
def test_a_mistake_shows_whatever_is_drawn(name: str) -> None:
    """At least ten of each function, those seen in the world among them; any draw shows them."""
    exercise = EXERCISES[name]
    assert len(exercise.mistakes) >= 10
    assert {*SEEN.get(name, ())} <= {mistake.id for mistake in exercise.mistakes}
    for seed in SEEDS:
        posed = in_process.pose(exercise, assignment().functions, seed)
        for mistake, function in assignment().mistakes(exercise):
            failed = set(in_process.failed_checks(exercise, function, posed).values())
            assert failed == {"random sizes"}, (seed, mistake.id, failed)


# --- a mistake costs once, through three levels ------------------------------------------------


def wrong(name: str, mistake: Any) -> str:
    """The text of a function with a mistake."""
    return str(mistake.apply(source().function_source(name)))


@pytest.mark.parametrize(("above", "below"), PAIRS, ids=["-".join(pair) for pair in PAIRS])
def test_in_the_notebook_a_mistake_below_costs_nothing_above(above: str, below: str) -> None:
    """Every mistake of every function below leaves the right function above its full points."""
    check = load_check(course(), NAME)
    for mistake in EXERCISES[below].mistakes:
        names = dict(scope())
        exec(compile(wrong(below, mistake), f"<{below}>", "exec"), names)
        exec(compile(source().function_source(above), f"<{above}>", "exec"), names)
        panel, message = check.examine(check.references()[above], names[above])
        assert (panel.points, message) == (panel.max_points, ""), mistake.id


@pytest.mark.parametrize("above", CHAINS)
def test_in_the_notebook_mistakes_on_every_level_are_told_apart(above: str) -> None:
    """With a wrong function on every level each is called by its own mistake, twelve times."""
    check = load_check(course(), NAME)
    levels = [above, *CHAINS[above]]
    lists = [itertools.islice(EXERCISES[name].mistakes, 12) for name in levels]
    for mistakes in zip(*lists, strict=True):
        names = dict(scope())
        for name, mistake in zip(levels, mistakes, strict=True):
            exec(compile(wrong(name, mistake), f"<{name}>", "exec"), names)
        for name, mistake in zip(levels, mistakes, strict=True):
            panel, _ = check.examine(check.references()[name], names[name])
            assert any(mistake.title in note for note in panel.notes), (name, mistake.id)


@functools.cache
def judged(mistakes: tuple[tuple[str, str], ...]) -> Verdict:
    """The judge's verdict on a notebook with these mistakes, by function."""
    pupil = Pupil("s", mistakes=dict(mistakes))
    released = json.loads(course().released_notebook(NAME).read_text(encoding="utf-8"))
    submission = open_bytes(assignment(), pupil.notebook(assignment(), released))
    assert not isinstance(submission, Verdict)
    drawn = hidden_seeds(b"a secret of the tests", "s", assignment(), submission)
    return judge(assignment(), submission, drawn, strongest(), "s").verdict


@pytest.mark.sandbox
@pytest.mark.parametrize(("above", "below"), PAIRS, ids=["-".join(pair) for pair in PAIRS])
def test_the_judge_takes_points_once(above: str, below: str) -> None:
    """Two mistakes, one or two levels apart, cost as much together as each alone, and are named."""
    for place in (0, 3, 6):
        pair = [(name, EXERCISES[name].mistakes[place].id) for name in (above, below)]
        results = {r.name: r for r in judged(tuple(pair)).exercises}
        for name, mistake in pair:
            alone = {r.name: r for r in judged(((name, mistake),)).exercises}
            assert results[name].mistake == mistake == alone[name].mistake
            assert results[name].points == pytest.approx(alone[name].points), (pair, name)
        others = [r for r in results.values() if r.name not in (above, below)]
        assert all(r.points == r.max_points for r in others), pair


@pytest.mark.sandbox
@pytest.mark.parametrize("way", ["forward", "backward"])
def test_the_judge_tells_three_mistakes_on_three_levels(way: str) -> None:
    """Cell, sequence and two-way function are wrong at once, and each is called by its own."""
    names = [f"gru_cell_{way}", f"gru_{way}", f"two_way_{way}"]
    for place in (1, 2, 5):
        three = tuple((name, EXERCISES[name].mistakes[place].id) for name in names)
        verdict = judged(three)
        found = tuple((r.name, r.mistake) for r in verdict.exercises if r.name in names)
        assert found == three
        lost = {r.name for r in verdict.exercises if r.points < r.max_points}
        assert lost == set(names)


# --- gradients and conventions -----------------------------------------------------------------


def test_the_whole_network_has_no_gap() -> None:
    """From hidden letters to the loss: every gradient agrees with central differences."""
    names = lesson()
    batch = names["one_hidden"](["ada", "chloe", "bo"], [0, 3, 1])
    rng = np.random.default_rng(3)
    parameters = names["new_network"](27, 4, 26, ("left", "right"), rng)
    _, _, gradients = names["loss_and_gradients"](batch, parameters)
    for part, arrays in parameters.items():
        for name, value in arrays.items():

            def loss(moved: Any, part: str = part, name: str = name) -> float:
                other = {**parameters, part: {**parameters[part], name: moved}}
                return float(names["loss_and_gradients"](batch, other)[0])

            measured = rnn_utils.numeric_gradient(loss, value)
            assert error(gradients[part][f"d{name}"], measured) < 1e-7, (part, name)


@pytest.mark.parametrize("gates", [1, 4])
def test_the_given_memories_are_differentiated_rightly(gates: int) -> None:
    """RNN and LSTM: inputs, first state and parameters agree with central differences."""
    names, rng = lesson(), np.random.default_rng(4)
    parameters = names["new_memory"](gates, 3, 4, rng, 1.0)
    x, a0, da = (rng.standard_normal(shape) for shape in ((3, 2, 5), (4, 2), (4, 2, 5)))
    _, caches = names["memory_forward"](x, a0, parameters)
    gradients = names["memory_backward"](da, caches)
    for name, value in {"x": x, "a0": a0, **parameters}.items():

        def loss(moved: Any, name: str = name) -> float:
            given = {"x": x, "a0": a0, **parameters, name: moved}
            weights = {key: given[key] for key in parameters}
            return float(np.sum(da * names["memory_forward"](given["x"], given["a0"], weights)[0]))

        assert error(gradients[f"d{name}"], rnn_utils.numeric_gradient(loss, value)) < 1e-7, name


def test_each_sequence_is_read_as_if_it_were_alone() -> None:
    """What stands behind a sequence changes none of its states, of either reader."""
    case = EXERCISES["two_way_forward"].cases(np.random.default_rng(0), {})[0]
    x, lengths, *rest = case.arguments
    a, _ = scope()["two_way_forward"](x, lengths, *rest)
    other = x.copy()
    for i, length in enumerate(lengths):
        other[:, i, length:] += 1.0
    moved, _ = scope()["two_way_forward"](other, lengths, *rest)
    for i, length in enumerate(lengths):
        assert np.array_equal(a[:, i, :length], moved[:, i, :length])


def test_reversing_is_its_own_inverse_and_its_own_gradient() -> None:
    """Twice is not at all; and moving a sum of products to the other factor changes nothing."""
    x, lengths = EXERCISES["reverse_each"].cases(np.random.default_rng(0), {})[0].arguments
    reverse = scope()["reverse_each"]
    assert np.array_equal(reverse(reverse(x, lengths), lengths), x)
    weights = np.random.default_rng(1).standard_normal(x.shape)
    there, back = np.sum(weights * reverse(x, lengths)), np.sum(reverse(weights, lengths) * x)
    assert there == pytest.approx(back)


def test_lengths_differ_and_one_takes_all_steps() -> None:
    """Of several sequences one has no padding, and another one has some."""
    for seed in SEEDS:
        for case in EXERCISES["two_way_forward"].cases(np.random.default_rng(seed), {}):
            lengths, T_x = case.arguments[1], case.dims["T_x"]
            assert lengths.max() == T_x and lengths.min() >= 1
            assert T_x == 1 or len(lengths) == 1 or lengths.min() < T_x


def test_the_text_says_that_torchs_gru_is_another() -> None:
    """The box below the first equations names both differences."""
    box = prose().partition("Which GRU is this?")[2].partition("###")[0]
    assert "`nn.GRU`" in box and "after the weights" in box and "share of the old state" in box


# --- data --------------------------------------------------------------------------------------


def test_sentences_ask_what_only_a_later_word_says() -> None:
    """The deciding word is that of the target's sense, behind the ambiguous one; senses balance."""
    names = lesson()
    (x, y, mask, lengths), written = names["sentences"](400, np.random.default_rng(0), write=True)
    senses = names["sentences"].__globals__["SENSES"]
    words = names["sentences"].__globals__["VOCABULARY"]
    assert len({*words}) == len(words) and np.all(mask.sum(axis=1) == 1)
    for i, sentence in enumerate(written):
        place = int(mask[i].argmax())
        sense = senses[sentence[place]][int(y[:, i, place].argmax())]
        assert 1 <= sentence.index(sense) - place <= 6 and lengths[i] == len(sentence)
        assert [words[k] for k in x[:, i, : lengths[i]].argmax(axis=0)] == sentence
        assert not x[:, i, lengths[i] :].any()
    assert 0.42 < y[0].sum() / 400 < 0.58


def test_a_hidden_letter_is_not_in_the_input() -> None:
    """The row of hidden letters stands in its place, and the target is the letter."""
    x, y, mask, lengths = lesson()["one_hidden"](["emma", "bo"], [1, 0])
    assert x.shape == (27, 2, 4) and list(lengths) == [4, 2]
    assert x[26, 0, 1] == 1 and x[:, 0, 1].sum() == 1 and y[ord("m") - 97, 0, 1] == 1
    assert mask.tolist() == [[0, 1, 0, 0], [1, 0, 0, 0]]


def test_names_come_with_a_note() -> None:
    """The list is what its note says, in the public domain, and one in ten is put aside."""
    words = (FOLDER / "files" / "first_names.txt").read_text("ascii").split()
    note = (FOLDER / "files" / "DATA.md").read_text("utf-8")
    assert len(words) == 5163 and "5163 first names" in note and "public domain" in note
    names = lesson()
    assert sorted(names["names"] + names["unseen"]) == words
    assert not {*names["names"]} & {*names["unseen"]}
