"""rnn_utils: what students import holds for every shape, size and dtype."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnn_utils import (
    cross_entropy,
    numeric_gradient,
    one_hot,
    relative_error,
    sigmoid,
    softmax,
)

FLOATS = st.sampled_from([np.float32, np.float64])


def arrays(min_dims=0, size=1000.0):
    """Arrays of finite numbers up to ``size``, in both dtypes and many shapes."""
    shapes = hnp.array_shapes(min_dims=min_dims, max_dims=3, max_side=4)
    return FLOATS.flatmap(
        lambda dtype: hnp.arrays(
            dtype, shapes, elements=st.floats(-size, size, width=np.finfo(dtype).bits)
        )
    )


# --- sigmoid ---------------------------------------------------------------------------------


@given(arrays())
def test_sigmoid_stays_between_0_and_1_and_keeps_shape_and_dtype(x):
    """Sigmoid gives probabilities of the same shape and dtype, without warnings."""
    with np.errstate(all="raise"):
        y = sigmoid(x)
    assert np.all(y >= 0)
    assert np.all(y <= 1)
    assert np.shape(y) == x.shape
    assert y.dtype == x.dtype


@given(arrays(size=30))
def test_sigmoid_is_symmetric(x):
    """sigmoid(-x) is 1 - sigmoid(x)."""
    tolerance = 4 * np.finfo(x.dtype).eps
    np.testing.assert_allclose(sigmoid(-x), 1 - sigmoid(x), rtol=0, atol=tolerance)


def test_sigmoid_has_its_known_values():
    """At 0 it is a half, at ±1000 exactly 1 and 0, and small values are not rounded to zero."""
    assert sigmoid(np.array([0.0, 1000.0, -1000.0])).tolist() == [0.5, 1.0, 0.0]
    assert sigmoid(np.array([-700.0]))[0] == pytest.approx(np.exp(-700.0))


@pytest.mark.parametrize("function", [sigmoid, softmax])
@pytest.mark.parametrize("dtype", [int, np.int8, np.uint8, bool])
def test_whole_numbers_become_float64(function, dtype):
    """Whole numbers and booleans, whose dtype cannot hold a result, become float64."""
    x = np.array([0, 1, 1], dtype=dtype)
    assert function(x).dtype == np.float64
    np.testing.assert_array_equal(function(x), function(x.astype(float)))


@pytest.mark.parametrize("function", [sigmoid, softmax])
@pytest.mark.parametrize("wrong", [np.array([1j]), np.array(["a"]), [None]])
def test_other_than_real_numbers_are_refused(function, wrong):
    """Complex numbers, text and objects raise TypeError and say which dtype came in."""
    with pytest.raises(TypeError, match="dtype"):
        function(wrong)


@pytest.mark.parametrize("function", [sigmoid, softmax])
def test_the_argument_is_not_changed(function):
    """The activations leave their argument as it was."""
    x = np.array([[1.0, -2.0], [3.0, 4.0]])
    function(x)
    assert x.tolist() == [[1.0, -2.0], [3.0, 4.0]]


# --- softmax ---------------------------------------------------------------------------------


@given(arrays(min_dims=1))
def test_softmax_columns_are_probabilities(x):
    """Every column of a softmax is at least 0 and sums to one, without warnings."""
    with np.errstate(all="raise"):
        y = softmax(x)
    assert np.all(y >= 0)
    np.testing.assert_allclose(y.sum(axis=0), 1, rtol=10 * np.finfo(x.dtype).eps)
    assert y.shape == x.shape
    assert y.dtype == x.dtype


@given(arrays(min_dims=2, size=20), st.integers(-500, 500))
def test_softmax_ignores_a_number_added_to_a_column(x, shift):
    """Adding a number to a column's scores does not change its probabilities."""
    x = x.round()  # whole numbers, so that adding the shift is exact in both dtypes
    np.testing.assert_allclose(softmax(x + x.dtype.type(shift)), softmax(x), rtol=1e-5)


def test_softmax_takes_each_columns_own_maximum():
    """A column at -1000 beside one at +1000 is as right as on its own."""
    x = np.array([[1000.0, -1000.0], [999.0, -1001.0]])
    alone = softmax(np.array([1.0, 0.0]))
    np.testing.assert_allclose(softmax(x), np.column_stack([alone, alone]), rtol=1e-12)


