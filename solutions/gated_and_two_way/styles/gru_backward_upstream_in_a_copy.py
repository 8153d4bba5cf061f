def gru_backward(da, caches):
    T_x = da.shape[2]
    upstream = da.copy()
    gradients = {}
    dx = np.zeros((len(caches[0][4]), da.shape[1], T_x))
    for t in range(T_x - 1, -1, -1):
        step = gru_cell_backward(upstream[:, :, t], caches[t])
        dx[:, :, t] = step.pop("dxt")
        da0 = step.pop("da_prev")
        if t > 0:
            upstream[:, :, t - 1] += da0
        gradients = {name: gradients.get(name, 0) + step[name] for name in step}
    gradients["dx"] = dx
    gradients["da0"] = da0
    return gradients
