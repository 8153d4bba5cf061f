"""The class that ``make demo A=language_model`` grades: right, empty, half done and mistaken.

Two pupils have mistakes of their own, which no catalogue names: their pages point at a line.
"""

from __future__ import annotations

from grader.authoring import Pupil

ALONE = ("make_batch", "masked_loss", "output_backward", "clip_gradients")
WRITTEN = (
    "Counts know nothing of runs they have not met; the network shares its weights among all of "
    "them. I would have stopped where the curve of the unseen places is lowest."
)
# Right answers in other words.
ROLLED = '''\
def make_batch(words, letters):
    """Targets first; the inputs are the same, one step later."""
    longest = max(map(len, words))
    y = np.zeros((len(letters), len(words), longest + 1))
    mask = np.zeros((len(words), longest + 1))
    for i, word in enumerate(words):
        ended = word + letters[0]
        for t in range(len(ended)):
            y[letters.index(ended[t]), i, t] = 1.0
            mask[i, t] = 1.0
    x = np.zeros_like(y)
    x[1:, :, 1:] = y[1:, :, :-1]
    return x, y, mask'''
ONE_SUM = """\
def output_backward(dz, a, parameters):
    da = np.einsum("ya,ymt->amt", parameters["Wya"], dz)
    dWya = np.einsum("ymt,amt->ya", dz, a)
    return da, dWya, dz.sum(axis=(1, 2))[:, None]"""
# Wrong in ways of their own.
WRONG_BETA = """\
def adam_step(parameters, gradients, state, rate):
    t = state["t"] + 1
    new, first, second = {}, {}, {}
    for key in parameters:
        g = gradients[key]
        first[key] = 0.9 * state["m"][key] + 0.1 * g
        second[key] = 0.999 * state["v"][key] + 0.01 * g * g
        m_hat = first[key] / (1 - 0.9**t)
        v_hat = second[key] / (1 - 0.999**t)
        new[key] = parameters[key] - rate * m_hat / (np.sqrt(v_hat) + 1e-8)
    return new, {"t": t, "m": first, "v": second}"""
HALF_COUNT = """\
def masked_loss(y_pred, y, mask):
    places = mask.sum() - mask[:, 0].sum()
    picked = (y * y_pred).sum(axis=0)
    loss = -(np.log(picked[mask > 0])).sum() / places
    return loss, mask * (y_pred - y) / places"""
ENDLESS = """\
def generate(parameters, letters, uniforms, temperature):
    word, xt, state = "", np.zeros((len(letters), 1)), new_state(parameters)
    while True:
        yt_pred, state = step(xt, state, parameters)
        index = sample_index(yt_pred, np.array([uniforms[0]]), temperature)[0]
        if index == 0:
            return word
        word += letters[index]"""

PUPILS = (
    Pupil("aino", written=WRITTEN),
    Pupil("blank", solved=()),
    Pupil("cem", solved=ALONE, written="It remembers more."),
    Pupil("dora", mistakes={"make_batch": "no-shift"}, written=WRITTEN),
    Pupil("emeka", mistakes={"clip_gradients": "entry-by-entry"}),
    Pupil("freja", own={"make_batch": ROLLED, "output_backward": ONE_SUM}, written=WRITTEN),
    Pupil("goran", own={"adam_step": WRONG_BETA}, written=WRITTEN),
    Pupil("hana", own={"masked_loss": HALF_COUNT}),
    Pupil("isaac", own={"generate": ENDLESS}),
    Pupil("jun", mistakes={"sample_index": "likeliest", "perplexity_of": "base-two"}),
)
