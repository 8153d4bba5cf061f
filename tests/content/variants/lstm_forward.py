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


def accumulated(x, a0, parameters):
    from itertools import accumulate

    first = (a0, np.zeros_like(a0))
    done = list(
        accumulate(
            range(x.shape[2]),
            lambda last, t: lstm_cell_forward(x[:, :, t], last[0], last[1], parameters),
            initial=first,
        )
    )[1:]
    a, c, y = (np.stack([step[k] for step in done], axis=2) for k in range(3))
    return a, y, c, ([step[3] for step in done], x)


def reduced(x, a0, parameters):
    from functools import reduce

    def step(done, xt):
        a_next, c_next = done[-1][:2]
        return [*done, lstm_cell_forward(xt, a_next, c_next, parameters)]

    done = reduce(step, np.moveaxis(x, 2, 0), [(a0, 0 * a0)])[1:]
    a, c, y, steps = (list(column) for column in zip(*done, strict=True))
    return np.dstack(a), np.dstack(y), np.dstack(c), (steps, x)


def generator(x, a0, parameters):
    def steps_of(hidden, cell):
        for xt in np.rollaxis(x, 2):
            hidden, cell, prediction, cache = lstm_cell_forward(xt, hidden, cell, parameters)
            yield hidden, prediction, cell, cache

    *arrays, caches = zip(*steps_of(a0, np.zeros(a0.shape)), strict=True)
    a, y, c = (np.stack(array, axis=-1) for array in arrays)
    return a, y, c, (list(caches), x)


def deques(x, a0, parameters):
    from collections import deque

    hidden, cell, y, steps = deque([a0]), deque([np.zeros_like(a0)]), deque(), deque()
    for t in range(x.shape[2]):
        results = lstm_cell_forward(x[:, :, t], hidden[-1], cell[-1], parameters)
        for queue, result in zip((hidden, cell, y, steps), results, strict=True):
            queue.append(result)
    hidden.popleft()
    cell.popleft()
    a, y, c = (np.stack(tuple(queue), axis=2) for queue in (hidden, y, cell))
    return a, y, c, (list(steps), x)


def dictionary_of_lists(x, a0, parameters):
    from collections import defaultdict

    kept, a_prev, c_prev = defaultdict(list), a0, np.zeros(a0.shape)
    for t in range(x.shape[2]):
        a_prev, c_prev, yt, cache = lstm_cell_forward(x[:, :, t], a_prev, c_prev, parameters)
        kept["a"].append(a_prev[..., None])
        kept["c"].append(c_prev[..., None])
        kept["y"].append(yt[..., None])
        kept["caches"].append(cache)
    a, y, c = (np.concatenate(kept[name], axis=2) for name in ("a", "y", "c"))
    return a, y, c, (kept["caches"], x)


def recursion(x, a0, parameters):
    T_x = x.shape[2]
    a, c = np.zeros((2, *a0.shape, T_x))
    y = np.zeros((parameters["Wy"].shape[0], x.shape[1], T_x))

    def steps_up_to(t):
        if t < 0:
            return [], a0, np.zeros(a0.shape)
        steps, a_prev, c_prev = steps_up_to(t - 1)
        a_next, c_next, y[:, :, t], cache = lstm_cell_forward(
            x[:, :, t], a_prev, c_prev, parameters
        )
        a[:, :, t], c[:, :, t] = a_next, c_next
        return [*steps, cache], a_next, c_next

    return a, y, c, (steps_up_to(T_x - 1)[0], x)


def closure_that_remembers(x, a0, parameters):
    a_t, c_t = a0, np.zeros(a0.shape)

    def step(xt):
        nonlocal a_t, c_t
        a_t, c_t, yt, cache = lstm_cell_forward(xt, a_t, c_t, parameters)
        return a_t, yt, c_t, cache

    done = [step(x[:, :, t]) for t in range(x.shape[2])]
    a, y, c = (np.array([d[k] for d in done]).transpose(1, 2, 0) for k in range(3))
    return a, y, c, ([d[3] for d in done], x)


def one_product_for_all_gates_and_steps(x, a0, parameters):
    n_a, (n_x, m, T_x) = a0.shape[0], x.shape
    W = np.concatenate([parameters["W" + g] for g in "fioc"])
    b = np.concatenate([parameters["b" + g] for g in "fioc"])
    from_x = (W[:, n_a:] @ x.reshape(n_x, -1) + b).reshape(4 * n_a, m, T_x)
    a, c, steps = [a0], [np.zeros_like(a0)], []
    for t in range(T_x):
        z = from_x[:, :, t] + W[:, :n_a] @ a[t]
        (ft, it, ot), cct = sigmoid(z[: 3 * n_a]).reshape(3, n_a, m), np.tanh(z[3 * n_a :])
        c.append(ft * c[t] + it * cct)
        a.append(ot * np.tanh(c[t + 1]))
        steps.append((a[t + 1], c[t + 1], a[t], c[t], ft, it, cct, ot, x[:, :, t], parameters))
    y = [softmax(parameters["Wy"] @ state + parameters["by"]) for state in a[1:]]
    return np.stack(a[1:], 2), np.stack(y, 2), np.stack(c[1:], 2), (steps, x)


def both_states_in_one_array(x, a0, parameters):
    n_x, m, T_x = x.shape
    states = np.zeros((2, a0.shape[0], m, T_x))
    y = np.zeros((parameters["by"].size, m, T_x))
    steps, before = [None] * T_x, np.stack([a0, np.zeros_like(a0)])
    for t, xt in enumerate(x.transpose(2, 0, 1)):
        *now, y[..., t], steps[t] = lstm_cell_forward(xt, *before, parameters)
        states[..., t] = before = np.stack(now)
    return states[0], y, states[1], (steps, x)
