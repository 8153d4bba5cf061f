def make_tone(frequency, seconds, rate, instrument):
    t = np.arange(round(seconds * rate)) / rate
    return np.minimum(
        np.minimum(t / instrument["attack"], (t[-1] - t) / instrument["release"]), 1
    ) * np.sum(
        [
            strength * np.exp(-instrument["decay"] * k * t) * np.sin(2 * np.pi * k * frequency * t)
            for k, strength in enumerate(instrument["partials"], start=1)
            if k * frequency < rate / 2
        ]
        or [0 * t],
        axis=0,
    )
