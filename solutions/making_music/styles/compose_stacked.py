def compose(parameters, vocabulary, bar, uniforms, temperature, share):
    notes, beats, position = [], [], 0
    before, state = np.zeros((len(vocabulary), 1)), new_state(parameters)
    for u in uniforms:
        xt = np.vstack([before, one_hot([position], bar)])
        scores, state = step(xt, state, parameters)
        q = keep_likeliest(temper(scores, temperature), share)
        k = drawn(q, u)
        if not k:
            break
        notes, beats = [*notes, vocabulary[k]], [*beats, position]
        before = one_hot([k], len(vocabulary))
        position = (position + notes[-1][1]) % bar
    return notes, beats
