def dropout(a, u, rate, training):
    stays = np.ones_like(u) if not training else 1.0 * (u >= rate)
    factor = stays / (1 - rate * bool(training))
    return np.einsum("imt,im->imt", a, factor), factor
