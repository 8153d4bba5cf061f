"""What the closing section of language_model does: it trains, stops, goes on, and shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from grader.assignment.importable import importable
from tests.content.names import lesson, prose, setup_cell, source
from tests.content.notebook import quiet

STEPS = 2000


def trained(names: Mapping[str, Any], kind: str, seed: int, steps: int = STEPS) -> dict[str, Any]:
    """A run on the first names, trained without a word."""
    run: dict[str, Any] = names["new_run"](kind, names["names"], names["unseen"], seed)
    with quiet():
        assert names["train"](run, steps)
    return run


# --- a run can be stopped ----------------------------------------------------------------------


def short_run(names: Mapping[str, Any]) -> dict[str, Any]:
    """A run on few words."""
    run: dict[str, Any] = names["new_run"]("RNN", names["names"][:50], names["unseen"][:5])
    return run


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been() -> None:
    """Interrupted within a step, it keeps what it has, says how to go on, and ends the same."""
    names = lesson()
    right, calls = names["clip_gradients"], []

    def interrupted(*given: Any) -> Any:
        calls.append(1)
        if len(calls) == 7:
            raise KeyboardInterrupt
        return right(*given)

    whole, stopped = short_run(names), short_run(names)
    with quiet():
        assert names["train"](whole, 12)
    names["clip_gradients"] = interrupted
    with quiet() as out:
        assert not names["train"](stopped, 12)
    assert "Stopped after 6 steps. Run the cell again" in out.getvalue()
    assert stopped["losses"] == whole["losses"][:6]
    state = stopped["rng"].bit_generator.state  # the batch that was lost was drawn
    with quiet():
        assert names["train"](stopped, 12)
    assert len(stopped["losses"]) == 12 and stopped["state"]["t"] == 12
    assert stopped["rng"].bit_generator.state != state


def test_progress_is_shown_and_noted_once() -> None:
    """Every hundred steps are noted, and what is done is not done again by running on."""
    names = lesson()
    run = short_run(names)
    with quiet() as out:
        names["train"](run, 100)
        names["train"](run, 100)
    told = out.getvalue().splitlines()
    assert [re.match(r"step +(\d+): perplexity of unseen words about [\d.]+; it writes", line)[1]
            for line in told] == ["0", "100"]  # type: ignore[index]  # fmt: skip
    assert list(run["curve"]) == [0, 100] == list(run["written"])


def test_training_leaves_earlier_parameters_alone() -> None:
    """A step makes new dictionaries, so what was kept from before stays as it was."""
    names = lesson()
    run = short_run(names)
    before = run["parameters"]
    kept = {name: value.copy() for name, value in before.items()}
    with quiet():
        names["train"](run, 3)
    assert all(np.array_equal(before[name], kept[name]) for name in kept)


def test_ones_own_functions_can_be_trained() -> None:
    """The lines that the text gives put those of the first assignment in the given ones' place."""
    from tests.kit import solution

    names = lesson()
    [block] = re.findall(r"```python\n(.*?)```", prose(), re.S)
    own = solution.functions()
    run, other = (names["new_run"]("LSTM", names["names"][:50], []) for _ in range(2))
    with quiet():
        names["train"](run, 5)
    with importable(source().files):
        code = block.replace("from my_functions import lstm_backward, lstm_forward", "")
        names |= {name: own[name] for name in ("lstm_forward", "lstm_backward")}
        exec(compile(code, "<own>", "exec"), names)
    for cell in ("whole_way", "new_run", "look", "train"):
        exec(compile(setup_cell(f"lesson_{cell}"), f"<{cell}>", "exec"), names)
    with quiet():
        names["train"](other, 5)
    assert other["losses"] == pytest.approx(run["losses"], rel=1e-9)


def test_made_up_names_are_shown_without_unfortunate_ones() -> None:
    """Each once, at most eight, a star on those of the list, nothing that is empty."""
    names = lesson()
    shown = names["in_a_row"](["emma", "zzq", "", "zzq", "a" + "sex" + "a", *"bcdfghjkl"])
    assert shown.split()[:2] == ["emma*", "zzq"] and "sex" not in shown
    assert len(shown.split()) == 8


def test_curves_are_drawn_beside_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each curve has a name and a style of its own, and each line its words."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    names = lesson()
    monkeypatch.setitem(names["show_curves"].__globals__, "plt", pyplot)
    names["show_curves"]({"one": {0: 27.0, 100: 9.0}, "two": {0: 20.0}}, {"a guess": 27.0}, "T")
    axes = pyplot.gca()
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["one", "two"]
    assert len({line.get_linestyle() for line in axes.get_lines()[:2]}) == 2
    assert [text.get_text() for text in axes.texts] == ["a guess"]
    pyplot.close("all")


# --- what the text says of it ------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_network_gets_below_the_counts(seed: int) -> None:
    """Below counts of three letters half-way, of four at the end, in their best mixture, too."""
    names = lesson()
    curve = trained(names, "LSTM", seed)["curve"]
    assert curve[0] > 25
    assert curve[100] < names["baselines"][2]
    assert curve[500] < names["baselines"][3]
    assert 6.8 < curve[STEPS] < 7.2 < names["baselines"][4]


