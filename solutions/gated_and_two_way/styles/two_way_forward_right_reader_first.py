def two_way_forward(x, lengths, a0, left, right):
    above, below = np.split(a0, 2)
    from_right = gru_forward(reverse_each(x, lengths), below, right)
    from_left = gru_forward(x, above, left)
    a = np.vstack((from_left[0], reverse_each(from_right[0], lengths)))
    return a, (from_left[1], from_right[1], lengths)
