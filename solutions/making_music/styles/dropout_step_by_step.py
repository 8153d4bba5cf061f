def dropout(a, u, rate, training):
    if not training:
        return a.copy(), np.ones(u.shape)
    factor = np.where(u < rate, 0.0, 1 / (1 - rate))
    dropped = np.zeros(a.shape)
    for t in range(a.shape[2]):
        dropped[:, :, t] = factor * a[:, :, t]
    return dropped, factor
