def render_tune(notes, tempo, rate, instrument):
    eighth = 30 / tempo
    counts = [round(length * eighth * rate) for _, length in notes]
    sound, start = np.zeros(sum(counts)), 0
    for (pitch, length), count in zip(notes, counts, strict=True):
        if pitch:
            heard = make_tone(pitch_frequency(pitch), length * eighth, rate, instrument)
            sound[start : start + count] = heard
        start += count
    loudest = max(sound.max(), -sound.min())
    if loudest == 0:
        return sound
    return sound * (0.8 / loudest)
