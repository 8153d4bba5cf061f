def rnn_cell_forward(xt, a_prev, parameters):
    z = xt.T @ parameters["Wax"].T + a_prev.T @ parameters["Waa"].T + parameters["ba"].T
    a_next = np.tanh(z).T
    yt_pred = softmax((a_next.T @ parameters["Wya"].T).T + parameters["by"])
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)
