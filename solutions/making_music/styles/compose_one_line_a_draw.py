def compose(parameters, vocabulary, bar, uniforms, temperature, share):
    notes, beats, g = [], [], 0
    before, state = np.zeros((len(vocabulary), 1)), new_state(parameters)
    for u in uniforms:
        z, state = step(np.vstack([before, one_hot([g], bar)]), state, parameters)
        k = drawn(keep_likeliest(temper(z, temperature), share), u)
        if k == 0:
            break
        notes, beats, before = [*notes, vocabulary[k]], [*beats, g], one_hot([k], len(vocabulary))
        g = (g + vocabulary[k][1]) % bar
    return notes, beats
