def beat_position(lengths, bar, upbeat):
    return np.eye(bar)[:, (np.cumsum([-upbeat, *lengths[:-1]])) % bar]