@pytest.mark.slow
def test_clipping_has_nothing_to_do_with_adam() -> None:
    """The norm never reaches 1 in the run that the notebook shows."""
    names, norms = lesson(), []
    right = names["clip_gradients"]

    def noted(*given: Any) -> Any:
        made = right(*given)
        norms.append(made[1])
        return made

    names["clip_gradients"] = noted
    trained(names, "LSTM", 1, 500)
    assert 0 < max(norms) < 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_clipping_rescues_the_plain_rule(seed: int) -> None:
    """Without it the last losses are above a guess; with it they are far below."""
    with quiet():
        lost, kept = (lesson()["last_loss"](seed, max_norm) for max_norm in (1e9, 0.5))
    assert kept < 2.4
    assert not lost < np.log(27)  # it may be no number at all


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_few_places_are_learned_by_heart(seed: int) -> None:
    """Unseen places are best understood within 200 steps; at the end worse than by a guess."""
    names = lesson()
    with importable(source().files):
        places, unseen = names["split"](names["read_words"]("place_names.txt"))
    run = names["new_run"]("RNN", places, unseen, seed)
    with quiet():
        names["train"](run, STEPS)
    curve = run["curve"]
    best = min(curve, key=curve.get)
    assert 0 < best <= 200 and 13 < curve[best] < 18
    assert curve[STEPS] > 80
    assert np.exp(np.mean(run["losses"][-100:])) < 3.5


# --- numbers that the prose states -------------------------------------------------------------


def test_what_counting_reaches_is_told() -> None:
    """One letter and four, with the five of the text, and with the best number in its place."""
    names = lesson()
    one, *_, four = names["baselines"].values()
    assert f"bring the 27 down to {one:.1f}" in prose()
    assert f"Four letters reach {four:.1f}." in prose()
    best = {size: min(mixed(names, size, weight) for weight in (10, 15, 20)) for size in (4, 5)}
    assert f"one for each list, makes that {best[4]:.1f}." in prose()
    assert f"mixed with care, come down to {best[5]:.1f}" in prose()


def mixed(names: dict[str, Any], size: int, weight: int) -> float:
    """The perplexity of counts where the shorter runs count another number of times."""
    mine = dict(names)
    for cell in ("counts", "baselines"):
        text = setup_cell(f"lesson_{cell}").partition("\n\nbaselines = {}")[0]
        text = text.replace("5 * p", f"{weight} * p").replace("+ 5)", f"+ {weight})")
        exec(compile(text, "<mixed>", "exec"), mine)
    found = mine["counted_perplexity"](names["unseen"], size, mine["count"](names["names"], size))
    return float(found)


def test_sizes_are_told() -> None:
    """Of the network, of the lists, and of all runs of three letters."""
    names = lesson()
    rnn = names["new_run"]("RNN", [], [])["parameters"]
    assert f"The network has {sum(v.size for v in rnn.values()):,} weights." in prose()
    with importable(source().files):
        places, unseen = names["split"](names["read_words"]("place_names.txt"))
    assert f"has {len(places)} names of towns" in prose() and f"and {len(unseen)} that" in prose()
    letters = sum(len(place) + 1 for place in places)
    assert f"{len(places)} places are {letters:,} letters and end marks" in prose()
    assert f"27 · 27 · 27 = {27**3:,}" in prose()
    assert round(sum(len(name) + 1 for name in names["names"]) / letters) in (10, 11)
    assert "The first names are ten times as many" in prose()


def test_what_is_worked_by_hand_is_right() -> None:
    """Surprises, their mean, its exponential; a norm; the first step of Adam."""
    surprises = -np.log([0.5, 0.25])
    assert all(f"| {value:.3f} |" in prose() for value in surprises)
    loss = float(np.mean(surprises))
    assert f"/ 2 = {loss:.3f}." in prose() and f"= {np.exp(loss):.2f}$" in prose()
    names = lesson()
    gradients = {"W": np.array([2.0, -1.0, 2.0]), "b": np.array([4.0, 12.0])}
    clipped, norm = names["clip_gradients"](gradients, 6.5)
    assert norm == 13 and [*clipped["W"], *clipped["b"]] == [1, -0.5, 1, 2, 6]
    state = {"t": 0, "m": {"w": 0.0}, "v": {"w": 0.0}}
    for gradient in (2.0, 0.0002):
        moved, _ = names["adam_step"]({"w": 1.0}, {"w": gradient}, state, 0.1)
        assert moved["w"] == pytest.approx(0.9, abs=1e-5)
    two = np.array([3.0, 0.4])
    assert f"= {np.linalg.norm(two):.2f}$" in prose()
    assert " and ".join(f"{n:.2f}" for n in two / np.linalg.norm(two)) in prose()


def test_one_throw_meets_three_letters() -> None:
    """Figure 6: 0.36 lands on d, c and b, from cold to warm."""
    p = np.array([[0.2], [0.1], [0.15], [0.55]])
    drawn = [lesson()["sample_index"](p, np.array([0.36]), t)[0] for t in (0.5, 1.0, 2.0)]
    assert ["abcd"[k] for k in drawn] == ["d", "c", "b"]
    assert "meets d, c and b" in prose()
