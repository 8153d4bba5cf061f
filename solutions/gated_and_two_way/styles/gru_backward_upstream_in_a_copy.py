def gru_backward(da, caches):
    T_x = da.shape[2]
    upstream = da.copy()
    total, dx = {}, []
    for t in range(T_x - 1, -1, -1):
        step = gru_cell_backward(upstream[:, :, t], caches[t])
        dx.insert(0, step["dxt"])
        for name in ("dWu", "dWr", "dWc", "dbu", "dbr", "dbc"):
            total[name] = total.get(name, 0) + step[name]
        if t > 0:
            upstream[:, :, t - 1] += step["da_prev"]
    total["dx"], total["da0"] = np.stack(dx, axis=2), step["da_prev"]
    return total
