def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    n_a = len(a_prev)
    gates = {}
    for gate in "fico":
        W = parameters[f"W{gate}"]
        z = W[:, :n_a] @ a_prev + W[:, n_a:] @ xt + parameters[f"b{gate}"]
        gates[gate] = np.tanh(z) if gate == "c" else sigmoid(z)
    c_next = gates["f"] * c_prev + gates["i"] * gates["c"]
    a_next = gates["o"] * np.tanh(c_next)
    yt_pred = softmax(parameters["Wy"] @ a_next + parameters["by"])
    kept = (gates["f"], gates["i"], gates["c"], gates["o"])
    return a_next, c_next, yt_pred, (a_next, c_next, a_prev, c_prev, *kept, xt, parameters)
