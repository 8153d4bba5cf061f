"""A tape of thirty-five lines: operators that record what they did, and a walk back over it."""
# ruff: noqa: RUF012, F821 - the tape is shared; the notebook defines sigmoid

import numpy as np


class Var:
    """A number array that remembers what it was made of."""

    tape = []

    def __init__(self, value, *parents):
        self.value, self.parents, self.grad = np.array(value, dtype=float), parents, 0.0
        Var.tape.append(self)

    def __add__(self, other):
        return Var(self.value + other.value, (self, lambda g: g), (other, lambda g: g))

    def __mul__(self, other):
        a, b = self.value, other.value
        return Var(a * b, (self, lambda g: g * b), (other, lambda g: g * a))

    def __matmul__(self, other):
        a, b = self.value, other.value
        return Var(a @ b, (self, lambda g: g @ b.T), (other, lambda g: a.T @ g))

    def tanh(self):
        y = np.tanh(self.value)
        return Var(y, (self, lambda g: g * (1 - y * y)))

    def sigmoid(self):
        y = sigmoid(self.value)
        return Var(y, (self, lambda g: g * y * (1 - y)))

    def under(self, other):
        rows = len(self.value)
        both = np.concatenate([self.value, other.value])
        return Var(both, (self, lambda g: g[:rows]), (other, lambda g: g[rows:]))

    @classmethod
    def backward(cls):
        for node in reversed(cls.tape):
            for parent, back in node.parents:
                g = back(np.broadcast_to(node.grad, node.value.shape))
                if parent.value.shape[-1:] == (1,) and g.shape[-1] > 1:
                    g = g.sum(axis=1, keepdims=True)
                parent.grad = parent.grad + g
        cls.tape.clear()


def rnn_cell_backward(da_next, cache):
    _, a_prev, xt, parameters = cache
    p = {name: Var(value) for name, value in parameters.items()}
    a, x = Var(a_prev), Var(xt)
    out = (p["Wax"] @ x + p["Waa"] @ a + p["ba"]).tanh()
    out.grad = da_next
    Var.backward()
    return {
        "dxt": x.grad, "da_prev": a.grad, "dWax": p["Wax"].grad, "dWaa": p["Waa"].grad,
        "dba": p["ba"].grad,
    }  # fmt: skip


def rnn_backward(da, caches):
    steps, x = caches
    p = {name: Var(value) for name, value in steps[0][3].items()}
    a0 = a = Var(steps[0][1])
    inputs = [Var(x[:, :, t]) for t in range(da.shape[2])]
    for t, xt in enumerate(inputs):
        a = (p["Wax"] @ xt + p["Waa"] @ a + p["ba"]).tanh()
        a.grad = da[:, :, t]
    Var.backward()
    return {
        "dx": np.stack([xt.grad for xt in inputs], axis=2), "da0": a0.grad,
        "dWax": p["Wax"].grad, "dWaa": p["Waa"].grad, "dba": p["ba"].grad,
    }  # fmt: skip


def lstm_cell_backward(da_next, dc_next, cache):
    _, _, a_prev, c_prev, *_, xt, parameters = cache
    p = {name: Var(value) for name, value in parameters.items()}
    a, c, x = Var(a_prev), Var(c_prev), Var(xt)
    both = a.under(x)
    f, i, o = ((p["W" + k] @ both + p["b" + k]).sigmoid() for k in "fio")
    memory = f * c + i * (p["Wc"] @ both + p["bc"]).tanh()
    out = o * memory.tanh()
    memory.grad, out.grad = dc_next, da_next
    Var.backward()
    gradients = {d + k: p[d[1] + k].grad for k in "fico" for d in ("dW", "db")}
    return {"dxt": x.grad, "da_prev": a.grad, "dc_prev": c.grad, **gradients}


def lstm_backward(da, caches):
    steps, x = caches
    p = {name: Var(value) for name, value in steps[0][-1].items()}
    a0 = a = Var(steps[0][2])
    c = Var(steps[0][3])
    inputs = [Var(x[:, :, t]) for t in range(da.shape[2])]
    for t, xt in enumerate(inputs):
        both = a.under(xt)
        f, i, o = ((p["W" + k] @ both + p["b" + k]).sigmoid() for k in "fio")
        c = f * c + i * (p["Wc"] @ both + p["bc"]).tanh()
        a = o * c.tanh()
        a.grad = da[:, :, t]
    Var.backward()
    gradients = {d + k: p[d[1] + k].grad for k in "fico" for d in ("dW", "db")}
    return {"dx": np.stack([v.grad for v in inputs], axis=2), "da0": a0.grad, **gradients}
