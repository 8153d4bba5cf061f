"""Mutants of the solution that nobody could tell from it, and why.

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

Equivalents = dict[str, str]


def _because(reason: str, *ids: str) -> Equivalents:
    return dict.fromkeys(ids, reason)


def _result(name: str, sizes: str, like: str, *, alike: str = "") -> Equivalents:
    """An array that is filled step by step: how it starts and its dtype do not matter."""
    return {
        **_because(DTYPE, f"keyword: {name} = np.zeros({sizes})"),
        **_because(OVERWRITTEN, f"call: {name} = np.ones({sizes}, dtype={like}.dtype)"),
        **(
            _because(SAME_DTYPE, f"name: {name} = np.zeros({sizes}, dtype={alike}.dtype)")
            if alike
            else {}
        ),
    }


RNN_FORWARD = {
    **_because(UNREAD, "name: m, m, T_x = x.shape"),
    **_result("a", "(n_a, m, T_x)", "x", alike="a0"),
    **_result("y_pred", "(n_y, m, T_x)", "x", alike="a0"),
}
LSTM_CELL_FORWARD = _because(DEFAULT, "keyword: concat = np.concatenate([a_prev, xt])")
LSTM_FORWARD = {
    **_because(UNREAD, "name: m, m, T_x = x.shape"),
    **_result("a", "(n_a, m, T_x)", "x", alike="a0"),
    **_result("c", "(n_a, m, T_x)", "x", alike="a0"),
    **_result("y", "(n_y, m, T_x)", "x", alike="a0"),
}
RNN_BACKWARD = {
    **_because(
        UNREAD,
        "name: m, m, T_x = da.shape",
        "name: a_next, a_prev, parameters, parameters = steps[0]",
    ),
    **_because(
        SHAPE,
        "order: a_prev, a_next, xt, parameters = steps[0]",
        "name: a_prev, a_prev, xt, parameters = steps[0]",
        "name: da_prevt = np.zeros_like(a_next)",
    ),
    **_because(SHARED, "constant: a_next, a_prev, xt, parameters = steps[-1]"),
    **_result("dx", "(x.shape[0], m, T_x)", "da"),
}
LSTM_CELL_BACKWARD = {
    **_because(SHAPE, "name: n_a = c_next.shape[0]"),
    **_because(DEFAULT, "keyword: concat = np.concatenate([a_prev, xt])"),
    **_because(OWN_MEMORY, "aliased: dc_prev = np.multiply(dc, ft, out=dc)"),
}
LSTM_BACKWARD = {
    **_because(
        UNREAD,
        "name: m, m, T_x = da.shape",
        "order: c_next, a_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = steps[0]",
        "order: a_next, c_next, a_prev, c_prev, it, ft, cct, ot, xt, parameters = steps[0]",
        "order: a_next, c_next, a_prev, c_prev, ft, cct, it, ot, xt, parameters = steps[0]",
        "order: a_next, c_next, a_prev, c_prev, ft, it, ot, cct, xt, parameters = steps[0]",
        "order: a_next, c_next, a_prev, c_prev, ft, it, cct, xt, ot, parameters = steps[0]",
        "name: c_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = steps[0]",
        "name: a_next, a_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = steps[0]",
        "name: a_next, c_next, a_prev, c_prev, it, it, cct, ot, xt, parameters = steps[0]",
        "name: a_next, c_next, a_prev, c_prev, ft, cct, cct, ot, xt, parameters = steps[0]",
        "name: a_next, c_next, a_prev, c_prev, ft, ft, cct, ot, xt, parameters = steps[0]",
        "name: a_next, c_next, a_prev, c_prev, ft, it, ot, ot, xt, parameters = steps[0]",
        "name: a_next, c_next, a_prev, c_prev, ft, it, it, ot, xt, parameters = steps[0]",
        "name: a_next, c_next, a_prev, c_prev, ft, it, cct, xt, xt, parameters = steps[0]",
        "name: a_next, c_next, a_prev, c_prev, ft, it, cct, cct, xt, parameters = steps[0]",
        "name: a_next, c_next, a_prev, c_prev, ft, it, cct, ot, parameters, parameters = steps[0]",
        "name: a_next, c_next, a_prev, c_prev, ft, it, cct, ot, ot, parameters = steps[0]",
    ),
    **_because(
        SHAPE,
        "order: a_next, a_prev, c_next, c_prev, ft, it, cct, ot, xt, parameters = steps[0]",
        "order: a_next, c_next, c_prev, a_prev, ft, it, cct, ot, xt, parameters = steps[0]",
        "order: a_next, c_next, a_prev, ft, c_prev, it, cct, ot, xt, parameters = steps[0]",
        "name: a_next, a_prev, a_prev, c_prev, ft, it, cct, ot, xt, parameters = steps[0]",
        "name: a_next, c_next, a_prev, c_prev, c_prev, it, cct, ot, xt, parameters = steps[0]",
        "name: da_prevt = np.zeros_like(c_prev)",
        "name: da_prevt = np.zeros_like(c_next)",
        "name: dc_prevt = np.zeros_like(ft)",
        "name: dc_prevt = np.zeros_like(a_prev) #2",
    ),
    **_because(
        SHARED,
        "constant: a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = steps[-1]",
    ),
    **_because(
        ANY_ORDER,
        "order: names = ('bf', 'Wf', 'Wi', 'bi', 'Wc', 'bc', 'Wo', 'bo')",
        "order: names = ('Wf', 'Wi', 'bf', 'bi', 'Wc', 'bc', 'Wo', 'bo')",
        "order: names = ('Wf', 'bf', 'bi', 'Wi', 'Wc', 'bc', 'Wo', 'bo')",
        "order: names = ('Wf', 'bf', 'Wi', 'Wc', 'bi', 'bc', 'Wo', 'bo')",
        "order: names = ('Wf', 'bf', 'Wi', 'bi', 'bc', 'Wc', 'Wo', 'bo')",
        "order: names = ('Wf', 'bf', 'Wi', 'bi', 'Wc', 'Wo', 'bc', 'bo')",
        "order: names = ('Wf', 'bf', 'Wi', 'bi', 'Wc', 'bc', 'bo', 'Wo')",
    ),
    **_because(FIRST_STATE, "call: dc_prevt = c_prev"),
    **_result("dx", "(x.shape[0], m, T_x)", "da"),
}
