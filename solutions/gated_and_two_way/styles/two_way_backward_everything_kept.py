def two_way_backward(da, caches):
    there, back = np.split(da, 2)
    lengths = caches[2]
    dleft = gru_backward(there, caches[0])
    dright = gru_backward(reverse_each(back, lengths), caches[1])
    dx = reverse_each(dright["dx"], lengths)
    dx = dx + dleft["dx"]
    da0 = np.concatenate((dleft["da0"], dright["da0"]))
    return {"dleft": dleft, "dright": dright, "dx": dx, "da0": da0}
