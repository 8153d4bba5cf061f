"""Cases, points and known mistakes of ``slope``."""

from grader.authoring import (
    Case,
    Check,
    Exercise,
    Forward,
    Gradient,
    Mistake,
    Spec,
)

CACHE = ("y", "x", "parameters")
UNTOUCHED = Check("inputs", 1)
SIZES = (("random sizes", 4, 3), ("m = 1", 3, 1))


def forward_case(name, rng, n, m):
    """One call of climb."""
    own = {key: rng.standard_normal((n, 1)) for key in ("w", "b")}
    return Case(name, (rng.standard_normal((n, m)), own), {"n": n, "m": m})


def backward_case(functions, name, rng, n, m):
    """One call of climb_backward, with the cache of a right climb."""
    arguments = forward_case(name, rng, n, m).arguments
    cache = functions["climb"](*arguments)[1]
    forward = Forward("climb", arguments, pick=1, into=1)
    dy = rng.standard_normal((n, m))
    return Case(name, (dy, cache), {"n": n, "m": m}, forward=forward)


def traced(np_, x, own):
    """The forward pass, written once more for automatic differentiation."""
    z = own["b"] + x * own["w"]
    return ((np_.exp(z) - np_.exp(-z)) / (np_.exp(z) + np_.exp(-z)),)


CLIMB = Exercise(
    name="climb",
    arguments=("x", "parameters"),
    returns=("y", "cache"),
    checks=(Check("y", 3, "(n, m)", main=True), Check("cache", 2), UNTOUCHED),
    cases=lambda rng, functions: [forward_case(name, rng, n, m) for name, n, m in SIZES],
    labels={"cache": CACHE},
    mistakes=(
        Mistake(
            "input-not-cached",
            "the cache holds y twice",
            "What will the way back need?",
            (("cache = (y, x, ", "cache = (y, y, "),),
        ),
    ),
)

CLIMB_BACKWARD = Exercise(
    name="climb_backward",
    arguments=("dy", "cache"),
    returns=("dx", "dw", "db"),
    returns_dict=True,
    checks=(
        Check("dx", 4, "(n, m)", main=True),
        Check("dw", 3, "(n, 1)", main=True),
        Check("db", 2, "(n, 1)"),
        UNTOUCHED,
    ),
    cases=lambda rng, functions: [
        backward_case(functions, name, rng, n, m) for name, n, m in SIZES
    ],
    gradient=Gradient(forward="climb", upstream={"dy": "y"}, traced=traced),
    mistakes=(
        Mistake(
            "slope-of-x",
            "the slope of tanh is taken at x",
            "Equation (2): of which array is the slope written?",
            (("(1 - y**2)", "(1 - x**2)"),),
        ),
        Mistake(
            "db-without-keepdims",
            "db has lost its second axis",
            "What does keepdims keep?",
            (("np.sum(dz, axis=1, keepdims=True)", "np.sum(dz, axis=1)"),),
        ),
    ),
)

SPEC = Spec("slope", "A slope", (CLIMB, CLIMB_BACKWARD))
