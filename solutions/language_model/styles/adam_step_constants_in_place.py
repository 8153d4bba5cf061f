def adam_step(parameters, gradients, state, rate):
    t = state["t"] + 1
    new, means, squares = {}, {}, {}
    for name, value in parameters.items():
        g = gradients[name]
        means[name] = 0.9 * state["m"][name] + 0.1 * g
        squares[name] = 0.999 * state["v"][name] + 0.001 * g**2
        mean = means[name] / (1 - 0.9**t)
        square = squares[name] / (1 - 0.999**t)
        new[name] = value - rate * mean / (np.sqrt(square) + 1e-8)
    return new, {"t": t, "m": means, "v": squares}
