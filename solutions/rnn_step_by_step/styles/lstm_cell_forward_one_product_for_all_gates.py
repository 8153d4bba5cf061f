def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    n_a = a_prev.shape[0]
    W = np.concatenate([parameters["W" + gate] for gate in "fioc"])
    b = np.concatenate([parameters["b" + gate] for gate in "fioc"])
    z = W @ np.concatenate((a_prev, xt)) + b
    ft, it, ot = sigmoid(z[:n_a]), sigmoid(z[n_a : 2 * n_a]), sigmoid(z[2 * n_a : 3 * n_a])
    cct = np.tanh(z[3 * n_a :])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache
