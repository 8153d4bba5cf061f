def reverse_each(x, lengths):
    n, m, T_x = x.shape
    t = np.arange(T_x)
    order = np.where(t < lengths[:, None], lengths[:, None] - 1 - t, t)
    return np.take_along_axis(x, order[None, :, :], axis=2)
