def render_tune(notes, tempo, rate, instrument):
    wave = np.concatenate(
        [
            make_tone(pitch_frequency(pitch), 30 * length / tempo, rate, instrument)
            if pitch != 0
            else np.zeros(round(30 * length / tempo * rate))
            for pitch, length in notes
        ]
    )
    return 0.8 * wave / np.max(np.abs(wave)) if np.any(wave) else wave
