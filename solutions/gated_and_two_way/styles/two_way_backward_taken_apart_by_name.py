def two_way_backward(da, caches):
    caches_left, caches_right, lengths = caches
    n_a = da.shape[0] // 2
    from_left = gru_backward(da[:n_a], caches_left)
    from_right = gru_backward(reverse_each(da[n_a:], lengths), caches_right)
    dx = from_left["dx"] + reverse_each(from_right["dx"], lengths)
    da0 = np.concatenate((from_left["da0"], from_right["da0"]), axis=0)
    dleft = {name: g for name, g in from_left.items() if name not in ("dx", "da0")}
    dright = {name: g for name, g in from_right.items() if name not in ("dx", "da0")}
    return {"dx": dx, "da0": da0, "dleft": dleft, "dright": dright}
