"""Right ways to write ``rnn_forward``; each function is one student's style."""
# ruff: noqa: RUF059, F821 - students unpack what they do not use; the notebook defines the cell

import numpy as np

from rnn_utils import softmax


def plain(x, a0, parameters):
    caches = []
    n_x, m, T_x = x.shape
    n_y, n_a = parameters["Wya"].shape
    a = np.zeros([n_a, m, T_x])
    y_pred = np.zeros([n_y, m, T_x])
    a_next = a0
    for t in range(T_x):
        a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)
        a[:, :, t] = a_next
        y_pred[:, :, t] = yt_pred
        caches.append(cache)
    caches = (caches, x)
    return a, y_pred, caches


def stacked_lists(x, a0, parameters):
    states, predictions, steps = [], [], []
    state = a0
    for t in range(x.shape[2]):
        state, prediction, cache = rnn_cell_forward(x[:, :, t], state, parameters)
        states.append(state)
        predictions.append(prediction)
        steps.append(cache)
    return np.stack(states, axis=2), np.stack(predictions, axis=2), (steps, x)


def dstacked(x, a0, parameters):
    steps, state = [], a0
    results = []
    for xt in np.moveaxis(x, 2, 0):
        state, prediction, cache = rnn_cell_forward(xt, state, parameters)
        results.append((state, prediction))
        steps.append(cache)
    return (
        np.dstack([state for state, _ in results]),
        np.dstack([prediction for _, prediction in results]),
        (steps, x),
    )


def time_first_then_transposed(x, a0, parameters):
    T_x, m = x.shape[2], x.shape[1]
    a = np.empty((T_x, a0.shape[0], m))
    y = np.empty((T_x, parameters["by"].shape[0], m))
    steps, a_next = [], a0
    for t in range(T_x):
        a[t], y[t], cache = rnn_cell_forward(x[..., t], a_next, parameters)
        a_next = a[t]
        steps.append(cache)
    return a.transpose(1, 2, 0), y.transpose(1, 2, 0), (steps, x)


def without_the_cell(x, a0, parameters):
    n_x, m, T_x = x.shape
    Wax, Waa, ba = parameters["Wax"], parameters["Waa"], parameters["ba"]
    Wya, by = parameters["Wya"], parameters["by"]
    a = np.zeros((a0.shape[0], m, T_x))
    y = np.zeros((by.shape[0], m, T_x))
    steps, before = [], a0
    for t in range(T_x):
        now = np.tanh(Wax @ x[:, :, t] + Waa @ before + ba)
        a[:, :, t] = now
        y[:, :, t] = softmax(Wya @ now + by)
        steps.append((now, before, x[:, :, t], parameters))
        before = now
    return a, y, (steps, x)


def batched_over_time(x, a0, parameters):
    n_x, m, T_x = x.shape
    z = np.einsum("ij,jmt->imt", parameters["Wax"], x) + parameters["ba"][:, :, None]
    a = np.zeros((a0.shape[0], m, T_x))
    before, steps = a0, []
    for t in range(T_x):
        a[:, :, t] = np.tanh(z[:, :, t] + parameters["Waa"] @ before)
        steps.append((a[:, :, t], before, x[:, :, t], parameters))
        before = a[:, :, t]
    scores = np.tensordot(parameters["Wya"], a, axes=1) + parameters["by"][:, :, np.newaxis]
    return a, softmax(scores), (steps, x)


def initial_state_in_the_array(x, a0, parameters):
    n_x, m, T_x = x.shape
    a = np.zeros((a0.shape[0], m, T_x + 1))
    y_pred = np.zeros((parameters["Wya"].shape[0], m, T_x))
    a[:, :, 0] = a0
    steps = [None] * T_x
    for t in range(T_x):
        a[:, :, t + 1], y_pred[:, :, t], steps[t] = rnn_cell_forward(
            x[:, :, t], a[:, :, t], parameters
        )
    return a[:, :, 1:], y_pred, (steps, x)


def while_loop(x, a0, parameters):
    T_x = x.shape[-1]
    a = np.zeros((*a0.shape, T_x), dtype=x.dtype)
    y_pred = np.zeros((len(parameters["by"]), x.shape[1], T_x), dtype=x.dtype)
    steps, a_prev, t = [], np.copy(a0), 0
    while t < T_x:
        a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a_prev, parameters)
        a[:, :, t], y_pred[:, :, t] = a_next, yt_pred
        steps += [cache]
        a_prev = a_next
        t += 1
    return a, y_pred, (steps, x)


def concatenated_step_by_step(x, a0, parameters):
    n_a, m = a0.shape
    a = np.zeros((n_a, m, 0))
    y = np.zeros((parameters["Wya"].shape[0], m, 0))
    caches, a_next = [], a0
    for t in range(x.shape[2]):
        a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)
        a = np.concatenate((a, a_next[:, :, np.newaxis]), axis=2)
        y = np.append(y, yt_pred[:, :, np.newaxis], axis=2)
        caches = [*caches, cache]
    return a, y, (caches, x)


