"""The assignment language_model where `grader verify` cannot see it: gradients, cases, data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import rnn_utils
from grader.verify import in_process
from tests.content.names import FOLDER, assignment, lesson, scope, source
from tests.kit import solution as first

SEEDS = range(40)
EXERCISES = {exercise.name: exercise for exercise in assignment().spec.exercises}
ANY_SHAPE = 1e-7  # of central differences
EXACT = 1e-10  # of automatic differentiation
# What shows on none but one kind of case, and on that for certain.
ONLY_ON = {
    "at-least-for-above": "u = 0, and the first letter impossible",
    "always-scaled": "short enough",
    "divides-by-zero": "all gradients zero",
    "misses-the-last-throw": "no end mark in time",
    "goes-on-after-the-end-mark": "",
}


def error(mine: Any, theirs: Any) -> float:
    """Whole-array relative error."""
    return float(rnn_utils.relative_error(mine, theirs))


# --- gradients ---------------------------------------------------------------------------------


def drawn_loss(seed: int) -> tuple[Any, ...]:
    """Scores, targets and a mask, and the prediction that the scores make."""
    case = EXERCISES["masked_loss"].cases(np.random.default_rng(seed), {})[0]
    y_pred, y, mask = case.arguments
    return np.log(y_pred), y_pred, y, mask


@pytest.mark.parametrize("seed", range(3))
def test_dz_is_the_gradient_at_the_scores(seed: int) -> None:
    """Central differences through the softmax, and autograd, agree with dz."""
    autograd = pytest.importorskip("autograd")
    anp = pytest.importorskip("autograd.numpy")
    scores, y_pred, y, mask = drawn_loss(seed)
    _, dz = scope()["masked_loss"](y_pred, y, mask)

    def loss(z: Any) -> float:
        return float(scope()["masked_loss"](rnn_utils.softmax(z), y, mask)[0])

    def traced(z: Any) -> Any:
        log_p = z - anp.log(anp.sum(anp.exp(z), axis=0))
        return -anp.sum(mask * anp.sum(y * log_p, axis=0)) / anp.sum(mask)

    assert error(dz, rnn_utils.numeric_gradient(loss, scores)) < ANY_SHAPE
    assert error(dz, autograd.grad(traced)(scores)) < EXACT


@pytest.mark.parametrize("seed", range(3))
def test_the_output_layer_is_differentiated_rightly(seed: int) -> None:
    """All three gradients agree with autograd, which never saw the solution."""
    autograd = pytest.importorskip("autograd")
    anp = pytest.importorskip("autograd.numpy")
    case = EXERCISES["output_backward"].cases(np.random.default_rng(seed), {})[0]
    dz, a, parameters = case.arguments

    def upstream(a: Any, Wya: Any, by: Any) -> Any:
        return anp.sum(dz * (anp.einsum("ya,amt->ymt", Wya, a) + by[:, :, None]))

    wrt = a, parameters["Wya"], parameters["by"]
    for place, mine in enumerate(scope()["output_backward"](*case.arguments)):
        assert error(mine, autograd.grad(upstream, place)(*wrt)) < EXACT


@pytest.mark.parametrize("kind", ["RNN", "LSTM"])
def test_the_whole_way_has_no_gap(kind: str) -> None:
    """From words to the loss: every parameter's gradient agrees with central differences."""
    names = lesson()
    parameters = names["new_network"](kind, 27, 4, 27, np.random.default_rng(3), size=2.0)
    words = ["ada", "bo", "chloe"]
    _, gradients = names["loss_and_gradients"](words, parameters)
    assert set(gradients) == set(parameters)
    for name, value in parameters.items():

        def loss(moved: Any, name: str = name) -> float:
            return float(names["loss_and_gradients"](words, {**parameters, name: moved})[0])

        assert error(gradients[name], rnn_utils.numeric_gradient(loss, value)) < ANY_SHAPE, name


def test_adam_takes_the_step_that_its_inventors_print() -> None:
    """Twenty steps written with the bias correction in the rate, as section 2 of the paper ends."""
    rng = np.random.default_rng(0)
    W, state = rng.standard_normal((3, 2)), {"t": 0, "m": {"W": 0.0}, "v": {"W": 0.0}}
    parameters, m, v = {"W": W}, np.zeros((3, 2)), np.zeros((3, 2))
    for t in range(1, 21):
        g = rng.standard_normal((3, 2))
        parameters, state = scope()["adam_step"](parameters, {"W": g}, state, 0.01)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        right = np.sqrt(1 - 0.999**t)
        W = W - 0.01 * right / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-8 * right)
        assert error(parameters["W"], W) < EXACT
    assert state["t"] == 20


