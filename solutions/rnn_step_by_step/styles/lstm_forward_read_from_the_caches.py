def lstm_forward(x, a0, parameters):
    steps, predictions = [], []
    a_next, c_next = a0, np.zeros_like(a0)
    for t in range(x.shape[2]):
        a_next, c_next, yt_pred, cache = lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)
        steps.append(cache)
        predictions.append(yt_pred)
    a = np.array([cache[0] for cache in steps]).transpose(1, 2, 0)
    c = np.array([cache[1] for cache in steps]).transpose(1, 2, 0)
    y = np.array(predictions).transpose(1, 2, 0)
    return a, y, c, (steps, x)
