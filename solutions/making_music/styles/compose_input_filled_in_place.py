def compose(parameters, vocabulary, bar, uniforms, temperature, share):
    notes, beats = [], []
    state, eighths = new_state(parameters), 0
    for u in uniforms:
        xt = np.zeros((len(vocabulary) + bar, 1))
        if notes:
            xt[vocabulary.index(notes[-1]), 0] = 1.0
        xt[len(vocabulary) + eighths % bar, 0] = 1.0
        scores, state = step(xt, state, parameters)
        p = keep_likeliest(temper(scores, temperature), share)
        note = vocabulary[drawn(p, float(u))]
        if note == vocabulary[0]:
            break
        notes, beats = [*notes, note], [*beats, eighths % bar]
        eighths += note[1]
    return notes, beats
