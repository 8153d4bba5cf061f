def output_backward(dz, a, parameters):
    n_a, m, T_x = a.shape
    da = np.zeros((n_a, m, T_x))
    dWya = np.zeros_like(parameters["Wya"])
    dby = np.zeros_like(parameters["by"])
    for t in range(T_x):
        da[:, :, t] = np.dot(parameters["Wya"].T, dz[:, :, t])
        dWya = dWya + np.dot(dz[:, :, t], a[:, :, t].T)
        dby = dby + dz[:, :, t].sum(axis=1)[:, None]
    return da, dWya, dby