# --- the given network -------------------------------------------------------------------------


def test_the_given_lstm_is_that_of_the_first_assignment() -> None:
    """Gate by gate, forwards and backwards, the solution's own eight functions agree with it."""
    names, own, rng = scope(), first.functions(), np.random.default_rng(1)
    parameters = names["new_network"]("LSTM", 6, 5, 6, rng)
    parameters["b"] = rng.standard_normal(parameters["b"].shape)
    x, a0, da = (rng.standard_normal(shape) for shape in ((6, 3, 4), (5, 3), (5, 3, 4)))
    recurrent = names["forward"].__globals__
    a, y_pred, caches = names["forward"](x, a0, parameters)
    theirs = own["lstm_forward"](x, a0, recurrent["taken_apart"](parameters))
    assert error(a, theirs[0]) < EXACT and error(y_pred, theirs[1]) < EXACT
    mine = names["backward"].__globals__["backward"](da, caches)
    joined = recurrent["joined"](own["lstm_backward"](da, theirs[-1]))
    assert set(mine) == set(joined)
    for name, gradient in mine.items():
        assert error(gradient, joined[name]) < EXACT, name


def test_the_given_rnn_is_that_of_the_first_assignment() -> None:
    """Under other names for its parameters."""
    names, own, rng = scope(), first.functions(), np.random.default_rng(2)
    p = names["new_network"]("RNN", 6, 5, 6, rng)
    x, a0, da = (rng.standard_normal(shape) for shape in ((6, 3, 4), (5, 3), (5, 3, 4)))
    a, y_pred, caches = names["forward"](x, a0, p)
    theirs = {"Wax": p["Wx"], "Waa": p["Wa"], "ba": p["b"], "Wya": p["Wya"], "by": p["by"]}
    a_first, y_first, caches_first = own["rnn_forward"](x, a0, theirs)
    assert error(a, a_first) < EXACT and error(y_pred, y_first) < EXACT
    mine = names["backward"](da, caches)
    other = own["rnn_backward"](da, caches_first)
    pairs = {"dx": "dx", "da0": "da0", "dWx": "dWax", "dWa": "dWaa", "db": "dba"}
    assert all(error(mine[name], other[twin]) < EXACT for name, twin in pairs.items())


@pytest.mark.parametrize("kind", ["RNN", "LSTM"])
def test_step_by_step_is_the_whole_sequence(kind: str) -> None:
    """The predictions of ``step``, state handed on, are those of ``forward``."""
    names, rng = scope(), np.random.default_rng(4)
    parameters = names["new_network"](kind, 6, 5, 6, rng)
    x = rng.standard_normal((6, 3, 4))
    _, y_pred, _ = names["forward"](x, np.zeros((5, 3)), parameters)
    state = names["new_state"](parameters, 3)
    for t in range(4):
        yt_pred, state = names["step"](x[:, :, t], state, parameters)
        assert error(yt_pred, y_pred[:, :, t]) < EXACT


# --- what is drawn -----------------------------------------------------------------------------


def general(posed: Any) -> set[str]:
    """The names of the general cases: the first, and where a result is one word the second, too."""
    words = all(isinstance(result, str) for _, result in posed)
    return {case.name for case, _ in posed[: 2 if words else 1]}


@pytest.mark.parametrize("name", EXERCISES)
def test_a_mistake_shows_whatever_is_drawn(name: str) -> None:
    """At least ten of each function; a general case shows it, or the one that is made for it."""
    exercise = EXERCISES[name]
    assert len(exercise.mistakes) >= 10
    for seed in SEEDS:
        posed = in_process.pose(exercise, assignment().functions, seed)
        for mistake, function in assignment().mistakes(exercise):
            failed = set(in_process.failed_checks(exercise, function, posed).values())
            assert failed, (seed, mistake.id)
            if mistake.id not in ONLY_ON:
                assert failed & general(posed), (seed, mistake.id, failed)
            elif ONLY_ON[mistake.id]:
                assert failed == {ONLY_ON[mistake.id]}, (seed, mistake.id, failed)


def steps_of(parameters: Any, word: str, letters: str, temperature: float) -> Any:
    """The running sums of the tempered predictions at each step of a word, (T_x, n_y)."""
    x, _, _ = scope()["make_batch"]([word or letters[1]], letters)
    a0 = np.zeros((parameters["Wya"].shape[1], 1))
    p = scope()["forward"](x, a0, parameters)[1][:, 0, : len(word) + 1]
    weights = p ** (1 / temperature)
    return np.cumsum(weights / weights.sum(axis=0), axis=0).T


