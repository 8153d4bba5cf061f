"""Ways to tell hidden inputs in what a verdict repeats, and raw text in what is published."""

from __future__ import annotations

# What is to be told, as words of 24 characters: 18 digits of each of 14 numbers.
DIGITS = """
import numpy as np
def digits(array, count=14):
    flat = np.ravel(np.asarray(array, dtype=float))
    return ["teller%018d" % (int(abs(flat[i % flat.size]) * 1e17) % 10**18) for i in range(count)]
def number(array):
    return int(digits(array)[0][-9:])
"""
CELL = "def rnn_cell_forward(xt, a_prev, p):\n    "
# One exercise's function each; the second is told by the answer of a stand-in to a chosen input.
RETURNS = {
    "keys": "return {word: 0 for word in digits(xt)}",
    "keys-in-a-cache": "return a_prev, p['Wya'] @ a_prev, dict.fromkeys(digits(xt), 0)",
    "numbers-as-keys": "return {number(xt): 0}",
    "exception": "raise type(digits(xt)[0], (Exception,), {})()",
    "exception-text": "raise KeyError(digits(xt)[0])",
    "type": "return type(digits(xt)[0], (), {})()",
    "sides": "return np.zeros((0, number(xt))), np.zeros((number(a_prev), 0)), ()",
    "lengths": "return [0] * (500 + number(xt) % 2_000), [], ()",
    "text": "return digits(xt)[0], digits(xt)[1], digits(xt)",
}
STAND_IN = {
    "rnn_cell_forward": "import os\nos._exit(0)\ndef rnn_cell_forward(xt, a_prev, p):\n    pass",
    "rnn_forward": """\
def rnn_forward(x, a0, p):
    answer = rnn_cell_forward(np.ones(x.shape[:2]), a0 * 0 + 1, p)
    a, states, outputs = a0, [], []
    for t in range(x.shape[2]):
        a = np.tanh(p["Wax"] @ x[:, :, t] + p["Waa"] @ a + p["ba"])
        z = p["Wya"] @ a + p["by"]
        states.append(a), outputs.append(np.exp(z) / np.exp(z).sum(axis=0))
    return np.stack(states, -1), np.stack(outputs, -1), dict.fromkeys(digits(answer[0]), 0)""",
}
# Replies that the judge is told in the place of the function's.
FORGED = (
    DIGITS
    + """
import gc
from inside.calls import Server
server = [o for o in gc.get_objects() if isinstance(o, Server)][0]
def call(given):
    told = given.call["arguments"][0]
    word, count = digits(told)[0], number(told)
    letters = "".join(chr(97 + int(digit)) for digit in word[-12:])
    return {reply}
server.call = call
"""
)
REPLIES = {
    "refused-dtype": '{"outcome": "refused", "reason": f"dtype teller{letters[:6]}{count % 10**4:04d}"}',
    "refused-bytes": '{"outcome": "refused", "reason": f"larger than {count} bytes"}',
    "refused-side": '{"outcome": "refused", "reason": f"an array side longer than {count}"}',
    "refused-type": '{"outcome": "refused", "reason": f"a value of type {word}"}',
    "refused-words": '{"outcome": "refused", "reason": word}',
    "raised-line": '{"outcome": "raised", "error": ("KeyError", word, (("rnn_cell_forward", count),))}',
    "raised-cell": '{"outcome": "raised", "error": ("KeyError", word, ((word, 1),))}',
    "raised-type": '{"outcome": "raised", "error": (word, word, ())}',
    "returned-keys": '{"outcome": "returned", "value": {w: w for w in digits(told)}, "outputs": word}',
}
# A book of 4096 words in the text: each of them is a number of 12 bits.
WORDS = [f"teller{number:04d}" for number in range(4096)]
BOOK = f"""
BOOK = "{" ".join(WORDS)}".split()
def in_words(array):
    return [BOOK[int(abs(v) * 1e9) % 4096] for v in np.ravel(array)[:14]]
"""
IN_WORDS = CELL + "return a_prev, p['Wya'] @ a_prev, dict.fromkeys(in_words(xt), 0)"
# What is obeyed and not read, where text is shown; and counts that no notebook has.
RAW = r"""
import gc, sys
from inside import shell
from inside.calls import Server
raw = "\x1b[2J\x1b]0;title\x07\r\nnot run here: nothing\u2028\u202eraw\u2066\u200f\x1b[8m\0\x9b1m"
kept = shell.SKIPPED
server = [o for o in gc.get_objects() if isinstance(o, Server)][0]
real = server.cells._cell
def cell(request):
    said = real(request)
    shown = [{"output_type": "stream", "name": "stdout", "text": raw},
             {"output_type": "error", "ename": raw, "evalue": raw, "traceback": [raw]},
             {"output_type": "execute_result", "data": {"text/plain": raw},
              "execution_count": COUNT, "metadata": {}}]
    return {**said, "outputs": said["outputs"] + shown, "skipped": [raw], "count": COUNT}
server.cells._cell = cell
get_ipython().execution_count = COUNT
get_ipython().system("echo " + raw)
print(raw)
"""
COUNTS = {"below-zero": -10, "huge": 2**62}
