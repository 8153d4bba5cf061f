"""Right ways to write ``rnn_cell_forward``; each function is one student's style."""

import numpy as np

from rnn_utils import softmax


def plain(xt, a_prev, parameters):
    Wax = parameters["Wax"]
    Waa = parameters["Waa"]
    Wya = parameters["Wya"]
    ba = parameters["ba"]
    by = parameters["by"]
    a_next = np.tanh(np.dot(Waa, a_prev) + np.dot(Wax, xt) + ba)
    yt_pred = softmax(np.dot(Wya, a_next) + by)
    cache = (a_next, a_prev, xt, parameters)
    return a_next, yt_pred, cache


def two_lines(xt, a_prev, parameters):
    p = parameters
    a_next = np.tanh(p["Wax"] @ xt + p["Waa"] @ a_prev + p["ba"])
    return a_next, softmax(p["Wya"] @ a_next + p["by"]), (a_next, a_prev, xt, parameters)


def one_concatenated_product(xt, a_prev, parameters):
    weights = np.hstack((parameters["Waa"], parameters["Wax"]))
    both = np.vstack((a_prev, xt))
    a_next = np.tanh(weights @ both + parameters["ba"])
    yt_pred = softmax(parameters["Wya"] @ a_next + parameters["by"])
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def in_place_on_own_array(xt, a_prev, parameters):
    z = parameters["Wax"] @ xt
    z += parameters["Waa"] @ a_prev
    z += parameters["ba"]
    a_next = np.tanh(z, out=z)
    scores = parameters["Wya"] @ a_next
    scores += parameters["by"]
    yt_pred = softmax(scores)
    cache = (a_next, a_prev, xt, parameters)
    return a_next, yt_pred, cache


def own_softmax(xt, a_prev, parameters):
    Wax, Waa, Wya, ba, by = (parameters[name] for name in ("Wax", "Waa", "Wya", "ba", "by"))
    a_next = np.tanh(Waa @ a_prev + Wax @ xt + ba)
    scores = Wya @ a_next + by
    scores = np.exp(scores - scores.max(axis=0))
    yt_pred = scores / scores.sum(axis=0)
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def shifted_softmax(xt, a_prev, parameters):
    a_next = np.tanh(parameters["Waa"] @ a_prev + parameters["Wax"] @ xt + parameters["ba"])
    z = parameters["Wya"] @ a_next + parameters["by"]
    e = np.exp(z - np.max(z))
    return a_next, e / np.sum(e, axis=0, keepdims=True), (a_next, a_prev, xt, parameters)


def tanh_by_exponentials(xt, a_prev, parameters):
    z = parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"]
    a_next = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
    yt_pred = softmax(parameters["Wya"] @ a_next + parameters["by"])
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def transposed_twice(xt, a_prev, parameters):
    z = xt.T @ parameters["Wax"].T + a_prev.T @ parameters["Waa"].T + parameters["ba"].T
    a_next = np.tanh(z).T
    yt_pred = softmax((a_next.T @ parameters["Wya"].T).T + parameters["by"])
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def example_by_example(xt, a_prev, parameters):
    n_a, m = a_prev.shape
    n_y = parameters["Wya"].shape[0]
    a_next = np.zeros((n_a, m))
    yt_pred = np.zeros((n_y, m))
    for i in range(m):
        z = parameters["Wax"].dot(xt[:, i]) + parameters["Waa"].dot(a_prev[:, i])
        a_next[:, i] = np.tanh(z + parameters["ba"][:, 0])
        yt_pred[:, i] = softmax(parameters["Wya"].dot(a_next[:, i]) + parameters["by"][:, 0])
    cache = (a_next, a_prev, xt, parameters)
    return a_next, yt_pred, cache


def _affine(weights, inputs, bias=0):
    return weights @ inputs + bias


