"""A recurrent network over a whole batch, forward and backward, all gates in one matrix product.

Letters: n_x input size, n_a hidden size, n_y classes, m examples, T_x time steps. The parameters
say which network it is: with ``g`` = 1 it is an RNN, with ``g`` = 4 an LSTM whose rows are those of
the forget gate, the update gate, the candidate and the output gate, in this order.

    Wx   (g·n_a, n_x)   weights of the input
    Wa   (g·n_a, n_a)   weights of the hidden state
    b    (g·n_a, 1)     biases
    Wya  (n_y, n_a)     weights of the prediction
    by   (n_y, 1)       its bias
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn_utils import sigmoid, softmax

__all__ = ["backward", "forward", "joined", "new_network", "new_state", "step", "taken_apart"]

Array = NDArray[np.floating]
Parameters = dict[str, Array]
State = tuple[Array, Array]

GATES = {"RNN": 1, "LSTM": 4}


def new_network(
    kind: str, n_x: int, n_a: int, n_y: int, rng: np.random.Generator, size: float = 1.0
) -> Parameters:
    """Draw the parameters of a network: ``kind`` is "RNN" or "LSTM", ``size`` 1 the ordinary size.

    Biases start at zero, but for those of an LSTM's forget gates: these start at 1, open.
    """
    rows = GATES[kind] * n_a
    spread = size / np.sqrt(n_x + n_a)
    parameters: Parameters = {
        "Wx": spread * rng.standard_normal((rows, n_x)),
        "Wa": spread * rng.standard_normal((rows, n_a)),
        "b": np.zeros((rows, 1)),
        "Wya": size / np.sqrt(n_a) * rng.standard_normal((n_y, n_a)),
        "by": np.zeros((n_y, 1)),
    }
    if kind == "LSTM":
        parameters["b"][:n_a] = 1.0
    return parameters


def new_state(parameters: Parameters, m: int = 1) -> State:
    """Return the memory before the first time step, all zeros: hidden state and cell state."""
    n_a = parameters["Wa"].shape[1]
    return np.zeros((n_a, m)), np.zeros((n_a, m))


def step(xt: Array, state: State, parameters: Parameters) -> tuple[Array, State]:
    """Take one time step.

    Arguments:
        xt: input at this time step, (n_x, m)
        state: the memory before it, as ``new_state`` or the last step returned it
        parameters: of the network

    Returns:
        yt_pred: prediction, each column sums to one, (n_y, m)
        state: the memory after it
    """
    z = parameters["Wx"] @ xt + parameters["b"]
    a_next, c_next, _ = _advance(z, *state, parameters)
    return softmax(parameters["Wya"] @ a_next + parameters["by"]), (a_next, c_next)


def forward(x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, Any]:
    """Run the network over a whole sequence.

    Arguments:
        x: input at every time step, (n_x, m, T_x)
        a0: hidden state before the first time step, (n_a, m); a cell state starts at zero
        parameters: of the network

    Returns:
        a: hidden state after every time step, (n_a, m, T_x)
        y_pred: prediction at every time step, (n_y, m, T_x)
        caches: what ``backward`` needs
    """
    n_x, m, T_x = x.shape
    flat = x.transpose(0, 2, 1).reshape(n_x, T_x * m)
    z = (parameters["Wx"] @ flat + parameters["b"]).reshape(-1, T_x, m)  # of all steps at once
    a = np.empty((len(a0), T_x, m))
    at, ct, kept = a0, np.zeros_like(a0), []
    for t in range(T_x):
        at, ct, inside = _advance(z[:, t], at, ct, parameters)
        a[:, t] = at
        kept.append(inside)
    scores = parameters["Wya"] @ a.reshape(len(a0), T_x * m) + parameters["by"]
    y_pred = softmax(scores).reshape(-1, T_x, m).transpose(0, 2, 1)
    return a.transpose(0, 2, 1), y_pred, (kept, flat, parameters)


def backward(da: Array, caches: Any) -> dict[str, Array]:
    """Go back through the whole sequence.

    Arguments:
        da: gradients that reach each hidden state directly, (n_a, m, T_x)
        caches: as ``forward`` returned them

    Returns:
        a dictionary of gradients with the keys
            dx: with respect to the inputs, (n_x, m, T_x)
            da0: with respect to the initial hidden state, (n_a, m)
            dWx, dWa, db: with respect to the parameters, of their shapes
    """
    kept, flat, parameters = caches
    Wx, Wa = parameters["Wx"], parameters["Wa"]
    _, m, T_x = da.shape
    dz: Array = np.empty((len(Wa), T_x, m))
    dWa, da_prev, dc = np.zeros_like(Wa), np.zeros_like(da[:, :, 0]), np.zeros_like(da[:, :, 0])
    for t in reversed(range(T_x)):
        dz[:, t], dc = _retreat(da[:, :, t] + da_prev, dc, kept[t])
        da_prev = Wa.T @ dz[:, t]
        dWa += dz[:, t] @ kept[t][0].T
    columns = dz.reshape(-1, T_x * m)
    return {
        "dx": (Wx.T @ columns).reshape(-1, T_x, m).transpose(0, 2, 1),
        "da0": da_prev,
        "dWx": columns @ flat.T,
        "dWa": dWa,
        "db": columns.sum(axis=1, keepdims=True),
    }


def _advance(z: Array, a_prev: Array, c_prev: Array, parameters: Parameters) -> tuple[Any, ...]:
    """Return the next hidden and cell state, and what the way back needs; z (g·n_a, m) of x."""
    n_a = len(a_prev)
    z = z + parameters["Wa"] @ a_prev
    if len(z) == n_a:
        a_next = np.tanh(z)
        return a_next, c_prev, (a_prev, a_next)
    f, i = sigmoid(z[:n_a]), sigmoid(z[n_a : 2 * n_a])
    candidate, o = np.tanh(z[2 * n_a : 3 * n_a]), sigmoid(z[3 * n_a :])
    c_next = f * c_prev + i * candidate
    squashed = np.tanh(c_next)
    return o * squashed, c_next, (a_prev, c_prev, f, i, candidate, o, squashed)


def _retreat(da: Array, dc: Array, inside: tuple[Array, ...]) -> tuple[Array, Array]:
    """Return the gradient at z (g·n_a, m) of a step, and at the cell state before it."""
    if len(inside) == 2:
        _, a = inside
        return da * (1 - a * a), dc
    _, c_prev, f, i, candidate, o, squashed = inside
    dc = dc + da * o * (1 - squashed * squashed)
    dz = (
        dc * c_prev * f * (1 - f),
        dc * candidate * i * (1 - i),
        dc * i * (1 - candidate * candidate),
        da * squashed * o * (1 - o),
    )
    return np.concatenate(dz), dc * f


def taken_apart(parameters: Parameters) -> Parameters:
    """Return an LSTM's parameters gate by gate: Wf, bf, Wi, bi, Wc, bc, Wo, bo, and Wy, by.

    The first n_a columns of a gate's weights belong to the hidden state, the others to the input.
    """
    weights = np.split(np.hstack([parameters["Wa"], parameters["Wx"]]), 4)
    biases = np.split(parameters["b"], 4)
    gates = {f"W{gate}": each for gate, each in zip("fico", weights, strict=True)}
    gates |= {f"b{gate}": each for gate, each in zip("fico", biases, strict=True)}
    return gates | {"Wy": parameters["Wya"], "by": parameters["by"]}


def joined(gradients: dict[str, Array]) -> dict[str, Array]:
    """Return gradients that were made gate by gate (dWf, dbf, ...) as ``backward`` returns them."""
    weights = np.concatenate([gradients[f"dW{gate}"] for gate in "fico"])
    n_a = len(weights) // 4
    return {
        "dx": gradients["dx"],
        "da0": gradients["da0"],
        "dWx": weights[:, n_a:],
        "dWa": weights[:, :n_a],
        "db": np.concatenate([gradients[f"db{gate}"] for gate in "fico"]),
    }
