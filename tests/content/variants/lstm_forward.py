"""Right ways to write ``lstm_forward``; each function is one student's style."""
# ruff: noqa: RUF059, F821 - students unpack what they do not use; the notebook defines the cell

import numpy as np

from rnn_utils import sigmoid, softmax


def plain(x, a0, parameters):
    caches = []
    n_x, m, T_x = x.shape
    n_y, n_a = parameters["Wy"].shape
    a = np.zeros([n_a, m, T_x])
    c = np.zeros([n_a, m, T_x])
    y = np.zeros([n_y, m, T_x])
    a_next = a0
    c_next = np.zeros([n_a, m])
    for t in range(T_x):
        a_next, c_next, yt_pred, cache = lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)
        a[:, :, t] = a_next
        y[:, :, t] = yt_pred
        c[:, :, t] = c_next
        caches.append(cache)
    caches = (caches, x)
    return a, y, c, caches


def stacked_lists(x, a0, parameters):
    states, cells, predictions, steps = [], [], [], []
    state, cell = a0, np.zeros(a0.shape)
    for t in range(x.shape[-1]):
        state, cell, prediction, cache = lstm_cell_forward(x[:, :, t], state, cell, parameters)
        states.append(state)
        cells.append(cell)
        predictions.append(prediction)
        steps.append(cache)
    a, y, c = (np.stack(things, axis=-1) for things in (states, predictions, cells))
    return a, y, c, (steps, x)


def zipped(x, a0, parameters):
    done = []
    a_next, c_next = a0, a0 * 0
    for xt in x.transpose(2, 0, 1):
        result = lstm_cell_forward(xt, a_next, c_next, parameters)
        a_next, c_next = result[:2]
        done.append(result)
    a, c, y, steps = zip(*done, strict=True)
    return np.dstack(a), np.dstack(y), np.dstack(c), (list(steps), x)


def first_states_in_the_arrays(x, a0, parameters):
    n_x, m, T_x = x.shape
    n_a = a0.shape[0]
    a, c = np.zeros((n_a, m, T_x + 1)), np.zeros((n_a, m, T_x + 1))
    y = np.zeros((parameters["by"].shape[0], m, T_x))
    a[..., 0] = a0
    steps = []
    for t in range(T_x):
        a[..., t + 1], c[..., t + 1], y[..., t], cache = lstm_cell_forward(
            x[..., t], a[..., t], c[..., t], parameters
        )
        steps.append(cache)
    return a[..., 1:], y, c[..., 1:], (steps, x)


def time_first(x, a0, parameters):
    T_x = x.shape[2]
    a = np.empty((T_x, *a0.shape))
    c = np.empty_like(a)
    y = np.empty((T_x, parameters["Wy"].shape[0], x.shape[1]))
    steps = []
    for t in range(T_x):
        before = (a[t - 1], c[t - 1]) if t else (a0, np.zeros_like(a0))
        a[t], c[t], y[t], cache = lstm_cell_forward(x[:, :, t], *before, parameters)
        steps.append(cache)
    a, y, c = (np.moveaxis(array, 0, 2) for array in (a, y, c))
    return a, y, c, (steps, x)


def batched_over_time(x, a0, parameters):
    n_a, T_x = a0.shape[0], x.shape[2]
    from_x = {
        gate: np.tensordot(parameters["W" + gate][:, n_a:], x, axes=(1, 0))
        + parameters["b" + gate][:, :, np.newaxis]
        for gate in "fioc"
    }
    a = np.zeros((*a0.shape, T_x))
    c = np.zeros_like(a)
    steps, a_prev, c_prev = [], a0, np.zeros(a0.shape)
    for t in range(T_x):
        z = {
            gate: from_x[gate][:, :, t] + parameters["W" + gate][:, :n_a] @ a_prev
            for gate in "fioc"
        }
        ft, it, ot, cct = sigmoid(z["f"]), sigmoid(z["i"]), sigmoid(z["o"]), np.tanh(z["c"])
        c_next = ft * c_prev + it * cct
        a_next = ot * np.tanh(c_next)
        a[:, :, t], c[:, :, t] = a_next, c_next
        steps.append((a_next, c_next, a_prev, c_prev, ft, it, cct, ot, x[:, :, t], parameters))
        a_prev, c_prev = a_next, c_next
    y = softmax(np.einsum("ya,amt->ymt", parameters["Wy"], a) + parameters["by"][:, :, None])
    return a, y, c, (steps, x)


def while_loop(x, a0, parameters):
    T_x = x.shape[2]
    a = np.full((*a0.shape, T_x), np.nan)
    c = np.full((*a0.shape, T_x), np.nan)
    y = np.full((len(parameters["by"]), x.shape[1], T_x), np.nan)
    steps, t = [], 0
    state = (np.array(a0), np.zeros_like(a0))
    while t < T_x:
        *state, y[:, :, t], cache = lstm_cell_forward(x[:, :, t], *state, parameters)
        a[:, :, t], c[:, :, t] = state
        steps.append(cache)
        t += 1
    return a, y, c, (steps, x)


def read_from_the_caches(x, a0, parameters):
    steps, predictions = [], []
    a_next, c_next = a0, np.zeros_like(a0)
    for t in range(x.shape[2]):
        a_next, c_next, yt_pred, cache = lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)
        steps.append(cache)
        predictions.append(yt_pred)
    a = np.array([cache[0] for cache in steps]).transpose(1, 2, 0)
    c = np.array([cache[1] for cache in steps]).transpose(1, 2, 0)
    y = np.array(predictions).transpose(1, 2, 0)
    return a, y, c, (steps, x)
