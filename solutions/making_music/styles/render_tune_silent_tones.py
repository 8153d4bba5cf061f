def render_tune(notes, tempo, rate, instrument):
    blocks = []
    for note in notes:
        seconds = note[1] / 2 * 60 / tempo
        block = make_tone(pitch_frequency(note[0] or 69), seconds, rate, instrument)
        blocks.append(block if note[0] else 0 * block)
    sound = np.hstack(blocks)
    peak = np.abs(sound).max()
    if peak:
        sound = sound / peak * 0.8
    return sound
