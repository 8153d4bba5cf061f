# derived from rnn_utils.py at the project's root by `make release`; edit that file
"""The small mathematics that the course's notebooks share: activations, encodings, gradient checks.

Letters: n_x input size, n_a hidden size, n_y number of classes, m examples, T_x time steps.
Columns are examples, so a batch of vectors is an array ``(size, m)`` or ``(size, m, T_x)``.
Floating-point arrays keep their dtype; whole numbers and booleans become float64.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "cross_entropy",
    "numeric_gradient",
    "one_hot",
    "relative_error",
    "sigmoid",
    "softmax",
]

Floats = NDArray[np.floating]  # any floating dtype; a function returns the one that it was given

FLOOR = 1e-12  # below this size two arrays count as zero when they are compared


def _real(x: ArrayLike) -> Floats:
    """Return ``x`` as an array of floats; raise TypeError when it does not hold real numbers."""
    array = np.asarray(x)
    if array.dtype.kind == "f":
        return array
    if array.dtype.kind in "iub":
        return array.astype(np.float64)
    raise TypeError(f"expected an array of real numbers, got dtype {array.dtype}")


def sigmoid(x: ArrayLike) -> Floats:
    """Squash every entry into the interval from 0 to 1: 1 / (1 + exp(-x)).

    Args:
        x: real numbers of any shape; entries of any size, ±1000 included.

    Returns:
        An array of the shape of ``x``; its dtype if that is a floating one, else float64.

    Raises:
        TypeError: ``x`` does not hold real numbers.

    Source:
        Goodfellow, Bengio & Courville, Deep Learning (2016), section 3.10.
    """
    x = _real(x)
    # exp of a large number overflows to infinity, and 1 / infinity is the right 0.
    with np.errstate(over="ignore", under="ignore"):
        result: Floats = 1 / (1 + np.exp(-x))
    return result


def softmax(x: ArrayLike) -> Floats:
    """Turn every column of scores into probabilities: exp(x_k) / sum_j exp(x_j).

    Args:
        x: scores ``(n_y,)``, ``(n_y, m)`` or ``(n_y, m, T_x)``; axis 0 runs over the classes.

    Returns:
        Probabilities of the shape of ``x``; each column sums to one. Its dtype if that is a
        floating one, else float64.

    Raises:
        TypeError: ``x`` does not hold real numbers.
        ValueError: there is no axis 0, or no class along it.

    Source:
        Goodfellow, Bengio & Courville, Deep Learning (2016), section 4.1.
    """
    x = _real(x)
    if x.ndim == 0 or x.shape[0] == 0:
        raise ValueError(f"softmax needs at least one class along axis 0, got shape {x.shape}")
    # Each column loses its own maximum. One maximum for the whole matrix would leave a column of
    # much smaller scores with nothing but zeros, and 0/0.
    with np.errstate(under="ignore"):
        weights = np.exp(x - x.max(axis=0, keepdims=True))
        result: Floats = weights / weights.sum(axis=0, keepdims=True)
    return result


def one_hot(labels: ArrayLike, n_y: int) -> NDArray[np.float64]:
    """Write class numbers as columns that hold a single one.

    Args:
        labels: whole numbers from 0 to ``n_y - 1``, shape ``(m,)`` or ``(m, T_x)`` (any shape).
        n_y: the number of classes, at least 1.

    Returns:
        Zeros and ones ``(n_y, m)`` or ``(n_y, m, T_x)``, float64: entry ``[k, i]`` is 1 where
        ``labels[i] == k``.

    Raises:
        TypeError: ``labels`` are not whole numbers.
        ValueError: a label lies outside 0 … n_y - 1, or ``n_y`` is smaller than 1.

    Source:
        Bishop, Pattern Recognition and Machine Learning (2006), section 2.2 (1-of-K coding).
    """
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels must be whole numbers, got dtype {labels.dtype}")
    if n_y < 1:
        raise ValueError(f"n_y must be at least 1, got {n_y}")
    if labels.size and (labels.min() < 0 or labels.max() >= n_y):
        raise ValueError(f"labels must lie in 0 … {n_y - 1}, got {labels.min()} … {labels.max()}")
    classes = np.arange(n_y).reshape((n_y,) + (1,) * labels.ndim)
    return np.asarray(labels == classes, dtype=np.float64)


def cross_entropy(y_pred: ArrayLike, y: ArrayLike) -> float:
    """Average surprise of the true classes under the predictions: mean of -sum_k y_k log y_pred_k.

    Args:
        y_pred: predicted probabilities ``(n_y, m)`` or ``(n_y, m, T_x)``, columns as from softmax.
        y: true probabilities of the same shape, usually from ``one_hot``.

    Returns:
        The mean over all columns, in nats, at least 0. A true class that was given probability 0
        costs a large finite amount (probabilities are held above the smallest normal float).

    Raises:
        TypeError: an argument does not hold real numbers.
        ValueError: the shapes differ, there is no column, or an entry lies outside 0 … 1.

    Source:
        Goodfellow, Bengio & Courville, Deep Learning (2016), section 3.13.
    """
    y_pred, y = _real(y_pred), _real(y)
    if y_pred.shape != y.shape:
        raise ValueError(f"y_pred has shape {y_pred.shape} but y has shape {y.shape}")
    if y.size == 0:
        raise ValueError(f"there is nothing to average in shape {y.shape}")
    for name, array in (("y_pred", y_pred), ("y", y)):
        if not (np.all(array >= 0) and np.all(array <= 1)):
            raise ValueError(f"{name} must hold probabilities between 0 and 1")
    surprise = -np.log(np.maximum(y_pred, np.finfo(y_pred.dtype).tiny))
    columns = y.size // y.shape[0] if y.ndim else 1
    return float(np.sum(y * surprise) / columns)


def numeric_gradient(
    f: Callable[[Floats], float], x: ArrayLike, step: float | None = None
) -> Floats:
    """Estimate the gradient of a scalar function by central differences.

    Each entry is (f(x + h) - f(x - h)) / 2h with one entry of ``x`` moved; the error shrinks as h².

    Args:
        f: takes an array of the shape and dtype of ``x`` and returns one number. It is called
            twice for every entry of ``x``, each time with a copy.
        x: where to take the gradient, any shape. It is not changed.
        step: h; by default the cube root of the rounding unit, 6e-6 in float64, 5e-3 in float32.

    Returns:
        The gradient, of the shape of ``x``; its dtype if that is a floating one, else float64.

    Raises:
        TypeError: ``x`` does not hold real numbers.
        ValueError: ``f`` returns something other than one number, ``step`` is not positive, or an
            entry of ``x`` is so large (or not finite) that it cannot be moved by the step.

    Source:
        Press et al., Numerical Recipes, 3rd edition (2007), section 5.7.
    """
    x = _real(x)
    h = float(np.cbrt(np.finfo(x.dtype).eps)) if step is None else float(step)
    if not h > 0:
        raise ValueError(f"step must be positive, got {step}")
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += h
        below[index] -= h
        # The distance actually moved: x + h is rounded to the nearest float.
        distance = float(above[index]) - float(below[index])
        if not distance > 0:
            raise ValueError(f"a step of {h:.1g} does not move {x[index]}: choose a larger one")
        gradient[index] = (_number(f(above)) - _number(f(below))) / distance
    return gradient


def _number(value: ArrayLike) -> float:
    """Return ``value`` as a float; raise ValueError when it is not a single number."""
    array = _real(value)
    if array.size != 1:
        raise ValueError(f"f must return one number, got an array of shape {array.shape}")
    return float(array.item())


def relative_error(a: ArrayLike, n: ArrayLike, floor: float = FLOOR) -> float:
    """Say how far two arrays are apart as wholes: ‖a - n‖ / max(‖a‖ + ‖n‖, floor).

    One number for the whole array: entry by entry, a right gradient looks wrong wherever the true
    value is almost zero.

    Args:
        a: one array (for instance a gradient by formula), any shape.
        n: the other one (for instance by ``numeric_gradient``), of the same shape.
        floor: the smallest denominator; sets the size below which arrays count as zero.

    Returns:
        A number from 0 (equal; two arrays of zeros agree) to 1 (opposite, or one of them zero);
        nan if either holds nan.

    Raises:
        TypeError: an argument does not hold real numbers.
        ValueError: the shapes differ, or ``floor`` is not positive.

    Source:
        Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition (2002), section 1.2,
        with norms for absolute values and both arrays in the denominator.
    """
    a, n = _real(a).astype(np.float64), _real(n).astype(np.float64)
    if a.shape != n.shape:
        raise ValueError(f"shapes differ: {a.shape} and {n.shape}")
    if not floor > 0:
        raise ValueError(f"floor must be positive, got {floor}")
    size = float(np.linalg.norm(a)) + float(np.linalg.norm(n))
    return float(np.linalg.norm(a - n)) / max(size, floor)
