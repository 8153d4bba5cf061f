def make_tone(frequency, seconds, rate, instrument):
    t = np.arange(round(seconds * rate)) / rate
    samples = np.zeros(len(t))
    for k, strength in enumerate(instrument["partials"], start=1):
        if k * frequency < 0.5 * rate:
            fading = np.exp(-k * t * instrument["decay"])
            samples += np.sin(2 * np.pi * k * frequency * t) * strength * fading
    rise = t / instrument["attack"]
    fall = (t[-1] - t) / instrument["release"]
    return samples * np.clip(np.minimum(rise, fall), 0, 1)
