def temper(scores, temperature):
    return (e := np.exp((scores - np.max(scores, axis=0)) / temperature)) / e.sum(axis=0)
