def gru_forward(x, a0, parameters):
    n_x, m, T_x = x.shape
    a = np.zeros((a0.shape[0], m, T_x))
    caches = []
    a_prev = a0
    for t in range(T_x):
        xt = x[:, :, t]
        concat = np.concatenate((a_prev, xt))
        ut = sigmoid(np.dot(parameters["Wu"], concat) + parameters["bu"])
        rt = sigmoid(np.dot(parameters["Wr"], concat) + parameters["br"])
        reset = np.concatenate((rt * a_prev, xt))
        cct = np.tanh(np.dot(parameters["Wc"], reset) + parameters["bc"])
        a_next = ut * cct + (1 - ut) * a_prev
        a[:, :, t] = a_next
        caches.append((a_prev, ut, rt, cct, xt, parameters))
        a_prev = a_next
    return a, caches
