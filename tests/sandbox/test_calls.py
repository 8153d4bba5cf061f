"""Judged calls: plain data in, plain data out, and stand-ins that answer only so often."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.sandbox import Call, CellSource, Job, Stored
from grader.sandbox.job import MOST_SENT
from tests.kit.sandbox import EVERY, HASTY, assert_unharmed, cells, run, sandbox_at

SETUP = "import numpy as np\nW = np.ones(2)"
FUNCTIONS = """
def double(x):
    return 2 * x
def layout(x):
    return x.flags.c_contiguous, x.flags.f_contiguous, x.strides, str(x.dtype)
def spoil(x, p):
    p["w"][...] = 0
    return x
def use_global(x):
    return x * W
def fails(x):
    y = x
    raise ValueError(f"got {y}")
def empty(x):
    raise NotImplementedError("empty")
def forward(x, p):
    return x * p["w"], [(x, p)], object()
def forward_ok(x, p):
    return x * p["w"], [(x, p)]
def backward(dy, cache):
    (x, p), = cache
    return dy * p["w"]
def helper(x):
    return x + 1000
def calls_helper(x, times):
    for _ in range(times):
        x = helper(x)
    return x
def prints(x):
    import matplotlib.pyplot as plt
    plt.plot([1])
    print("secret", x)
    display(x)
    return x
"""
CELLS = [
    CellSource("setup", SETUP, "example"),
    CellSource("f", FUNCTIONS, "answer"),
    CellSource("own", "scale = 3.0\ndef scaled(x):\n    return x * scale", "answer"),
]


@pytest.fixture(params=EVERY)
def job(request: pytest.FixtureRequest) -> Iterator[Job]:
    """A job with these functions defined."""
    with sandbox_at(request.param).job(CELLS) as made:
        assert [result.outcome for result in made.run()] == ["ok"] * len(CELLS)
        yield made


def test_defines_tells_functions_from_the_rest(job: Job) -> None:
    """A name is a function, something else, or missing."""
    found = job.defines(["double", "W", "nothing"])
    assert found == {"double": "function", "W": "other", "nothing": "missing"}


def test_a_missing_function_is_missing(job: Job) -> None:
    """Calling what is not there, or not callable, is an outcome and no error."""
    assert job.call("nothing", ()).outcome == "missing"
    assert job.call("W", ()).outcome == "missing"


def test_values_arrive_exactly(job: Job) -> None:
    """Every bit, dtype and container survives the way in and the way out."""
    rng = np.random.default_rng(0)
    array = rng.standard_normal((3, 2))
    value = job.call("double", (array,)).value
    assert value.dtype == array.dtype
    assert np.array_equal(value, 2 * array)
    assert job.call("double", (np.float32(1.5),)).value == np.float32(3)
    assert isinstance(job.call("double", (np.float32(1.5),)).value, np.float32)
    assert job.call("double", ([1, None, "é"],)).value == [1, None, "é", 1, None, "é"]


@pytest.mark.parametrize(
    ("array", "flags"),
    [
        (np.zeros((2, 3)), (True, False)),
        (np.asfortranarray(np.zeros((2, 3), np.float32)), (False, True)),
        (np.zeros((4, 6))[:, ::2], (False, False)),
        (np.zeros((2, 3, 4)).transpose(1, 0, 2), (False, False)),
    ],
)
def test_layouts_arrive_as_they_are(
    job: Job, array: np.ndarray[Any, Any], flags: tuple[bool, bool]
) -> None:
    """Fortran order, gaps and dtype of an argument are those of the judge's array."""
    c_order, f_order, _, dtype = job.call("layout", (array,)).value
    assert (c_order, f_order) == flags
    assert dtype == str(array.dtype)


def test_changed_inputs_are_reported(job: Job) -> None:
    """A function that writes into its arguments is noticed; the judge's own stay whole."""
    parameters = {"w": np.ones(3)}
    assert job.call("spoil", (1.0, parameters)).inputs_changed
    assert not job.call("double", (np.full(2, np.nan),)).inputs_changed
    assert np.array_equal(parameters["w"], np.ones(3))


def test_exceptions_name_line_and_cell(job: Job) -> None:
    """The error tells its type, its message and where in the student's cells it arose."""
    error = job.call("fails", (3,)).error
    assert error is not None
    assert (error.type, error.message) == ("ValueError", "got 3")
    assert error.through == (("f", 13),)


