"""The assignment making_music where `grader verify` cannot see it: sound, gradients, cases."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import rnn_utils
from grader.verify import in_process
from tests.content.tunes import assignment, handed_out, lesson, prose, scope

SEEDS = range(4)
EXERCISES = {exercise.name: exercise for exercise in assignment().spec.exercises}
# What shows on no general case, and on which it shows for certain ("" where on some of several).
ONLY_ON = {
    "whole-keys": "",
    "pitch-changed": "",
    "rounded-up": "a little more than whole samples",
    "rise-times-fall": "rise and fall meet",
    "rests-alone-are-no-numbers": "nothing but rests",
    "peak-of-the-last-note": "",
    "nothing-taken-away": "",
    "one-largest-for-all": "",
    "least-for-largest": "large scores",
    "ties-from-behind": "equal probabilities",
    "always-dropped": "not in training",
    "made-smaller-when-tested": "not in training",
    "misses-the-last-throw": "no end mark in time",
    "goes-on-after-the-end-mark": "",
}
SINE = {"partials": np.array([1.0, 0.5, 0.25]), "decay": 0.0, "attack": 0.02, "release": 0.05}


# --- sound -------------------------------------------------------------------------------------


def spectrum(sound: Any, rate: int) -> dict[int, float]:
    """Strength of each whole frequency, in hertz, of a second of sound."""
    strengths = 2 * np.abs(np.fft.rfft(sound[:rate])) / rate
    return {f: float(strengths[f]) for f in range(len(strengths))}


def test_a_tone_has_its_partials_and_nothing_else() -> None:
    """In the steady part of a tone of 440 hertz: 440, 880 and 1,320, with their strengths."""
    found = spectrum(scope()["make_tone"](440.0, 1.2, 8000, SINE)[800:], 8000)
    for k, strength in enumerate(SINE["partials"], 1):
        assert found.pop(440 * k) == pytest.approx(strength, abs=1e-6)
    assert max(found.values()) < 1e-6


def test_a_partial_above_half_of_the_rate_would_come_back_lower() -> None:
    """What the example says: of 450 samples a second, 300 hertz is 150 upside down."""
    t = np.arange(450) / 450
    there, back = (np.sin(2 * np.pi * f * t) for f in (300, 150))
    assert np.allclose(there, -back)
    assert "those of a partial of 150 hertz, upside down" in prose()
    assert max(spectrum(scope()["make_tone"](300.0, 1.0, 450, SINE), 450).values()) == 0


@pytest.mark.parametrize("seconds", [0.011, 0.0486, 0.25, 1.0])
def test_no_tone_clicks(seconds: float) -> None:
    """The first and the last sample are zero, and no step is larger than the wave's own."""
    sound = scope()["make_tone"](220.0, seconds, 8000, scope()["PLUCKED"])
    assert sound[0] == 0 and sound[-1] == 0
    strengths = scope()["PLUCKED"]["partials"]
    steepest = sum(2 * np.pi * 220 * k * a / 8000 for k, a in enumerate(strengths, 1))
    rise = strengths.sum() / (0.01 * 8000)
    assert np.max(np.abs(np.diff(sound))) <= steepest + rise


def test_a_tune_is_as_long_as_its_lengths_say() -> None:
    """Sixteen eighths at 120 quarters a minute are four seconds; the peak is 0.8."""
    sound = scope()["render_tune"]([(60, 4), (0, 4), (67, 8)], 120, 8000, scope()["PLUCKED"])
    assert len(sound) == 4 * 8000 and np.max(np.abs(sound)) == pytest.approx(0.8)
    assert not sound[8000:16000].any()


def test_what_is_said_of_pitches_is_so() -> None:
    """The middle c, the step above the a, and one sample that is worked by hand."""
    f = scope()["pitch_frequency"]
    assert f"The middle c, key 60, has {f(60):.1f} hertz." in prose()
    assert f"it is {f(70) - f(69):.0f} hertz up" in prose()
    assert f"would be {f(82) - f(81):.0f}." in prose()
    one = {"partials": np.array([0.8]), "decay": 0.0, "attack": 0.01, "release": 0.01}
    assert scope()["make_tone"](100.0, 1.0, 8000, one)[20] == pytest.approx(0.2)
    assert "the sample is $0.25 \\cdot 0.8 = 0.2$" in prose()


# --- beat, batches, gradients ------------------------------------------------------------------


def test_a_batch_says_what_the_tunes_say() -> None:
    """Each tune can be read from targets, from inputs, and its bars from the beat."""
    names = lesson()
    tunes, vocabulary = names["in_four"], names["VOCABULARY"]
    x, y, mask = names["encode_tunes"](
        [tune.notes for tune in tunes], [tune.upbeat for tune in tunes], vocabulary, 8
    )
    n_y = len(vocabulary)
    assert np.array_equal(x[:n_y, :, 1:].sum(axis=0), mask[:, 1:])
    assert np.array_equal(x[n_y:].sum(axis=0), mask) and np.array_equal(y.sum(axis=0), mask)
    for i, tune in enumerate(tunes):
        steps = int(mask[i].sum())
        assert [vocabulary[k] for k in y[:, i, : steps - 1].argmax(axis=0)] == tune.notes
        beats = x[n_y:, i, :steps].argmax(axis=0)
        assert beats[0] == -tune.upbeat % 8
        assert beats[-1] in (0, -tune.upbeat % 8)  # tunes end with a bar, or where it began


