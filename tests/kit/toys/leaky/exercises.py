"""Cases, points and known mistakes of ``leaky``."""

import numpy as np

from grader.authoring import Case, Check, Exercise, Mistake, Spec

CACHE = ("h_next", "h", "x", "parameters")
UNTOUCHED = Check("inputs", 1)


def parameters(rng, n, dtype=np.float64):
    """Weights and biases of n memories."""
    return {name: rng.standard_normal((n, 1)).astype(dtype) for name in ("w", "u", "b")}


def step(name, rng, n, m, dtype=np.float64, order="C"):
    """One call of leak."""
    own = parameters(rng, n, dtype)
    arrays = [np.array(rng.standard_normal((n, m)), dtype, order=order) for _ in range(2)]
    return Case(name, (*arrays, own), {"n": n, "m": m}, 1e-6 if dtype is np.float64 else 1e-4)


def sequence(name, rng, n, m, T, dtype=np.float64):
    """One call of remember."""
    own = parameters(rng, n, dtype)
    x, h0 = (rng.standard_normal(shape).astype(dtype) for shape in ((n, m, T), (n, m)))
    tolerance = 1e-6 if dtype is np.float64 else 1e-4
    return Case(name, (x, h0, own), {"n": n, "m": m, "T": T}, tolerance)


def steps(rng, functions):
    """What is drawn for each submission; every size is another one."""
    return [
        step("random sizes", rng, 4, 3),
        step("m = 1", rng, 3, 1),
        step("float32 inputs", rng, 2, 5, dtype=np.float32),
        step("column-major inputs", rng, 3, 4, order="F"),
    ]


def sequences(rng, functions):
    """The same of sequences."""
    return [
        sequence("random sizes", rng, 3, 2, 4),
        sequence("T = 1", rng, 2, 3, 1),
        sequence("float32 inputs", rng, 2, 4, 3, dtype=np.float32),
    ]


LEAK = Exercise(
    name="leak",
    arguments=("x", "h", "parameters"),
    returns=("h_next", "cache"),
    checks=(Check("h_next", 6, "(n, m)", main=True), Check("cache", 3), UNTOUCHED),
    cases=steps,
    labels={"cache": CACHE},
    mistakes=(
        Mistake(
            "no-squash",
            "the sum is returned as it is",
            "What does equation (1) do with the sum?",
            (("squash(w * h + u * x + b)", "w * h + u * x + b"),),
        ),
        Mistake(
            "no-bias",
            "b is not added",
            "How many terms does equation (1) have?",
            ((" + b)", ")"),),
        ),
        Mistake(
            "old-memory-in-cache",
            "the cache holds the old memory in place of the new one",
            "What is the first thing in the cache?",
            (("cache = (h_next, ", "cache = (h, "),),
        ),
    ),
)

REMEMBER = Exercise(
    name="remember",
    arguments=("x", "h0", "parameters"),
    returns=("h", "caches"),
    checks=(Check("h", 6, "(n, m, T)", main=True), Check("caches", 3), UNTOUCHED),
    cases=sequences,
    calls=("leak",),
    labels={"caches": CACHE},
    equivalent={"call: h = np.ones_like(x)": "every entry of h is written"},
    mistakes=(
        Mistake(
            "memory-not-carried",
            "every step starts from h0",
            "What does a step start from?",
            (("leak(x[:, :, t], h_next, parameters)", "leak(x[:, :, t], h0, parameters)"),),
        ),
        Mistake(
            "caches-empty",
            "no cache is kept",
            "What is added to caches at each step?",
            (("        caches.append(cache)\n", ""),),
        ),
        Mistake(
            "h-is-a-list",
            "h is begun as a list",
            "What can be written to at [:, :, t]?",
            (("h = np.zeros_like(x)", "h = []"),),
        ),
    ),
)

SPEC = Spec("leaky", "A leaky memory", (LEAK, REMEMBER), files=("leaky_utils.py",))
