def sample_index(p, u, temperature):
    weights = p ** (1 / temperature)
    steps = np.cumsum(weights, axis=0)
    above = steps / steps[-1] > u
    return np.array([np.flatnonzero(column)[0] for column in above.T])
