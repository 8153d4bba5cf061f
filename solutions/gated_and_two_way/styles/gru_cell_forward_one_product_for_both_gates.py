def gru_cell_forward(xt, a_prev, parameters):
    n_a, m = a_prev.shape
    stacked = np.vstack([a_prev, xt])
    W = np.vstack([parameters["Wu"], parameters["Wr"]])
    b = np.vstack([parameters["bu"], parameters["br"]])
    gates = sigmoid(W.dot(stacked) + b)
    ut, rt = gates[:n_a], gates[n_a:]
    stacked = np.vstack([rt * a_prev, xt])
    cct = np.tanh(parameters["Wc"].dot(stacked) + parameters["bc"])
    a_next = (1 - ut) * a_prev + ut * cct
    cache = (a_prev, ut, rt, cct, xt, parameters)
    return a_next, cache
