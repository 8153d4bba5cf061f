"""An RNN and an LSTM over a whole batch, to be compared with the GRU of the notebook.

Both are called as ``gru_forward`` and ``gru_backward`` are. All gates lie in one product: with
``g`` = 1 a network is an RNN, with ``g`` = 4 an LSTM whose rows are those of the forget gate, the
update gate, the candidate and the output gate.

    Wx   (g·n_a, n_x)   weights of the input
    Wa   (g·n_a, n_a)   weights of the hidden state
    b    (g·n_a, 1)     biases
"""

import numpy as np

from rnn_utils import sigmoid

__all__ = ["memory_backward", "memory_forward", "new_memory"]


def new_memory(gates, n_x, n_a, rng, forget=0.0):
    """Draw parameters: 1 gate makes an RNN, 4 an LSTM, whose forget gates begin at a bias."""
    spread = 1 / np.sqrt(n_x + n_a)
    parameters = {
        "Wx": spread * rng.standard_normal((gates * n_a, n_x)),
        "Wa": spread * rng.standard_normal((gates * n_a, n_a)),
        "b": np.zeros((gates * n_a, 1)),
    }
    if gates == 4:
        parameters["b"][:n_a] = forget
    return parameters


def memory_forward(x, a0, parameters):
    """Run the network over a sequence, (n_x, m, T_x): its states, (n_a, m, T_x), and caches."""
    n_x, m, T_x = x.shape
    flat = x.transpose(0, 2, 1).reshape(n_x, T_x * m)
    z = (parameters["Wx"] @ flat + parameters["b"]).reshape(-1, T_x, m)
    a = np.empty((len(a0), T_x, m))
    at, ct, kept = a0, np.zeros_like(a0), []
    for t in range(z.shape[1]):
        at, ct, inside = _advance(z[:, t] + parameters["Wa"] @ at, at, ct)
        a[:, t] = at
        kept.append(inside)
    return a.transpose(0, 2, 1), (kept, flat, parameters)


def memory_backward(da, caches):
    """Go back through the sequence: a dictionary with dx, da0, dWx, dWa and db."""
    kept, flat, parameters = caches
    Wx, Wa = parameters["Wx"], parameters["Wa"]
    n_a, m, T_x = da.shape
    dz = np.empty((len(Wa), T_x, m))
    dWa, da_prev, dc = np.zeros_like(Wa), np.zeros((n_a, m)), np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        dz[:, t], dc = _retreat(da[:, :, t] + da_prev, dc, kept[t])
        da_prev = Wa.T @ dz[:, t]
        dWa += dz[:, t] @ kept[t][0].T
    columns = dz.reshape(-1, T_x * m)
    dx = (Wx.T @ columns).reshape(-1, T_x, m).transpose(0, 2, 1)
    db = columns.sum(axis=1, keepdims=True)
    return {"dx": dx, "da0": da_prev, "dWx": columns @ flat.T, "dWa": dWa, "db": db}


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
