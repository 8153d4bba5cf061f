"""Run cells as students write them before any fork, so that no fork does what is done but once.

Nothing is left of them but what Python, numpy and IPython make ready at a first time: modules,
tests of what this Python can do, code that has run often enough to run faster. Every fork would do
that again, in its own copy of the worker's memory.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from . import shell

MODULES = ("numpy.typing",)  # imported by the helpers of exercises
TIMES = 12  # after that, code is as fast as it gets; what fails is worth two of them
RUNS = (
    '''import numpy as np

rng = np.random.default_rng(1)


def scaled(x, parameters, factor=1):
    """Return an array, scaled.

    Arguments:
        x: an array
    """
    if factor > 1:
        raise NotImplementedError(f"{factor} is too much")
    weights = {name: np.zeros((2, 3)) for name in ("W", "b")}
    for t in range(2):
        weights["W"][t] = np.tanh(x[t]) / (1 + np.exp(-x[t]))
    return np.sum(weights["W"], axis=0, keepdims=True), (weights, x)
''',
    """x = rng.standard_normal((2, 3))
result, (weights, _) = scaled(x, parameters={"W": x})
print("result.shape =", result.shape)
print(f"result[0, 1] = {result[0, 1]:.6f}", x.dtype, [n for n in range(3)])
print("x =", np.round(x, 3))
result
""",
)
FAILS = (
    """for name, value in weights.items():
    print(name, value.mean())
answer, kept = scaled(x, weights,
                      factor=2)
print(f"{answer}", kept)
""",
    "print(undefined)\n",
)
LAST = ("last_type", "last_value", "last_traceback", "last_exc")  # in `sys`, of what has failed


def rehearse() -> None:
    """Run the cells, throw away what they show, and start anew."""
    for name in MODULES:
        importlib.import_module(name)
    own_shell: Any = shell.Shell.instance()
    streams, last = (sys.stdout, sys.stderr), {name: vars(sys).get(name) for name in LAST}
    shell.capture_streams()
    for source in RUNS * TIMES + FAILS * 2:
        shell.COLLECTOR.open()
        own_shell.run_cell(source)
        shell.COLLECTOR.close()
    sys.stdout, sys.stderr = streams
    vars(sys).update({name: value for name, value in last.items() if value is not None})
    own_shell.reset(new_session=True)
