def sample_index(p, u, temperature):
    tempered = np.power(p, 1 / temperature)
    steps = np.cumsum(tempered, axis=0)
    return np.sum(steps <= u * steps[-1], axis=0)
