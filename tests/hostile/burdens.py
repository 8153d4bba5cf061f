"""Submissions that go for the judge: replies that are cheap to make and dear to look at."""

from __future__ import annotations

from grader.simulate.pupils import Pupil
from tests.hostile.pupils import NAMES, TRIED, ZEROS, returning, with_cell

ALSO_SOLVED = ("lstm_cell_forward", "lstm_forward")  # by whoever burdens the judge beside it
PNG = """import base64, struct, zlib
from IPython.display import display
def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
head = struct.pack(">IIBBBBB", 4000, 4000, 8, 6, 0, 0, 0)
rows = zlib.compress(bytes(4000 * (1 + 4 * 4000)), 9)
png = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
for _ in range(8):
    display({"image/png": base64.b64encode(png).decode(), "text/plain": "zeros"}, raw=True)
"""
ZERO_CELL = ZEROS.replace("    attack()\n", "")
# What is returned in the place of a result.
RETURNED = {
    "one-array-a-hundred-thousand-times": "[np.ones(950_000)] * 99_000",
    "as-many-keys": "{f'a{n}': 0 for n in range(90_000)}",
    "long-keys": "{'a' * 6_000_000: 0}",
    "wide-and-deep": "[[[np.ones(9)] * 40] * 40] * 40",
    "a-long-text": "'a' * 7_000_000",
    "numbers-in-lists": "[[1.0] * 90] * 1000",
    "a-large-array": "np.ones((1000, 950))",
}
# What a sequence function does with the judge's own cell function, having a wrong one itself.
ASKED = {
    "half-precision": """    for _ in range(T):
        h = np.ones((400, 800), np.float16)
        rnn_cell_forward(h, np.ones((800, 400), np.float16), p)""",
    "a-long-side": "    for _ in range(T): rnn_cell_forward(np.ones((1, 90_000)), np.ones((90_000, 1)), p)",
    "without-end": """    big = [0] * 90_000
    while True:
        try: rnn_cell_forward(big, big, p)
        except BaseException: pass""",
}
WAITED = {
    "stopped": """import os, signal, time
    try: os.kill(os.getpid(), signal.SIGSTOP)
    except OSError: pass
    time.sleep(99)""",
    "asleep": "import time; time.sleep(1000)",
}
SHOWN = {
    "large-images": PNG,
    "outputs-without-end": "import sys\nsys.modules['inside.cells'].Cells._cell = "
    "lambda *_: {'outcome': 'ok', 'outputs': [0] * 99_000}",
}
KINDS = (*RETURNED, *ASKED, *WAITED, *SHOWN)


def burdening(kind: str) -> Pupil:
    """A student whose submission makes the judge work, and who solves two exercises as well."""
    own, damage, solved = {}, None, ALSO_SOLVED
    if kind in RETURNED:
        own = returning("_B", TRIED)
        own[TRIED[0]] = f"_B = {RETURNED[kind]}\n{own[TRIED[0]]}"
    elif kind in ASKED:
        sequence = "def rnn_forward(x, a0, p):\n    T = x.shape[2]\n" + ASKED[kind]
        own = {"rnn_cell_forward": ZERO_CELL, "rnn_forward": sequence}
    elif kind in WAITED:
        own = {name: f"def {name}(*inputs):\n    {WAITED[kind]}" for name in NAMES}
        solved = ()
    else:
        damage = with_cell(SHOWN[kind])
    return Pupil(f"burden-{kind}", solved, own=own, **({"damage": damage} if damage else {}))
