def rnn_cell_backward(da_next, cache):
    _, a_prev, xt, parameters = cache
    z = parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"]
    d = da_next / np.cosh(z) ** 2
    gradients = {}
    gradients["dxt"] = parameters["Wax"].T @ d
    gradients["dWax"] = d @ xt.T
    gradients["da_prev"] = parameters["Waa"].T @ d
    gradients["dWaa"] = d @ a_prev.T
    gradients["dba"] = d @ np.ones((d.shape[1], 1))
    return gradients
