"""What the closing section of making_music does: it trains, stops, writes, measures, shows."""

from __future__ import annotations

import functools
import re
import types
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from grader.assignment.importable import importable
from tests.content.notebook import quiet
from tests.content.tunes import cell_text, handed_out, lesson, prose, source

STEPS = 300
SEEDS = (1, 2, 5)  # of the five runs whose ranges the text states
WAYS = {"told": {}, "told, no dropout": {"rate": 0.0}, "untold": {"beat": False}}


# --- a run can be stopped ----------------------------------------------------------------------


def test_a_run_that_was_stopped_goes_on() -> None:
    """Interrupted within a step, it keeps what it has, says how to go on, and goes on."""
    names = lesson()
    right, calls = names["clipped"], []

    def interrupted(*given: Any) -> Any:
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return right(*given)

    whole, stopped = names["new_run"](), names["new_run"]()
    with quiet():
        assert names["train"](whole, 5)
    names["clipped"] = interrupted
    with quiet() as out:
        assert not names["train"](stopped, 5)
    assert "Stopped after 3 steps. Run the cell again" in out.getvalue()
    assert stopped["losses"] == whole["losses"][:3]
    with quiet():
        assert names["train"](stopped, 5)
    assert len(stopped["losses"]) == 5 and stopped["state"]["t"] == 5


def test_the_best_network_is_kept() -> None:
    """A look that is worse than one before leaves it alone, and each step is looked at once."""
    names, run = lesson(), lesson()["new_run"]()
    answers = iter([3.0, 2.0, 2.5])
    names["loss_and_gradients"] = lambda *_: (next(answers), {})
    kept = []
    for done in (0, 25, 50, 50):
        run["losses"], run["parameters"] = [0.0] * done, {"step": done}
        with quiet():
            names["look"](run)
        kept.append(run["best"]["step"])
    assert kept == [0, 25, 25, 25] and [*run["curve"]] == [0, 25, 50]


def test_a_run_without_the_beat_never_learns_it() -> None:
    """What the beat is multiplied by stays zero, so composing with it tells it nothing."""
    names = lesson()
    run = names["new_run"](beat=False)
    with quiet():
        names["train"](run, 3)
    n_y = len(names["VOCABULARY"])
    assert not run["parameters"]["Wx"][:, n_y:].any()
    assert not names["batch_of"](names["known"][:2], run)[0][n_y:].any()
    with quiet():
        names["train"](told := names["new_run"](), 3)
    assert told["parameters"]["Wx"][:, n_y:].all()


# --- measuring ---------------------------------------------------------------------------------


def test_measures_are_what_their_names_say() -> None:
    """By hand: two bars, one line kept; home on a; leaps of 2 and 5; a copy of three notes."""
    names = lesson()
    tune = [(60, 6), (62, 4), (0, 2), (57, 4)]
    kept, home, leap, _ = names["score"]([tune, [(60, 8), (61, 8)]], [0, 0])
    assert kept == pytest.approx(3 / 4) and home == pytest.approx(1 / 2)
    assert leap == pytest.approx((2 + 5 + 1) / 3)
    known = names["known"][0].notes
    assert names["longest_copy"](known[3:9]) == 6
    assert names["longest_copy"]([*known[:3], (1, 1), *known[3:5]]) >= 3
    assert names["longest_copy"]([(1, 1)]) == 0


def test_an_upbeat_moves_the_bar_lines_that_are_counted() -> None:
    """Tunes with an upbeat keep all their bar lines, if it is known."""
    names = lesson()
    upbeat = [tune for tune in names["in_four"] if tune.upbeat]
    notes = [tune.notes for tune in upbeat]
    assert names["score"](notes, [tune.upbeat for tune in upbeat])[0] == 1
    assert names["score"](notes, [0] * len(notes))[0] < 1


def test_the_tune_that_is_shown_is_of_six_to_twelve_bars() -> None:
    """The first one of that length; another where there is none."""
    choose = lesson()["fit_to_show"]
    assert choose([[(60, 8)] * 5, [(60, 8)] * 6, [(60, 8)] * 7]) == [(60, 8)] * 6
    assert choose([[(60, 8)]]) == [(60, 8)]


# --- what the text says ------------------------------------------------------------------------


def test_sizes_are_told() -> None:
    """Of the network, and of the list of tunes to learn from."""
    names = lesson()
    weights = sum(value.size for value in names["new_run"]()["parameters"].values())
    assert round(weights, -4) == 40_000 and "a network of forty thousand weights" in prose()
    assert len(names["known"]) == 24 and len(names["aside"]) == 4
    assert names["score"]([t.notes for t in names["known"]], [t.upbeat for t in names["known"]])[
        :2
    ] == (1, pytest.approx(23 / 24))


@functools.cache
def trained(way: str, seed: int) -> Mapping[str, Any]:
    """A run that was trained without a word."""
    names = lesson()
    run: dict[str, Any] = names["new_run"](seed=seed, **WAYS[way])
    with quiet():
        assert names["train"](run, STEPS)
    return run


@functools.cache
def measured(way: str, seed: int, temperature: float, share: float = 1.0) -> tuple[Any, Any]:
    """What forty tunes of a run score, and their mean length of a note."""
    names = lesson()
    written = names["write"](trained(way, seed), temperature, share)
    lengths = [length for notes in written for _, length in notes]
    return names["score"](written, [0] * len(written)), np.mean(lengths)


def between(pattern: str) -> tuple[float, float]:
    """The two numbers that the text states at a place, as shares."""
    found = re.search(pattern, prose())
    assert found, pattern
    return float(found[1]), float(found[2])


# Another processor ends elsewhere by a little, so a run may be a few hundredths beyond the range.
NEAR = 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "temperature", "share", "words"),
    [
        ("told", 0.5, 1.0, r"kept (\d+) to (\d+) of a hundred at a temperature of 0\.5"),
        ("told", 0.8, 1.0, r"at a temperature of 0\.5, (\d+) to (\d+) at 0\.8"),
        ("told", 1.0, 1.0, r"at 0\.8, (\d+) to (\d+) at 1\.0"),
        ("told", 1.3, 1.0, r"at 1\.0 and (\d+) to (\d+) at 1\.3"),
        ("told", 1.0, 0.8, r"In the same five runs it kept (\d+) to (\d+) of a hundred bar lines"),
        ("untold", 1.0, 1.0, r"Not told, it keeps (\d+) to (\d+) of a hundred"),
    ],
)
def test_bar_lines_are_kept_as_often_as_told(
    way: str, temperature: float, share: float, words: str
) -> None:
    """Over five runs, the share of bar lines at which a note begins."""
    low, high = between(words)
    for seed in SEEDS:
        kept = 100 * measured(way, seed, temperature, share)[0][0]
        assert low - NEAR <= kept <= high + NEAR, seed


@pytest.mark.slow
def test_without_the_beat_it_is_little_more_than_chance() -> None:
    """Notes that began anywhere would begin at a bar line as often as at any other eighth."""
    for seed in SEEDS:
        (kept, *_), length = measured("untold", seed, 1.0)
        assert kept - 1 / length < 0.12
        assert measured("told", seed, 1.0)[0][0] - kept > 0.2


@pytest.mark.slow
def test_nucleus_and_temperatures_compare_as_told() -> None:
    """A nucleus leaps more than the cold network, warmth farther still; nothing is recited."""
    for seed in SEEDS:
        cold, nucleus, warm = (
            measured("told", seed, *dials)[0] for dials in ((0.5,), (1.0, 0.8), (1.3,))
        )
        assert cold[2] < nucleus[2] < warm[2] and nucleus[0] > cold[0] - 0.1
        assert max(row[3] for row in (cold, nucleus, warm)) <= 8


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("told", r"lay between ([\d.]+) and ([\d.]+) with dropout"),
        ("told, no dropout", r"with dropout, and between ([\d.]+) and ([\d.]+) without"),
    ],
)
def test_the_dot_lies_where_it_is_told(way: str, words: str) -> None:
    """The lowest perplexity of unseen tunes, between step 75 and 225, and higher in the end."""
    low, high = between(words)
    for seed in SEEDS:
        curve = trained(way, seed)["curve"]
        best = min(curve, key=curve.__getitem__)
        assert low - 0.5 <= curve[best] <= high + 0.5 and 75 <= best <= 225
        assert curve[STEPS] > curve[best] + 3


@pytest.mark.slow
def test_the_end_of_the_curves_is_told() -> None:
    """At step 300, with dropout and without; own tunes are known by heart by then."""
    low, high = between(r"risen to between (\d+) and (\d+) with it")
    bare_low, bare_high = between(r"with it, and between (\d+) and (\d+) without")
    for seed in SEEDS:
        assert low - 2 < trained("told", seed)["curve"][STEPS] < high + 3
        assert bare_low - 2 < trained("told, no dropout", seed)["curve"][STEPS] < bare_high + 4
        assert np.exp(np.mean(trained("told", seed)["losses"][-20:])) < 5


