def render_tune(notes, tempo, rate, instrument):
    blocks = []
    for pitch, length in notes:
        blocks.append(
            make_tone(pitch_frequency(pitch), 30 * length / tempo, rate, instrument)
            if pitch
            else np.zeros(round(30 * length / tempo * rate))
        )
    wave = np.hstack(blocks)
    return wave * (0.8 / np.abs(wave).max()) if wave.any() else wave