def test_kept_values_stay_in_the_fork(job: Job) -> None:
    """A cache that one call returned is given to another without the judge touching it."""
    forward = job.call("forward_ok", (np.ones(2), {"w": np.full(2, 5.0)}), store_as="fw")
    assert forward.outcome == "returned"
    reply = job.call("backward", (np.ones(2), Stored("fw", (1,))))
    assert np.array_equal(reply.value, [5.0, 5.0])
    wrong = job.call("backward", (np.ones(2), Stored("fw", (7,))))
    assert wrong.outcome == "refused"
    assert "kept" in wrong.reason
    assert job.call("double", (Stored("nothing"),)).outcome == "refused"


def test_what_is_not_plain_data_is_refused(job: Job) -> None:
    """A returned object is refused with its type as the reason, and the job goes on."""
    reply = job.call("forward", (1.0, {"w": 2.0}))
    assert reply.outcome == "refused"
    assert reply.reason == "a value of type object"
    assert job.call("double", (1,)).value == 2


def test_stand_ins_answer_a_counted_number_of_times(job: Job) -> None:
    """The stand-in answers with the judge's function, is counted, and is taken away again."""
    asked: list[int] = []
    helpers = {"helper": lambda x: asked.append(x) or x + 1}
    reply = job.call("calls_helper", (0, 3), stand_ins=helpers, max_stand_in_calls=3)
    assert reply.value == 3
    assert asked == [0, 1, 2]
    reply = job.call("calls_helper", (0, 4), stand_ins=helpers, max_stand_in_calls=3)
    assert reply.outcome == "raised"
    assert reply.error is not None
    assert "3 times only" in reply.error.message
    assert asked == [0, 1, 2] * 2
    assert job.call("calls_helper", (0, 1)).value == 1000


def test_stand_ins_survive_wrong_arguments(job: Job) -> None:
    """What the judge's function cannot compute is the student's error, not the kit's."""
    helpers = {"helper": lambda x: np.ones((2, 3)) @ x}
    for argument in (np.ones(2), "text", np.ones(2000), [[]] * 2000):
        reply = job.call("calls_helper", (argument, 1), stand_ins=helpers, max_stand_in_calls=1)
        assert reply.outcome == "raised", argument
    assert job.alive


def test_an_answer_beyond_a_message_is_the_calls_error(job: Job) -> None:
    """A right value that cannot be sent, for a byte or for many, is no fault of the kit's."""
    helpers = {"helper": lambda size: np.zeros(size, np.uint8)}
    for size in ((32 << 20) - 12, 64 << 20):
        reply = job.call("calls_helper", (size, 1), stand_ins=helpers, max_stand_in_calls=1)
        assert reply.error is not None and reply.error.message == "helper: Refused"
    assert job.alive


def test_poison_reveals_a_function_that_reads_example_variables(job: Job) -> None:
    """Example variables are useless during the call; the student's own constants are not."""
    assert np.array_equal(job.call("use_global", (2.0,)).value, [2.0, 2.0])
    assert np.isnan(job.call("use_global", (2.0,), mask_globals=True).value).all()
    assert np.array_equal(job.call("use_global", (2.0,)).value, [2.0, 2.0])
    assert job.call("scaled", (2.0,), mask_globals=True).value == 6.0
    assert job.call("scaled", (2.0,), mask_globals={"scale": 0.5}).value == 1.0


def test_calls_are_answered_in_order_with_their_own_arguments(job: Job) -> None:
    """An array that is in two calls is two arrays there: what one call does to it stays its own."""
    parameters = {"w": np.full(2, 5.0)}
    spoil, again = Call("spoil", (1.0, parameters)), Call("forward_ok", (np.ones(2), parameters))
    first, second, third = job.calls([spoil, again, Call("double", (4,))])
    assert first.inputs_changed
    assert np.array_equal(second.value[0], parameters["w"])
    assert third.value == 8
    assert job.alive


def test_each_call_of_several_has_its_own_stand_ins_and_count(job: Job) -> None:
    """Questions come between replies, and belong to the call that waits for one."""
    asked: list[int] = []
    helpers = {"helper": lambda x: asked.append(x) or x + 1}
    asks = [
        Call("calls_helper", (0, n), stand_ins=helpers, max_stand_in_calls=2) for n in (2, 3, 1)
    ]
    replies = list(job.calls([*asks, Call("calls_helper", (0, 1))]))
    assert [reply.outcome for reply in replies] == ["returned", "raised", "returned", "returned"]
    assert asked == [0, 1, 0, 1, 0]  # the first two each, then one, then none
    assert (replies[0].value, replies[2].value, replies[3].value) == (2, 1, 1000)


