"""The ladder: what each rung says, in which order, and what it never lets through."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.comparison.finding import Place
from grader.comparison.ladder import array_finding, compare
from grader.comparison.layout import Check, Layout, Tolerance, earned
from grader.comparison.telling import kind
from grader.comparison.values import relative_error

# No example is too slow because the machine is busy.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
DIMS = {"n_a": 5, "m": 10}
TOL = Tolerance(1e-6)
LAYOUT = Layout(
    name="cell",
    arguments=("xt", "a_prev"),
    returns=("a_next", "cache"),
    checks=(Check("a_next", 6, "(n_a, m)", main=True), Check("cache", 3), Check("inputs", 1)),
    labels={"cache": ("state", "names")},
)
GRADIENTS = Layout(
    name="backward",
    arguments=("da",),
    returns=("dWax", "dba"),
    checks=(Check("dWax", 2, "(n_a, n_x)", main=True), Check("dba", 1, "(n_a, 1)")),
    returns_dict=True,
)
VALUES = np.random.default_rng(3).normal(size=(5, 10))
EXPECTED = (VALUES, (VALUES, {"step": VALUES[:2], "count": 3}))
WEIGHTS = {"dWax": VALUES, "dba": VALUES[:, :1]}


def found(got, name="a_next", layout=LAYOUT, expected=EXPECTED, tol=TOL, dims=DIMS):
    """The finding on one output, None where it holds."""
    return compare(layout, expected, got, tol, dims)[name]


def with_first(value):
    """The right result with another first item."""
    return (value, EXPECTED[1])


def test_the_right_result_has_no_finding():
    """What equals the reference passes every check."""
    assert compare(LAYOUT, EXPECTED, EXPECTED, TOL, DIMS) == {"a_next": None, "cache": None}


@pytest.mark.parametrize(
    ("got", "said"),
    [
        (None, "None"),
        (VALUES, "an array of shape (5, 10)"),
        ((VALUES,), "a tuple of 1"),
        ([VALUES] * 3, "a list of 3"),
        ({}, "an empty dictionary"),
        ({"a": 1}, "a dictionary with the keys 'a'"),
        ("text", "a str"),
        (1.5, "a float"),
        (1, "an int"),
    ],
)
def test_rung_returned_says_what_came_instead(got, said):
    """A result that is not the tuple asked for fails every check with what it is."""
    findings = compare(LAYOUT, EXPECTED, got, TOL, DIMS)
    assert {finding.rung for finding in findings.values()} == {"returned"}
    assert findings["a_next"].got == said
    assert findings["a_next"].expected == "2 values: a_next, cache"


def test_a_missing_return_is_pointed_at():
    """None as the whole result points at the end of the function, not at its values."""
    assert "is there a `return`" in found(None).look


def test_a_list_of_the_right_length_is_as_good_as_a_tuple():
    """Returning [a, cache] is the same as returning (a, cache)."""
    assert found(list(EXPECTED)) is None


def test_a_dictionary_is_asked_for_by_its_keys():
    """A gradient function that returns a tuple is told the keys."""
    finding = found((VALUES,), "dWax", GRADIENTS, WEIGHTS)
    assert finding.rung == "returned" and finding.expected == "a dictionary with the keys dWax, dba"


def test_a_misspelt_key_is_recognised():
    """A key that is nearly right is named, and the other keys are still compared."""
    got = {"dWaX": VALUES, "dba": VALUES[:, :1]}
    findings = compare(GRADIENTS, WEIGHTS, got, TOL, DIMS)
    assert findings["dWax"].look == "the key 'dWaX': should it be 'dWax'?"
    assert findings["dba"] is None


def test_extra_keys_cost_nothing():
    """A dictionary that holds more than was asked for passes."""
    assert found(WEIGHTS | {"mine": 1}, "dWax", GRADIENTS, WEIGHTS) is None


@pytest.mark.parametrize(
    ("got", "said"),
    [(None, "None"), (VALUES.tolist(), "a list of 5"), (0.0, "a float"), ("a", "a str")],
)
def test_rung_array(got, said):
    """Something other than an array is named."""
    finding = found(with_first(got))
    assert (finding.rung, finding.expected, finding.got) == ("array", "an array", said)


def test_rung_shape_speaks_in_letters():
    """The expected shape stands in letters and in numbers, the other shape in numbers."""
    finding = found(with_first(VALUES.T))
    assert finding.rung == "shape"
    assert finding.checked == "the shape of a_next of cell"
    assert finding.expected == "shape (n_a, m) = (5, 10) with n_a = 5, m = 10"
    assert finding.got == "shape (10, 5)"


def test_a_letter_is_not_found_inside_another():
    """The letter m is not listed for (n_a, n_x), where it does not occur."""
    dims = {"n_a": 5, "n_x": 3, "m": 10, "T_x": 4, "n": 99, "x": 98}
    finding = found({"dWax": VALUES.T}, "dWax", GRADIENTS, WEIGHTS, dims=dims)
    assert finding.expected.endswith("with n_a = 5, n_x = 3")


@pytest.mark.parametrize("shape", [(5, 1), (1, 10), (10,), (1, 1), (), (1, 5, 10)])
def test_broadcasting_never_passes(shape):
    """Values that NumPy would stretch to the right shape fail at the shape."""
    ones = np.ones((5, 10))
    finding = found((np.ones(shape), EXPECTED[1]), expected=(ones, EXPECTED[1]))
    assert finding.rung == "shape"


def test_a_lost_axis_of_a_sum_is_explained():
    """A bias gradient without its second axis is pointed at keepdims."""
    finding = found({"dWax": VALUES, "dba": VALUES[:, 0]}, "dba", GRADIENTS, WEIGHTS)
    assert "keepdims" in finding.look


@pytest.mark.parametrize("dtype", [np.int64, bool, complex, object])
def test_rung_dtype(dtype):
    """Integers, booleans, complex numbers and objects are no floats."""
    finding = found(with_first(np.ones((5, 10)).astype(dtype)))
    assert finding.rung == "dtype" and finding.got == f"dtype {np.dtype(dtype)}"


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_rung_finite(bad):
    """One NaN or infinity is counted and never passes, even where the reference has it too."""
    got = VALUES.copy()
    got[2, 3] = bad
    finding = found(with_first(got))
    assert finding.rung == "finite" and finding.got == "1 of 50 are not"
    assert found((got, EXPECTED[1]), expected=(got, EXPECTED[1])).rung == "finite"


def test_nan_everywhere_never_passes_the_values():
    """The error itself being NaN is no agreement."""
    assert not relative_error(np.full(3, np.nan), np.ones(3), 1e-6) < 1e-6


def test_rung_values():
    """Wrong values give the relative error and the number of places, not the numbers."""
    got = VALUES.copy()
    got[1, 2] += 0.5
    finding = found(with_first(got))
    assert finding.rung == "values"
    assert "relative error" in finding.got and "1 of 50 values are off" in finding.got
    assert finding.look == "the line that computes a_next"


def test_values_are_shown_only_on_demand():
    """The first wrong place with both numbers stands in a message only with reveal."""
    got = VALUES.copy()
    got[1, 2] = 0.125
    shown = found(with_first(got), tol=Tolerance(1e-6, reveal=True)).text()
    assert f"first at [1, 2]: 0.12500000, expected {VALUES[1, 2]:.8f}" in shown
    hidden = found(with_first(got)).text()
    assert f"{abs(VALUES[1, 2]):.4f}"[:6] not in hidden and "[1, 2]" not in hidden


def test_the_first_rung_that_fails_is_the_one_reported():
    """A wrong shape is said before a wrong dtype, that before NaN, that before wrong values."""
    nan = np.full((5, 10), np.nan)
    assert found(with_first(np.ones((5, 9), dtype=int))).rung == "shape"
    assert found(with_first(np.ones((5, 10), dtype=int))).rung == "dtype"
    assert found(with_first(nan)).rung == "finite"
    assert found(with_first(VALUES + 1)).rung == "values"


@pytest.mark.parametrize(
    ("cache", "where"),
    [
        ((VALUES,), "a tuple of 2 (state, names)"),
        (None, "a tuple of 2 (state, names)"),
        ((VALUES, VALUES), "a dictionary of 2"),
        ((VALUES, {"count": 3}), "the key 'step'"),
    ],
)
def test_rung_cache_structure(cache, where):
    """A cache of another structure says what was expected at that place."""
    finding = found((VALUES, cache), "cache")
    assert finding.rung == "cache" and finding.expected == where


@pytest.mark.parametrize(
    ("count", "rung", "got"),
    [
        (4, "values", "another value"),
        (3.0, "dtype", "dtype float64"),
        ("3", "array", "a str"),
        (np.int8(4), "values", "another value"),
        (np.int16(3), None, None),
        (np.array(3), None, None),
    ],
)
def test_a_number_in_a_cache_takes_the_road_of_one_at_the_top(count, rung, got):
    """Whatever its type, it is the same number or another one; its place is told."""
    result = found((VALUES, (VALUES, {"step": VALUES[:2], "count": count})), "cache")
    assert (result and result.rung, result and result.got) == (rung, got)
    assert result is None or "cache[1]['count'] of cell" in result.checked


def test_rung_cache_names_the_place():
    """A wrong array deep in a cache is found by its path, with the labels of the cache."""
    cache = (VALUES, {"step": VALUES[:2] + 1, "count": 3})
    finding = found((VALUES, cache), "cache")
    assert finding.rung == "cache"
    assert "cache[1]['step'] of cell" in finding.checked
    wrong_state = found((VALUES, (VALUES + 1, EXPECTED[1][1])), "cache")
    assert "cache[0] (state) of cell" in wrong_state.checked


def test_a_cache_of_more_keys_is_fine():
    """Students may keep more in a dictionary of the cache than they need."""
    cache = (VALUES, {"step": VALUES[:2], "count": 3, "mine": None})
    assert found((VALUES, cache), "cache") is None


def test_the_inputs_check_is_not_the_comparisons():
    """Whether arguments were changed is known to the caller alone."""
    assert "inputs" not in compare(LAYOUT, EXPECTED, EXPECTED, TOL, DIMS)


def test_a_finding_is_four_lines():
    """Checked, expected, got, look at: one line each, whatever the finding."""
    hostile = [None, VALUES, (VALUES,), with_first(None), with_first(VALUES.T), (VALUES, None)]
    for got in [*hostile, {"a\nb": 1}, with_first(VALUES + 1)]:
        for finding in compare(LAYOUT, EXPECTED, got, TOL, DIMS).values():
            if finding is not None:
                lines = finding.text().splitlines()
                heads = [line.split(":")[0] for line in lines]
                assert heads == ["checked", "expected", "got", "look at"]


def test_two_exact_zeros_agree():
    """Where the true gradient is zero, zero is right: 0/0 is no error."""
    zero = np.zeros((5, 10))
    assert relative_error(zero, zero, 1e-6) == 0.0
    assert found((zero, EXPECTED[1]), expected=(zero, EXPECTED[1])) is None


def test_rounding_around_zero_agrees_but_a_value_does_not():
    """Against a true zero 1e-15 passes and 1e-3 does not."""
    zero = np.zeros((5, 10))
    assert found((zero + 1e-15, EXPECTED[1]), expected=(zero, EXPECTED[1])) is None
    assert found((zero + 1e-3, EXPECTED[1]), expected=(zero, EXPECTED[1])).rung == "values"


def test_zeros_for_small_true_values_do_not_pass():
    """The floor hides rounding, not an answer that was left at zero."""
    small = VALUES * 1e-5
    assert found((small * 0, EXPECTED[1]), expected=(small, EXPECTED[1])).rung == "values"


def test_float32_has_a_tolerance_of_its_own():
    """Rounding to float32 fails at 1e-9, passes at 1e-4; a mistake fails at both."""
    rounded = VALUES.astype(np.float32)
    assert found(with_first(rounded), tol=Tolerance(1e-9)).rung == "values"
    assert found(with_first(rounded), tol=Tolerance(1e-4)) is None
    assert found(with_first(rounded * 1.01), tol=Tolerance(1e-4)).rung == "values"


@pytest.mark.parametrize("size", [1e308, 1e200, 1e-308, 1e-320])
def test_extreme_values_overflow_into_no_warning_and_no_pass(size):
    """Numbers at the ends of the range neither warn nor pass for something else."""
    huge = np.full((5, 10), size)
    finding = found((-huge, EXPECTED[1]), expected=(VALUES, EXPECTED[1]))
    assert finding.rung == "values"


LAYOUTS = {
    "C": np.ascontiguousarray,
    "Fortran": np.asfortranarray,
    "reversed": lambda a: a[::-1, ::-1].copy()[::-1, ::-1],
    "strided": lambda a: np.repeat(np.repeat(a, 2, 0), 3, 1)[::2, ::3],
    "read-only": lambda a: np.broadcast_to(a, a.shape),
    "big-endian": lambda a: a.astype(">f8"),
    "subclass": lambda a: a.view(np.matrix),
    "unaligned": lambda a: _unaligned(a),
}


def _unaligned(a):
    raw = np.zeros(a.nbytes + 1, np.uint8)
    view = raw[1:].view(a.dtype).reshape(a.shape)
    view[...] = a
    return view


arrays = st.builds(
    lambda rows, columns, seed, scale: (
        np.random.default_rng(seed).normal(size=(rows, columns)) * 10.0**scale
    ),
    st.integers(1, 7),
    st.integers(1, 7),
    st.integers(0, 2**32 - 1),
    st.integers(-2, 6),
)
LINE = Check("a", 1, "(n_a, m)")


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@PATIENT
@given(arrays, st.sampled_from(sorted(LAYOUTS)))
def test_the_right_answer_passes_in_any_memory_layout(values, layout):
    """How an array lies in memory makes no difference."""
    assert array_finding(Place("a", "f"), LINE, values, LAYOUTS[layout](values), TOL, "") is None


@PATIENT
@given(arrays, st.integers(0, 48), st.floats(1e-4, 10.0), st.booleans())
def test_any_perturbation_beyond_the_tolerance_fails(values, place, share, negative):
    """One entry off by more than the tolerance of the whole array's length is seen."""
    got = values.copy()
    amount = share * np.linalg.norm(values) * (-1 if negative else 1)
    got.flat[place % got.size] += amount
    assert array_finding(Place("a", "f"), LINE, values, got, TOL, "").rung == "values"


