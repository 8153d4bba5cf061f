def compose(parameters, vocabulary, bar, uniforms, temperature, share):
    numbers, beats = [], [0]
    state, before = new_state(parameters), np.zeros((len(vocabulary), 1))
    for t in range(len(uniforms)):
        xt = np.vstack([before, one_hot([beats[t]], bar)])
        scores, state = step(xt, state, parameters)
        k = drawn(keep_likeliest(temper(scores, temperature), share), uniforms[t])
        if not k:
            break
        numbers.append(k)
        before = one_hot([k], len(vocabulary))
        beats.append((beats[t] + vocabulary[k][1]) % bar)
    return [vocabulary[k] for k in numbers], beats[: len(numbers)]
