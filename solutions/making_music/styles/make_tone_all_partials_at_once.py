def make_tone(frequency, seconds, rate, instrument):
    t = np.arange(round(seconds * rate)) / rate
    k = np.arange(1, len(instrument["partials"]) + 1)[:, np.newaxis]
    heard = np.where(k * frequency < rate / 2, instrument["partials"][:, np.newaxis], 0.0)
    waves = heard * np.exp(-instrument["decay"] * k * t) * np.sin(2 * np.pi * k * frequency * t)
    envelope = np.minimum(t / instrument["attack"], t[::-1] / instrument["release"])
    return waves.sum(axis=0) * np.clip(envelope, 0, 1)
