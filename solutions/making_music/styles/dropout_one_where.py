def dropout(a, u, rate, training):
    factor = np.where(u < rate * training, 0.0, 1 / (1 - rate * training))
    return a * factor[:, :, None], factor