def test_calls_end_where_the_stub_shows_itself(job: Job) -> None:
    """What comes behind is not called, and the job goes on."""
    asked = [Call("double", (1,)), Call("empty", (1,)), Call("double", (2,))]
    assert [reply.outcome for reply in job.calls(asked)] == ["returned", "raised", "returned"]
    assert [reply.outcome for reply in job.calls(asked, until="empty")] == ["returned", "raised"]
    assert len(list(job.calls(asked, until="another text"))) == 3
    assert job.call("double", (3,)).value == 6


def test_who_does_not_take_every_reply_ends_the_job(job: Job) -> None:
    """Replies that are left behind would be taken for those of the next request."""
    replies = job.calls([Call("double", (1,)), Call("double", (2,))])
    assert next(replies).value == 2
    replies.close()  # type: ignore[attr-defined]
    assert not job.alive


def test_more_than_may_be_sent_together_is_sent_in_parts(job: Job) -> None:
    """Large arguments neither fill the fork's memory nor get lost."""
    large = np.ones(MOST_SENT // 16)
    asked = [Call("double", (large + n,)) for n in range(5)]
    assert [reply.value[0] for reply in job.calls(asked)] == [2.0, 4.0, 6.0, 8.0, 10.0]


@pytest.mark.parametrize("tier", EVERY)
def test_what_was_answered_before_a_call_that_hangs_is_kept(tier: str) -> None:
    """The replies up to it are there, it timed out, and there are no more."""
    source = "def f(x):\n    while x == 2: pass\n    return x"
    with sandbox_at(tier).job(cells(source)) as job:
        job.run()
        replies = list(job.calls([Call("f", (n,)) for n in range(4)]))
        assert [reply.outcome for reply in replies] == ["returned", "returned", "timed_out"]
        assert not job.alive


def test_prints_and_figures_of_calls_are_thrown_away(job: Job) -> None:
    """What a judged call shows goes nowhere, not even into the next cell's outputs."""
    assert job.call("prints", (1,)).value == 1
    job.cells = (CellSource("after", "print('after')"),)
    (result,) = job.run()
    assert result.outputs == ({"output_type": "stream", "name": "stdout", "text": "after\n"},)


@pytest.mark.parametrize("tier", EVERY)
@pytest.mark.parametrize(
    ("returned", "reason"),
    [
        ("np.array([object()])", "dtype object"),
        ("np.array(['a'])", "dtype str"),
        ("np.zeros(2, [('a', float)])", "dtype void"),
        ("np.zeros(2, np.longdouble)", "dtype "),
        ("2 ** 70", "64 bits"),
        ("loop", "nested deeper than 20"),
        ("{(1,): 2}", "a dict key of type tuple"),
        ("{1, 2}", "type set"),
        ("b'bytes'", "type bytes"),
        ("np.zeros((1,) * 9)", "8 dimensions"),
        ("np.zeros(2_000_000)", "larger than"),
        ("np.broadcast_to(1.0, (1 << 20, 1 << 20))", "larger than"),
        ("[0] * 200_000", "items"),
        ("np.memmap('m', float, 'w+', shape=3)", "memmap"),
        ("lambda: 1", "type function"),
        ("(i for i in [1])", "type generator"),
    ],
)
def test_strange_results_are_refused_with_a_reason(tier: str, returned: str, reason: str) -> None:
    """Objects, odd dtypes, and the huge, deep and self-referential are refused in plain words."""
    source = "import numpy as np\nloop = []\nloop.append(loop)\ndef f():\n    return " + returned
    with sandbox_at(tier).job(cells(source)) as job:
        assert job.run()[0].outcome == "ok"
        reply = job.call("f", ())
        assert reply.outcome == "refused", reply
        assert reason in reply.reason


@pytest.mark.parametrize("tier", EVERY)
@pytest.mark.parametrize(
    "returned",
    ["np.ones(3).view(Liar)", "np.ma.masked_array(np.ones(3), [0, 1, 0])", "np.ones(3, '>f8')"],
)
def test_subclasses_become_plain_arrays(tier: str, returned: str) -> None:
    """A subclass that lies about itself arrives as the numbers in its memory."""
    source = (
        "import numpy as np\nclass Liar(np.ndarray):\n"
        "    def __eq__(self, other): return True\n"
        "    def __array__(self, *a, **k): return np.zeros(3)\n"
        "    def __reduce__(self): return (print, ('x',))\n"
        f"def f():\n    return {returned}"
    )
    with sandbox_at(tier).job(cells(source)) as job:
        job.run()
        reply = job.call("f", ())
    assert type(reply.value) is np.ndarray
    assert reply.value.dtype == np.dtype("float64")
    assert reply.value.dtype.isnative
    assert np.array_equal(reply.value, np.ones(3))


@pytest.mark.parametrize("tier", EVERY)
@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("while True: pass", "timed_out"),
        ("np.linalg.matrix_power(np.ones((3000, 3000)), 1 << 60)", "timed_out"),
        ("import os; os._exit(0)", "crashed"),
        ("import ctypes; ctypes.string_at(0)", "crashed"),
    ],
)
def test_a_call_that_hangs_or_dies_ends_its_job_only(tier: str, body: str, outcome: str) -> None:
    """The reply says so, the job is dead, and the sandbox goes on."""
    sandbox = sandbox_at(tier)
    with sandbox.job(cells(f"import numpy as np\ndef f():\n    {body}")) as job:
        job.run()
        reply = job.call("f", ())
        assert reply.outcome == outcome
        assert job.inconclusive == (outcome == "crashed")
        assert not job.alive
        assert job.call("f", ()).outcome == "crashed"
        assert job.defines(["f"]) == {"f": "missing"}
    assert_unharmed(sandbox)


