def pitch_frequency(pitch):
    return 440.0 * (2.0 ** ((np.asarray(pitch) - 69) / 12))
