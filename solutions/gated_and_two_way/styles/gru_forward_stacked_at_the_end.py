def gru_forward(x, a0, parameters):
    states, caches = [a0], []
    for xt in np.moveaxis(x, 2, 0):
        state, cache = gru_cell_forward(xt, states[-1], parameters)
        states.append(state)
        caches.append(cache)
    return np.stack(states[1:], axis=-1), caches
