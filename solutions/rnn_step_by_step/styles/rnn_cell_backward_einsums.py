def rnn_cell_backward(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    d = np.einsum("am,am->am", 1 - a_next**2, da_next)
    return {
        "dxt": np.einsum("ax,am->xm", parameters["Wax"], d),
        "da_prev": np.einsum("ab,am->bm", parameters["Waa"], d),
        "dWax": np.einsum("am,xm->ax", d, xt),
        "dWaa": np.einsum("am,bm->ab", d, a_prev),
        "dba": np.einsum("am->a", d)[:, None],
    }
