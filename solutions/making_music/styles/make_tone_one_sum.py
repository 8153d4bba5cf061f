def make_tone(frequency, seconds, rate, instrument):
    t = np.arange(round(seconds * rate)) / rate
    return np.clip(t / instrument["attack"], 0, 1).clip(
        max=(t[-1] - t) / instrument["release"]
    ) * sum(
        strength * np.exp(-instrument["decay"] * k * t) * np.sin(2 * np.pi * k * frequency * t)
        for k, strength in enumerate(instrument["partials"], 1)
        if 2 * k * frequency < rate
    )
