def generate(parameters, letters, uniforms, temperature):
    written, state = [], new_state(parameters)
    for u in uniforms:
        x = np.zeros((len(letters), 1))
        if written:
            x[letters.index(written[-1]), 0] = 1.0
        y, state = step(x, state, parameters)
        [k] = sample_index(y, np.array([float(u)]), temperature)
        if letters[k] == letters[0]:
            break
        written.append(letters[k])
    return "".join(written)
