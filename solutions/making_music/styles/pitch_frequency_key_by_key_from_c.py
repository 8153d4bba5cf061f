def pitch_frequency(pitch):
    middle_c = 440.0 * np.power(2.0, -9 / 12)
    return middle_c * np.power(2.0, (np.asarray(pitch) - 60) / 12)
