"""The student's own check: what it says, what it publishes, and what it leaves alone."""

import ast
import contextlib
import html
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import warnings
from dataclasses import replace

import numpy as np
import pytest

from grader.comparison.causes import DRAWS_RANDOM, KEEPS_STATE
from grader.comparison.finding import Finding
from grader.comparison.locks import Locking, sums_text
from grader.comparison.trees import deep_copy
from grader.selfcheck.panel import Panel, Row
from grader.simulate.pupils import Pupil
from tests.kit.toy import (
    NAME,
    OF,
    POINTS,
    SLOPE,
    assignment,
    book_of,
    course,
    edited,
    exercise,
    mistaken,
    released,
    right,
    selfcheck,
)

MISTAKES = [(function, mistake.id) for function in OF for mistake in exercise(function).mistakes]


def scope(**changed):
    """Both notebooks as one namespace: all functions right but for ``changed`` texts."""
    own = {**assignment(NAME).names, **assignment(SLOPE).names}
    for name in OF:
        exec(compile(right(name), f"<{name}>", "exec"), own)
    for name, text in changed.items():
        exec(compile(text, f"<{name}>", "exec"), own)
    return own


def known(function):
    """The catalogued mistakes of a function, by id."""
    return {m.id: m for m in exercise(function).mistakes}


def stub(function):
    """The cell of a function as it was released."""
    cells = {cell["id"]: cell for cell in released(OF[function])["cells"]}
    return "".join(cells[function]["source"])


def folder(name=NAME):
    """The files that students get."""
    return course().assignments / name


@pytest.fixture(autouse=True)
def _graded(monkeypatch):
    """The check runs as where nbgrader grades: it publishes the points, and raises."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


@pytest.fixture
def shown(monkeypatch):
    """What the display hook was given, in order."""
    values = []
    monkeypatch.setattr(sys, "displayhook", values.append)
    return values


def checked(function, name="leak"):
    """Run the check; return what was printed and the message of its error, if any."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            selfcheck(OF[name]).check(name, function)
        except AssertionError as error:
            return out.getvalue(), str(error)
    return out.getvalue(), ""


@pytest.mark.parametrize("name", OF)
def test_the_solution_passes_its_own_check(name, shown):
    """The right function earns every point on the visible example and raises nothing."""
    printed, error = checked(scope()[name], name)
    points = POINTS[name]
    assert error == "" and shown == [points] and type(shown[0]) is float
    assert f"{name}: all checks passed" in printed
    assert f"{points:g} of {points:g} points" in printed


def test_backward_functions_show_the_numerical_gradient(shown):
    """Every gradient that is right says how well it agrees with central differences."""
    printed, _ = checked(scope()["climb_backward"], "climb_backward")
    found = [float(e) for e in re.findall(r"agrees with the numerical gradient to (\S+)", printed)]
    assert len(found) == 3 and max(found) < 1e-5


@pytest.mark.parametrize("name", OF)
def test_the_untouched_stub_is_called_empty(name, shown):
    """The released stub earns 0.0, published before the error, and is no mistake."""
    printed, error = checked(scope(**{name: stub(name)})[name], name)
    assert shown == [0.0] and "this exercise is still empty" in error
    assert "looks as if" not in printed
    rows = [line for line in printed.splitlines() if re.search(r" 0 / \d", line)]
    assert len(rows) == len(exercise(name).checks)
    assert all(" to do " in row for row in rows) and "failed" not in printed
    assert f"{name}: not written yet" in printed and "write the function above" in printed


@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_every_known_mistake_is_named_on_the_visible_example(name, mistake, shown):
    """A catalogued mistake loses points and is named with its hint."""
    printed, error = checked(scope(**{name: mistaken(name, mistake)})[name], name)
    flat, told = " ".join(printed.split()), known(name)[mistake]
    assert error and shown[0] < POINTS[name]
    assert " ".join(f"It looks as if {told.title}. {told.hint}".split()) in flat


def test_points_are_published_before_the_error(shown):
    """Partial credit: a plain float through the display hook, then AssertionError."""
    own = scope(leak=mistaken("leak", "no-squash"))
    order = []
    sys.displayhook = lambda value: order.append(value)
    with pytest.raises(AssertionError) as caught:
        selfcheck().check("leak", own["leak"])
    assert [type(value) for value in order] == [float]
    assert str(caught.value).startswith("leak: ")
    assert "\n" not in str(caught.value)


