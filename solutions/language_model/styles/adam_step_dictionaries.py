def adam_step(parameters, gradients, state, rate):
    b1, b2, eps = 0.9, 0.999, 1e-8
    t = state["t"] + 1
    m = {k: b1 * state["m"][k] + (1 - b1) * g for k, g in gradients.items()}
    v = {k: b2 * state["v"][k] + (1 - b2) * g * g for k, g in gradients.items()}
    moves = {
        k: rate * (m[k] / (1 - b1**t)) / (np.sqrt(v[k] / (1 - b2**t)) + eps) for k in parameters
    }
    return {k: parameters[k] - moves[k] for k in parameters}, {"t": t, "m": m, "v": v}
