"""Right ways to write ``lstm_cell_backward``; each function is one student's style."""
# ruff: noqa: RUF059 - students unpack what they do not use

import numpy as np


def plain(da_next, dc_next, cache):
    (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters) = cache
    n_x, m = xt.shape
    n_a, m = a_next.shape
    dot = da_next * np.tanh(c_next) * ot * (1 - ot)
    dcct = (dc_next * it + ot * (1 - np.square(np.tanh(c_next))) * it * da_next) * (
        1 - np.square(cct)
    )
    dit = (dc_next * cct + ot * (1 - np.square(np.tanh(c_next))) * cct * da_next) * it * (1 - it)
    dft = (
        (dc_next * c_prev + ot * (1 - np.square(np.tanh(c_next))) * c_prev * da_next)
        * ft
        * (1 - ft)
    )
    concat = np.concatenate((a_prev, xt), axis=0).T
    dWf = np.dot(dft, concat)
    dWi = np.dot(dit, concat)
    dWc = np.dot(dcct, concat)
    dWo = np.dot(dot, concat)
    dbf = np.sum(dft, axis=1, keepdims=True)
    dbi = np.sum(dit, axis=1, keepdims=True)
    dbc = np.sum(dcct, axis=1, keepdims=True)
    dbo = np.sum(dot, axis=1, keepdims=True)
    da_prev = (
        np.dot(parameters["Wf"][:, :n_a].T, dft)
        + np.dot(parameters["Wc"][:, :n_a].T, dcct)
        + np.dot(parameters["Wi"][:, :n_a].T, dit)
        + np.dot(parameters["Wo"][:, :n_a].T, dot)
    )
    dc_prev = dc_next * ft + ot * (1 - np.square(np.tanh(c_next))) * ft * da_next
    dxt = (
        np.dot(parameters["Wf"][:, n_a:].T, dft)
        + np.dot(parameters["Wc"][:, n_a:].T, dcct)
        + np.dot(parameters["Wi"][:, n_a:].T, dit)
        + np.dot(parameters["Wo"][:, n_a:].T, dot)
    )
    gradients = {
        "dxt": dxt, "da_prev": da_prev, "dc_prev": dc_prev,
        "dWf": dWf, "dbf": dbf, "dWi": dWi, "dbi": dbi,
        "dWc": dWc, "dbc": dbc, "dWo": dWo, "dbo": dbo,
    }  # fmt: skip
    return gradients


