def pitch_frequency(pitch):
    return 440.0 * (2.0 ** (1 / 12)) ** (pitch - 69)