def test_a_persons_own_run_shows_the_panel_alone(shown, monkeypatch):
    """No number and no exception where nbgrader does not run it: the next cell is run, too."""
    own = scope(leak=mistaken("leak", "no-squash"))
    graded = checked(own["leak"])
    shown.clear()
    monkeypatch.delenv("NBGRADER_EXECUTION")
    assert checked(own["leak"]) == (graded[0], "") and shown == []
    assert checked(scope()["leak"])[1] == "" and shown == []


REMARKS = {
    "of another shape": (
        "h_next = squash",
        "h_next = squash",
        "h_next, ",
        "h_next.T, ",
        "got shape (3, 2)",
    ),
    "other values": ("squash(w", "squash(2 + w", "", "", "6 of 6 values are off"),
    "no result": ("squash(w", "squish(w", "", "", "no result"),
    "an argument": ("h_next = ", "x += 1\n    h_next = ", "", "", "the argument x changed"),
}


@pytest.mark.parametrize("case", REMARKS)
def test_a_remark_beside_a_failed_row_says_what_failed(case, shown):
    """What came, in a few words, and not what was asked for."""
    old, new, then, now, remark = REMARKS[case]
    text = edited("leak", (old, new)).replace("return " + then, "return " + now)
    printed, _ = checked(scope(leak=text)["leak"])
    failed = [line for line in printed.splitlines() if " failed " in line]
    assert any(remark in line for line in failed)
    assert not any("shape (n, m)" in line for line in failed)


def test_the_error_shows_no_line_of_this_file():
    """A notebook shows the short message alone, not the inside of the check."""
    error = selfcheck().CheckFailed("short")
    assert error._render_traceback_() == ["CheckFailed: short"]


WRONG = {
    "None": (lambda x, h, parameters: None, "got None", "is there a `return`"),
    "one value": (lambda x, h, parameters: h, "an array of shape (2, 3)", "`return`"),
    "raises": (lambda x, h, parameters: 1 / 0, "ZeroDivisionError", "line"),
    "too few arguments": (lambda x: x, "TypeError", "does it take these arguments"),
    "no function": (3, "got int", "the cell that defines it"),
    "nothing": (None, "got nothing", "the cell that defines it"),
    "a loop": (lambda *_: (_ for _ in ()).throw(StopIteration), "RuntimeError", "line"),
    "a list that holds itself": (lambda *_: _endless(), "a list of 1", "`return`"),
    "two lists that hold themselves": (lambda *_: [_endless()] * 2, "a list of 1", "h_next"),
    "not finite": (lambda x, h, p: (h * np.inf, ()), "are not", "division"),
    "masked": (lambda x, h, p: (np.ma.array(0 * h, mask=True), ()), "values of h_next", "h_next"),
    "text": (lambda x, h, p: ("a", "b"), "got a str", "h_next"),
    "an array of text": (lambda x, h, p: (np.full(h.shape, "a"),) * 2, "dtype", "an array made"),
    "one that cannot be shown": (lambda *_: {_Shy(): 1}, "a dictionary with the keys", "`return`"),
}


class _Shy:
    def __repr__(self):
        raise RuntimeError("no")


def _endless():
    loop = []
    loop.append(loop)
    return loop


@pytest.mark.parametrize("case", WRONG)
def test_whatever_comes_back_is_said_in_four_lines(case, shown):
    """Nothing that a function does breaks the check: it earns 0.0 and is told why."""
    function, got, look = WRONG[case]
    printed, error = checked(function)
    assert shown == [0.0] and got in error
    labels = [line.strip().split(":")[0] for line in printed.splitlines()]  # long lines are folded
    labels = [label for label in labels if label in ("checked", "expected", "got", "look at")]
    assert labels == ["checked", "expected", "got", "look at"]
    assert look in printed


def test_a_misspelt_key_is_recognised(shown):
    """A gradient under a name that is nearly right is found."""
    own = scope(climb_backward=edited("climb_backward", ('"db": db', '"bd": db')))
    printed, _ = checked(own["climb_backward"], "climb_backward")
    assert "the key 'bd': should it be 'db'?" in printed


