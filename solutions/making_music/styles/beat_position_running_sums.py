def beat_position(lengths, bar, upbeat):
    ends = np.cumsum(lengths)
    rows = (ends - np.array(lengths) - upbeat) % bar
    return np.eye(bar)[:, rows]
