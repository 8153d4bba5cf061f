def lstm_cell_backward(da_next, dc_next, cache):
    _, _, a_prev, c_prev, *_, xt, parameters = cache
    n_a, concat = a_prev.shape[0], np.concatenate([a_prev, xt])
    z = {g: parameters["W" + g] @ concat + parameters["b" + g] for g in "fico"}
    f, i, o = (1 / (1 + np.exp(-z[g])) for g in "fio")
    candidate = np.tanh(z["c"])
    c = f * c_prev + i * candidate
    dc = dc_next + da_next * o / np.cosh(c) ** 2
    d = {
        "f": dc * c_prev * f**2 * np.exp(-z["f"]),
        "i": dc * candidate * i**2 * np.exp(-z["i"]),
        "c": dc * i / np.cosh(z["c"]) ** 2,
        "o": da_next * np.tanh(c) * o**2 * np.exp(-z["o"]),
    }
    back = sum(parameters["W" + g].T @ d[g] for g in d)
    weights = {"dW" + g: d[g] @ concat.T for g in d}
    biases = {"db" + g: np.sum(d[g], axis=1).reshape(n_a, 1) for g in d}
    return {"dxt": back[n_a:], "da_prev": back[:n_a], "dc_prev": dc * f, **weights, **biases}