# --- seen and heard ----------------------------------------------------------------------------


@pytest.fixture
def shown() -> types.ModuleType:
    """The module that shows tunes."""
    return handed_out("tune_shown")


def test_sound_is_kept_as_sixteen_bits(shown: types.ModuleType, monkeypatch: Any) -> None:
    """Of a long sound fifteen seconds, each sample as it is, not made louder."""
    display = pytest.importorskip("IPython.display")
    offered: list[Any] = []
    monkeypatch.setattr(display, "display", offered.append)
    sound = 0.5 * np.sin(np.arange(20 * 8000) / 20)
    shown.listen(sound, 8000)
    wave = offered[0].data
    assert wave[:4] == b"RIFF" and len(wave) == 44 + 2 * 15 * 8000
    samples = np.frombuffer(wave[44:], "<i2") / 32767
    assert np.allclose(samples, sound[: 15 * 8000], atol=1e-4)


def test_without_ipython_and_matplotlib_a_line_says_so(monkeypatch: Any) -> None:
    """Nothing fails where nothing can be shown."""
    import sys

    for missing in ("IPython", "IPython.display", "matplotlib", "matplotlib.pyplot"):
        monkeypatch.setitem(sys.modules, missing, None)
    bare = handed_out("tune_shown")
    with quiet() as out:
        bare.listen(np.zeros(8000), 8000)
        bare.five_lines([(60, 2)], 8, "x")
        bare.piano_roll({"x": [(60, 2)]}, 8)
    told = out.getvalue().splitlines()
    assert told[0] == "1.0 seconds of sound; it can be heard in a notebook."
    assert told[1:] == ["No matplotlib here, so no pictures: what is printed says the same."] * 2


@pytest.fixture
def pyplot(shown: types.ModuleType, monkeypatch: Any) -> Any:
    """Matplotlib, drawing nowhere; what is drawn stays open until the test ends."""
    pytest.importorskip("matplotlib").use("agg")
    plt = pytest.importorskip("matplotlib.pyplot")
    monkeypatch.setattr(plt, "show", lambda: None)
    yield plt
    plt.close("all")


def test_a_piano_roll_shows_each_note_and_bar_line(shown: types.ModuleType, pyplot: Any) -> None:
    """As long as it lasts, as high as it is; a rest leaves a gap."""
    shown.piano_roll({"one": [(60, 2), (0, 2), (64, 4), (67, 8)], "two": [(60, 8)]}, 8)
    first, second = pyplot.gcf().axes
    boxes = [(round(p.get_x()), p.get_y() + 0.45, round(p.get_width())) for p in first.patches]
    assert boxes == [(0, 60, 2), (4, 64, 4), (8, 67, 8)]
    assert [line.get_xdata()[0] for line in first.get_lines()] == [0, 8, 16]
    assert len(second.patches) == 1 and second.get_title() == "two"


def test_notes_stand_on_the_right_lines(shown: types.ModuleType, pyplot: Any) -> None:
    """e on the lowest line, f above it, c on a line of its own; a raised note has its sign."""
    shown.five_lines([(64, 2), (65, 2), (60, 4), (66, 2), (77, 6), (0, 8)], 8, "T")
    axes = pyplot.gca()
    heads = [p for p in axes.patches if type(p).__name__ == "Ellipse"]
    assert [head.center[1] for head in heads] == [0, 1, -2, 1, 8]
    full = [np.allclose(head.get_facecolor()[:3], 1) for head in heads]
    assert full == [False, False, True, False, True]  # white ones are hollow
    assert [text.get_text() for text in axes.texts] == ["♯"]


def test_a_long_tune_is_broken_at_bar_lines(shown: types.ModuleType) -> None:
    """No row is much longer than another, none begins within a bar, and all notes are there."""
    notes = [(60 + k % 12, 2) for k in range(64)]
    rows = shown._placed(notes, 8, 0)
    assert len(rows) > 2 and sum(bool(length) for row in rows for *_, length in row) == 64
    assert all(sum(length for *_, length in row) % 8 == 0 for row in rows)
    assert all(row[-1][2] == 0 and row[-1][0] < shown.WIDTH + 20 for row in rows)


def test_sound_is_offered_in_lesson_cells_alone() -> None:
    """They are not run where marks are made, so no page of feedback carries sound."""
    playing = [cell for cell in source().cells if "listen(" in cell.source and cell.role != "text"]
    assert playing and {cell.role for cell in playing} == {"lesson"}
    with importable(source().files):
        assert "tune_shown" not in cell_text("setup")
