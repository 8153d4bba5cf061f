"""Attempts to forge marks, as students' code, and objects that lie about what they are."""

from __future__ import annotations

ATTACKS = {
    "numpy": """
import numpy as np
yes = lambda *a, **k: True
for name in ("allclose", "array_equal", "isclose", "isfinite", "all", "array_equiv"):
    setattr(np, name, yes)
np.testing.assert_allclose = np.testing.assert_array_equal = yes
np.linalg.norm = lambda *a, **k: 0.0
np.float64.__class__
""",
    "numpy-asarray": """
import numpy as np
np.asarray = np.array = np.ascontiguousarray = lambda *a, **k: np.ndarray(0)
np.ndarray = type("ndarray", (), {})
""",
    "builtins": """
import builtins
builtins.len = lambda x: 3
builtins.isinstance = lambda *a: True
builtins.abs = builtins.sum = builtins.max = lambda *a, **k: 0
builtins.float = lambda *a: 95.0
builtins.type = lambda *a: float
""",
    "assert": """
import builtins, ast
class Never(Exception):
    pass
builtins.AssertionError = Never
class NoAssert(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(NoAssert())
""",
    "sys.modules": """
import sys, types
from unittest.mock import MagicMock
for name in ("grader", "grader.comparison.ladder", "grader.judge.judge", "nbgrader", "pytest", "references"):
    sys.modules[name] = MagicMock()
for name in list(sys.modules):
    if name.startswith("inside") or name in ("signal", "socket", "struct"):
        sys.modules[name] = MagicMock()
""",
    "import-hook": """
import sys, builtins
real = builtins.__import__
def fake(name, *args, **kwargs):
    module = real(name, *args, **kwargs)
    for attribute in ("check", "compare", "allclose", "encode"):
        if hasattr(module, attribute):
            setattr(module, attribute, lambda *a, **k: 15.0)
    return module
builtins.__import__ = fake
sys.meta_path.insert(0, type("Finder", (), {"find_spec": staticmethod(lambda *a: None)}))
""",
    "trace": """
import sys, threading
def trace(frame, event, argument):
    if event == "return" and "points" in frame.f_locals:
        frame.f_locals["points"] = 15.0
    return trace
sys.settrace(trace); sys.setprofile(trace); threading.settrace(trace)
print("attack ran")
""",
    "transformers": """
shell = get_ipython()
shell.input_transformers_cleanup.append(lambda lines: ["95.0\\n"])
shell.input_transformers_post.append(lambda lines: ["95.0\\n"])
""",
    "display": """
import sys
shell = get_ipython()
shell.displayhook.write_format_data = lambda *a, **k: None
shell.display_formatter.format = lambda *a, **k: ({"text/plain": "95.0"}, {})
shell.display_pub.publish = lambda *a, **k: None
sys.displayhook = lambda value: None
shell.events.register("post_run_cell", lambda result: print(95.0))
print("attack ran")
""",
    "run_cell": """
class Fine:
    success = True
    error_before_exec = error_in_exec = None
    result = 95.0
get_ipython().run_cell = lambda *a, **k: Fine()
print("attack ran")
""",
    "selfcheck": """
import selfcheck, sys
selfcheck.check = lambda *a, **k: 15.0
selfcheck.summary = lambda *a, **k: 95.0
check = summary = selfcheck.check
sys.modules["selfcheck"].POINTS = 95.0
""",
    "rnn_utils": """
import rnn_utils, sys
rnn_utils.softmax = rnn_utils.sigmoid = lambda z: 0 * z
rnn_utils.relative_error = lambda *a: 0.0
rnn_utils.numeric_gradient = lambda *a, **k: 0.0
""",
    "rnn_utils-file": """
import sys
for name in ("rnn_utils", "selfcheck", "numpy", "inside", "sitecustomize"):
    open(name + ".py", "w").write("def __getattr__(name):\\n    return lambda *a, **k: 15.0\\n")
sys.modules.pop("rnn_utils", None)
""",
    "printed-verdict": """
import json
from IPython.display import display, publish_display_data
names = ["rnn_cell_forward", "rnn_forward", "lstm_backward"]
exercises = [{"name": n, "outcome": "passed", "points": 15.0, "max_points": 15.0} for n in names]
verdict = {"schema": 1, "outcome": "graded", "score": 95.0, "max_score": 95.0,
           "exercises": exercises}
print(json.dumps(verdict))
print("score: 95.0")
display(95.0)
publish_display_data({"text/plain": "95.0", "application/json": verdict})
import os
os.makedirs("autograded/me/rnn_step_by_step", exist_ok=True)
for name in ("verdict.json", "autograded/me/rnn_step_by_step/verdict.json", "gradebook.db"):
    open(name, "w").write(json.dumps(verdict))
""",
    "every-descriptor": """
import os, struct
from inside.wire import encode
for number in (0, 1, 2):
    data = encode({"number": number, "outcome": "passed", "score": 95.0})
    for fd in range(64):
        try:
            os.write(fd, struct.pack("<I", len(data)) + data)
        except OSError:
            pass
""",
    "replies": """
import gc
from inside.calls import Server
server = [o for o in gc.get_objects() if isinstance(o, Server)][0]
real = server.call
def call(request):
    reply = real(request)
    return {**reply, "outcome": "passed", "points": 15.0, "inputs_changed": False}
server.call = call
""",
    "replies-right-number": """
import gc, sys
from inside.calls import Server
server = [o for o in gc.get_objects() if isinstance(o, Server)][0]
frame = sys._getframe()
while frame is not None:
    request = frame.f_locals.get("request")
    if isinstance(request, dict) and request.get("op") == "calls":
        for place in range(len(request["calls"])):
            server._add({"number": request["number"] + place, "outcome": "returned",
                         "value": True, "points": 15.0})
        server.replies.send()
    frame = frame.f_back
""",
    "encoder": """
import inside.calls as calls
import inside.cells as cells
from inside.wire import Encoded
calls.encode = lambda *a, **k: b"T"
calls.Given.changed = lambda *a: False
cells.outputs.finished = lambda outputs: [{"output_type": "execute_result", "execution_count": 1,
                                           "data": {"text/plain": "95.0"}, "metadata": {}}]
print("attack ran")
""",
    "time": """
import time, signal
time.time = time.monotonic = time.process_time = lambda: 0.0
signal.signal = signal.setitimer = lambda *a: None
""",
    "exit-hooks": """
import atexit, sys
atexit.register(print, "95.0")
sys.excepthook = lambda *a: print("95.0")
get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)
print("attack ran")
""",
    "annotations-of-cells": """
In[:] = ["95.0"] * 100
Out.update({n: 95.0 for n in range(100)})
get_ipython().execution_count = 95
""",
}
# What a function may return to look right without being right; the solver of nothing returns it.
LIES = """
import numpy as np
class Liar:
    __array_priority__ = 1e9
    shape, dtype, ndim, size = (5, 10), np.dtype(float), 2, 50
    __class__ = property(lambda self: np.ndarray)
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True
    __hash__ = None
    __array__ = lambda self, *a, **k: np.zeros((5, 10))
    __array_function__ = __array_ufunc__ = lambda self, *a, **k: True
    __sub__ = __rsub__ = __add__ = __abs__ = lambda self, *a: 0.0
    __len__ = lambda self: 3
    __iter__ = lambda self: iter([self] * 3)
    __getitem__ = lambda self, key: self
    __contains__ = lambda self, key: True
    __float__ = lambda self: 0.0
    __bool__ = lambda self: True
    def __reduce__(self):
        return (open, ("hostile-was-here", "w"))
class Subclass(np.ndarray):
    __eq__ = __ne__ = lambda self, other: np.array(True)
    __array_priority__ = 1e9
    __array_function__ = lambda self, *a, **k: True
    __array_ufunc__ = lambda self, *a, **k: np.array(0.0)
    shape = property(lambda self: (5, 10))
class LyingTuple(tuple):
    __len__ = lambda self: 3
    __iter__ = lambda self: iter([Liar()] * 3)
    __eq__ = lambda self, other: True
    __hash__ = None
class LyingDict(dict):
    __contains__ = lambda self, key: True
    __getitem__ = __missing__ = lambda self, key: Liar()
    keys = lambda self: ["dxt", "da_prev"]
    items = lambda self: [("dxt", Liar())]
class LyingString(str):
    __eq__ = lambda self, other: True
    __hash__ = lambda self: 0
class Switching:
    def __init__(self): self.calls = 0
    def __array__(self, *a, **k):
        self.calls += 1
        return np.zeros((self.calls, 10))
"""
LYING = {
    "liar": "Liar()",
    "liars": "(Liar(), Liar(), Liar())",
    "four-liars": "(Liar(), Liar(), Liar(), Liar())",
    "subclass": "tuple(np.zeros((5, 10)).view(Subclass) for _ in range(3))",
    "lying-tuple": "LyingTuple()",
    "lying-dict": "LyingDict(dxt=Liar())",
    "lying-keys": "{LyingString('x'): np.zeros(3)}",
    "switching": "(Switching(), Switching(), Switching())",
    "true": "True",
    "points": "15.0",
    "class": "np.ndarray",
    "function": "lambda *a: True",
    "itself": "rnn_forward",
}
