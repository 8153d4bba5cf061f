def pitch_frequency(pitch):
    return 440.0 * np.power(2.0, (pitch - 69) / 12)
