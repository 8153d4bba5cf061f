def temper(scores, temperature):
    z = scores / temperature
    highest = z.max(axis=0, keepdims=True)
    total = highest + np.log(np.exp(z - highest).sum(axis=0, keepdims=True))
    return np.exp(z - total)
