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
    scores = parameters["Wy"] @ a_next + parameters["by"]
    e = np.exp(scores - np.max(scores, axis=0, keepdims=True))
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


def split_after_one_product(xt, a_prev, c_prev, parameters):
    order = ("i", "f", "o", "c")
    W = np.vstack([parameters[f"W{letter}"] for letter in order])
    b = np.vstack([parameters[f"b{letter}"] for letter in order])
    i, f, o, g = np.split(W @ np.vstack([a_prev, xt]) + b, 4)
    it, ft, ot, cct = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def three_sigmoids_at_once(xt, a_prev, c_prev, parameters):
    concat = np.concatenate([a_prev, xt])
    Wg = np.concatenate((parameters["Wf"], parameters["Wi"], parameters["Wo"]))
    bg = np.concatenate((parameters["bf"], parameters["bi"], parameters["bo"]))
    ft, it, ot = sigmoid(Wg @ concat + bg).reshape(3, *a_prev.shape)
    cct = np.tanh(parameters["Wc"] @ concat + parameters["bc"])
    c_next = np.sum([ft * c_prev, it * cct], axis=0)
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def gates_along_an_axis(xt, a_prev, c_prev, parameters):
    W = np.stack([parameters["W" + gate] for gate in "fico"])
    b = np.stack([parameters["b" + gate] for gate in "fico"])
    z = np.einsum("gij,jm->gim", W, np.concatenate([a_prev, xt])) + b
    ft, it, ot = sigmoid(z[[0, 1, 3]])
    cct = np.tanh(z[2])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(np.einsum("ya,am->ym", parameters["Wy"], a_next) + parameters["by"])
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def broadcast_product(xt, a_prev, c_prev, parameters):
    n_a = a_prev.shape[0]
    W = np.array([parameters["Wf"], parameters["Wi"], parameters["Wo"], parameters["Wc"]])
    z = np.matmul(W[:, :, :n_a], a_prev) + np.matmul(W[:, :, n_a:], xt)
    z += np.array([parameters["bf"], parameters["bi"], parameters["bo"], parameters["bc"]])
    (ft, it, ot), cct = 1 / (1 + np.exp(-z[:3])), np.tanh(z[3])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(np.matmul(parameters["Wy"], a_next) + parameters["by"])
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def activations_in_a_dictionary(xt, a_prev, c_prev, parameters):
    stacked = np.vstack((a_prev, xt))
    activations = {"f": sigmoid, "i": sigmoid, "c": np.tanh, "o": sigmoid}
    gate = {
        letter: activation(parameters["W" + letter] @ stacked + parameters["b" + letter])
        for letter, activation in activations.items()
    }
    c_next = gate["f"] * c_prev + gate["i"] * gate["c"]
    a_next = gate["o"] * np.tanh(c_next)
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    return a_next, c_next, yt_pred, (
        a_next, c_next, a_prev, c_prev, *gate.values(), xt, parameters,
    )  # fmt: skip


def _sigmoid_without_overflow(z):
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small))


def own_stable_sigmoid(xt, a_prev, c_prev, parameters):
    concat = np.concatenate([a_prev, xt])

    def gate(letter, activation=_sigmoid_without_overflow):
        return activation(np.dot(parameters["W" + letter], concat) + parameters["b" + letter])

    ft, it, cct, ot = gate("f"), gate("i"), gate("c", np.tanh), gate("o")
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    scores = np.dot(parameters["Wy"], a_next) + parameters["by"]
    powers = np.exp(scores - scores.max(0))
    yt_pred = powers / powers.sum(0)
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def gates_in_a_named_tuple(xt, a_prev, c_prev, parameters):
    from collections import namedtuple

    Gates = namedtuple("Gates", "forget update candidate output")
    both = np.append(a_prev, xt, axis=0)
    z = Gates(*(parameters["W" + g] @ both + parameters["b" + g] for g in "fico"))
    g = z._replace(forget=sigmoid(z.forget), update=sigmoid(z.update), output=sigmoid(z.output))
    g = g._replace(candidate=np.tanh(z.candidate))
    c_next = g.forget * c_prev + g.update * g.candidate
    a_next = g.output * np.tanh(c_next)
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    cache = (a_next, c_next, a_prev, c_prev, *g, xt, parameters)
    return a_next, c_next, yt_pred, cache


def results_into_own_arrays(xt, a_prev, c_prev, parameters):
    concat = np.concatenate([a_prev, xt])
    gates = np.empty((4, *a_prev.shape))
    for gate, letter in zip(gates, "fico", strict=True):
        np.matmul(parameters["W" + letter], concat, out=gate)
        gate += parameters["b" + letter]
        gate[:] = np.tanh(gate) if letter == "c" else sigmoid(gate)
    ft, it, cct, ot = gates
    c_next, a_next = np.empty_like(ft), np.empty_like(ft)
    np.multiply(ft, c_prev, out=c_next)
    np.add(c_next, it * cct, out=c_next)
    np.tanh(c_next, out=a_next)
    np.multiply(a_next, ot, out=a_next)
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def examples_in_rows(xt, a_prev, c_prev, parameters):
    rows = np.hstack([a_prev.T, xt.T])
    f, i, c, o = (rows @ parameters["W" + g].T + parameters["b" + g].T for g in "fico")
    ft, it, ot, cct = sigmoid(f).T, sigmoid(i).T, sigmoid(o).T, np.tanh(c).T
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax((a_next.T @ parameters["Wy"].T + parameters["by"].T).T)
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache
