def gru_cell_forward(xt, a_prev, parameters):
    n_a = a_prev.shape[0]

    def argument(gate, state):
        W, b = parameters["W" + gate], parameters["b" + gate]
        return np.dot(W[:, :n_a], state) + np.dot(W[:, n_a:], xt) + b

    ut = sigmoid(argument("u", a_prev))
    rt = sigmoid(argument("r", a_prev))
    cct = np.tanh(argument("c", rt * a_prev))
    a_next = a_prev + ut * (cct - a_prev)
    return a_next, (a_prev, ut, rt, cct, xt, parameters)
