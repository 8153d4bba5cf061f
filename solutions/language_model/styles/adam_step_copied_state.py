def adam_step(parameters, gradients, state, rate):
    new = {name: value.copy() for name, value in parameters.items()}
    after = {"t": state["t"] + 1, "m": dict(state["m"]), "v": dict(state["v"])}
    for name in new:
        g = gradients[name]
        after["m"][name] = 0.9 * after["m"][name] + 0.1 * g
        after["v"][name] = 0.999 * after["v"][name] + 0.001 * np.square(g)
        mean = after["m"][name] / (1 - 0.9 ** after["t"])
        square = after["v"][name] / (1 - 0.999 ** after["t"])
        new[name] = new[name] - rate * mean / (np.sqrt(square) + 1e-8)
    return new, after