def loop_over_gates(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a = a_prev.shape[0]
    th = np.tanh(c_next)
    dc = dc_next + da_next * ot * (1 - th**2)
    d = {
        "f": dc * c_prev * ft * (1 - ft),
        "i": dc * cct * it * (1 - it),
        "c": dc * it * (1 - cct**2),
        "o": da_next * th * ot * (1 - ot),
    }
    both = np.vstack((a_prev, xt))
    back = sum(parameters["W" + gate].T @ d[gate] for gate in "fico")
    gradients = {"da_prev": back[:n_a, :], "dxt": back[n_a:, :], "dc_prev": dc * ft}
    for gate in "fico":
        gradients["dW" + gate] = d[gate] @ both.T
        gradients["db" + gate] = d[gate].sum(axis=1, keepdims=True)
    return gradients


def one_product_for_all_gates(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a = a_next.shape[0]
    th = np.tanh(c_next)
    dc = dc_next + da_next * ot * (1 - th * th)
    dz = np.concatenate(
        [
            dc * c_prev * ft * (1 - ft),
            dc * cct * it * (1 - it),
            dc * it * (1 - cct * cct),
            da_next * th * ot * (1 - ot),
        ]
    )
    W = np.concatenate([parameters["W" + gate] for gate in "fico"])
    dW = dz @ np.concatenate([a_prev, xt]).T
    db = dz.sum(axis=1)[:, None]
    d_inputs = W.T @ dz
    gradients = {"dxt": d_inputs[n_a:], "da_prev": d_inputs[:n_a], "dc_prev": ft * dc}
    for k, gate in enumerate("fico"):
        rows = slice(k * n_a, (k + 1) * n_a)
        gradients["dW" + gate], gradients["db" + gate] = dW[rows], db[rows]
    return gradients


def through_a_next(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a = a_next.shape[0]
    dc = dc_next + da_next * ot / np.cosh(c_next) ** 2
    do = da_next * a_next * (1 - ot)
    df = dc * (c_next - it * cct) * (1 - ft)
    di = dc * (c_next - ft * c_prev) * (1 - it)
    dcc = dc * it * (1 - cct) * (1 + cct)
    both = np.concatenate((a_prev, xt), axis=0)
    back = (
        parameters["Wo"].T @ do
        + parameters["Wf"].T @ df
        + parameters["Wi"].T @ di
        + parameters["Wc"].T @ dcc
    )
    return {
        "dxt": back[n_a:], "da_prev": back[:n_a], "dc_prev": dc * ft,
        "dWf": df @ both.T, "dWi": di @ both.T, "dWc": dcc @ both.T, "dWo": do @ both.T,
        "dbf": df.sum(1, keepdims=True), "dbi": di.sum(1, keepdims=True),
        "dbc": dcc.sum(1, keepdims=True), "dbo": do.sum(1, keepdims=True),
    }  # fmt: skip


def in_place_on_own_arrays(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a, m = a_next.shape
    dc = np.tanh(c_next)
    dot = da_next * dc
    dot *= ot - ot**2
    dc **= 2
    dc -= 1
    dc *= -1
    dc *= da_next
    dc *= ot
    dc += dc_next
    dft, dit, dcct = dc * (ft - ft**2), dc * (it - it**2), dc * it
    dft *= c_prev
    dit *= cct
    dcct -= dcct * cct**2
    concat = np.zeros((n_a + xt.shape[0], m))
    concat[:n_a] = a_prev
    concat[n_a:] = xt
    dconcat = np.zeros(concat.shape)
    gradients = {}
    for gate, d in (("f", dft), ("i", dit), ("c", dcct), ("o", dot)):
        dconcat += parameters["W" + gate].T @ d
        gradients["dW" + gate] = d @ concat.T
        gradients["db" + gate] = np.sum(d, axis=1, keepdims=True)
    dc *= ft
    gradients.update(dxt=dconcat[n_a:], da_prev=dconcat[:n_a], dc_prev=dc)
    return gradients


def _gate_gradients(name, d, concat):
    return {"dW" + name: d @ concat.T, "db" + name: d.sum(axis=1).reshape(-1, 1)}


def with_a_helper(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a = len(a_prev)
    concat = np.r_[a_prev, xt]
    tanh_c = np.tanh(c_next)
    dc = (1 - tanh_c**2) * ot * da_next + dc_next
    df = (1 - ft) * ft * c_prev * dc
    di = (1 - it) * it * cct * dc
    dg = (1 - cct**2) * it * dc
    do = (1 - ot) * ot * tanh_c * da_next
    dconcat = np.zeros_like(concat)
    for name, d in zip(("Wf", "Wi", "Wc", "Wo"), (df, di, dg, do), strict=True):
        dconcat = dconcat + parameters[name].T @ d
    return {
        **_gate_gradients("f", df, concat),
        **_gate_gradients("i", di, concat),
        **_gate_gradients("c", dg, concat),
        **_gate_gradients("o", do, concat),
        "da_prev": dconcat[:n_a],
        "dxt": dconcat[n_a:],
        "dc_prev": ft * dc,
    }


def sums_by_products(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a, m = a_next.shape
    inputs = np.concatenate([a_prev, xt, np.ones((1, m))])
    dc = dc_next + da_next * ot * (1 - np.tanh(c_next) ** 2)
    d = dict(
        f=dc * c_prev * ft * (1 - ft),
        i=dc * cct * it * (1 - it),
        c=dc * it * (1 - cct**2),
        o=da_next * np.tanh(c_next) * ot * (1 - ot),
    )
    gradients = {"dc_prev": dc * ft, "da_prev": 0, "dxt": 0}
    for gate, dz in d.items():
        both = dz @ inputs.T
        gradients["dW" + gate], gradients["db" + gate] = both[:, :-1], both[:, -1:]
        gradients["da_prev"] = gradients["da_prev"] + parameters["W" + gate][:, :n_a].T @ dz
        gradients["dxt"] = gradients["dxt"] + parameters["W" + gate][:, n_a:].T @ dz
    return gradients


def example_by_example(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a, m = a_next.shape
    dc = dc_next + da_next * ot * (1 - np.tanh(c_next) ** 2)
    d = {
        "f": dc * c_prev * ft * (1 - ft),
        "i": dc * cct * it * (1 - it),
        "c": dc * it * (1 - cct**2),
        "o": da_next * np.tanh(c_next) * ot * (1 - ot),
    }
    g = {"dxt": np.zeros(xt.shape), "da_prev": np.zeros((n_a, m)), "dc_prev": dc * ft}
    for gate in "fico":
        g["dW" + gate] = np.zeros(parameters["W" + gate].shape)
        g["db" + gate] = np.zeros((n_a, 1))
        for k in range(m):
            back = d[gate][:, k].dot(parameters["W" + gate])
            g["da_prev"][:, k] += back[:n_a]
            g["dxt"][:, k] += back[n_a:]
            g["dW" + gate] += np.outer(d[gate][:, k], np.append(a_prev[:, k], xt[:, k]))
            g["db" + gate][:, 0] += d[gate][:, k]
    return g


def gates_along_an_axis(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    th = np.tanh(c_next)
    dc = dc_next + da_next * ot * (1 - th**2)
    upstream = np.stack([dc * c_prev, dc * cct, dc * it, da_next * th])
    slopes = np.stack([ft * (1 - ft), it * (1 - it), 1 - cct**2, ot * (1 - ot)])
    d = upstream * slopes
    W = np.stack([parameters["W" + gate] for gate in "fico"])
    back = np.einsum("gan,gam->nm", W, d)
    dW = np.einsum("gam,nm->gan", d, np.concatenate([a_prev, xt]))
    db = d.sum(axis=2, keepdims=True)
    gradients = {"da_prev": back[: len(a_prev)], "dxt": back[len(a_prev) :], "dc_prev": dc * ft}
    for k, gate in enumerate("fico"):
        gradients["dW" + gate], gradients["db" + gate] = dW[k], db[k]
    return gradients


def products_of_lists(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    th, concat = np.tanh(c_next), np.concatenate((a_prev, xt))
    dc = np.sum([dc_next, np.prod([da_next, ot, 1 - th**2], axis=0)], axis=0)
    factors = {
        "f": [dc, c_prev, ft, 1 - ft],
        "i": [dc, cct, it, 1 - it],
        "c": [dc, it, 1 - cct, 1 + cct],
        "o": [da_next, th, ot, 1 - ot],
    }
    d = {gate: np.prod(parts, axis=0) for gate, parts in factors.items()}
    back = np.sum([parameters["W" + gate].T @ d[gate] for gate in d], axis=0)
    da_prev, dxt = np.split(back, [a_prev.shape[0]])
    gradients = {"dxt": dxt, "da_prev": da_prev, "dc_prev": dc * ft}
    gradients.update({f"dW{gate}": d[gate] @ concat.T for gate in d})
    gradients.update({f"db{gate}": np.sum(d[gate], axis=1, keepdims=True) for gate in d})
    return gradients


def both_ways_back_added(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a, concat = a_next.shape[0], np.vstack([a_prev, xt])

    def back_from(dc, do):
        d = {"f": dc * c_prev * ft * (1 - ft), "i": dc * cct * it * (1 - it)}
        d |= {"c": dc * it * (1 - cct**2), "o": do * ot * (1 - ot)}
        inputs = sum(parameters["W" + gate].T @ d[gate] for gate in d)
        g = {"dxt": inputs[n_a:], "da_prev": inputs[:n_a], "dc_prev": dc * ft}
        for gate in d:
            g["dW" + gate] = d[gate] @ concat.T
            g["db" + gate] = d[gate].sum(axis=1, keepdims=True)
        return g

    by_state = back_from(da_next * ot * (1 - np.tanh(c_next) ** 2), da_next * np.tanh(c_next))
    by_cell = back_from(dc_next, np.zeros_like(da_next))
    return {name: by_state[name] + by_cell[name] for name in by_state}


def cache_as_a_named_tuple(da_next, dc_next, cache):
    from collections import namedtuple

    Step = namedtuple("Step", "a_next c_next a_prev c_prev f i g o xt parameters")
    s = Step(*cache)
    th = np.tanh(s.c_next)
    dc = dc_next + da_next * s.o * (1 - th**2)
    df, di = dc * s.c_prev * s.f * (1 - s.f), dc * s.g * s.i * (1 - s.i)
    dg, do = dc * s.i * (1 - s.g**2), da_next * th * s.o * (1 - s.o)
    W, n_a = s.parameters, s.a_prev.shape[0]
    both = np.r_[s.a_prev, s.xt].T
    back = W["Wf"].T @ df + W["Wi"].T @ di + W["Wc"].T @ dg + W["Wo"].T @ do
    dWf, dWi, dWc, dWo = (d @ both for d in (df, di, dg, do))
    dbf, dbi, dbc, dbo = (d.sum(axis=1, keepdims=True) for d in (df, di, dg, do))
    return {
        "dxt": back[n_a:], "da_prev": back[:n_a], "dc_prev": dc * s.f,
        "dWf": dWf, "dbf": dbf, "dWi": dWi, "dbi": dbi,
        "dWc": dWc, "dbc": dbc, "dWo": dWo, "dbo": dbo,
    }  # fmt: skip


def recomputed_forward(da_next, dc_next, cache):
    _, _, a_prev, c_prev, *_, xt, parameters = cache
    n_a, concat = a_prev.shape[0], np.concatenate([a_prev, xt])
    z = {g: parameters["W" + g] @ concat + parameters["b" + g] for g in "fico"}
    f, i, o = (1 / (1 + np.exp(-z[g])) for g in "fio")
    candidate = np.tanh(z["c"])
    c = f * c_prev + i * candidate
    dc = dc_next + da_next * o / np.cosh(c) ** 2
    d = {
        "f": dc * c_prev * f**2 * np.exp(-z["f"]),
        "i": dc * candidate * i**2 * np.exp(-z["i"]),
        "c": dc * i / np.cosh(z["c"]) ** 2,
        "o": da_next * np.tanh(c) * o**2 * np.exp(-z["o"]),
    }
    back = sum(parameters["W" + g].T @ d[g] for g in d)
    weights = {"dW" + g: d[g] @ concat.T for g in d}
    biases = {"db" + g: np.sum(d[g], axis=1).reshape(n_a, 1) for g in d}
    return {"dxt": back[n_a:], "da_prev": back[:n_a], "dc_prev": dc * f, **weights, **biases}


def weights_taken_apart(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a = a_next.shape[0]
    sigmoid_slope = lambda s: s * (1 - s)  # noqa: E731
    tanh_slope = lambda s: 1 - s * s  # noqa: E731
    dc = dc_next + tanh_slope(np.tanh(c_next)) * ot * da_next
    dz = [
        ("f", dc * c_prev * sigmoid_slope(ft)),
        ("i", dc * cct * sigmoid_slope(it)),
        ("c", dc * it * tanh_slope(cct)),
        ("o", da_next * np.tanh(c_next) * sigmoid_slope(ot)),
    ]
    gradients = {"dxt": np.zeros(xt.shape), "da_prev": np.zeros(a_prev.shape)}
    for gate, d in dz:
        Wa, Wx = np.hsplit(parameters["W" + gate], [n_a])
        gradients["da_prev"] += Wa.T @ d
        gradients["dxt"] += Wx.T @ d
        gradients["dW" + gate] = np.hstack((d @ a_prev.T, d @ xt.T))
        gradients["db" + gate] = d @ np.ones((d.shape[1], 1))
    gradients["dc_prev"] = ft * dc
    return gradients
