def reverse_each(x, lengths):
    x_reversed = np.array(x)
    for i in range(x.shape[1]):
        for t in range(lengths[i]):
            x_reversed[:, i, t] = x[:, i, lengths[i] - 1 - t]
    return x_reversed
