def lstm_backward(da, caches):
    steps, x = caches
    g = {"da_prev": np.zeros(da.shape[:2]), "dc_prev": np.zeros(da.shape[:2])}
    done = [
        g := lstm_cell_backward(da[:, :, t] + g["da_prev"], g["dc_prev"], steps[t])
        for t in reversed(range(da.shape[2]))
    ]
    columns = {name: [one[name] for one in done] for name in g}
    totals = {name: np.sum(each, 0) for name, each in columns.items() if name[1] in "Wb"}
    return {"dx": np.dstack(columns["dxt"][::-1]), "da0": columns["da_prev"][-1], **totals}
