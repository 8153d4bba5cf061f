def make_tone(frequency, seconds, rate, instrument):
    count = int(seconds * rate + 0.5)
    n = np.arange(count)
    rise = np.minimum(n / (rate * instrument["attack"]), 1.0)
    fall = np.minimum((count - 1 - n) / (rate * instrument["release"]), 1.0)
    samples = np.zeros(count)
    for place in range(len(instrument["partials"])):
        k = place + 1
        if 2 * k * frequency >= rate:
            break
        damped = instrument["partials"][place] * np.exp(-instrument["decay"] * k * n / rate)
        samples = samples + damped * np.sin(2 * np.pi * k * frequency * n / rate)
    return np.minimum(rise, fall) * samples
