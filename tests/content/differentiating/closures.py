"""A tape without a class: each operation leaves a function that carries gradients back."""
# ruff: noqa: F821 - the notebook defines sigmoid

import numpy as np


def recorder():
    tape, grads = [], {}

    def note(value, *parents):
        def back():
            for parent, slope in parents:
                g = slope(grads.get(id(value), np.zeros_like(value)))
                if parent.shape[-1] == 1 and g.shape[-1] > 1:
                    g = g.sum(axis=1, keepdims=True)
                grads[id(parent)] = grads.get(id(parent), 0) + g

        tape.append((back, value))  # with the value, so that no other array gets its id
        return value

    def add(a, b):
        return note(a + b, (a, lambda g: g), (b, lambda g: g))

    def times(a, b):
        return note(a * b, (a, lambda g: g * b), (b, lambda g: g * a))

    def matmul(a, b):
        return note(a @ b, (a, lambda g: g @ b.T), (b, lambda g: a.T @ g))

    def tanh(a):
        y = np.tanh(a)
        return note(y, (a, lambda g: g * (1 - y * y)))

    def gate(a):
        y = sigmoid(a)
        return note(y, (a, lambda g: g * y * (1 - y)))

    def run():
        for back, _ in reversed(tape):
            back()

    return add, times, matmul, tanh, gate, run, grads


def rnn_cell_backward(da_next, cache):
    _, a_prev, xt, p = cache
    add, _, matmul, tanh, _, run, grads = recorder()
    out = tanh(add(add(matmul(p["Wax"], xt), matmul(p["Waa"], a_prev)), p["ba"]))
    grads[id(out)] = da_next
    run()
    wrt = {"dxt": xt, "da_prev": a_prev, "dWax": p["Wax"], "dWaa": p["Waa"], "dba": p["ba"]}
    return {name: grads[id(array)] for name, array in wrt.items()}


def rnn_backward(da, caches):
    steps, x = caches
    p, a0 = steps[0][3], steps[0][1]
    add, _, matmul, tanh, _, run, grads = recorder()
    inputs = [x[:, :, t].copy() for t in range(da.shape[2])]
    a = a0
    for t, xt in enumerate(inputs):
        a = tanh(add(add(matmul(p["Wax"], xt), matmul(p["Waa"], a)), p["ba"]))
        grads[id(a)] = da[:, :, t]
    run()
    dx = np.stack([grads[id(xt)] for xt in inputs], axis=2)
    wrt = {"da0": a0, "dWax": p["Wax"], "dWaa": p["Waa"], "dba": p["ba"]}
    return {"dx": dx, **{name: grads[id(array)] for name, array in wrt.items()}}
