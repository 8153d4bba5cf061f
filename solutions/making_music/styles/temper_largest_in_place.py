def temper(scores, temperature):
    return (e := np.exp((scores - scores.max(0)) * (1 / temperature))) * (1 / np.sum(e, axis=0))