@pytest.mark.parametrize("tier", EVERY)
def test_a_call_that_waits_is_stopped_by_the_wall_clock_and_says_so(tier: str) -> None:
    """Sleeping uses no processor time: the flag tells the caller to try again alone."""
    job, _ = run(sandbox_at(tier, HASTY), "import time\ndef f():\n    time.sleep(1e6)")
    with job:
        reply = job.call("f", ())
    assert reply.outcome == "timed_out"
    assert job.inconclusive


HELPED = """
def advance(state, p):
    raise RuntimeError("the student's own")
def travel(state, p, xs):
    before = state, p, p["w"], xs
    made = advance(state, p), advance(state, p)
    same = state is before[0], p is before[1], p["w"] is before[2]
    return same, state, p, xs, [m[0] is state for m in made], [m[1] is p for m in made], made[1][2]
def keeps(x):
    kept = advance(x, {"w": x})
    x[...] = 0
    return kept
"""


@pytest.mark.parametrize("tier", EVERY)
def test_a_stand_in_writes_where_the_right_function_does_and_keeps_what_it_was_given(
    tier: str,
) -> None:
    """Arrays, entries and lists are changed in place; an argument in a result is that argument."""

    def right(state: Any, p: Any) -> Any:
        state *= 2
        p["w"] += 1
        p["n"] = p.get("n", 0) + 1
        p.pop("gone", None)
        p["list"].append(p["n"])
        return state, p, state + 1

    arguments = (np.ones(2), {"w": np.zeros(2), "gone": 1, "list": []}, [np.ones(1)])
    with sandbox_at(tier).job(cells(HELPED)) as job:
        job.run()
        reply = job.call(
            "travel", arguments, stand_ins={"advance": right}, max_stand_in_calls=2, after=(0, 1)
        )
    assert reply.outcome == "returned", reply
    same, state, p, xs, states, parameters, last = reply.value
    assert same == (True, True, True) and states == parameters == [True, True]
    assert state.tolist() == [4, 4] and last.tolist() == [5, 5] and xs[0].tolist() == [1]
    assert p["w"].tolist() == [2, 2] and p["n"] == 2 and p["list"] == [1, 2] and "gone" not in p
    assert reply.after[0].tolist() == [4, 4] and reply.after[1]["n"] == 2
    assert not reply.inputs_changed


@pytest.mark.parametrize("tier", EVERY)
def test_an_array_that_a_stand_in_kept_shows_when_it_is_overwritten_later(tier: str) -> None:
    """A copy would hide that a cache holds an array that the student writes into afterwards."""

    def right(state: Any, p: Any) -> Any:
        return state, p

    with sandbox_at(tier).job(cells(HELPED)) as job:
        job.run()
        reply = job.call("keeps", (np.ones(3),), stand_ins={"advance": right}, max_stand_in_calls=1)
    kept, p = reply.value
    assert kept.tolist() == p["w"].tolist() == [0, 0, 0]


DRIVEN = """
import numpy as np
class Counter:
    def __init__(self, start):
        self.value = start
    def add(self, number):
        self.value += number
        return self.value
def numbers(n):
    yield from range(n)
class Odd(Exception):
    pass
def odd():
    raise Odd("an error of its own")
"""


