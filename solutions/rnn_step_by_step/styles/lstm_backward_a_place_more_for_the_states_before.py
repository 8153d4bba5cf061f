def lstm_backward(da, caches):
    steps, x = caches
    n_a, m, T_x = da.shape
    back_a, back_c = np.zeros((2, T_x + 1, n_a, m))
    dx = np.zeros((T_x, x.shape[0], m))
    done = []
    for t in range(T_x - 1, -1, -1):
        g = lstm_cell_backward(da[..., t] + back_a[t + 1], back_c[t + 1], steps[t])
        back_a[t], back_c[t], dx[t] = g["da_prev"], g["dc_prev"], g["dxt"]
        done.append(g)
    dW = {"dW" + gate: sum(g["dW" + gate] for g in done) for gate in "fico"}
    db = {"db" + gate: sum(g["db" + gate] for g in done) for gate in "fico"}
    return {"dx": np.moveaxis(dx, 0, -1), "da0": back_a[0], **dW, **db}
