"""The parts of training that this notebook does not ask for: output layer, loss, clipping, Adam.

Parameters and gradients are dictionaries of dictionaries: ``parameters["left"]["Wu"]`` has its
gradient in ``gradients["left"]["dWu"]``.
"""

import numpy as np

from rnn_utils import softmax

__all__ = ["adam_step", "clipped", "in_words", "new_output", "new_state", "read_out", "size_of"]


def new_output(n_y, n_a, rng):
    """Draw the weights of an output layer over states of ``n_a`` rows; its bias is zero."""
    return {"Wya": rng.standard_normal((n_y, n_a)) / np.sqrt(n_a), "by": np.zeros((n_y, 1))}


def read_out(a, y, mask, output):
    """Predict from the states, and compare with the targets where the mask is 1.

    Arguments:
        a: states, (n_a, m, T_x)
        y: targets, one-hot, (n_y, m, T_x)
        mask: 1 in the places that count, (m, T_x)
        output: a dictionary with Wya, (n_y, n_a), and by, (n_y, 1)

    Returns:
        loss: the mean surprise, one number
        right: the share of places whose likeliest class is the right one
        da: gradient of the loss with respect to the states, (n_a, m, T_x)
        gradients: a dictionary with dWya and dby
        y_pred: predictions, (n_y, m, T_x)
    """
    n_a, m, T_x = a.shape
    counts = mask.reshape(-1) > 0  # only these places are looked at
    states, targets = a.reshape(n_a, -1)[:, counts], y.reshape(len(y), -1)[:, counts]
    p = softmax(output["Wya"] @ states + output["by"])
    loss = -np.mean(np.log(np.sum(p * targets, axis=0)))
    right = np.mean(p.argmax(axis=0) == targets.argmax(axis=0))
    dz = (p - targets) / np.sum(counts)
    da, y_pred = np.zeros((n_a, m * T_x)), np.zeros((len(y), m * T_x))
    da[:, counts], y_pred[:, counts] = output["Wya"].T @ dz, p
    gradients = {"dWya": dz @ states.T, "dby": np.sum(dz, axis=1, keepdims=True)}
    return loss, right, da.reshape(a.shape), gradients, y_pred.reshape(y.shape)


def clipped(gradients, max_norm):
    """Shorten all gradients by one factor, so that together they are no longer than max_norm."""
    every = [g for part in gradients.values() for g in part.values()]
    norm = np.sqrt(sum(np.sum(g * g) for g in every))
    factor = max_norm / max(norm, max_norm)
    return {key: {n: factor * g for n, g in part.items()} for key, part in gradients.items()}


def new_state(parameters):
    """Return what Adam remembers before the first step."""
    zeros = {key: {n: 0 * v for n, v in part.items()} for key, part in parameters.items()}
    return {"t": 0, "m": zeros, "v": zeros}


def adam_step(parameters, gradients, state, rate):
    """Take one step of Adam; return new parameters and the new state."""
    t = state["t"] + 1
    moved, after = {}, {"t": t, "m": {}, "v": {}}
    for key, part in parameters.items():
        moved[key], after["m"][key], after["v"][key] = {}, {}, {}
        for name, value in part.items():
            g = gradients[key]["d" + name]
            m = 0.9 * state["m"][key][name] + 0.1 * g
            v = 0.999 * state["v"][key][name] + 0.001 * g * g
            step = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
            moved[key][name] = value - rate * step
            after["m"][key][name], after["v"][key][name] = m, v
    return moved, after


def size_of(parameters):
    """Count the weights and biases of a network."""
    return sum(value.size for part in parameters.values() for value in part.values())


def in_words(share):
    """Say about how much a share is; two runs that differ a little are told alike."""
    if share > 0.97:
        return "all"
    if share > 0.85:
        return "nearly all"
    names = {0.75: "three quarters", 0.67: "two thirds", 0.5: "half"}
    names |= {0.42: "four in ten", 0.33: "a third", 0.25: "a quarter", 0.1: "a tenth"}
    return "about " + names[min(names, key=lambda value: abs(value - share))]