@pytest.mark.parametrize("kind", ["RNN", "LSTM"])
def test_the_whole_way_has_no_gap(kind: str) -> None:
    """With units dropped, every parameter's gradient agrees with central differences."""
    names, rng = lesson(), np.random.default_rng(3)
    words = [(0, 0), (60, 2), (64, 1), (67, 3)]
    batch = names["encode_tunes"]([words[1:], words[2:]], [0, 1], words, 4)
    parameters, u = names["new_network"](kind, 8, 4, 4, rng, size=2.0), rng.random((4, 2))
    _, gradients = names["loss_and_gradients"](batch, parameters, u)
    assert set(gradients) == set(parameters)
    for name, value in parameters.items():

        def loss(moved: Any, name: str = name) -> float:
            return float(names["loss_with"](name, moved, batch, parameters, u))

        measured = rnn_utils.numeric_gradient(loss, value)
        assert rnn_utils.relative_error(gradients[name], measured) < 1e-7, name


def test_step_by_step_is_the_whole_sequence() -> None:
    """The scores of ``step``, state handed on, are those that ``forward`` leads to."""
    net, rng = handed_out("tune_network"), np.random.default_rng(4)
    for kind in ("RNN", "LSTM"):
        parameters = net.new_network(kind, 6, 5, 4, rng)
        x, state = rng.standard_normal((6, 3, 4)), net.new_state(parameters, 3)
        a, _ = net.forward(x, parameters)
        for t in range(4):
            scores, state = net.step(x[:, :, t], state, parameters)
            right = parameters["Wya"] @ a[:, :, t] + parameters["by"]
            assert rnn_utils.relative_error(scores, right) < 1e-12


def test_dropout_leaves_the_sum_alone_on_average() -> None:
    """Over evenly spread throws the factors' mean is 1, and a share of the rate is zero."""
    u = ((np.arange(1000) + 0.5) / 1000)[:, None]
    for rate in (0.0, 0.25, 0.5):
        _, factor = scope()["dropout"](np.ones((1000, 1, 1)), u, rate, True)
        assert np.mean(factor) == pytest.approx(1, abs=2e-3)
        assert np.mean(factor == 0) == pytest.approx(rate)


def test_four_notes_meet_temperature_and_nucleus() -> None:
    """The numbers of the model answer."""
    p = np.array([[0.5], [0.3], [0.15], [0.05]])
    cold = scope()["temper"](np.log(p), 0.5)[:, 0]
    nucleus = scope()["keep_likeliest"](p, 0.75)[:, 0]
    assert ", ".join(f"{v:.3f}" for v in cold[:3]) + f" and {cold[3]:.3f}" in prose()
    assert f"{nucleus[0]:.3f}, {nucleus[1]:.3f}, 0 and 0" in prose()
    assert 140 < 1 / cold[3] < 160 and "about once in 150 draws" in prose()


# --- what is drawn -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXERCISES)
def test_a_mistake_shows_whatever_is_drawn(name: str) -> None:
    """At least twenty of each function; one of two general cases shows it, or its own case."""
    exercise = EXERCISES[name]
    assert len(exercise.mistakes) >= 20
    for seed in SEEDS:
        posed = in_process.pose(exercise, assignment().functions, seed)
        general = {case.name for case, _ in posed[:2]}
        for mistake, function in assignment().mistakes(exercise):
            failed = set(in_process.failed_checks(exercise, function, posed).values())
            assert failed, (seed, mistake.id)
            if mistake.id not in ONLY_ON:
                assert failed & general, (seed, mistake.id, failed)
            elif ONLY_ON[mistake.id]:
                assert ONLY_ON[mistake.id] in failed, (seed, mistake.id, failed)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_rounding_turns_a_throw_into_another_note(seed: int) -> None:
    """With all throws and the share moved by half a thousandth, the same tunes are written."""
    for case in EXERCISES["compose"].cases(np.random.default_rng(seed), {}):
        *first, uniforms, temperature, share = case.arguments
        written = scope()["compose"](*case.arguments)
        for by in (-5e-4, 5e-4):
            near = min(share + by, 1.0) if share < 1 else 1.0
            assert scope()["compose"](*first, uniforms + by, temperature, share) == written
            assert scope()["compose"](*first, uniforms, temperature, near)[0] == written[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_sum_is_near_the_share(seed: int) -> None:
    """A nucleus stays the same set if its share moves by half a thousandth."""
    for case in EXERCISES["keep_likeliest"].cases(np.random.default_rng(seed), {}):
        p, share = case.arguments
        kept = scope()["keep_likeliest"](p, share) > 0
        for by in (-5e-4, 5e-4):
            if share < 1:
                assert np.array_equal(scope()["keep_likeliest"](p, share + by) > 0, kept)


def test_tunes_are_as_long_as_their_cases_say() -> None:
    """Of no note, of one, of many; cut off where the throws run out."""
    for seed in SEEDS:
        drawn = EXERCISES["compose"].cases(np.random.default_rng(seed), {})
        notes = {case.name: scope()["compose"](*case.arguments)[0] for case in drawn}
        assert notes["the end mark first"] == [] and len(notes["one note"]) == 1
        cut = next(case for case in drawn if case.name == "no end mark in time")
        assert len(notes[cut.name]) == len(cut.arguments[3]) >= 8
        assert len(notes["an LSTM"]) >= 8 and len(notes["an RNN"]) >= 8


def test_a_network_is_found_where_few_will_do() -> None:
    """From this seed hundreds of networks are refused before one writes a tune that tells."""
    drawn = EXERCISES["compose"].cases(np.random.default_rng(346), {})
    assert [len(scope()["compose"](*case.arguments)[0]) >= 8 for case in drawn[:3]] == [True] * 3
