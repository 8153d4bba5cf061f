def two_way_backward(da, caches):
    left_caches, right_caches, lengths = caches
    half = da.shape[0] // 2
    back_left = gru_backward(da[:half, :, :], left_caches)
    da_right = reverse_each(da[half:, :, :], lengths)
    back_right = gru_backward(da_right, right_caches)
    dx_left = back_left.pop("dx")
    dx_right = reverse_each(back_right.pop("dx"), lengths)
    dx = dx_left + dx_right
    da0 = np.vstack((back_left.pop("da0"), back_right.pop("da0")))
    return {"dx": dx, "da0": da0, "dleft": back_left, "dright": back_right}
