def dropout(a, u, rate, training):
    if not training:
        return a * 1.0, np.ones(u.shape)
    factor = np.where(u < rate, 0.0, 1 / (1 - rate))
    return a * factor[:, :, None], factor
