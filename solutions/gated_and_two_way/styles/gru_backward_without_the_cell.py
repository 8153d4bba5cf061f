def gru_backward(da, caches):
    n_a, m, T_x = da.shape
    *_, x0, parameters = caches[0]
    dx = np.zeros((x0.shape[0], m, T_x))
    dWu, dWr, dWc = (np.zeros_like(parameters[name]) for name in ("Wu", "Wr", "Wc"))
    dbu, dbr, dbc = (np.zeros_like(parameters[name]) for name in ("bu", "br", "bc"))
    da_prev = np.zeros((n_a, m))
    for t in range(T_x - 1, -1, -1):
        a_prev, ut, rt, cct, xt, parameters = caches[t]
        da_next = da[:, :, t] + da_prev
        dzu = da_next * (cct - a_prev) * ut * (1 - ut)
        dzc = da_next * ut * (1 - cct**2)
        dreset = np.dot(parameters["Wc"].T, dzc)
        dzr = dreset[:n_a] * a_prev * rt * (1 - rt)
        dconcat = np.dot(parameters["Wu"].T, dzu) + np.dot(parameters["Wr"].T, dzr)
        dx[:, :, t] = dreset[n_a:] + dconcat[n_a:]
        dWu += np.dot(dzu, np.concatenate((a_prev, xt)).T)
        dWr += np.dot(dzr, np.concatenate((a_prev, xt)).T)
        dWc += np.dot(dzc, np.concatenate((rt * a_prev, xt)).T)
        dbu += np.sum(dzu, axis=1, keepdims=True)
        dbr += np.sum(dzr, axis=1, keepdims=True)
        dbc += np.sum(dzc, axis=1, keepdims=True)
        da_prev = da_next * (1 - ut) + dreset[:n_a] * rt + dconcat[:n_a]
    return {"dx": dx, "da0": da_prev, "dWu": dWu, "dWr": dWr, "dWc": dWc,
            "dbu": dbu, "dbr": dbr, "dbc": dbc}  # fmt: skip
