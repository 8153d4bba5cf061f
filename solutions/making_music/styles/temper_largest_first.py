def temper(scores, temperature):
    weights = np.exp((scores - scores.max(axis=0)) / temperature)
    return np.divide(weights, np.sum(weights, axis=0))