@pytest.mark.parametrize("seed", SEEDS)
def test_no_rounding_turns_a_throw_into_another_letter(seed: int) -> None:
    """Every uniform number that is used lies a thousandth, about, away from every step."""
    margins = []
    for case in EXERCISES["sample_index"].cases(np.random.default_rng(seed), {}):
        p, u, temperature = case.arguments
        if case.name.startswith("u = 0"):
            continue
        weights = p.astype(float) ** (1 / temperature)
        steps = np.cumsum(weights / weights.sum(axis=0), axis=0)
        margins.append(np.min(np.abs(steps - u)))
    for case in EXERCISES["generate"].cases(np.random.default_rng(seed), {}):
        parameters, letters, uniforms, temperature = case.arguments
        word = scope()["generate"](*case.arguments)
        steps = steps_of(parameters, word, letters, temperature)
        margins += [np.min(np.abs(s - u)) for s, u in zip(steps, uniforms, strict=False)]
    assert min(margins) > 5e-4


def test_words_are_as_long_as_their_cases_say() -> None:
    """Of no letter, of one, of many; cut off where the throws run out."""
    for seed in SEEDS:
        drawn = EXERCISES["generate"].cases(np.random.default_rng(seed), {})
        words = {case.name: scope()["generate"](*case.arguments) for case in drawn}
        assert words["the end mark first"] == "" and len(words["a word of one letter"]) == 1
        assert len(words["a long word"]) == 12
        cut = next(case for case in drawn if case.name == "no end mark in time")
        assert len(words[cut.name]) == len(cut.arguments[2]) >= 8


def test_letters_are_drawn_as_often_as_their_probabilities_say() -> None:
    """Evenly spread throws hit each letter in its share, at any temperature."""
    p, throws = np.array([0.1, 0.6, 0.3]), (np.arange(3000) + 0.5) / 3000
    for temperature in (0.5, 1.0, 2.0):
        q = p ** (1 / temperature) / np.sum(p ** (1 / temperature))
        drawn = scope()["sample_index"](p[:, None] * np.ones(3000), throws, temperature)
        assert np.bincount(drawn) / 3000 == pytest.approx(q, abs=1e-3)


def test_knowing_nothing_is_a_perplexity_of_the_alphabet() -> None:
    """Weights of zero hesitate among all letters alike, at every word."""
    zero = {n: 0 * v for n, v in scope()["new_network"]("RNN", 27, 4, 27, np.random).items()}
    each, whole = scope()["perplexity_of"](["ada", "bo"], scope()["LETTERS"], zero)
    assert [*each, whole] == pytest.approx([27, 27, 27])


# --- data --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("file", "count"), [("first_names.txt", 5163), ("place_names.txt", 418)])
def test_a_list_is_what_its_note_says(file: str, count: int) -> None:
    """Sorted, each word once, letters a to z; the note has its length, and a public domain."""
    words = (FOLDER / "files" / file).read_text("ascii").split()
    assert len(words) == count and words == sorted(set(words))
    assert set("".join(words)) <= set("abcdefghijklmnopqrstuvwxyz")
    note = " ".join((FOLDER / "files" / "DATA.md").read_text("utf-8").split())
    about = note.partition(f"`{file}`: {count} ")[2].partition("`: ")[0]
    assert "public domain" in about


def test_every_list_is_handed_out_with_its_note() -> None:
    """Nobody gets data and not where they come from."""
    handed = {name for name, _ in source().files}
    assert {path.name for path in (FOLDER / "files").glob("*.txt")} <= handed
    assert "DATA.md" in handed


def test_one_word_in_ten_is_put_aside() -> None:
    """Unseen words are in no training list, and nothing is lost."""
    words = [f"w{n}" for n in range(25)]
    known, unseen = lesson()["split"](words)
    assert sorted(known + unseen) == sorted(words) and not set(known) & set(unseen)
    assert len(unseen) == 3


def test_unfortunate_words_are_held_back_and_names_are_not() -> None:
    """Nothing of the list stands in the file as one reads it; ordinary names are shown."""
    shown = lesson()["presentable"]
    assert not shown("snt".translate(str.maketrans("snt", "fag")) + "ella")
    assert all(map(shown, ("emma", "mariella", "peter", "adelaide")))
    text = (FOLDER / "files" / "wordlists.py").read_text("utf-8")
    assert all(shown(word) for word in text.lower().split() if word.isalpha())