@given(arrays(min_dims=3, size=20))
def test_softmax_of_a_sequence_is_softmax_of_each_step(x):
    """With a time axis, every slice is treated as on its own."""
    together = softmax(x)
    for t in range(x.shape[2]):
        np.testing.assert_array_equal(together[:, :, t], softmax(np.ascontiguousarray(x[:, :, t])))


@pytest.mark.parametrize("shape", [(), (0,), (0, 3)])
def test_softmax_needs_a_class(shape):
    """Without a class there is no probability to give: ValueError names the shape."""
    with pytest.raises(ValueError, match="at least one class"):
        softmax(np.zeros(shape))


# --- one_hot and cross_entropy -----------------------------------------------------------------


@given(
    hnp.arrays(np.int64, hnp.array_shapes(max_dims=2, max_side=5), elements=st.integers(0, 6)),
    st.integers(7, 9),
)
def test_one_hot_can_be_read_back(labels, n_y):
    """Each column holds a single one, in the row that the label names."""
    y = one_hot(labels, n_y)
    assert y.shape == (n_y, *labels.shape)
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y.sum(axis=0), 1)
    np.testing.assert_array_equal(y.argmax(axis=0), labels)


def test_one_hot_refuses_what_is_not_a_class():
    """Labels outside the classes, fractions and a class count below 1 are errors."""
    with pytest.raises(ValueError, match="must lie in 0 … 2, got 0 … 3"):
        one_hot(np.array([0, 3]), 3)
    with pytest.raises(ValueError, match="must lie in"):
        one_hot(np.array([-1]), 3)
    with pytest.raises(ValueError, match="n_y must be at least 1"):
        one_hot(np.array([0]), 0)
    with pytest.raises(TypeError, match="whole numbers"):
        one_hot(np.array([0.5]), 3)


@given(st.integers(1, 5), st.integers(1, 4), st.integers(1, 3), st.integers(0, 99))
def test_cross_entropy_of_equal_guesses_is_the_logarithm_of_the_classes(n_y, m, T_x, seed):
    """Guessing all classes alike costs log(n_y), whatever is true and however many columns."""
    labels = np.random.default_rng(seed).integers(0, n_y, (m, T_x))
    guess = np.full((n_y, m, T_x), 1 / n_y)
    assert cross_entropy(guess, one_hot(labels, n_y)) == pytest.approx(np.log(n_y), abs=1e-12)


def test_cross_entropy_of_certain_predictions():
    """Being right with certainty costs nothing; being wrong with certainty costs a finite lot."""
    y = one_hot(np.array([0, 1]), 2)
    assert cross_entropy(y, y) == 0
    assert 700 < cross_entropy(1 - y, y) < np.inf
    assert 80 < cross_entropy((1 - y).astype(np.float32), y) < np.inf


def test_cross_entropy_slope_is_prediction_minus_truth():
    """With softmax before it, its gradient in the scores is (y_pred - y) / m."""
    scores = np.array([[0.2, -1.0, 3.0], [1.5, 0.0, -2.0]])
    y = one_hot(np.array([0, 1, 1]), 2)
    measured = numeric_gradient(lambda z: cross_entropy(softmax(z), y), scores)
    assert relative_error(measured, (softmax(scores) - y) / 3) < 1e-9


@pytest.mark.parametrize(
    ("y_pred", "y", "message"),
    [
        (np.ones((2, 3)), np.ones((2, 1)), "y_pred has shape"),
        (np.ones((2, 0)), np.ones((2, 0)), "nothing to average"),
        (np.full((2, 1), 1.5), np.ones((2, 1)), "y_pred must hold probabilities"),
        (np.full((2, 1), np.nan), np.ones((2, 1)), "y_pred must hold probabilities"),
        (np.ones((2, 1)), np.full((2, 1), -1.0), "y must hold probabilities"),
    ],
)
def test_cross_entropy_refuses_what_is_no_probability(y_pred, y, message):
    """Shapes that differ, nothing at all, and numbers outside 0 to 1 are errors."""
    with pytest.raises(ValueError, match=message):
        cross_entropy(y_pred, y)


