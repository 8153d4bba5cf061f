def rnn_cell_forward(xt, a_prev, parameters):
    Wax, Waa, Wya, ba, by = (parameters[name] for name in ("Wax", "Waa", "Wya", "ba", "by"))
    a_next = np.tanh(Waa @ a_prev + Wax @ xt + ba)
    scores = Wya @ a_next + by
    scores = np.exp(scores - scores.max(axis=0))
    yt_pred = scores / scores.sum(axis=0)
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)
