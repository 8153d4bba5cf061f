def temper(scores, temperature):
    p = np.zeros(scores.shape)
    for i in range(scores.shape[1]):
        weights = np.exp((scores[:, i] - np.max(scores[:, i])) / temperature)
        p[:, i] = weights / np.sum(weights)
    return p