# --- numeric_gradient and relative_error -------------------------------------------------------


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=3), elements=st.floats(-3, 3)))
def test_numeric_gradient_of_a_cubic(x):
    """The sum of cubes has the gradient 3x², here to the accuracy of central differences."""
    np.testing.assert_allclose(numeric_gradient(lambda z: np.sum(z**3), x), 3 * x**2, atol=1e-7)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-3), (np.float64, 1e-9)])
def test_numeric_gradient_chooses_its_step_by_dtype(dtype, tolerance):
    """float32 stays float32 and is differentiated with a step that it can resolve."""
    x = np.linspace(-2, 2, 9, dtype=dtype)
    measured = numeric_gradient(lambda z: np.sum(np.tanh(z)), x)
    assert measured.dtype == dtype
    assert relative_error(measured, 1 - np.tanh(x) ** 2) < tolerance


def test_numeric_gradient_leaves_its_argument_alone():
    """Neither the estimate nor a careless function changes the array that was given."""
    x = np.array([1.0, 2.0])

    def careless(z):
        z *= 2
        return np.sum(z)

    assert numeric_gradient(careless, x).tolist() == pytest.approx([2.0, 2.0])
    assert x.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("value", [np.float32(1e7), 1e12, np.inf, np.nan])
def test_numeric_gradient_says_what_its_step_cannot_move(value):
    """An entry that is lost in rounding or not finite is named: no 0/0, and no silent zero."""
    with pytest.raises(ValueError, match=r"does not move (1e\+|1000|inf|nan).*larger"):
        numeric_gradient(lambda z: np.sum(z), np.array([value]))


def test_numeric_gradient_takes_whole_numbers_and_single_numbers():
    """Whole numbers are differentiated as float64, and a 0-dimensional array is an array."""
    assert numeric_gradient(lambda z: np.sum(z**2), np.array([1, 3])) == pytest.approx([2, 6])
    assert numeric_gradient(lambda z: z**2, 3.0) == pytest.approx(6)


def test_numeric_gradient_refuses_what_it_cannot_differentiate():
    """A function with more than one result and a step that is not positive are errors."""
    with pytest.raises(ValueError, match="one number"):
        numeric_gradient(lambda z: z, np.zeros(2))
    for step in (0, -1e-3, np.nan):
        with pytest.raises(ValueError, match="step must be positive"):
            numeric_gradient(np.sum, np.zeros(2), step)


@given(arrays(), st.floats(0.1, 10))
def test_relative_error_is_between_0_and_1_and_does_not_depend_on_the_unit(x, unit):
    """It is 0 for equal arrays, 1 for opposite ones, the same either way round and in any unit."""
    x = x.astype(np.float64)
    other = x + 1
    assert relative_error(x, x) == 0
    if np.linalg.norm(x) > 1:
        assert relative_error(x, -x) == pytest.approx(1)
    error = relative_error(x, other)
    assert 0 <= error <= 1 + 1e-12
    assert relative_error(other, x) == pytest.approx(error)
    assert relative_error(unit * x, unit * other) == pytest.approx(error)


def test_relative_error_looks_at_the_whole_array():
    """A tiny entry that is off by as much as itself does not make a large array wrong."""
    a, n = np.array([1.0, 1e-12]), np.array([1.0, 2e-12])
    assert relative_error(a, n) < 1e-12


def test_two_zeros_agree_and_nan_never_does():
    """Two arrays of zeros have the error 0; nan gives nan, so no comparison lets it pass."""
    assert relative_error(np.zeros(3), np.zeros(3)) == 0
    assert relative_error(np.zeros(0), np.zeros(0)) == 0
    assert not relative_error(np.array([np.nan]), np.array([1.0])) < 1e9


def test_relative_error_floor_is_the_size_that_counts_as_zero():
    """Differences far below the floor count as nothing."""
    assert relative_error(np.array([1e-20]), np.zeros(1)) < 1e-7
    assert relative_error(np.array([1e-20]), np.zeros(1), floor=1e-30) == 1


def test_relative_error_refuses_other_shapes_and_a_floor_of_zero():
    """Broadcasting would hide a wrong shape, and without a floor two zeros would be 0/0."""
    with pytest.raises(ValueError, match="shapes differ"):
        relative_error(np.zeros((3, 1)), np.zeros(3))
    with pytest.raises(ValueError, match="floor must be positive"):
        relative_error(np.zeros(3), np.zeros(3), floor=0)
