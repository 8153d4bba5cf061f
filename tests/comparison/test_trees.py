"""Nested results: stored without pickle, compared leaf by leaf, and fingerprinted."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.comparison import trees
from grader.comparison.fingerprints import fingerprint, result_fingerprint, same_fingerprint
from grader.comparison.layout import Check, Layout
from grader.comparison.packing import pack, unpack
from grader.comparison.trees import deep_copy, leaves, same

# No example is too slow because the machine is busy.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LAYOUT = Layout("f", ("x",), ("a", "b"), (Check("a", 1), Check("b", 1)))
finite = st.floats(-1e6, 1e6)
arrays = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.bool_]),
    hnp.array_shapes(min_dims=0, max_dims=3, max_side=4),
    elements={"allow_nan": False, "allow_infinity": False, "min_value": -1e6, "max_value": 1e6},
)
floats = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=finite)
plain = st.none() | st.booleans() | st.integers() | finite | st.text(max_size=5)


def nested(leaf):
    """Tuples, lists and dictionaries of ``leaf``, a few levels deep."""
    return st.recursive(
        leaf,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.lists(inner, max_size=3).map(tuple)
            | st.dictionaries(st.text(max_size=4), inner, max_size=3)
        ),
        max_leaves=6,
    )


def alike(one, other):
    """Equal in type, structure, dtype and every bit."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and np.array_equal(one, other)
    if isinstance(one, tuple | list):
        return type(one) is type(other) and len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(alike(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other


@PATIENT
@given(nested(arrays | plain))
def test_packing_and_unpacking_gives_the_same_tree(tree):
    """Types, order of keys, dtypes and bits survive, through JSON as well."""
    store = {}
    about = json.loads(json.dumps(pack(tree, store, {})))
    assert alike(tree, unpack(about, store))


def test_shared_arrays_are_stored_once_and_stay_shared():
    """The parameters that every step's cache holds take their space once."""
    weights = np.ones((3, 3))
    store = {}
    about = pack([(weights, 1), {"W": weights}], store, {})
    assert len(store) == 1
    first, second = unpack(about, store)
    assert first[0] is second["W"]


def test_two_trees_share_a_store():
    """Names given for one tree are used for the next, so that arrays are stored once over all."""
    weights, store, names = np.ones(3), {}, {}
    assert pack((weights,), store, names) == pack((weights,), store, names)
    assert len(store) == 1


@pytest.mark.parametrize("value", [object(), {1, 2}, 1j, b"bytes", np.float64])
def test_only_plain_data_can_be_stored(value):
    """Anything else is refused, deep inside as well."""
    with pytest.raises(TypeError, match="cannot store"):
        pack([{"a": value}], {}, {})


def test_fresh_copies_are_independent_and_keep_their_sharing():
    """Writing into a copy leaves the original; what was one array is one array in the copy."""
    weights = np.ones(3)
    copy = deep_copy((weights, weights))
    copy[0][0] = 5
    assert copy[1][0] == 5 and weights[0] == 1


def test_leaves_come_in_a_fixed_order():
    """The order of a dictionary's keys does not matter."""
    assert [p for p, _ in leaves({"b": 1, "a": [2, 3]})] == ["['a'][0]", "['a'][1]", "['b']"]


@PATIENT
@given(nested(floats | plain))
def test_a_tree_is_the_same_as_itself(tree):
    """Same in values and same in fingerprint, as a deep copy too."""
    assert same(tree, deep_copy(tree), 0.0)
    assert same_fingerprint(fingerprint(tree), fingerprint(deep_copy(tree)))


@PATIENT
@given(floats.filter(lambda a: a.size), st.integers(0, 100), st.floats(1e-3, 10))
def test_a_changed_value_is_seen(values, place, amount):
    """One value changed by a thousandth of the largest is another tree and another fingerprint."""
    other = values.copy()
    other.flat[place % values.size] += amount * (1 + np.max(np.abs(values)))
    assert not same(values, other)
    assert not same_fingerprint(fingerprint([values]), fingerprint([other]))


@pytest.mark.parametrize(
    "other",
    [
        (np.ones((2, 3)), [np.zeros(2), 3]),
        (np.ones((3, 2)),),
        (np.ones((3, 2)), [np.zeros(2), 4]),
        (np.ones((3, 2)), [np.zeros(2), True]),
        (np.ones((3, 2)), np.zeros(2), 3),
        (np.ones((3, 2)), {"0": np.zeros(2), "1": 3}),
        (np.ones((3, 2)), [np.zeros(2), None]),
        None,
    ],
)
def test_another_structure_is_another_tree(other):
    """Shapes, lengths, keys and plain values count, in `same` and in fingerprints."""
    tree = (np.ones((3, 2)), [np.zeros(2), 3])
    assert not same(tree, other)
    assert not same_fingerprint(fingerprint(tree), fingerprint(other))


def test_permuted_values_have_another_fingerprint():
    """A transposed square matrix or two swapped outputs are recognised as different."""
    square = np.arange(9.0).reshape(3, 3)
    assert not same_fingerprint(fingerprint(square), fingerprint(square.T))
    one, two = np.arange(4.0), np.arange(4.0)[::-1]
    assert not same_fingerprint(fingerprint([one, two]), fingerprint([two, one]))


def test_a_fingerprint_ignores_rounding_and_memory_layout():
    """The last bits and the order in memory differ between machines."""
    values = np.random.default_rng(0).normal(size=(5, 4))
    first = fingerprint(values)
    assert same_fingerprint(fingerprint(values * (1 + 1e-14)), first)
    assert same_fingerprint(fingerprint(np.asfortranarray(values)), first)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_matches_no_number_and_warns_of_nothing(bad):
    """NaN and infinity are not the same as any number, and no warning reaches the student."""
    tree = np.full(3, bad)
    assert not same_fingerprint(fingerprint(tree), fingerprint(np.ones(3)))
    assert not same_fingerprint(fingerprint(np.array([bad, -bad])), fingerprint(np.ones(2)))
    assert not same_fingerprint(fingerprint(np.ones(2)), fingerprint(np.array([bad, 1.0])))
    assert not same(np.array([np.inf, 1.0]), np.array([-bad, 1.0]))
    assert not same(np.ones(3), tree, 0.0) and not same(tree, np.ones(3), 0.0)
    assert not same(bad, 1.0) and not same(1.0, bad)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_the_same_in_the_same_places(bad):
    """A mistake that gives NaN gives it again when it is called again; the rest is compared."""
    one = np.array([bad, 1.0, 1e9])
    assert same(one, one.copy()) and same(one, one * (1 + 1e-14), 1e-9) and same(bad, bad)
    assert not same(one, one[[1, 0, 2]]) and not same(one, np.array([bad, 1.0, 2e9]))
    assert not same(one, np.array([bad, bad, 1e9])) and not same(np.array([bad, bad, 1e9]), one)


def test_booleans_and_text_are_compared_like_anything_else():
    """Arrays of booleans are numbers here; arrays of text are never the same."""
    yes, text = np.array([True, False]), np.array(["a", "b"])
    assert same(yes, yes) and not same(yes, ~yes)
    assert not same(text, text)
    assert not same_fingerprint(fingerprint(text), fingerprint(text))


def test_a_result_is_fingerprinted_by_its_named_outputs():
    """A list instead of a tuple and further keys make no other result; a lost output does."""
    values = np.arange(3.0)
    pair = result_fingerprint(LAYOUT, (values, values))
    assert same_fingerprint(result_fingerprint(LAYOUT, [values, values]), pair)
    assert not same_fingerprint(result_fingerprint(LAYOUT, (values, None)), pair)
    assert not same_fingerprint(result_fingerprint(LAYOUT, values), pair)
    keyed = Layout("f", ("x",), ("a", "b"), LAYOUT.checks, returns_dict=True)
    both = result_fingerprint(keyed, {"a": values, "b": values})
    assert same_fingerprint(result_fingerprint(keyed, {"b": values, "a": values, "c": 1}), both)


def test_values_cannot_be_read_from_a_fingerprint():
    """A fingerprint is a short hash and two sums, however large the result."""
    assert len(fingerprint([np.ones((50, 50))] * 9)) == 3


@PATIENT
@given(nested(arrays | plain))
def test_a_fresh_copy_is_the_same_tree_in_other_memory(tree):
    """Every array and container is a new one; what was shared is shared again."""
    copied = deep_copy([tree, tree])
    assert same(copied[0], tree)
    for (_, one), (_, other) in zip(leaves(tree), leaves(copied[0]), strict=True):
        if isinstance(one, np.ndarray):
            assert one is not other and not np.shares_memory(one, other)
    shared = copied[0] is copied[1]
    assert shared or isinstance(tree, tuple) or type(tree) not in (list, dict, np.ndarray)


def test_a_fresh_copy_keeps_order_circles_and_what_is_not_plain():
    """Column-major stays column-major, a circle is a circle, objects are copied, too."""
    circle = [np.asfortranarray(np.ones((2, 3)))]
    circle.append({"back": circle})
    copied = deep_copy(circle)
    assert copied[1]["back"] is copied
    assert copied[0].flags.f_contiguous and not copied[0].flags.c_contiguous
    holder = {"set": {1, 2}, "objects": np.array([[1], [2, 3]], dtype=object)}
    other = deep_copy(holder)
    assert other["set"] == {1, 2} and other["set"] is not holder["set"]
    assert other["objects"][1] == [2, 3] and other["objects"][1] is not holder["objects"][1]


def test_most_is_compared_without_being_asked_what_it_holds(monkeypatch) -> None:
    """Arrays are, in tuples and lists: to ask for a mapping takes longer than to compare them."""
    monkeypatch.setattr(trees, "Mapping", None)
    assert same(np.arange(3), np.arange(3.0)) and not same(np.arange(3), [0, 1, 2])


@pytest.mark.parametrize("off", [0.0, 1e-12, 1e-3, np.nan, np.inf])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.bool_])
@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_arrays_of_every_shape_and_dtype_are_compared_to_tolerance(shape, dtype, off) -> None:
    """Neither of them is written into."""
    one, other = np.ones(shape, dtype), np.full(shape, 1.0 + off)
    before = one.copy(), other.copy()
    assert same(one, other) is (off in (0.0, 1e-12) or shape == (0,))
    assert np.array_equal(one, before[0]) and np.array_equal(other, before[1], equal_nan=True)


def test_numbers_and_words_are_their_own_copies(monkeypatch) -> None:
    """Long lists of them are copied without a call of `copy.deepcopy` for each."""
    monkeypatch.setattr(trees, "copy", None)
    tree = {"a": [1, 1.5, True, None, "word"], 2: (np.ones(2), [])}
    made = deep_copy(tree)
    assert repr(made) == repr(tree) and made is not tree
    assert made["a"] is not tree["a"] and made[2][0] is not tree[2][0]