def recursion(x, a0, parameters):
    def steps_from(t, state):
        if t == x.shape[2]:
            return []
        done = rnn_cell_forward(x[:, :, t], state, parameters)
        return [done, *steps_from(t + 1, done[0])]

    done = steps_from(0, a0)
    a = np.array([step[0] for step in done]).transpose((1, 2, 0))
    y = np.array([step[1] for step in done]).transpose((1, 2, 0))
    return a, y, ([step[2] for step in done], x)


def accumulated(x, a0, parameters):
    from itertools import accumulate

    def step(done, xt):
        return rnn_cell_forward(xt, done[0], parameters)

    done = list(accumulate(np.moveaxis(x, -1, 0), step, initial=(a0,)))[1:]
    a = np.stack([state for state, _, _ in done], axis=2)
    y_pred = np.stack([prediction for _, prediction, _ in done], axis=2)
    return a, y_pred, ([cache for _, _, cache in done], x)


def reduced(x, a0, parameters):
    from functools import reduce

    def step(so_far, t):
        state, done = so_far
        result = rnn_cell_forward(x[:, :, t], state, parameters)
        return result[0], [*done, result]

    _, done = reduce(step, range(x.shape[2]), (a0, []))
    a, y_pred, steps = zip(*done, strict=True)
    return np.dstack(a), np.dstack(y_pred), (list(steps), x)


def generator(x, a0, parameters):
    def run():
        state = a0
        for t in range(x.shape[2]):
            state, prediction, cache = rnn_cell_forward(x[:, :, t], state, parameters)
            yield state[:, :, np.newaxis], prediction[:, :, np.newaxis], cache

    states, predictions, steps = zip(*run(), strict=True)
    a, y_pred = np.concatenate(states, axis=2), np.concatenate(predictions, axis=2)
    return a, y_pred, (list(steps), x)


def deques(x, a0, parameters):
    from collections import deque

    inputs = deque(x[:, :, t] for t in range(x.shape[2]))
    states, predictions, steps = deque([a0]), deque(), deque()
    while inputs:
        state, prediction, cache = rnn_cell_forward(inputs.popleft(), states[-1], parameters)
        states.append(state)
        predictions.append(prediction)
        steps.append(cache)
    states.popleft()
    return np.stack(list(states), 2), np.stack(list(predictions), 2), (list(steps), x)


def dictionary_of_lists(x, a0, parameters):
    history = {"a": [], "y": [], "cache": []}
    a_next = a0
    for t in range(x.shape[2]):
        a_next, yt_pred, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)
        for name, value in zip(history, (a_next, yt_pred, cache), strict=True):
            history[name].append(value)
    a, y_pred = (np.array(history[name]).transpose(1, 2, 0) for name in "ay")
    return a, y_pred, (history["cache"], x)


def closure_that_remembers(x, a0, parameters):
    n_x, m, T_x = x.shape
    a = np.zeros((len(a0), m, T_x))
    y_pred = np.zeros((len(parameters["by"]), m, T_x))
    state = a0

    def step(t):
        nonlocal state
        state, y_pred[:, :, t], cache = rnn_cell_forward(x[:, :, t], state, parameters)
        a[:, :, t] = state
        return cache

    steps = list(map(step, range(T_x)))
    return a, y_pred, (steps, x)


def comprehension(x, a0, parameters):
    last = (a0,)
    done = [last := rnn_cell_forward(xt, last[0], parameters) for xt in x.transpose(2, 0, 1)]
    a = np.dstack([state for state, *_ in done])
    y_pred = np.dstack([prediction for _, prediction, _ in done])
    return a, y_pred, ([step[-1] for step in done], x)


def products_with_x_before_the_loop(x, a0, parameters):
    n_x, m, T_x = x.shape
    Wya, by = parameters["Wya"], parameters["by"]
    from_x = (parameters["Wax"] @ x.reshape(n_x, m * T_x) + parameters["ba"]).reshape(-1, m, T_x)
    state, states, steps = a0, [], []
    for t in range(T_x):
        before, state = state, np.tanh(from_x[..., t] + parameters["Waa"] @ state)
        states.append(state)
        steps.append((state, before, x[..., t], parameters))
    scores = Wya @ np.concatenate(states, axis=1) + by
    y_pred = softmax(scores).reshape(-1, T_x, m).swapaxes(1, 2)
    return np.stack(states, axis=-1), y_pred, (steps, x)


def copied_into_slices(x, a0, parameters):
    a = np.empty((*a0.shape, x.shape[2]))
    y_pred = np.empty((parameters["Wya"].shape[0], *x.shape[1:]))
    caches, state = (), a0.copy()
    for t, xt in enumerate(np.rollaxis(x, 2)):
        result = rnn_cell_forward(xt, state, parameters)
        np.copyto(a[..., t], result[0])
        np.copyto(y_pred[..., t], result[1])
        state = result[0]
        caches += (result[2],)
    return a, y_pred, (list(caches), x)
