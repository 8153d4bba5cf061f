"""Right ways to write ``lstm_cell_forward``; each function is one student's style."""
# ruff: noqa: RUF059 - students unpack what they do not use

import numpy as np

from rnn_utils import sigmoid, softmax


def plain(xt, a_prev, c_prev, parameters):
    Wf = parameters["Wf"]
    bf = parameters["bf"]
    Wi = parameters["Wi"]
    bi = parameters["bi"]
    Wc = parameters["Wc"]
    bc = parameters["bc"]
    Wo = parameters["Wo"]
    bo = parameters["bo"]
    Wy = parameters["Wy"]
    by = parameters["by"]
    n_x, m = xt.shape
    n_y, n_a = Wy.shape
    contact = np.zeros([n_a + n_x, m])
    contact[:n_a, :] = a_prev
    contact[n_a:, :] = xt
    ft = sigmoid(np.dot(Wf, contact) + bf)
    it = sigmoid(np.dot(Wi, contact) + bi)
    cct = np.tanh(np.dot(Wc, contact) + bc)
    c_next = ft * c_prev + it * cct
    ot = sigmoid(np.dot(Wo, contact) + bo)
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(np.dot(Wy, a_next) + by)
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def vertical_stack(xt, a_prev, c_prev, parameters):
    both = np.vstack([a_prev, xt])
    ft = sigmoid(parameters["Wf"] @ both + parameters["bf"])
    it = sigmoid(parameters["Wi"] @ both + parameters["bi"])
    ot = sigmoid(parameters["Wo"] @ both + parameters["bo"])
    cct = np.tanh(parameters["Wc"] @ both + parameters["bc"])
    c_next = np.multiply(ft, c_prev) + np.multiply(it, cct)
    a_next = np.multiply(ot, np.tanh(c_next))
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    return (
        a_next, c_next, yt_pred,
        (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters),
    )  # fmt: skip


def one_product_for_all_gates(xt, a_prev, c_prev, parameters):
    n_a = a_prev.shape[0]
    W = np.concatenate([parameters["W" + gate] for gate in "fioc"])
    b = np.concatenate([parameters["b" + gate] for gate in "fioc"])
    z = W @ np.concatenate((a_prev, xt)) + b
    ft, it, ot = sigmoid(z[:n_a]), sigmoid(z[n_a : 2 * n_a]), sigmoid(z[2 * n_a : 3 * n_a])
    cct = np.tanh(z[3 * n_a :])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def weights_taken_apart(xt, a_prev, c_prev, parameters):
    n_a = len(a_prev)
    gates = {}
    for gate in "fico":
        W = parameters[f"W{gate}"]
        z = W[:, :n_a] @ a_prev + W[:, n_a:] @ xt + parameters[f"b{gate}"]
        gates[gate] = np.tanh(z) if gate == "c" else sigmoid(z)
    c_next = gates["f"] * c_prev + gates["i"] * gates["c"]
    a_next = gates["o"] * np.tanh(c_next)
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    kept = (gates["f"], gates["i"], gates["c"], gates["o"])
    return a_next, c_next, yt_pred, (a_next, c_next, a_prev, c_prev, *kept, xt, parameters)


def sigmoid_by_tanh(xt, a_prev, c_prev, parameters):
    def gate(name):
        return parameters["W" + name] @ joined + parameters["b" + name]

    joined = np.r_[a_prev, xt]
    ft = (1 + np.tanh(gate("f") / 2)) / 2
    it = (1 + np.tanh(gate("i") / 2)) / 2
    ot = (1 + np.tanh(gate("o") / 2)) / 2
    cct = 2 * sigmoid(2 * gate("c")) - 1
    c_next = ft * c_prev + it * cct
    a_next = ot * (2 * sigmoid(2 * c_next) - 1)
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    return (
        a_next, c_next, yt_pred,
        (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters),
    )  # fmt: skip


def in_place_on_own_arrays(xt, a_prev, c_prev, parameters):
    concat = np.concatenate((a_prev, xt), axis=0)
    ft, it, ot, cct = (parameters["W" + gate] @ concat for gate in "fioc")
    for z, gate in ((ft, "f"), (it, "i"), (ot, "o"), (cct, "c")):
        z += parameters["b" + gate]
    ft[...], it[...], ot[...] = sigmoid(ft), sigmoid(it), sigmoid(ot)
    np.tanh(cct, out=cct)
    c_next = c_prev.copy()
    c_next *= ft
    c_next += it * cct
    a_next = np.tanh(c_next)
    a_next *= ot
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def _logistic(z):
    return 1.0 / (1.0 + np.exp(-z))


def own_activations(xt, a_prev, c_prev, parameters):
    concat = np.concatenate([a_prev, xt])
    ft = _logistic(parameters["Wf"] @ concat + parameters["bf"])
    it = _logistic(parameters["Wi"] @ concat + parameters["bi"])
    ot = _logistic(parameters["Wo"] @ concat + parameters["bo"])
    cct = np.sinh(parameters["Wc"] @ concat + parameters["bc"])
    cct = cct / np.sqrt(1 + cct**2)
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    e = np.exp(parameters["Wy"] @ a_next + parameters["by"])
    yt_pred = e / e.sum(axis=0, keepdims=True)
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def bias_as_a_column(xt, a_prev, c_prev, parameters):
    m = xt.shape[1]
    inputs = np.concatenate([a_prev, xt, np.ones((1, m))])

    def z(gate):
        return np.hstack([parameters["W" + gate], parameters["b" + gate]]) @ inputs

    ft, it, ot, cct = sigmoid(z("f")), sigmoid(z("i")), sigmoid(z("o")), np.tanh(z("c"))
    c_next = it * cct + ft * c_prev
    a_next = np.tanh(c_next) * ot
    yt_pred = softmax(parameters["by"] + parameters["Wy"] @ a_next)
    return (
        a_next, c_next, yt_pred,
        (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters),
    )  # fmt: skip


def example_by_example(xt, a_prev, c_prev, parameters):
    n_a, m = a_prev.shape
    ft, it, cct, ot = (np.zeros((n_a, m)) for _ in range(4))
    for i in range(m):
        column = np.concatenate([a_prev[:, i], xt[:, i]])
        ft[:, i] = sigmoid(parameters["Wf"].dot(column) + parameters["bf"].ravel())
        it[:, i] = sigmoid(parameters["Wi"].dot(column) + parameters["bi"].ravel())
        cct[:, i] = np.tanh(parameters["Wc"].dot(column) + parameters["bc"].ravel())
        ot[:, i] = sigmoid(parameters["Wo"].dot(column) + parameters["bo"].ravel())
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache
