def make_batch(words, letters):
    T_x = max(map(len, words)) + 1
    lengths = np.array([[len(word)] for word in words])
    mask = np.where(np.arange(T_x) <= lengths, 1.0, 0.0)
    numbers = np.array([[letters.find(c) for c in w.ljust(T_x, letters[0])] for w in words])
    y = one_hot(numbers, len(letters)) * mask
    x = np.roll(y, 1, axis=2)
    x[:, :, 0] = 0
    x[0] = 0
    return x, y, mask
