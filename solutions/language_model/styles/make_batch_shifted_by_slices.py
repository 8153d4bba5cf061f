def make_batch(words, letters):
    lengths = np.array([len(word) + 1 for word in words])
    T_x = lengths.max()
    mask = (np.arange(T_x) < lengths[:, None]).astype(float)
    numbers = np.array([[letters.index(c) for c in w.ljust(T_x, letters[0])] for w in words])
    y = np.moveaxis(np.eye(len(letters))[numbers], 2, 0) * mask
    x = np.zeros_like(y)
    x[:, :, 1:] = y[:, :, :-1]
    x[0] = 0
    return x, y, mask
