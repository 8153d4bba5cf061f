def two_way_backward(da, caches):
    caches_left, caches_right, lengths = caches
    n_a = da.shape[0] // 2
    from_left = gru_backward(da[:n_a], caches_left)
    from_right = gru_backward(reverse_each(da[n_a:], lengths), caches_right)
    names = ["dWu", "dbu", "dWr", "dbr", "dWc", "dbc"]
    gradients = {}
    gradients["dx"] = from_left["dx"] + reverse_each(from_right["dx"], lengths)
    gradients["da0"] = np.vstack((from_left["da0"], from_right["da0"]))
    gradients["dleft"] = {name: from_left[name] for name in names}
    gradients["dright"] = {name: from_right[name] for name in names}
    return gradients
