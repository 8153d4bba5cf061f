"""The class that ``make demo A=making_music`` grades: right, empty, half done and mistaken.

Two pupils have mistakes of their own, which no catalogue names: their pages point at a line.
"""

from __future__ import annotations

from grader.authoring import Pupil

SOUND = ("pitch_frequency", "make_tone", "render_tune")
WRITTEN = (
    "With the beat about three quarters of the bar lines are kept, without it four in ten. To know "
    "it, the network would have to count eighths. I stop where unseen tunes surprise it least."
)
# Right answers in other words.
MIDDLE_C = '''\
def pitch_frequency(pitch):
    """From the middle c, nine keys below the a."""
    return 440.0 * 2.0 ** (-9 / 12) * 2.0 ** ((pitch - 60) / 12)'''
AT_ONCE = """\
def keep_likeliest(p, share):
    order = np.argsort(-p, axis=0, kind="stable")
    ranked = np.take_along_axis(p, order, axis=0)
    before = np.cumsum(ranked, axis=0) - ranked
    q = np.zeros(p.shape)
    np.put_along_axis(q, order, ranked * (before < share), axis=0)
    return q / q.sum(axis=0)"""
# Wrong in ways of their own.
SLOW_RISE = """\
def make_tone(frequency, seconds, rate, instrument):
    t = np.arange(round(seconds * rate)) / rate
    total = np.zeros(len(t))
    for k, strength in enumerate(instrument["partials"], 1):
        if k * frequency < rate / 2:
            total += strength * np.exp(-instrument["decay"] * k * t) * np.sin(
                2 * np.pi * k * frequency * t
            )
    rise = t / (3 * instrument["attack"])
    fall = (t[-1] - t) / instrument["release"]
    return total * np.clip(np.minimum(rise, fall), 0, 1)"""
ENDLESS = """\
def beat_position(lengths, bar, upbeat):
    beats, start, t = np.zeros((bar, len(lengths))), -upbeat, 0
    while t < len(lengths):
        beats[start % bar, t] = 1
        start += lengths[t]
    return beats"""
HALF_LENGTHS = """\
def compose(parameters, vocabulary, bar, uniforms, temperature, share):
    notes, beats, position = [], [], 0
    before, state = np.zeros((len(vocabulary), 1)), new_state(parameters)
    for u in uniforms:
        xt = np.concatenate([before, one_hot([position], bar)])
        scores, state = step(xt, state, parameters)
        k = drawn(keep_likeliest(temper(scores, temperature), share), u)
        if k == 0:
            break
        notes.append(vocabulary[k])
        beats.append(position)
        before = one_hot([k], len(vocabulary))
        position = (position + 2 * vocabulary[k][1]) % bar
    return notes, beats"""

PUPILS = (
    Pupil("aiko", written=WRITTEN),
    Pupil("blank", solved=()),
    Pupil("clara", solved=SOUND, written="It keeps time."),
    Pupil("dimitri", mistakes={"beat_position": "upbeat-ignored"}, written=WRITTEN),
    Pupil("esther", mistakes={"dropout": "not-made-larger", "temper": "temperature-multiplies"}),
    Pupil("fela", own={"pitch_frequency": MIDDLE_C, "keep_likeliest": AT_ONCE}, written=WRITTEN),
    Pupil("greta", own={"make_tone": SLOW_RISE}, written=WRITTEN),
    Pupil("hugo", own={"compose": HALF_LENGTHS}),
    Pupil("ines", own={"beat_position": ENDLESS}),
    Pupil("jonas", mistakes={"pitch_frequency": "octave-too-low", "render_tune": "rests-skipped"}),
)
