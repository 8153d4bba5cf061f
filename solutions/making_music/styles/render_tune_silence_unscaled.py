def render_tune(notes, tempo, rate, instrument):
    wave = np.hstack(
        [
            np.zeros(round(length * 30 / tempo * rate))
            if not pitch
            else make_tone(pitch_frequency(pitch), length * 30 / tempo, rate, instrument)
            for pitch, length in notes
        ]
    )
    return wave if not wave.any() else wave * 0.8 / np.abs(wave).max()
