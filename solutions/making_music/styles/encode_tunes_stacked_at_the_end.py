def encode_tunes(tunes, upbeats, vocabulary, bar):
    n_y, m = len(vocabulary), len(tunes)
    T_x = max([len(notes) for notes in tunes]) + 1
    y, beats, mask = np.zeros((n_y, m, T_x)), np.zeros((bar, m, T_x)), np.zeros((m, T_x))
    for i in range(m):
        ended = tunes[i] + [vocabulary[0]]
        numbers = [vocabulary.index(note) for note in ended]
        y[numbers, i, range(len(ended))] = 1
        beats[:, i, : len(ended)] = beat_position([n[1] for n in ended], bar, upbeats[i])
        mask[i, : len(ended)] = 1
    before = np.concatenate([np.zeros((n_y, m, 1)), y[:, :, :-1]], axis=2)
    before[0] = 0
    return np.concatenate([before, beats]), y, mask
