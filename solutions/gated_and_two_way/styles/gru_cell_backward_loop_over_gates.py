def gru_cell_backward(da_next, cache):
    a_prev, ut, rt, cct, xt, parameters = cache
    n_a = a_prev.shape[0]
    v, w = np.vstack((a_prev, xt)), np.vstack((rt * a_prev, xt))
    dz = {"u": da_next * (cct - a_prev) * ut * (1 - ut), "c": da_next * ut * (1 - cct * cct)}
    dw = np.dot(parameters["Wc"].T, dz["c"])
    ds = dw[:n_a, :]
    dz["r"] = ds * a_prev * rt * (1 - rt)
    gradients = {}
    for gate, read in (("u", v), ("r", v), ("c", w)):
        gradients["dW" + gate] = np.dot(dz[gate], read.T)
        gradients["db" + gate] = dz[gate].sum(axis=1, keepdims=True)
    dv = np.dot(parameters["Wu"].T, dz["u"]) + np.dot(parameters["Wr"].T, dz["r"])
    gradients["da_prev"] = da_next * (1 - ut) + ds * rt + dv[:n_a, :]
    gradients["dxt"] = dw[n_a:, :] + dv[n_a:, :]
    return gradients
