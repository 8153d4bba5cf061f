def gru_cell_backward(da_next, cache):
    (a_prev, ut, rt, cct, xt, parameters) = cache
    Wu, Wr, Wc = parameters["Wu"], parameters["Wr"], parameters["Wc"]
    n_a = a_prev.shape[0]
    dzu = da_next * ut * (1 - ut) * (cct - a_prev)
    dzc = (1 - cct**2) * ut * da_next
    ds = Wc[:, :n_a].T @ dzc
    dzr = ds * rt * (1 - rt) * a_prev
    direct = da_next * (1 - ut)
    through_reset = ds * rt
    through_gates = Wu[:, :n_a].T @ dzu + Wr[:, :n_a].T @ dzr
    da_prev = direct + through_reset + through_gates
    dxt = Wc[:, n_a:].T @ dzc + (Wu[:, n_a:].T @ dzu + Wr[:, n_a:].T @ dzr)
    dWu = dzu @ np.concatenate((a_prev, xt)).T
    dWr = dzr @ np.concatenate((a_prev, xt)).T
    dWc = dzc @ np.concatenate((rt * a_prev, xt)).T
    dbu = dzu.sum(axis=1).reshape(-1, 1)
    dbr = dzr.sum(axis=1).reshape(-1, 1)
    dbc = dzc.sum(axis=1).reshape(-1, 1)
    gradients = {"dxt": dxt, "da_prev": da_prev}
    gradients.update(dWu=dWu, dWr=dWr, dWc=dWc, dbu=dbu, dbr=dbr, dbc=dbc)
    return gradients
