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
    scores = np.exp(Wya @ a_next + by)
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
