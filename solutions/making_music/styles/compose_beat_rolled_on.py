def compose(parameters, vocabulary, bar, uniforms, temperature, share):
    notes, beats = [], []
    xt, state = one_hot([len(vocabulary)], len(vocabulary) + bar), new_state(parameters)
    for u in uniforms:
        scores, state = step(xt, state, parameters)
        k = drawn(keep_likeliest(temper(scores, temperature), share), u)
        if k == 0:
            break
        notes.append(vocabulary[k])
        beats.append(int(np.argmax(xt[-bar:])))
        xt = np.vstack([one_hot([k], len(vocabulary)), np.roll(xt[-bar:], notes[-1][1], axis=0)])
    return notes, beats