@pytest.mark.parametrize("tier", EVERY)
def test_a_driver_does_something_with_the_students_names(tier: str) -> None:
    """Its text is run beside the cells, with their names; what it returns is plain data."""
    counts = (
        "portable = lambda student, s, xs: (c := student.Counter(s)) and [c.add(x) for x in xs]"
    )
    with sandbox_at(tier).job(cells(DRIVEN)) as job:
        job.run()
        assert job.defines(["Counter", "numbers"]) == {"Counter": "function", "numbers": "function"}
        reply = job.call("Counter", (1, [2, 3]), driver=counts)
        assert reply.outcome == "returned" and reply.value == [3, 6]
        reply = job.call("numbers", (3,), driver="portable = lambda s, n: list(s.numbers(n))")
        assert reply.value == [0, 1, 2]
        reply = job.call("numbers", (3,), driver="portable = lambda s, n: s.numbers(n)")
        assert (reply.outcome, reply.reason) == ("refused", "a value of type generator")
        reply = job.call("odd", (), driver="def portable(student):\n    return student.odd()")
        assert reply.error is not None and reply.error.type == "Odd"
        assert reply.error.through[-1] == ("c0", 14)
        reply = job.call("odd", (), driver="portable = lambda student: student.even()")
        assert reply.error is not None and reply.error.type == "NameError"
        reply = job.call("nothing", (), driver="portable = lambda student: 1")
        assert reply.outcome == "missing"


@pytest.mark.parametrize("tier", EVERY)
def test_which_call_ended_the_process_is_found_one_by_one(tier: str) -> None:
    """Replies are sent together, and some may be lost with it; one by one none is."""
    source = "import os\ndef f(x):\n    if x == 2:\n        os._exit(0)\n    return x"
    calls = [Call("f", (n,)) for n in range(4)]
    with sandbox_at(tier).job(cells(source)) as job:
        job.run()
        assert list(job.calls(calls))[-1].outcome == "crashed"
        assert job.unclear and not job.alive
    with sandbox_at(tier).job(cells(source)) as job:
        job.run()
        outcomes = [reply.outcome for reply in job.calls(calls, one_by_one=True)]
        assert outcomes == ["returned", "returned", "crashed"]
        assert not job.unclear and not job.alive


def test_which_of_few_calls_ended_the_process_is_clear(job: Job) -> None:
    """One call by itself leaves no doubt."""
    assert job.call("prints", (1,)).value == 1
    job.cells = (CellSource("exits", "import os\ndef leave():\n    os._exit(0)"),)
    job.run()
    assert job.call("leave", ()).outcome == "crashed"
    assert not job.unclear


ASKS = """
def helper(x):
    return x + 1000
def asks(first, second):
    x = helper(first)
    for candidate in second:
        try:
            x = helper(candidate)
        except BaseException:
            pass
    return x
"""


@pytest.mark.parametrize("tier", EVERY)
def test_on_the_path_of_a_right_function_stand_ins_answer(tier: str) -> None:
    """What a right function asks is answered, as often and in the order that it asks."""
    asked: list[tuple[int, str, tuple[Any, ...]]] = []

    def on_path(before: int, name: str, arguments: tuple[Any, ...], named: Any) -> bool:
        asked.append((before, name, arguments))
        return arguments == (before,) and not named

    with sandbox_at(tier).job(cells(ASKS)) as job:
        job.run()
        more: dict[str, Any] = {"stand_ins": {"helper": lambda x: x + 1}, "on_path": on_path}
        reply = job.call("asks", (0, [1, 2]), max_stand_in_calls=3, **more)
        assert (reply.outcome, reply.value) == ("returned", 3)
        assert asked == [(0, "helper", (0,)), (1, "helper", (1,)), (2, "helper", (2,))]
        assert job.alive and not job.off_path


@pytest.mark.parametrize("tier", EVERY)
def test_the_first_question_off_the_path_ends_the_job(tier: str) -> None:
    """Candidates that are tried behind `except BaseException` get no second answer."""
    answered: list[int] = []
    more: dict[str, Any] = {
        "stand_ins": {"helper": lambda x: answered.append(x) or x + 1},
        "on_path": lambda before, name, arguments, named: arguments == (before,),
    }
    with sandbox_at(tier).job(cells(ASKS)) as job:
        job.run()
        reply = job.call("asks", (0, [7, 8, 1]), max_stand_in_calls=3, **more)
        assert (reply.outcome, answered) == ("crashed", [0])
        assert job.off_path and not job.alive
    with sandbox_at(tier).job(cells(ASKS)) as job:  # nor is one that is refused for another reason
        job.run()
        reply = job.call("asks", (0, [1, 2]), max_stand_in_calls=1, **more)
        assert (reply.outcome, answered) == ("crashed", [0, 0])
        assert job.off_path and not job.alive
