def two_way_forward(x, lengths, a0, left, right):
    n_a = a0.shape[0] // 2
    a = np.zeros((2 * n_a, x.shape[1], x.shape[2]))
    a[:n_a], caches_left = gru_forward(x, a0[:n_a], left)
    x_reversed = reverse_each(x, lengths)
    a_right, caches_right = gru_forward(x_reversed, a0[n_a:], right)
    a[n_a:] = reverse_each(a_right, lengths)
    return a, (caches_left, caches_right, lengths)
