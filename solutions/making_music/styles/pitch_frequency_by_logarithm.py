def pitch_frequency(pitch):
    per_key = np.log(2.0) / 12
    return np.exp(np.log(440.0) + (pitch - 69) * per_key)
