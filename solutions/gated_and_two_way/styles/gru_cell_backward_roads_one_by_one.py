def gru_cell_backward(da_next, cache):
    (a_prev, ut, rt, cct, xt, parameters) = cache
    Wu, Wr, Wc = parameters["Wu"], parameters["Wr"], parameters["Wc"]
    n_a, m = a_prev.shape
    dut = da_next * cct - da_next * a_prev
    dcct = da_next * ut
    dzu = dut * ut * (1 - ut)
    dzc = dcct * (1 - cct**2)
    ds = Wc[:, :n_a].T @ dzc
    dzr = ds * a_prev * rt * (1 - rt)
    da_prev = da_next - da_next * ut
    da_prev = da_prev + ds * rt
    da_prev = da_prev + Wu[:, :n_a].T @ dzu
    da_prev = da_prev + Wr[:, :n_a].T @ dzr
    dxt = Wu[:, n_a:].T @ dzu + Wr[:, n_a:].T @ dzr + Wc[:, n_a:].T @ dzc
    dWu = np.concatenate([dzu @ a_prev.T, dzu @ xt.T], axis=1)
    dWr = np.concatenate([dzr @ a_prev.T, dzr @ xt.T], axis=1)
    dWc = np.concatenate([dzc @ (rt * a_prev).T, dzc @ xt.T], axis=1)
    ones = np.ones((m, 1))
    return dict(dxt=dxt, da_prev=da_prev, dWu=dWu, dbu=dzu @ ones, dWr=dWr, dbr=dzr @ ones,
                dWc=dWc, dbc=dzc @ ones)  # fmt: skip
