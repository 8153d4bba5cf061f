def encode_tunes(tunes, upbeats, vocabulary, bar):
    m, T_x = len(tunes), max(len(notes) for notes in tunes) + 1
    y = np.zeros((len(vocabulary), m, T_x))
    for i, notes in enumerate(tunes):
        y[[vocabulary.index(n) for n in [*notes, (0, 0)]], i, range(len(notes) + 1)] = 1
    mask = y.sum(axis=0)
    x = np.zeros((len(vocabulary) + bar, m, T_x))
    x[1 : len(vocabulary), :, 1:] = y[1:, :, :-1]
    for i, notes in enumerate(tunes):
        beats = beat_position([n[1] for n in notes] + [0], bar, upbeats[i])
        x[len(vocabulary) :, i, : len(notes) + 1] = beats
    return x, y, mask
