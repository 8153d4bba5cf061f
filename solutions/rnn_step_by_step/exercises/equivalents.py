"""Say why nobody could tell some mutants from the solution.

A test holds every entry to it: the mutant exists, and on float64 inputs it gives the solution's
results to the last bit, leaves the arguments alone, and earns full marks on all others.
"""

from __future__ import annotations

UNREAD = "the name that it changes is never read"
SHAPE = "of that array only the shape and the dtype are read"
SHARED = "every step's cache holds the same parameters and arrays of the same shapes"
OVERWRITTEN = "every entry is written before it is read"
DTYPE = "for float32 inputs the result is float64, which is allowed"
SAME_DTYPE = "the arguments all have one dtype"
DEFAULT = "it is the default"
ANY_ORDER = "the order in which a dictionary is filled does not matter"
FIRST_STATE = "the cell state before the first step is zero, whatever the inputs"
OWN_MEMORY = "the memory is the function's own, and is not read again"


def result(name: str, sizes: str, like: str, *, alike: str = "") -> dict[str, str]:
    """Excuse how an array starts that is filled step by step, and its dtype."""
    made = {
        f"keyword: {name} = np.zeros({sizes})": DTYPE,
        f"call: {name} = np.ones({sizes}, dtype={like}.dtype)": OVERWRITTEN,
    }
    if alike:
        made[f"name: {name} = np.zeros({sizes}, dtype={alike}.dtype)"] = SAME_DTYPE
    return made
