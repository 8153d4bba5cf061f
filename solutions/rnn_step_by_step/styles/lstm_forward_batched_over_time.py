def lstm_forward(x, a0, parameters):
    n_a, T_x = a0.shape[0], x.shape[2]
    from_x = {
        gate: np.tensordot(parameters["W" + gate][:, n_a:], x, axes=(1, 0))
        + parameters["b" + gate][:, :, np.newaxis]
        for gate in "fioc"
    }
    a = np.zeros((*a0.shape, T_x))
    c = np.zeros_like(a)
    steps, a_prev, c_prev = [], a0, np.zeros(a0.shape)
    for t in range(T_x):
        z = {
            gate: from_x[gate][:, :, t] + parameters["W" + gate][:, :n_a] @ a_prev
            for gate in "fioc"
        }
        ft, it, ot, cct = sigmoid(z["f"]), sigmoid(z["i"]), sigmoid(z["o"]), np.tanh(z["c"])
        c_next = ft * c_prev + it * cct
        a_next = ot * np.tanh(c_next)
        a[:, :, t], c[:, :, t] = a_next, c_next
        steps.append((a_next, c_next, a_prev, c_prev, ft, it, cct, ot, x[:, :, t], parameters))
        a_prev, c_prev = a_next, c_next
    y = softmax(np.einsum("ya,amt->ymt", parameters["Wy"], a) + parameters["by"][:, :, None])
    return a, y, c, (steps, x)