def test_an_unknown_exercise_is_refused():
    """A misspelt name of an exercise raises ValueError with the names that exist."""
    with pytest.raises(ValueError, match="no exercise 'leek'; one of leak, remember"):
        selfcheck().check("leek", print)


def test_global_random_state_is_left_alone(shown):
    """The check draws nothing from NumPy's or Python's global generators."""
    import random

    np.random.seed(5)
    before, other = np.random.get_state()[1].copy(), random.getstate()
    for name in OF:
        checked(scope()[name], name)
    assert np.array_equal(before, np.random.get_state()[1]) and other == random.getstate()


def test_prints_and_warnings_never_cost_points(shown):
    """What the function prints and warns of is kept out, even where warnings are errors."""
    noise = "    print('noise')\n    np.log(np.zeros(1))\n    return"
    own = scope(leak=edited("leak", ("    return", noise)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        printed, error = checked(own["leak"])
    assert error == "" and shown == [10.0] and "noise" not in printed


def test_changed_arguments_cost_one_point(shown):
    """Writing into an argument is seen, named and costs the check of the inputs alone."""
    text = edited(
        "leak",
        ("    return", "    x += 1\n    x -= 1.5\n    return"),
        ("cache = (h_next, h, x,", "cache = (h_next, h, x.copy(),"),
    )
    printed, error = checked(scope(leak=text)["leak"])
    assert shown == [9.0] and "the argument x after the call" in error
    assert "work on a copy" in printed


def test_untouched_arguments_say_why_they_earn_nothing_yet(shown):
    """Beside a wrong main output the check of the arguments passes, is worth 0, and says why."""
    printed, _ = checked(scope(leak=mistaken("leak", "no-squash"))["leak"])
    (row,) = [line for line in printed.splitlines() if "arguments untouched" in line]
    assert "passed" in row and row.endswith("0 / 1  counts when the main values are right")
    assert printed.count("counts when") == 1


def test_the_next_check_starts_from_untouched_arguments(shown):
    """A function that ruins its arguments does not ruin the next check."""

    def ruins(x, h, parameters):
        x[...] = np.nan
        parameters.clear()

    checked(ruins)
    assert checked(scope()["leak"])[1] == ""


def test_an_endless_loop_is_stopped(shown, monkeypatch):
    """A loop that never ends is an error with a remedy, and the old alarm is put back."""
    monkeypatch.setattr(selfcheck(), "SECONDS", 0.2)
    before = signal.getsignal(signal.SIGALRM)

    def forever(*_):
        while True:
            pass

    _, error = checked(forever)
    assert "no result after 0.2 s: does the loop come to an end?" in error
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_off_the_main_thread_there_is_no_alarm_and_no_error():
    """Where no signal can be set the check still works."""
    panels = []
    reference = selfcheck().references()["leak"]
    right_one = assignment().functions["leak"]
    work = threading.Thread(target=lambda: panels.append(selfcheck().examine(reference, right_one)))
    work.start()
    work.join()
    assert panels[0][1] == ""


@pytest.mark.parametrize("mistake", known("leak"))
def test_a_wrong_step_costs_its_sequence_nothing(mistake, shown):
    """One mistake costs once: the sequence keeps its points and is told what to mend first."""
    own = scope(leak=mistaken("leak", mistake))
    printed, error = checked(own["remember"], "remember")
    assert error == "" and shown == [10.0]
    assert "right, once leak is: mend that one first" in printed


def test_the_replay_puts_the_students_step_back(shown):
    """After the check the notebook's own step function is what it was."""
    own = scope(leak=mistaken("leak", "no-squash"))
    step = own["leak"]
    checked(own["remember"], "remember")
    assert own["leak"] is step
    del own["leak"]
    checked(own["remember"], "remember")
    assert "leak" not in own


def test_a_right_step_is_never_blamed(shown):
    """A sequence that is wrong with a right step is wrong, though it passed with a replayed one."""
    own = scope(
        remember=edited(
            "remember", ("    caches = []", "    assert 'replay' in leak.__name__\n    caches = []")
        )
    )
    printed, error = checked(own["remember"], "remember")
    assert "AssertionError" in error and shown == [0.0] and "mend that one" not in printed


def test_a_view_that_is_overwritten_shows_with_a_replayed_step_too(shown):
    """The recorded cache holds the very array that was given, and so what becomes of it."""
    text = edited(
        "remember",
        ("h_next = h0", "h[:, :, -1] = h0"),
        ("leak(x[:, :, t], h_next, ", "leak(x[:, :, t], h[:, :, t - 1], "),
    )
    own = scope(leak=mistaken("leak", "no-squash"), remember=text)
    printed, error = checked(own["remember"], "remember")
    assert error and shown[0] < 10.0 and "mend that one" not in printed
    _, error = checked(scope(leak=stub("leak"), remember=text)["remember"], "remember")
    assert error.startswith("remember: the values of caches[0][0][1] (h)") and shown[1] == 7.0


def test_a_missing_step_costs_its_sequence_nothing(shown):
    """A sequence written before its step exists is checked with recorded steps."""
    own = scope()
    del own["leak"]
    assert checked(own["remember"], "remember")[1] == ""
    assert shown == [10.0]


def test_an_empty_step_is_not_an_empty_sequence(shown):
    """A right sequence keeps its points while its step is a stub, and is not called empty."""
    printed, error = checked(scope(leak=stub("leak"))["remember"], "remember")
    assert error == "" and shown == [10.0]
    assert "right, once leak is: mend that one first" in printed


def test_with_an_empty_step_a_wrong_sequence_is_told_its_own_mistake(shown):
    """Recorded steps show what is wrong with the sequence; the empty step does not hide it."""
    own = scope(leak=stub("leak"), remember=mistaken("remember", "caches-empty"))
    printed, error = checked(own["remember"], "remember")
    assert "caches" in error and "still empty" not in printed + error
    assert shown == [7.0] and "It looks as if no cache is kept" in " ".join(printed.split())


RIGHT_CALL = "leak(x[:, :, t], h_next, parameters)"
RECURRENCES = {
    "the first state again": (
        "leak(x[:, :, t], h0, parameters)",
        "argument 2 of leak is not the one that belongs to this step",
        "it is h0 again",
    ),
    "zeros": (
        "leak(x[:, :, t], 0 * h_next, parameters)",
        "argument 2 of leak",
        "it is all zeros",
    ),
    "the first input again": (
        "leak(x[:, :, 0], h_next, parameters)",
        "argument 1 of leak",
        "it is taken from another step",
    ),
    "the last input first": (
        "leak(x[:, :, t - 1], h_next, parameters)",
        "argument 1 of leak is not the one that belongs to this step",
        "it is taken from another step",
    ),
    "arguments in another order": (
        "leak(h_next, x[:, :, t], parameters)",
        "argument 1 of leak is not the one that belongs to this step: it is h0",
        "",
    ),
    "too many arguments": (
        "leak(x[:, :, t], h_next, parameters, t)",
        "was called with 4 arguments, not 3",
        "",
    ),
    "keywords in another order": (
        "leak(parameters=parameters, h=h0, x=x[:, :, t])",
        "argument 2 of leak",
        "it is h0 again",
    ),
}


@pytest.mark.parametrize("case", RECURRENCES)
def test_a_wrong_recurrence_says_which_argument(case, shown):
    """With a wrong step as well, the sequence is told which argument is not this step's."""
    call, said, origin = RECURRENCES[case]
    own = scope(
        leak=mistaken("leak", "no-squash"),
        remember=edited("remember", (RIGHT_CALL, call)),
    )
    _, error = checked(own["remember"], "remember")
    assert said in error and origin in error
    assert ("again" in error) == ("again" in origin)
    assert shown[0] <= 5.0


@pytest.mark.parametrize("mistake", known("remember"))
@pytest.mark.parametrize("step", [*known("leak"), "empty", "missing", "other arguments", "raises"])
def test_beside_a_wrong_step_a_sequence_is_told_its_own_mistake(step, mistake, shown):
    """Whatever is wrong with the step, and whether or not the sequence leaves the recorded path."""
    texts = {
        "empty": stub("leak"),
        "other arguments": edited("leak", ("x, h, parameters", "x, h")),
        "raises": edited("leak", ("return h_next", "return h_next @ x")),
    }
    own = scope(remember=mistaken("remember", mistake))
    if step == "missing":
        del own["leak"]
    else:
        exec(texts.get(step) or mistaken("leak", step), own)
    printed, error = checked(own["remember"], "remember")
    told = known("remember")[mistake]
    said = " ".join(f"It looks as if {told.title}. {told.hint}".split())
    assert error and said in " ".join(printed.split())


def test_mistakes_that_leave_the_path_with_the_same_call_are_told_together(shown):
    """What comes after the first wrong call is not known, so none of them is named alone."""
    check, own = selfcheck(), scope(leak=mistaken("leak", "no-squash"))
    exec(mistaken("remember", "memory-not-carried"), own)
    reference = check.references()["remember"]
    one = known("remember")["memory-not-carried"]
    left = check.try_on(reference, own["remember"], replay=True).replay
    locking = Locking()
    for name, title in ((one.id, one.title), ("another", "the memory is reset")):
        told = {"id": name, "title": title, "hint": one.hint, "number": 0, "changes": []}
        number = locking.add(told, "its own result")
        locking.give(sums_text(f"off {left.off[0]}", left.off[1:]), number)
    twice = replace(reference, mistakes=check.Locked(locking.data()))
    panel, _ = check.examine(twice, own["remember"])
    assert panel.notes == (f"It looks as if {one.title}, or the memory is reset. {one.hint}",)


def test_a_first_wrong_call_is_no_certainty_where_the_step_is_right(shown):
    """One mistake alone would be known by its result: it is possible, and something else is too."""
    text = mistaken("remember", "memory-not-carried").replace(".append(", ".insert(0, ")
    printed, error = checked(scope(remember=text)["remember"], "remember")
    flat, told = " ".join(printed.split()), known("remember")["memory-not-carried"]
    assert f"One possibility: {told.title}; something else may be wrong, too." in flat
    assert "it is h0 again" in error and "looks as if" not in flat


def test_points_of_the_function_alone_are_kept_where_they_are_more(shown):
    """Its own step is right in what counts: leaving the path loses the sequence no point."""
    asks = ("    return h,", "    leak(x[:, :, 0], h_next, parameters)\n    return h,")
    own = scope(leak=mistaken("leak", "old-memory-in-cache"), remember=edited("remember", asks))
    _, error = checked(own["remember"], "remember")
    assert shown == [7.0] and "caches" in error


def test_a_step_that_keeps_something_is_not_the_sequences_doing(shown):
    """It is right the first time only: the sequence is right once the step is, and no more."""
    text = edited(
        "leak",
        ("parameters):", "parameters, calls=[]):"),
        ("    return", "    calls.append(1)\n    h_next = h_next + (len(calls) > 1)\n    return"),
    )
    own = scope(leak=text)
    printed, error = checked(own["remember"], "remember")
    assert error == "" and shown == [10.0]
    assert "right, once leak is: mend that one first" in printed


def test_a_second_call_must_give_the_same(shown):
    """A list as a default argument grows from call to call: the check calls twice and says so."""
    text = edited(
        "remember", ("parameters):", "parameters, caches=[]):"), ("    caches = []\n", "")
    )
    printed, error = checked(scope(remember=text)["remember"], "remember")
    assert shown == [7.0] and error
    assert "the same arguments give another result when the function is called again" in printed


RANDOM = {
    "NumPy's own generator": ("np.random.randn(*h.shape)", ""),
    "a generator without a seed": ("np.random.default_rng().normal(size=h.shape)", ""),
    "Python's": ("gauss(0, 1)", "from random import gauss"),
    "in a function within": ("(lambda: np.random.rand())()", ""),
    "in a function of the notebook": ("noise()", "def noise():\n    return np.random.rand()"),
    "in one that that one calls": (
        "twice()",
        "def noise():\n    return np.random.rand()\n\n\ndef twice():\n    return 2 * noise()",
    ),
}


@pytest.mark.parametrize("case", RANDOM)
def test_random_numbers_are_called_that(case, shown):
    """What differs each time since it is drawn is not kept from one call to the next."""
    drawn, above = RANDOM[case]
    own = scope(leak=edited("leak", ("    cache =", f"    h_next = h_next + {drawn}\n    cache =")))
    exec(above, own)
    printed, error = checked(own["leak"])
    assert error and shown == [0.0]
    assert f"It looks as if {DRAWS_RANDOM.title}. {DRAWS_RANDOM.hint}" in " ".join(printed.split())
    shown.clear()
    printed, error = checked(own["remember"], "remember")
    assert error == "" and shown == [10.0] and "right, once leak is" in printed


def test_what_is_kept_is_not_called_random(shown):
    """A notebook with a function that draws, which this one does not call, says nothing of it."""
    text = edited(
        "remember", ("parameters):", "parameters, caches=[]):"), ("    caches = []\n", "")
    )
    own = scope(remember=text)
    exec("import random\n\n\ndef noise():\n    return random.random()", own)
    printed, _ = checked(own["remember"], "remember")
    assert KEEPS_STATE.title in " ".join(printed.split()) and "random" not in printed


def test_a_sequence_that_keeps_something_is_not_called_random_for_its_step(shown):
    """The step's own check tells of chance; what the sequence keeps is told of the sequence."""
    text = edited(
        "remember", ("parameters):", "parameters, caches=[]):"), ("    caches = []\n", "")
    )
    noisy = edited("leak", ("    cache =", "    h_next = h_next + np.random.rand()\n    cache ="))
    printed, error = checked(scope(leak=noisy, remember=text)["remember"], "remember")
    assert error and KEEPS_STATE.title in " ".join(printed.split())
    assert shown == [7.0] and "draws random" not in printed


def test_leaning_on_the_notebooks_variables_is_told_at_once(shown):
    """Right only while the example's variables are there: no points, and the reason."""
    own = scope(leak=edited("leak", ("h, parameters):", "h, p):")))
    own["parameters"] = deep_copy(selfcheck().references()["leak"].arguments[2])
    printed, error = checked(own["leak"])
    assert shown == [0.0] and error
    assert "reads variables of the notebook in place of its own arguments" in printed


def test_variables_that_a_function_does_not_read_cost_nothing(shown):
    """A notebook full of the example's variables does not disturb a right function."""
    own = scope()
    arguments = deep_copy(selfcheck().references()["leak"].arguments)
    own.update(zip(("x", "h", "parameters"), arguments, strict=True))
    assert checked(own["leak"])[1] == "" and shown == [10.0]


def test_the_form_of_a_result_is_named_as_the_judge_names_it(shown):
    """Values in another order, a name that is not defined: the same words as the judge's."""
    text = edited("remember", ("return h, (caches, x)", "return (caches, x), h"))
    printed, _ = checked(scope(remember=text)["remember"], "remember")
    assert "It looks as if the right values are returned in another order." in printed
    text = edited("leak", ("squash(", "squash(bias + "))
    printed, _ = checked(scope(leak=text)["leak"])
    assert "It looks as if the name 'bias' is used and has no value." in printed


def test_of_two_mistakes_one_is_offered_as_a_possibility(shown):
    """A mistake that explains a part of what is wrong is said to be possible, not certain."""
    text = mistaken("leak", "old-memory-in-cache")
    text = text.replace("return h_next, cache", "return 2 * h_next, cache")
    printed, _ = checked(scope(leak=text)["leak"])
    flat = " ".join(printed.split())
    assert f"One possibility: {known('leak')['old-memory-in-cache'].title}; " in flat
    assert "something else may be wrong, too." in flat
    assert "looks as if" not in flat


def test_the_summary_lists_every_exercise(shown):
    """Points of what was checked, zero and a remark for the rest."""
    selfcheck()._checked.clear()
    checked(scope()["remember"], "remember")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        selfcheck().summary()
    lines = {line.split()[0]: line for line in out.getvalue().splitlines()}
    assert "10 / 10" in lines["remember"] and "not checked" not in lines["remember"]
    assert "0 / 10" in lines["leak"] and "not checked yet" in lines["leak"]
    assert "10 of 20 points" in out.getvalue()


def test_the_summary_calls_what_is_empty_to_do(shown, capsys):
    """A check that was run on the stub is no failure; one on something wrong is."""
    selfcheck()._checked.clear()
    checked(scope(leak=stub("leak"))["leak"])
    checked(lambda x, h0, parameters: None, "remember")
    selfcheck().summary()
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert "to do" in lines["leak"] and "not written yet" in lines["leak"]
    assert "failed" in lines["remember"]


def test_the_table_escapes_what_students_write():
    """Keys, messages and names become text in HTML, never markup."""
    panel = Panel("<b>", [Row("<i>", False, 0, 1, "<script>")], [("<u>", "<s>")], ["<img src=x>"])
    shown = panel._repr_html_()
    for raw in ("<b>", "<i>", "<script>", "<u>", "<s>", "<img"):
        assert raw not in shown and html.escape(raw) in shown


def test_the_table_says_in_words_what_colours_say():
    """Passed and failed stand there as words, points as numbers, the bar has a label."""
    panel = Panel("t", [Row("a", True, 1, 1), Row("b", False, 0, 2)], notes=["m"])
    shown = panel._repr_html_()
    assert "passed" in shown and "failed" in shown and "1 of 3 points" in shown
    assert 'aria-label="points earned"' in shown and 'scope="col"' in shown
    assert "remark" not in shown  # nor an empty column
    third = Panel("t", [Row("a", True, 1 / 3, 1), Row("b", True, 0.1, 1), Row("c", True, 0.2, 1)])
    assert "0.33 / 1" in repr(third) and "0.33 / 1" in third._repr_html_()
    assert "0.63 of 3 points" in repr(third)
    assert max(map(len, repr(panel).splitlines())) <= 100


@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_what_a_mistake_shows_fits_a_terminal(name, mistake, shown):
    """No line is longer than 100 columns, none ends in a space; labels keep their column."""
    printed, error = checked(scope(**{name: mistaken(name, mistake)})[name], name)
    lines = printed.splitlines()
    assert max(map(len, lines)) <= 100 and all(line == line.rstrip() for line in lines)
    four = [line for line in lines if re.match("  (checked|expected|got|look at):", line)]
    assert len(four) == 4 and all(line[11] == " " != line[12] for line in four)
    if "values are off" in printed:
        assert error.endswith("values are off")  # the numbers are in the table above


def test_lines_of_an_exception_stay_lines():
    """Several lines of its words keep their ends in a terminal, below the label's own text."""
    panel = Panel("t", [], [("got", "ValueError: one\n\n  two"), ("look at", "")])
    printed = repr(panel)
    assert "  got:      ValueError: one\n\n              two\n  look at:" in printed
    assert all(line == line.rstrip() for line in printed.splitlines())


def test_the_four_lines_are_a_table_with_row_headings():
    """In a notebook each label heads its row, and what is said beyond them is a paragraph."""
    finding = Finding("values", "a", "b", "c: d", "e")
    shown = Panel("t", [], finding.lines, ["It looks"])
    found = shown._repr_html_()
    assert [found.count(part) for part in ('scope="row"', "<p ", "<pre")] == [4, 1, 0]
    assert ">c: d</td>" in found and ">It looks</p>" in found


def test_the_file_defines_nothing_twice():
    """It is put together of files: no name of one hides a name of another."""
    body = ast.parse((folder() / "selfcheck.py").read_text()).body
    names = [n.name for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    names += [t.id for n in body if isinstance(n, ast.Assign) for t in n.targets]
    assert sorted(set(names)) == sorted(names)


def test_the_file_holds_no_reference_function():
    """Neither the solution's lines nor the catalogue's edits are in what students get."""
    text = (folder() / "selfcheck.py").read_text()
    assert text == (folder(SLOPE) / "selfcheck.py").read_text()
    assert "grader." not in text.replace("grader/", "")
    for name in OF:
        for line in right(name).splitlines():
            assert len(line.strip()) < 20 or line.strip() not in text, line


LONELY = """
import sys
sys.path[:] = [p for p in sys.path if "site-packages" not in p] + [sys.argv[1], "."]
import numpy as np
for absent in ("IPython", "matplotlib", "grader", "nbgrader"):
    sys.modules[absent] = None
from leaky_utils import squash
from selfcheck import check, summary
from pathlib import Path
exec(compile(Path("answers.py").read_text(), "answers.py", "exec"))
check("leak", leak)
try:
    check("remember", remember)
except AssertionError as error:
    print("said:", error)
summary()
print(sorted(m for m in sys.modules if m.partition(".")[0] in ("grader", "IPython")
             and sys.modules[m]))
"""


def test_it_runs_with_nothing_but_numpy(tmp_path):
    """A fresh Python with only NumPy on its path: the check works, the second one fails."""
    site = tmp_path / "site"
    site.mkdir()
    home = os.path.dirname(np.__file__)
    os.symlink(home, site / "numpy")
    if os.path.isdir(home + ".libs"):
        os.symlink(home + ".libs", site / "numpy.libs")
    work = tmp_path / "work"
    shutil.copytree(folder(), work, ignore=shutil.ignore_patterns("__pycache__"))
    wrong = mistaken("remember", "memory-not-carried")
    (work / "answers.py").write_text(right("leak") + "\n\n" + wrong)
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-B", "-W", "error", "-c", LONELY, str(site)],
        cwd=work,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "leak: all checks passed" in done.stdout
    assert "said: remember" in done.stdout
    assert done.stdout.rstrip().endswith("[]") and done.stderr == ""
    assert "\n10.0\n" in done.stdout


def test_missing_references_say_what_to_do(tmp_path):
    """selfcheck.py alone names the file that must lie beside it."""
    shutil.copy(folder() / "selfcheck.py", tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", "from selfcheck import check; check('remember', print)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "put it beside selfcheck.py and the notebook" in done.stderr


@pytest.mark.parametrize("spoil", ["cut off", "text", "another release"])
def test_damaged_references_say_what_to_do(tmp_path, spoil):
    """A download that stopped, a file of something else or of another release: one plain reason."""
    shutil.copy(folder() / "selfcheck.py", tmp_path)
    whole = (folder() / "references.npz").read_bytes()
    kept = tmp_path / "references.npz"
    kept.write_bytes({"cut off": whole[: len(whole) // 2], "text": b"<html>"}.get(spoil, whole))
    if spoil == "another release":
        np.savez(kept, about=np.frombuffer(b'{"exercises": {"remember": {}}}', dtype=np.uint8))
    done = subprocess.run(
        [sys.executable, "-c", "from selfcheck import check; check('remember', print)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stderr.rstrip().splitlines()[-1]
    assert last.startswith("ValueError: references.npz in ") and "fetch it again" in last


@pytest.mark.parametrize("name", [NAME, SLOPE])
def test_references_are_plain_data(name):
    """references.npz needs no pickle and holds no line of the solution."""
    with np.load(folder(name) / "references.npz", allow_pickle=False) as stored:
        about = json.loads(bytes(stored["about"]))
        assert all(stored[key].dtype.kind in "fiu" for key in stored.files)
    functions = [function for function in OF if OF[function] == name]
    assert list(about["exercises"]) == functions
    text = json.dumps(about)
    for function in functions:
        for line in right(function).splitlines():
            assert len(line.strip()) < 20 or line.strip() not in text, line


def test_numeric_references_are_not_the_reference_itself():
    """The numerical gradient that students see comes from differences, not from the solution."""
    reference = selfcheck(SLOPE).references()["climb_backward"]
    assert set(reference.numeric) == {"dx", "dw", "db"}
    for key, value in reference.numeric.items():
        exact = reference.result[key]
        assert 0 < np.max(np.abs(value - exact)) < 1e-6, key


CREDIT = {
    NAME: (
        Pupil("s", mistakes={"remember": "caches-empty"}),
        {"check_leak": (10, 10), "check_remember": (7, 10)},
    ),
    SLOPE: (
        Pupil("s", solved=("climb",)),
        {"check_climb": (6, 6), "check_climb_backward": (0, 10)},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CREDIT)
def test_a_students_folder_runs_in_a_kernel_and_nbgrader_gives_partial_credit(name, tmp_path):
    """Copied elsewhere and run by Jupyter alone, check cells hold number then error.

    nbgrader's own reading of these outputs is the number: full, partial or no credit.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbgrader.utils import determine_grade

    work = tmp_path / "elsewhere"
    shutil.copytree(folder(name), work)
    pupil, expected = CREDIT[name]
    book = nbformat.reads(json.dumps(book_of(pupil, name)), as_version=4)
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    assert env["NBGRADER_EXECUTION"] == "autograde"  # as nbgrader sets it
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        NotebookClient(
            book,
            timeout=120,
            allow_errors=True,
            kernel_name="python3",
            resources={"metadata": {"path": str(work)}},
        ).execute(env=env)
    grades = {}
    for cell in book.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade") and cell.cell_type == "code":
            grades[about["grade_id"]] = determine_grade(cell)
    assert grades == expected
    wrong = next(c for c in book.cells if c.get("id") == list(expected)[-1])
    kinds = [output.output_type for output in wrong.outputs]
    assert kinds.index("execute_result") < kinds.index("error")
    assert f"solutions/{name}/lesson.py" in book.cells[0].source
