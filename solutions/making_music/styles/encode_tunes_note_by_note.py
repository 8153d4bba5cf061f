def encode_tunes(tunes, upbeats, vocabulary, bar):
    rows = {note: k for k, note in enumerate(vocabulary)}
    n_y, steps = len(vocabulary), max(map(len, tunes)) + 1
    x, y = np.zeros((n_y + bar, len(tunes), steps)), np.zeros((n_y, len(tunes), steps))
    for i, notes in enumerate(tunes):
        beats = beat_position([length for _, length in notes] + [0], bar, upbeats[i])
        for t in range(len(notes) + 1):
            k = rows[tuple(notes[t])] if t < len(notes) else 0
            y[k, i, t] = 1.0
            if t > 0:
                x[rows[tuple(notes[t - 1])], i, t] = 1.0
            x[n_y:, i, t] = beats[:, t]
    return x, y, y.sum(axis=0)
