def rnn_backward(da, caches):
    steps, x = caches
    da = da.copy()
    n_a, m, T_x = da.shape
    total = {}
    dx = np.zeros((x.shape[0], m, T_x))
    for t in reversed(range(T_x)):
        g = rnn_cell_backward(da[:, :, t], steps[t])
        if t > 0:
            da[:, :, t - 1] += g["da_prev"]
        dx[:, :, t] = g["dxt"]
        for name in ("dWax", "dWaa", "dba"):
            total[name] = total.get(name, 0) + g[name]
    return {"dx": dx, "da0": g["da_prev"], **total}
