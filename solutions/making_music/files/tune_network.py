"""An RNN or an LSTM that reads and writes notes, and what it is trained with.

Letters: n_x input size, n_a hidden size, n_y classes, m tunes, T_x time steps. With ``g`` = 1 a
network is an RNN, with ``g`` = 4 an LSTM whose rows are those of the forget gate, the update gate,
the candidate and the output gate.

    Wx   (g·n_a, n_x)   weights of the input
    Wa   (g·n_a, n_a)   weights of the hidden state
    b    (g·n_a, 1)     biases
    Wya  (n_y, n_a)     weights of the scores
    by   (n_y, 1)       their bias

Gradients have the names of what they belong to: that of ``Wx`` is ``gradients["Wx"]``.
"""

import numpy as np

from rnn_utils import sigmoid, softmax

__all__ = ["adam_step", "backward", "clipped", "drawn", "forward", "new_network", "new_state",
           "no_steps", "read_out", "step"]  # fmt: skip

GATES = {"RNN": 1, "LSTM": 4}


def new_network(kind, n_x, n_a, n_y, rng, size=1.0):
    """Draw parameters of an "RNN" or an "LSTM"; biases are zero, those of forget gates 1."""
    rows, spread = GATES[kind] * n_a, size / np.sqrt(n_x + n_a)
    parameters = {
        "Wx": spread * rng.standard_normal((rows, n_x)),
        "Wa": spread * rng.standard_normal((rows, n_a)),
        "b": np.zeros((rows, 1)),
        "Wya": size / np.sqrt(n_a) * rng.standard_normal((n_y, n_a)),
        "by": np.zeros((n_y, 1)),
    }
    if kind == "LSTM":
        parameters["b"][:n_a] = 1.0
    return parameters


def new_state(parameters, m=1):
    """Return the memory before the first time step, zeros: hidden state and cell state."""
    n_a = parameters["Wa"].shape[1]
    return np.zeros((n_a, m)), np.zeros((n_a, m))


def step(xt, state, parameters):
    """Take one time step.

    Arguments:
        xt: input at this time step, (n_x, m)
        state: the memory before it, as ``new_state`` or the last step returned it
        parameters: of the network

    Returns:
        scores: of each class, not yet probabilities, (n_y, m)
        state: the memory after it
    """
    a_prev, c_prev = state
    z = parameters["Wx"] @ xt + parameters["Wa"] @ a_prev + parameters["b"]
    a_next, c_next, _ = _advance(z, a_prev, c_prev)
    return parameters["Wya"] @ a_next + parameters["by"], (a_next, c_next)


def drawn(p, u):
    """Return the first class of a column (n_y, 1) whose running sum of probabilities is above u."""
    return int(np.argmax(np.cumsum(p[:, 0]) > u))


def forward(x, parameters):
    """Run the network over whole tunes, (n_x, m, T_x): its states, (n_a, m, T_x), and caches."""
    n_x, m, T_x = x.shape
    flat = x.transpose(0, 2, 1).reshape(n_x, T_x * m)
    z = (parameters["Wx"] @ flat + parameters["b"]).reshape(-1, T_x, m)
    at, ct = new_state(parameters, m)
    a, kept = np.empty((len(at), T_x, m)), []
    for t in range(T_x):
        at, ct, inside = _advance(z[:, t] + parameters["Wa"] @ at, at, ct)
        a[:, t] = at
        kept.append(inside)
    return a.transpose(0, 2, 1), (kept, flat, parameters)


def read_out(a, y, mask, parameters):
    """Score the classes and compare with the targets where the mask is 1.

    Arguments:
        a: states, (n_a, m, T_x)
        y: targets, one-hot, (n_y, m, T_x)
        mask: 1 in the places that count, (m, T_x)
        parameters: a dictionary with Wya, (n_y, n_a), and by, (n_y, 1)

    Returns:
        loss: the mean surprise, one number
        da: its gradient with respect to the states, (n_a, m, T_x)
        gradients: those of Wya and by
    """
    counts = mask.reshape(-1) > 0  # only these places are looked at
    states, targets = a.reshape(len(a), -1)[:, counts], y.reshape(len(y), -1)[:, counts]
    p = softmax(parameters["Wya"] @ states + parameters["by"])
    loss = -np.mean(np.log(np.sum(p * targets, axis=0)))
    dz = (p - targets) / np.sum(counts)
    da = np.zeros((len(a), mask.size))
    da[:, counts] = parameters["Wya"].T @ dz
    gradients = {"Wya": dz @ states.T, "by": np.sum(dz, axis=1, keepdims=True)}
    return float(loss), da.reshape(a.shape), gradients


def backward(da, caches):
    """Go back through whole tunes: the gradients of Wx, Wa and b, from those of the states."""
    kept, flat, parameters = caches
    Wa = parameters["Wa"]
    n_a, m, T_x = da.shape
    dz = np.empty((len(Wa), T_x, m))
    dWa, da_prev, dc = np.zeros_like(Wa), np.zeros((n_a, m)), np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        dz[:, t], dc = _retreat(da[:, :, t] + da_prev, dc, kept[t])
        da_prev = Wa.T @ dz[:, t]
        dWa += dz[:, t] @ kept[t][0].T
    columns = dz.reshape(-1, T_x * m)
    return {"Wx": columns @ flat.T, "Wa": dWa, "b": np.sum(columns, axis=1, keepdims=True)}


def clipped(gradients, max_norm):
    """Shorten all gradients by one factor, so that together they are no longer than max_norm."""
    norm = np.sqrt(sum(np.sum(g * g) for g in gradients.values()))
    return {name: g * (max_norm / max(norm, max_norm)) for name, g in gradients.items()}


def no_steps(parameters):
    """Return what Adam remembers before the first step."""
    zeros = {name: 0 * value for name, value in parameters.items()}
    return {"t": 0, "m": zeros, "v": zeros}


def adam_step(parameters, gradients, state, rate):
    """Take one step of Adam; return new parameters and the new state."""
    t = state["t"] + 1
    moved, after = {}, {"t": t, "m": {}, "v": {}}
    for name, value in parameters.items():
        g = gradients[name]
        m = after["m"][name] = 0.9 * state["m"][name] + 0.1 * g
        v = after["v"][name] = 0.999 * state["v"][name] + 0.001 * g * g
        moved[name] = value - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return moved, after


def _advance(z, a_prev, c_prev):
    """Return the next hidden and cell state, and what the way back needs."""
    n_a = len(a_prev)
    if len(z) == n_a:
        a_next = np.tanh(z)
        return a_next, c_prev, (a_prev, a_next)
    f, i, o = sigmoid(z[:n_a]), sigmoid(z[n_a : 2 * n_a]), sigmoid(z[3 * n_a :])
    candidate = np.tanh(z[2 * n_a : 3 * n_a])
    c_next = f * c_prev + i * candidate
    squashed = np.tanh(c_next)
    return o * squashed, c_next, (a_prev, c_prev, f, i, candidate, o, squashed)


def _retreat(da, dc, inside):
    """Return the gradient at z of a step, and at the cell state before it."""
    if len(inside) == 2:
        return da * (1 - inside[1] ** 2), dc
    _, c_prev, f, i, candidate, o, squashed = inside
    dc = dc + da * o * (1 - squashed**2)
    dz = (
        dc * c_prev * f * (1 - f),
        dc * candidate * i * (1 - i),
        dc * i * (1 - candidate**2),
        da * squashed * o * (1 - o),
    )
    return np.concatenate(dz), dc * f
