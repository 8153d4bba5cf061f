def encode_tunes(tunes, upbeats, vocabulary, bar):
    T_x = max(len(notes) for notes in tunes) + 1
    y = np.zeros((len(vocabulary), len(tunes), T_x))
    for i, notes in enumerate(tunes):
        y[[vocabulary.index(n) for n in [*notes, (0, 0)]], i, range(len(notes) + 1)] = 1
    beats = np.stack(
        [
            beat_position([n[1] for n in [*notes, *[(0, 0)] * (T_x - len(notes))]], bar, upbeats[i])
            for i, notes in enumerate(tunes)
        ],
        axis=1,
    ) * y.sum(axis=0)
    before = np.concatenate([0 * y[:, :, :1], y[:, :, :-1]], axis=2) * y.sum(axis=0)
    return np.concatenate([before, beats]), y, y.sum(axis=0)
