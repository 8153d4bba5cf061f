def encode_tunes(tunes, upbeats, vocabulary, bar):
    n_y, m = len(vocabulary), len(tunes)
    T_x = 1 + max([len(notes) for notes in tunes])
    y = np.zeros((n_y, m, T_x))
    beats = np.zeros((bar, m, T_x))
    for i in range(m):
        ended = [*tunes[i], vocabulary[0]]
        y[[vocabulary.index(note) for note in ended], i, range(len(ended))] = 1
        beats[:, i, : len(ended)] = beat_position([n[1] for n in ended], bar, upbeats[i])
    x = np.zeros((n_y + bar, m, T_x))
    x[1:n_y, :, 1:] = y[1:, :, :-1]
    x[n_y:] = beats
    return x, y, y.sum(axis=0)
