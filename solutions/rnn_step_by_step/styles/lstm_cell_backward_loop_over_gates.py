def lstm_cell_backward(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a = a_prev.shape[0]
    th = np.tanh(c_next)
    dc = dc_next + da_next * ot * (1 - th**2)
    d = {
        "f": dc * c_prev * ft * (1 - ft),
        "i": dc * cct * it * (1 - it),
        "c": dc * it * (1 - cct**2),
        "o": da_next * th * ot * (1 - ot),
    }
    both = np.vstack((a_prev, xt))
    back = sum(parameters["W" + gate].T @ d[gate] for gate in "fico")
    gradients = {"da_prev": back[:n_a, :], "dxt": back[n_a:, :], "dc_prev": dc * ft}
    for gate in "fico":
        gradients["dW" + gate] = d[gate] @ both.T
        gradients["db" + gate] = d[gate].sum(axis=1, keepdims=True)
    return gradients