@PATIENT
@given(arrays, st.floats(-1e-9, 1e-9))
def test_rounding_passes(values, share):
    """A relative error of 1e-9 in every entry is no mistake."""
    assert array_finding(Place("a", "f"), LINE, values, values * (1 + share), TOL, "") is None


class Liar:
    """Equal to everything, of any length, whatever is asked."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __len__(self):
        return 2

    def __iter__(self):
        return iter((VALUES, VALUES))

    def __getitem__(self, key):
        return VALUES

    def __array__(self, dtype=None, copy=None):
        return VALUES


class Shouting:
    """Cannot even be shown."""

    def __repr__(self):
        raise RuntimeError("no")


def _endless():
    loop = []
    loop.append(loop)
    return loop


def hostile():
    """What a student's function could return in the student's own process."""
    loop, mapping = _endless(), {}
    mapping["cache"] = mapping
    masked = np.ma.array(np.zeros((5, 10)), mask=True)
    return {
        "a liar": Liar(),
        "two liars": (Liar(), Liar()),
        "a list that holds itself": loop,
        "a list that holds itself twice": (loop, loop),
        "a dictionary that holds itself": mapping,
        "an endless cache": (VALUES, (loop, mapping)),
        "masked values": (masked, EXPECTED[1]),
        "a generator": (value for value in EXPECTED),
        "a huge integer": (10**5000, EXPECTED[1]),
        "keys that cannot be shown": {Shouting(): 1, 10**5000: 2, "a" * 10**6: 3},
        "a class": (type, type),
        "a structured array": (np.zeros((5, 10), dtype=[("a", float)]), EXPECTED[1]),
        "an array of arrays": (np.full((5, 10), None, dtype=object), EXPECTED[1]),
        "an array of text": (np.full((5, 10), "a"), EXPECTED[1]),
    }


@pytest.mark.parametrize("case", sorted(hostile()))
def test_hostile_results_raise_nothing_and_pass_nothing(case):
    """Whatever comes back is a finding: only plain data reach the judge, but not the student."""
    findings = compare(LAYOUT, EXPECTED, hostile()[case], TOL, DIMS)
    assert any(findings.values())
    assert all(len(f.text()) < 3000 for f in findings.values() if f)


def test_kind_is_short_for_large_dictionaries():
    """A dictionary of thousands of keys is described by its first few."""
    assert len(kind({f"key{n}": n for n in range(10_000)})) < 300


def test_all_points_are_earned_when_nothing_failed():
    """No failed check: every point, to the last bit."""
    assert earned(LAYOUT, set()) == {"a_next": 6, "cache": 3, "inputs": 1}


def test_a_wrong_side_value_costs_its_own_points():
    """Only the failed check loses, the untouched arguments still count."""
    assert earned(LAYOUT, {"cache"}) == {"a_next": 6, "cache": 0.0, "inputs": 1}


def test_untouched_arguments_are_no_merit_of_a_wrong_answer():
    """With a wrong main value the check `inputs` earns nothing."""
    assert earned(LAYOUT, {"a_next"}) == {"a_next": 0.0, "cache": 3, "inputs": 0.0}


def test_one_wrong_main_value_caps_the_exercise_at_half():
    """What is left is scaled to half of the points when it would be more."""
    checks = (Check("a", 1, main=True), Check("b", 8), Check("c", 1))
    layout = Layout("f", (), ("a", "b", "c"), checks)
    points = earned(layout, {"a"})
    assert sum(points.values()) == pytest.approx(5.0)
    assert points["b"] / points["c"] == pytest.approx(8.0)


lines = st.lists(st.tuples(st.floats(0.25, 10), st.booleans()), min_size=1, max_size=8).map(
    lambda parts: tuple(Check(f"c{n}", p, main=m) for n, (p, m) in enumerate(parts))
)


@settings(PATIENT, max_examples=60)
@given(lines, st.data())
def test_points_are_never_more_than_there_are_and_never_negative(checks, data):
    """Any choice of failed checks earns between nothing and all, at most half without main."""
    layout = Layout("f", (), tuple(c.name for c in checks), (*checks, Check("inputs", 1)))
    names = [c.name for c in layout.checks]
    failed = data.draw(st.sets(st.sampled_from(names)))
    points, whole = earned(layout, failed), sum(c.points for c in layout.checks)
    assert list(points) == names
    for check in layout.checks:
        assert 0.0 <= points[check.name] <= check.points + 1e-12
        assert not (check.name in failed and points[check.name])
    if any(c.main and c.name in failed for c in checks):
        assert sum(points.values()) <= whole / 2 + 1e-9
    more = data.draw(st.sampled_from(names))
    assert sum(earned(layout, failed | {more}).values()) <= sum(points.values()) + 1e-9
