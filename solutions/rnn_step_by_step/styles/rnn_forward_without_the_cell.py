def rnn_forward(x, a0, parameters):
    n_x, m, T_x = x.shape
    Wax, Waa, ba = parameters["Wax"], parameters["Waa"], parameters["ba"]
    Wya, by = parameters["Wya"], parameters["by"]
    a = np.zeros((a0.shape[0], m, T_x))
    y = np.zeros((by.shape[0], m, T_x))
    steps, before = [], a0
    for t in range(T_x):
        now = np.tanh(Wax @ x[:, :, t] + Waa @ before + ba)
        a[:, :, t] = now
        y[:, :, t] = softmax(Wya @ now + by)
        steps.append((now, before, x[:, :, t], parameters))
        before = now
    return a, y, (steps, x)
