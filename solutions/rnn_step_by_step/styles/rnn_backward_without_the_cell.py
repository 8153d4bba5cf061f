def rnn_backward(da, caches):
    steps, x = caches
    parameters = steps[0][3]
    n_a, m, T_x = da.shape
    dx = np.empty((x.shape[0], m, T_x))
    dWax = np.zeros_like(parameters["Wax"])
    dWaa = np.zeros_like(parameters["Waa"])
    dba = np.zeros_like(parameters["ba"])
    dz = np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        a_next, a_prev, xt, _ = steps[t]
        dz = (1 - a_next**2) * (da[:, :, t] + parameters["Waa"].T @ dz)
        dx[:, :, t] = parameters["Wax"].T @ dz
        dWax += dz @ xt.T
        dWaa += dz @ a_prev.T
        dba += dz.sum(axis=1, keepdims=True)
    da0 = parameters["Waa"].T @ dz
    return {"dx": dx, "da0": da0, "dWax": dWax, "dWaa": dWaa, "dba": dba}
