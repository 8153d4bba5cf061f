"""Finite differences: the student's own forward functions, called with each number moved."""
# ruff: noqa: F821 - the notebook defines the forward functions

import numpy as np

STEP = 1e-5


def moved(value, loss):
    """The gradient of a loss with respect to an array, by central differences."""
    gradient = np.zeros(value.shape)
    for at in np.ndindex(*value.shape):
        kept = value[at]
        value[at] = kept + STEP
        above = loss()
        value[at] = kept - STEP
        below = loss()
        value[at] = kept
        gradient[at] = (above - below) / (2 * STEP)
    return gradient


def rnn_cell_backward(da_next, cache):
    _, a_prev, xt, p = cache
    a_prev, xt = np.array(a_prev, float), np.array(xt, float)
    p = {name: np.array(value, float) for name, value in p.items()}

    def loss():
        return np.sum(rnn_cell_forward(xt, a_prev, p)[0] * da_next)

    wrt = {"dxt": xt, "da_prev": a_prev, "dWax": p["Wax"], "dWaa": p["Waa"], "dba": p["ba"]}
    return {name: moved(array, loss) for name, array in wrt.items()}


def rnn_backward(da, caches):
    steps, x = caches
    a0, x = np.array(steps[0][1], float), np.array(x[:, :, : da.shape[2]], float)
    p = {name: np.array(value, float) for name, value in steps[0][3].items()}

    def loss():
        return np.sum(rnn_forward(x, a0, p)[0] * da)

    wrt = {"dx": x, "da0": a0, "dWax": p["Wax"], "dWaa": p["Waa"], "dba": p["ba"]}
    return {name: moved(array, loss) for name, array in wrt.items()}


def lstm_cell_backward(da_next, dc_next, cache):
    _, _, a_prev, c_prev, *_, xt, p = cache
    a_prev, c_prev, xt = (np.array(value, float) for value in (a_prev, c_prev, xt))
    p = {name: np.array(value, float) for name, value in p.items()}

    def loss():
        a_next, c_next, *_ = lstm_cell_forward(xt, a_prev, c_prev, p)
        return np.sum(a_next * da_next) + np.sum(c_next * dc_next)

    gradients = {"dxt": moved(xt, loss), "da_prev": moved(a_prev, loss)}
    gradients["dc_prev"] = moved(c_prev, loss)
    for k in "fico":
        gradients["dW" + k], gradients["db" + k] = moved(p["W" + k], loss), moved(p["b" + k], loss)
    return gradients


def lstm_backward(da, caches):
    steps, x = caches
    a0, x = np.array(steps[0][2], float), np.array(x[:, :, : da.shape[2]], float)
    p = {name: np.array(value, float) for name, value in steps[0][-1].items()}

    def loss():
        return np.sum(lstm_forward(x, a0, p)[0] * da)

    gradients = {"dx": moved(x, loss), "da0": moved(a0, loss)}
    for k in "fico":
        gradients["dW" + k], gradients["db" + k] = moved(p["W" + k], loss), moved(p["b" + k], loss)
    return gradients
