"""Right ways to write ``rnn_backward``; each function is one student's style."""
# ruff: noqa: RUF059, F821 - students unpack what they do not use; the notebook defines the cell

import numpy as np


def plain(da, caches):
    (caches, x) = caches
    (a1, a0, x1, parameters) = caches[0]
    n_a, m, T_x = da.shape
    n_x, m = x1.shape
    dx = np.zeros((n_x, m, T_x))
    dWax = np.zeros((n_a, n_x))
    dWaa = np.zeros((n_a, n_a))
    dba = np.zeros((n_a, 1))
    da0 = np.zeros((n_a, m))
    da_prevt = np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        gradients = rnn_cell_backward(da[:, :, t] + da_prevt, caches[t])
        dxt, da_prevt, dWaxt, dWaat, dbat = (
            gradients["dxt"], gradients["da_prev"],
            gradients["dWax"], gradients["dWaa"], gradients["dba"],
        )  # fmt: skip
        dx[:, :, t] = dxt
        dWax += dWaxt
        dWaa += dWaat
        dba += dbat
    da0 = da_prevt
    gradients = {"dx": dx, "da0": da0, "dWax": dWax, "dWaa": dWaa, "dba": dba}
    return gradients


def counted_down(da, caches):
    steps, x = caches
    T_x = da.shape[2]
    dx = np.zeros((x.shape[0], x.shape[1], T_x))
    dWax = dWaa = dba = 0
    back = 0
    for t in range(T_x - 1, -1, -1):
        g = rnn_cell_backward(da[:, :, t] + back, steps[t])
        back = g["da_prev"]
        dx[:, :, t] = g["dxt"]
        dWax, dWaa, dba = dWax + g["dWax"], dWaa + g["dWaa"], dba + g["dba"]
    return {"dx": dx, "da0": back, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def collected_then_summed(da, caches):
    steps, x = caches
    back, collected = np.zeros(da.shape[:2]), []
    for t in reversed(range(da.shape[2])):
        collected.insert(0, rnn_cell_backward(da[:, :, t] + back, steps[t]))
        back = collected[0]["da_prev"]
    gradients = {name: sum(g[name] for g in collected) for name in ("dWax", "dWaa", "dba")}
    gradients["dx"] = np.stack([g["dxt"] for g in collected], axis=2)
    gradients["da0"] = collected[0]["da_prev"]
    return gradients


def without_the_cell(da, caches):
    steps, x = caches
    parameters = steps[0][3]
    n_a, m, T_x = da.shape
    dx = np.empty((x.shape[0], m, T_x))
    dWax = np.zeros_like(parameters["Wax"])
    dWaa = np.zeros_like(parameters["Waa"])
    dba = np.zeros_like(parameters["ba"])
    dz = np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        a_next, a_prev, xt, _ = steps[t]
        dz = (1 - a_next**2) * (da[:, :, t] + parameters["Waa"].T @ dz)
        dx[:, :, t] = parameters["Wax"].T @ dz
        dWax += dz @ xt.T
        dWaa += dz @ a_prev.T
        dba += dz.sum(axis=1, keepdims=True)
    da0 = parameters["Waa"].T @ dz
    return {"dx": dx, "da0": da0, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def batched_over_time(da, caches):
    steps, x = caches
    parameters = steps[0][3]
    T_x = da.shape[2]
    a = np.stack([step[0] for step in steps[:T_x]], axis=2)
    before = np.stack([step[1] for step in steps[:T_x]], axis=2)
    dz, back = np.zeros(da.shape), np.zeros(da.shape[:2])
    for t in reversed(range(T_x)):
        dz[:, :, t] = (1 - a[:, :, t] ** 2) * (da[:, :, t] + back)
        back = parameters["Waa"].T @ dz[:, :, t]
    return {
        "dx": np.einsum("ai,amt->imt", parameters["Wax"], dz),
        "da0": back,
        "dWax": np.einsum("amt,imt->ai", dz, x[:, :, :T_x]),
        "dWaa": np.tensordot(dz, before, axes=([1, 2], [1, 2])),
        "dba": dz.sum(axis=(1, 2))[:, None],
    }


def upstream_in_a_copy(da, caches):
    steps, x = caches
    da = da.copy()
    n_a, m, T_x = da.shape
    total = {}
    dx = np.zeros((x.shape[0], m, T_x))
    for t in reversed(range(T_x)):
        g = rnn_cell_backward(da[:, :, t], steps[t])
        if t > 0:
            da[:, :, t - 1] += g["da_prev"]
        dx[:, :, t] = g["dxt"]
        for name in ("dWax", "dWaa", "dba"):
            total[name] = total.get(name, 0) + g[name]
    return {"dx": dx, "da0": g["da_prev"], **total}


def zipped(da, caches):
    steps, x = caches
    upstream = np.moveaxis(da, 2, 0)
    dx, back = [], np.zeros_like(da[:, :, 0])
    sums = [0.0, 0.0, 0.0]
    for da_t, step in list(zip(upstream, steps, strict=False))[::-1]:
        g = rnn_cell_backward(da_t + back, step)
        back = g["da_prev"]
        dx.append(g["dxt"])
        sums = [s + g[name] for s, name in zip(sums, ("dWax", "dWaa", "dba"), strict=True)]
    dWax, dWaa, dba = sums
    return {"dx": np.dstack(dx[::-1]), "da0": back, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def recursion(da, caches):
    steps, x = caches

    def after(t):
        if t == da.shape[2]:
            return np.zeros(da.shape[:2]), [], {"dWax": 0, "dWaa": 0, "dba": 0}
        back, dx, totals = after(t + 1)
        g = rnn_cell_backward(da[:, :, t] + back, steps[t])
        return g["da_prev"], [g["dxt"], *dx], {name: totals[name] + g[name] for name in totals}

    da0, dx, totals = after(0)
    return {"dx": np.stack(dx, axis=-1), "da0": da0, **totals}


def generator(da, caches):
    steps, x = caches

    def backwards():
        back = np.zeros(da.shape[:2])
        for t in reversed(range(da.shape[2])):
            g = rnn_cell_backward(da[:, :, t] + back, steps[t])
            back = g["da_prev"]
            yield g

    done = list(backwards())[::-1]
    totals = {name: np.sum([g[name] for g in done], axis=0) for name in ("dWax", "dWaa", "dba")}
    return {"dx": np.dstack([g["dxt"] for g in done]), "da0": done[0]["da_prev"], **totals}


def reduced(da, caches):
    from functools import reduce

    steps, x = caches
    T_x = da.shape[2]

    def step(so_far, t):
        back, dx, dWax, dWaa, dba = so_far
        g = rnn_cell_backward(da[:, :, t] + back, steps[t])
        dx = [g["dxt"], *dx]
        return g["da_prev"], dx, dWax + g["dWax"], dWaa + g["dWaa"], dba + g["dba"]

    start = (np.zeros(da.shape[:2]), [], 0, 0, 0)
    da0, dx, dWax, dWaa, dba = reduce(step, range(T_x - 1, -1, -1), start)
    return {"dx": np.stack(dx, 2), "da0": da0, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def accumulated(da, caches):
    from itertools import accumulate

    steps, x = caches
    T_x = da.shape[2]
    last = rnn_cell_backward(da[:, :, T_x - 1], steps[T_x - 1])
    done = list(
        accumulate(
            range(T_x - 2, -1, -1),
            lambda after, t: rnn_cell_backward(da[:, :, t] + after["da_prev"], steps[t]),
            initial=last,
        )
    )
    gradients = {name: sum(g[name] for g in done) for name in ("dWax", "dWaa", "dba")}
    gradients["dx"] = np.stack([g["dxt"] for g in done[::-1]], axis=-1)
    gradients["da0"] = done[-1]["da_prev"]
    return gradients


def deques(da, caches):
    from collections import defaultdict, deque

    steps, x = caches
    dx, back, totals = deque(), np.zeros_like(da[..., 0]), defaultdict(float)
    for upstream, cache in zip(da.T[::-1], steps[: da.shape[2]][::-1], strict=True):
        g = rnn_cell_backward(upstream.T + back, cache)
        dx.appendleft(g.pop("dxt"))
        back = g.pop("da_prev")
        for name, value in g.items():
            totals[name] += value
    totals["dx"], totals["da0"] = np.stack(list(dx), axis=2), back
    return dict(totals)


def pops_from_a_stack(da, caches):
    n_a, m, T_x = da.shape
    x = caches[1]
    stack = [(cache, da[:, :, t]) for t, cache in enumerate(caches[0][:T_x])]
    dx = np.zeros((x.shape[0], m, T_x))
    da_t, dWax, dWaa, dba = np.zeros((n_a, m)), [], [], []
    while stack:
        cache, upstream = stack.pop()
        g = rnn_cell_backward(upstream + da_t, cache)
        da_t, dx[:, :, len(stack)] = g["da_prev"], g["dxt"]
        dWax.append(g["dWax"])
        dWaa.append(g["dWaa"])
        dba.append(g["dba"])
    dWax, dWaa, dba = sum(dWax), sum(dWaa), sum(dba)
    return {"dx": dx, "da0": da_t, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def a_place_more_for_the_state_before(da, caches):
    steps, x = caches
    n_a, m, T_x = da.shape
    da_all = np.zeros((n_a, m, T_x + 1))
    da_all[:, :, 1:] = da
    dx = np.zeros((x.shape[0], m, T_x))
    weights = steps[0][-1]
    g = {"d" + name: np.zeros(weights[name].shape) for name in ("Wax", "Waa", "ba")}
    for t in range(T_x, 0, -1):
        one = rnn_cell_backward(da_all[:, :, t], steps[t - 1])
        da_all[:, :, t - 1] += one["da_prev"]
        dx[:, :, t - 1] = one["dxt"]
        for name in g:
            np.add(g[name], one[name], out=g[name])
    return {"dx": dx, "da0": da_all[:, :, 0], **g}


def closure_that_remembers(da, caches):
    steps, x = caches
    dWax = dWaa = dba = 0.0
    back = np.zeros(da.shape[:2])

    def step(t):
        nonlocal back, dWax, dWaa, dba
        g = rnn_cell_backward(back + da[:, :, t], steps[t])
        back, dWax, dWaa, dba = g["da_prev"], dWax + g["dWax"], dWaa + g["dWaa"], dba + g["dba"]
        return g["dxt"]

    dx = [step(t) for t in reversed(range(da.shape[2]))]
    dx = np.flip(np.array(dx), axis=0).transpose(1, 2, 0)
    return {"dx": dx, "da0": back, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def one_product_after_the_loop(da, caches):
    steps, x = caches
    n_a, m, T_x = da.shape
    p = steps[0][-1]
    dz = [None] * T_x
    back = np.zeros((n_a, m))
    for t in range(T_x)[::-1]:
        dz[t] = (da[:, :, t] + back) * (1 - steps[t][0] ** 2)
        back = p["Waa"].T @ dz[t]
    dz = np.concatenate(dz, axis=1)
    before = np.concatenate([step[1] for step in steps[:T_x]], axis=1)
    inputs = np.concatenate([step[2] for step in steps[:T_x]], axis=1)
    return {
        "dx": (p["Wax"].T @ dz).reshape(-1, T_x, m).transpose(0, 2, 1),
        "da0": back,
        "dWax": dz @ inputs.T,
        "dWaa": dz @ before.T,
        "dba": dz.sum(axis=1, keepdims=True),
    }
