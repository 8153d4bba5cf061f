def rnn_forward(x, a0, parameters):
    steps, state = [], a0
    results = []
    for xt in np.moveaxis(x, 2, 0):
        state, prediction, cache = rnn_cell_forward(xt, state, parameters)
        results.append((state, prediction))
        steps.append(cache)
    return (
        np.dstack([state for state, _ in results]),
        np.dstack([prediction for _, prediction in results]),
        (steps, x),
    )
