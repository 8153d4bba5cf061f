"""Ways to write the toy's ``climb_backward``: by a differentiation of one's own, and honest ones.

Each text is a cell; none is run. ``SELF`` also says what is to be seen of it, and in which lines.
"""

from __future__ import annotations

SELF: dict[str, tuple[str, str, list[int]]] = {
    "the forward pass": (
        "calls climb",
        """
def climb_backward(dy, cache):
    return climb(*cache)[0] * dy
""",
        [3],
    ),
    "the forward pass, moved": (
        "calls climb in 2 places in a loop; takes finite differences",
        """
def climb_backward(dy, cache):
    y, x, own = cache
    for at in np.ndindex(*x.shape):
        up, down = moved(x, at, 1e-6), moved(x, at, -1e-6)
        dx[at] = (climb(up, own)[0] - climb(down, own)[0])[at] / 2e-6
    return dx
""",
        [6],
    ),
    "by another name": (
        "uses climb (by way of step)",
        """
step = climb
def climb_backward(dy, cache):
    return step(*cache)
""",
        [2],
    ),
    "partly filled in": (
        "uses climb (by way of step)",
        """
from functools import partial
step = partial(climb, parameters=None)
def climb_backward(dy, cache):
    return step(cache[1])
""",
        [3],
    ),
    "by a helper's helper": (
        "calls climb (by way of inner)",
        """
def inner(x, own):
    return climb(x, own)[0]
def outer(x, own):
    return inner(x, own)
def climb_backward(dy, cache):
    return outer(*cache[1:])
""",
        [3],
    ),
    "made of the forward pass": (
        "uses climb",
        """
def reverse(forward):
    def back(dy, cache):
        return forward(*cache)
    return back
climb_backward = reverse(climb)
""",
        [6],
    ),
    "a lambda": (
        "calls climb",
        """
if True:
    climb_backward = lambda dy, cache: climb(*cache)
""",
        [3],
    ),
    "differences of a copy": (
        "takes finite differences",
        """
def again(x, own):
    return np.tanh(own["w"] * x + own["b"])
def climb_backward(dy, cache):
    y, x, own = cache
    above, below = again(x + 1e-6, own), again(x - 1e-6, own)
    return (above - below) / 2e-6 * dy
""",
        [7],
    ),
    "a complex step": (
        "takes finite differences",
        """
def again(x, own):
    return np.tanh(own["w"] * x + own["b"])
def climb_backward(dy, cache):
    return np.imag(again(cache[1] + 1e-20j, cache[2])) / 1e-20
""",
        [5],
    ),
    "differences that were handed out": (
        "takes finite differences (by way of numeric)",
        """
from helpers import numeric
def climb_backward(dy, cache):
    return {"dx": numeric(lambda x: np.sum(np.tanh(x) * dy), cache[1])}
""",
        [4],
    ),
    "the same by the module's name": (
        "takes finite differences (by way of helpers.numeric)",
        """
import helpers
def climb_backward(dy, cache):
    return {"dx": helpers.numeric(lambda x: np.sum(np.tanh(x) * dy), cache[1])}
""",
        [4],
    ),
    "and by a name of one's own": (
        "takes finite differences (by way of numeric)",
        """
from helpers import numeric as slopes
def climb_backward(dy, cache):
    return {"dx": slopes(lambda x: np.sum(np.tanh(x) * dy), cache[1])}
""",
        [2],
    ),
    "operators that record": (
        "has a class with __mul__, __rmul__ and backward (Var)",
        """
class Var:
    def __add__(self, other):
        return Var(self.v + other.v, self, other)
    def __mul__(self, other):
        return Var(self.v * other.v, self, other)
    __rmul__ = __mul__
    def backward(self, g):
        self.left.backward(g * self.right.v)
def climb_backward(dy, cache):
    return Var(cache[1]).backward(dy)
""",
        [2, 5, 7, 8],
    ),
    "arrays that record": (
        "has a class with __array_ufunc__ (Traced)",
        """
class Traced(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs):
        return self
def climb_backward(dy, cache):
    return cache[1].view(Traced)
""",
        [2, 3],
    ),
    "closures, by name": (
        "records functions and runs them backwards",
        """
def climb_backward(dy, cache):
    tape = []
    def times(a, b):
        def back(g):
            return g * b
        tape.append((back, a))
        return a * b
    times(*cache[1:])
    for back, a in reversed(tape):
        dy = back(dy)
    return dy
""",
        [7, 10],
    ),
    "closures that are returned": (
        "records functions and runs them backwards",
        """
def times(a, b):
    return a * b, lambda g: g * b
def climb_backward(dy, cache):
    y, back = times(*cache[1:])
    for back in [back][::-1]:
        dy = back(dy)
    return dy
""",
        [3, 6],
    ),
    "closures, by a recorder": (
        "records functions and runs them backwards",
        """
def recorder():
    tape = []
    def note(slope):
        tape.append(lambda g: g * slope)
    def run(g):
        for back in tape[::-1]:
            g = back(g)
        return g
    return note, run
def climb_backward(dy, cache):
    note, run = recorder()
    note(1 - cache[0] ** 2)
    return run(dy)
""",
        [5, 7],
    ),
    "closures, taken off one by one": (
        "records functions and runs them backwards",
        """
def climb_backward(dy, cache):
    todo = []
    todo += [lambda g: g * 2]
    while todo:
        back = todo.pop()
        dy = back(dy)
    return dy
""",
        [4, 5],
    ),
    "closures, counted down": (
        "records functions and runs them backwards",
        """
def climb_backward(dy, cache):
    todo = []
    todo.append(lambda g: g * 2)
    for k in range(len(todo) - 1, -1, -1):
        dy = todo[k](dy)
    return dy
""",
        [4, 5],
    ),
    "closures, reduced": (
        "records functions and runs them backwards",
        """
from functools import reduce
def climb_backward(dy, cache):
    todo = []
    todo.append(lambda g: g * 2)
    return reduce(lambda g, back: back(g), reversed(todo), dy)
""",
        [5, 6],
    ),
    "closures in an attribute": (
        "records functions and runs them backwards",
        """
class Value:
    def times(self, other):
        out = Value(self.v * other.v, (self, other))
        def back():
            self.g += other.v * out.g
        out.back = back
        return out
def climb_backward(dy, cache):
    out = Value(cache[1]).times(Value(cache[2]))
    for value in reversed(sorted_by_use(out)):
        value.back()
    return out.g
""",
        [7, 11],
    ),
    "a graph that is gone through": (
        "records functions and runs them backwards",
        """
from collections import namedtuple
Node = namedtuple("Node", "v parents")
def times(a, b):
    return Node(a.v * b.v, [(a, lambda g: g * b.v), (b, lambda g: g * a.v)])
def spread(node, g):
    for parent, slope in node.parents:
        spread(parent, slope(g))
def climb_backward(dy, cache):
    spread(times(Node(cache[1], ()), Node(cache[2], ())), dy)
""",
        [5, 7],
    ),
    "names of operations": (
        "records operations and goes back over them",
        """
TAPE = []
def times(a, b):
    TAPE.append(("times", a, b))
    return a * b
def plus(a, b):
    TAPE.append(("plus", a, b))
    return a + b
def climb_backward(dy, cache):
    plus(times(*cache[1:]), 1)
    for name, a, b in reversed(TAPE):
        if name == "times":
            dy = dy * b
        elif name == "plus":
            dy = dy * 1
    return dy
""",
        [4, 7],
    ),
    "a class an operation": (
        "has 3 classes that each go back (Plus, Tanh and Times)",
        """
class Times:
    def backward(self, g): return g * self.b
class Plus:
    def backward(self, g): return g
class Tanh:
    def backward(self, g): return g * (1 - self.y**2)
def climb_backward(dy, cache):
    for operation in (Tanh(), Plus(), Times()):
        dy = operation.backward(dy)
    return dy
""",
        [2, 4, 6],
    ),
}

