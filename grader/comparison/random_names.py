"""Name what draws random numbers, by what Python and NumPy call it.

The judge looks for these names in a submission's text, and the student's check in a function's
code: both call another result of the same call random where one of them stands there.
"""

from __future__ import annotations

RANDOM = frozenset(
    (
        *("random", "rand", "randn", "randint", "random_integers", "random_sample", "ranf"),
        *("default_rng", "RandomState", "SystemRandom", "standard_normal", "normal", "uniform"),
        *("choice", "choices", "shuffle", "permutation", "permuted", "integers", "randbytes"),
        *("gauss", "normalvariate", "randrange", "getrandbits", "secrets", "urandom", "uuid4"),
    )
)