def with_a_helper(xt, a_prev, parameters):
    z = _affine(parameters["Wax"], xt) + _affine(parameters["Waa"], a_prev, parameters["ba"])
    a_next = np.tanh(z)
    yt_pred = softmax(_affine(parameters["Wya"], a_next, parameters["by"]))
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def copies_in_the_cache(xt, a_prev, parameters):
    a_next = np.tanh(parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"])
    yt_pred = softmax(parameters["Wya"] @ a_next + parameters["by"])
    kept = {name: value.copy() for name, value in parameters.items()}
    return a_next, yt_pred, (a_next.copy(), a_prev.copy(), xt.copy(), kept)


def products_into_own_arrays(xt, a_prev, parameters):
    n_a, m = a_prev.shape
    z = np.empty((n_a, m), dtype=np.result_type(xt, a_prev))
    from_state = np.empty_like(z)
    np.matmul(parameters["Wax"], xt, out=z)
    np.matmul(parameters["Waa"], a_prev, out=from_state)
    np.add(z, from_state, out=z)
    np.add(z, parameters["ba"], out=z)
    a_next = np.tanh(z)
    yt_pred = softmax(parameters["Wya"] @ a_next + parameters["by"])
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def reduced_terms(xt, a_prev, parameters):
    from functools import reduce

    terms = [parameters["ba"], parameters["Wax"] @ xt, parameters["Waa"] @ a_prev]
    a_next = np.tanh(reduce(np.add, terms))
    yt_pred = softmax(reduce(np.add, [parameters["Wya"] @ a_next, parameters["by"]]))
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def sum_of_a_list_of_terms(xt, a_prev, parameters):
    m = xt.shape[1]
    ba, by = (np.repeat(parameters[name], m, axis=1) for name in ("ba", "by"))
    a_next = np.tanh(np.sum([parameters["Wax"] @ xt, parameters["Waa"] @ a_prev, ba], axis=0))
    yt_pred = softmax(np.sum([parameters["Wya"] @ a_next, by], axis=0))
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def softmax_by_logarithms(xt, a_prev, parameters):
    z = np.tensordot(parameters["Wax"], xt, axes=1) + parameters["ba"]
    z = z + np.tensordot(parameters["Waa"], a_prev, axes=1)
    a_next = 2 / (1 + np.exp(-2 * z)) - 1
    scores = np.tensordot(parameters["Wya"], a_next, axes=1) + parameters["by"]
    yt_pred = np.exp(scores - np.logaddexp.reduce(scores, axis=0))
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def softmax_inside(xt, a_prev, parameters):
    def probabilities(z):
        z = z - np.amax(z, axis=0)
        return np.exp(z) / np.sum(np.exp(z), axis=0)

    def state():
        return np.tanh(np.einsum("ax,xm->am", parameters["Wax"], xt) + recurrent)

    recurrent = np.einsum("ab,bm->am", parameters["Waa"], a_prev) + parameters["ba"]
    a_next = state()
    yt_pred = probabilities(np.einsum("ya,am->ym", parameters["Wya"], a_next) + parameters["by"])
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def lambdas(xt, a_prev, parameters):
    Wax, Waa, ba = map(parameters.get, ("Wax", "Waa", "ba"))
    Wya, by = map(parameters.get, ("Wya", "by"))
    hidden = lambda x, a: np.tanh(Wax @ x + Waa @ a + ba)  # noqa: E731
    output = lambda a: softmax(Wya @ a + by)  # noqa: E731
    a_next = hidden(xt, a_prev)
    yt_pred = output(a_next)
    cache = a_next, a_prev, xt, parameters
    return a_next, yt_pred, cache


def column_stack(xt, a_prev, parameters):
    Wax, Waa, ba = parameters["Wax"], parameters["Waa"], parameters["ba"].flatten()
    columns = zip(xt.T, a_prev.T, strict=True)
    a_next = np.column_stack([np.tanh(np.dot(Wax, x) + np.dot(Waa, a) + ba) for x, a in columns])
    scores = [np.dot(parameters["Wya"], a) + parameters["by"].flatten() for a in a_next.T]
    yt_pred = np.column_stack([softmax(column) for column in scores])
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def weights_in_a_named_tuple(xt, a_prev, parameters):
    from collections import namedtuple

    Weights = namedtuple("Weights", sorted(parameters))
    w = Weights(**parameters)
    a_next = np.tanh(w.Wax @ xt + w.Waa @ a_prev + w.ba)
    yt_pred = softmax(w.Wya @ a_next + w.by)
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def one_block_with_the_bias(xt, a_prev, parameters):
    ones = np.ones((1, xt.shape[1]))
    block = np.block([[parameters["Wax"], parameters["Waa"], parameters["ba"]]])
    a_next = np.tanh(block @ np.vstack([xt, a_prev, ones]))
    yt_pred = softmax(np.block([[parameters["Wya"], parameters["by"]]]) @ np.r_[a_next, ones])
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)