HONEST = {
    "an object for a step": """
class Step:
    def __init__(self, cache):
        self.cache = cache
    def backward(self, dy):
        return (1 - self.cache[0] ** 2) * dy
def climb_backward(dy, cache):
    steps = []
    steps.append(Step(cache))
    for step in reversed(steps):
        dy = step.backward(dy)
    return dy
""",
    "gradients that add up": """
class Gradients(dict):
    def __add__(self, other):
        return Gradients({key: self[key] + other[key] for key in self})
def climb_backward(dy, cache):
    return Gradients(dx=dy) + Gradients(dx=0)
""",
    "one's own backward function, put away": """
from functools import partial
def climb_backward(dy, cache):
    steps = []
    steps.append(partial(climb_backward, cache=cache))
    steps.append(lambda dy: climb_backward(dy, cache))
    for step in reversed(steps):
        dy = step(dy)["dx"]
    return dy
""",
    "variables that are called like others": """
y, cache = climb(x, parameters)
found = climb(x, parameters)
climb_again = found[0]
def climb_backward(dy, cache):
    climb, (y, x, own) = 3, cache
    again = found, climb_again
    return climb * dy * (1 - y**2)
""",
    "a check below the answer": """
def climb_backward(dy, cache):
    y, x, own = cache
    return (1 - y**2) * dy
def slope(h):
    return (climb(x + h, parameters)[0] - climb(x - h, parameters)[0]) / (2 * h)
print(slope(1e-6), climb_backward(dy, climb(x, parameters)[1]))
""",
    "backwards through a list of names": """
def climb_backward(dy, cache):
    y, x, own = cache
    found = []
    for name in reversed(["w", "b"]):
        if name == "w":
            found.append(("w", dy * x))
        elif name == "b":
            found.insert(0, ("db", dy.copy()))
    return dict(found)
""",
    "a closure, and a dictionary on the way back": """
def climb_backward(dy, cache):
    notes, totals = [], {}
    notes.append(lambda: totals)
    for step in reversed([cache]):
        found = {"dx": step[0] * dy}
        totals["dx"] = found.pop("dx").copy()
        step[0].sum(axis=1)
    return totals
""",
    "names that mean something else": """
import helpers
step = climb
step = 3
def climb_backward(dy, cache):
    helpers = cache
    return helpers.numeric * step * dy
""",
    "a difference of what was handed out": """
from helpers import squash
def climb_backward(dy, cache):
    y, x, own = cache
    return (squash(x) - squash(y)) / 2 * dy
""",
    "helpers and quotients": """
def tanh_slope(y):
    return 1 - y * y
def climb_backward(dy, cache):
    y, x, own = cache
    square = lambda a: a * a
    dz = (dy - square(y) * dy) / 1.0
    mean = (dz.sum(axis=1) - y.sum(axis=1)) / dz.shape[1]
    return {"dx": own["w"] * dz, "mean": mean, "slope": tanh_slope(y)}
""",
    "nothing yet": """
def climb_backward(dy, cache):
    raise NotImplementedError
""",
}
