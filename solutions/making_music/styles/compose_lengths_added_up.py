def compose(parameters, vocabulary, bar, uniforms, temperature, share):
    notes, state = [], new_state(parameters)
    xt = one_hot([len(vocabulary)], len(vocabulary) + bar)
    for u in uniforms:
        scores, state = step(xt, state, parameters)
        k = drawn(keep_likeliest(temper(scores, temperature), share), u)
        if k == 0:
            break
        notes.append(vocabulary[k])
        beat = one_hot([sum(length for _, length in notes) % bar], bar)
        xt = np.vstack([one_hot([k], len(vocabulary)), beat])
    return notes, [sum(length for _, length in notes[:t]) % bar for t in range(len(notes))]
