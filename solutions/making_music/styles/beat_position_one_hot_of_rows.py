def beat_position(lengths, bar, upbeat):
    rows, now = [], (bar - upbeat) % bar
    for length in lengths:
        rows.append(now)
        now = (now + length) % bar
    return one_hot(rows, bar)
