def generate(parameters, letters, uniforms, temperature):
    state = new_state(parameters)
    xt = np.zeros((len(letters), 1))
    written = []
    for u in uniforms:
        yt_pred, state = step(xt, state, parameters)
        index = sample_index(yt_pred, np.array([u]), temperature)
        xt = one_hot(index, len(letters))
        written.append(letters[index[0]])
    return "".join(written).split(letters[0])[0]
