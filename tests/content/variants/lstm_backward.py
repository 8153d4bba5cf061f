"""Right ways to write ``lstm_backward``; each function is one student's style."""
# ruff: noqa: RUF059, F821 - students unpack what they do not use; the notebook defines the cell

import numpy as np


def plain(da, caches):
    caches, x = caches
    (a1, c1, a0, c0, f1, i1, cc1, o1, x1, parameters) = caches[0]
    n_a, m, T_x = da.shape
    n_x, m = x1.shape
    dx = np.zeros([n_x, m, T_x])
    da0 = np.zeros([n_a, m])
    da_prevt = np.zeros([n_a, m])
    dc_prevt = np.zeros([n_a, m])
    dWf = np.zeros([n_a, n_a + n_x])
    dWi = np.zeros([n_a, n_a + n_x])
    dWc = np.zeros([n_a, n_a + n_x])
    dWo = np.zeros([n_a, n_a + n_x])
    dbf = np.zeros([n_a, 1])
    dbi = np.zeros([n_a, 1])
    dbc = np.zeros([n_a, 1])
    dbo = np.zeros([n_a, 1])
    for t in reversed(range(T_x)):
        gradients = lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, caches[t])
        dx[:, :, t] = gradients["dxt"]
        dWf = dWf + gradients["dWf"]
        dWi = dWi + gradients["dWi"]
        dWc = dWc + gradients["dWc"]
        dWo = dWo + gradients["dWo"]
        dbf = dbf + gradients["dbf"]
        dbi = dbi + gradients["dbi"]
        dbc = dbc + gradients["dbc"]
        dbo = dbo + gradients["dbo"]
        da_prevt = gradients["da_prev"]
        dc_prevt = gradients["dc_prev"]
    da0 = da_prevt
    gradients = {
        "dx": dx, "da0": da0, "dWf": dWf, "dbf": dbf, "dWi": dWi, "dbi": dbi,
        "dWc": dWc, "dbc": dbc, "dWo": dWo, "dbo": dbo,
    }  # fmt: skip
    return gradients


def totals_in_a_dictionary(da, caches):
    steps, x = caches
    T_x = da.shape[-1]
    totals = {d + gate: 0 for gate in "fico" for d in ("dW", "db")}
    dx = np.zeros((*x.shape[:2], T_x))
    da_t, dc_t = 0, np.zeros(da.shape[:2])
    for t in range(T_x)[::-1]:
        g = lstm_cell_backward(da[:, :, t] + da_t, dc_t, steps[t])
        da_t, dc_t, dx[:, :, t] = g["da_prev"], g["dc_prev"], g["dxt"]
        totals = {name: value + g[name] for name, value in totals.items()}
    totals.update(dx=dx, da0=da_t)
    return totals


def collected_then_summed(da, caches):
    steps, x = caches
    back = {"da_prev": np.zeros(da.shape[:2]), "dc_prev": np.zeros(da.shape[:2])}
    collected = []
    for t in reversed(range(da.shape[2])):
        back = lstm_cell_backward(da[:, :, t] + back["da_prev"], back["dc_prev"], steps[t])
        collected.append(back)
    gradients = {
        name: np.sum([g[name] for g in collected], axis=0)
        for name in ("dWf", "dbf", "dWi", "dbi", "dWc", "dbc", "dWo", "dbo")
    }
    dx = np.stack([g["dxt"] for g in reversed(collected)], axis=2)
    return {"dx": dx, "da0": back["da_prev"], **gradients}


def upstream_in_a_copy(da, caches):
    steps, x = caches
    T_x = da.shape[2]
    da, dc = np.array(da), np.zeros_like(da)
    dx = np.empty((x.shape[0], x.shape[1], T_x))
    sums = {}
    da0 = None
    for t in range(T_x - 1, -1, -1):
        g = lstm_cell_backward(da[:, :, t], dc[:, :, t], steps[t])
        dx[:, :, t] = g.pop("dxt")
        da_prev, dc_prev = g.pop("da_prev"), g.pop("dc_prev")
        if t:
            da[:, :, t - 1] += da_prev
            dc[:, :, t - 1] += dc_prev
        else:
            da0 = da_prev
        for name, value in g.items():
            sums[name] = sums[name] + value if name in sums else value
    return {"dx": dx, "da0": da0, **sums}


def without_the_cell(da, caches):
    steps, x = caches
    p = steps[0][-1]
    n_a, m, T_x = da.shape
    dx = np.zeros((x.shape[0], m, T_x))
    W = np.vstack([p["Wf"], p["Wi"], p["Wc"], p["Wo"]])
    dW, db = np.zeros(W.shape), np.zeros((4 * n_a, 1))
    da_t, dc_t = np.zeros((n_a, m)), np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        a_next, c_next, a_prev, c_prev, f, i, g, o, xt, _ = steps[t]
        d, th = da[:, :, t] + da_t, np.tanh(c_next)
        dc = dc_t + d * o * (1 - th**2)
        dz = np.vstack(
            [
                dc * c_prev * f * (1 - f),
                dc * g * i * (1 - i),
                dc * i * (1 - g**2),
                d * th * o * (1 - o),
            ]
        )
        back = W.T @ dz
        da_t, dx[:, :, t], dc_t = back[:n_a], back[n_a:], dc * f
        dW += dz @ np.vstack([a_prev, xt]).T
        db += dz.sum(axis=1, keepdims=True)
    gradients = {"dx": dx, "da0": da_t}
    for k, gate in enumerate("fico"):
        gradients["dW" + gate] = dW[k * n_a : (k + 1) * n_a]
        gradients["db" + gate] = db[k * n_a : (k + 1) * n_a]
    return gradients


def while_loop(da, caches):
    steps, x = caches
    t = da.shape[2] - 1
    g = lstm_cell_backward(da[:, :, t], np.zeros_like(da[:, :, t]), steps[t])
    dxs = [g["dxt"]]
    totals = {name: np.copy(g[name]) for name in g if name[:2] in ("dW", "db")}
    while t > 0:
        t -= 1
        g = lstm_cell_backward(da[:, :, t] + g["da_prev"], g["dc_prev"], steps[t])
        dxs = [g["dxt"], *dxs]
        for name in totals:
            totals[name] += g[name]
    totals["dx"], totals["da0"] = np.dstack(dxs), g["da_prev"]
    return totals


def recursion(da, caches):
    steps, x = caches

    def after(t):
        if t >= da.shape[2]:
            nothing = np.zeros(da.shape[:2])
            return {"da_prev": nothing, "dc_prev": nothing}, [], {}
        back, dx, totals = after(t + 1)
        g = lstm_cell_backward(da[:, :, t] + back["da_prev"], back["dc_prev"], steps[t])
        names = [d + gate for d in ("dW", "db") for gate in "fico"]
        return g, [g["dxt"], *dx], {name: totals.get(name, 0) + g[name] for name in names}

    first, dx, totals = after(0)
    return {"dx": np.stack(dx, axis=2), "da0": first["da_prev"], **totals}


def zipped(da, caches):
    steps, x = caches
    da_prev, dc_prev = np.zeros(da.shape[:2]), np.zeros(da.shape[:2])
    names = ["dWf", "dbf", "dWi", "dbi", "dWc", "dbc", "dWo", "dbo"]
    sums, dx = [0] * 8, []
    for upstream, step in reversed(list(zip(da.transpose(2, 0, 1), steps, strict=False))):
        g = lstm_cell_backward(upstream + da_prev, dc_prev, step)
        da_prev, dc_prev = g["da_prev"], g["dc_prev"]
        dx.append(g["dxt"])
        sums = [total + g[name] for total, name in zip(sums, names, strict=True)]
    gradients = dict(zip(names, sums, strict=True))
    gradients["dx"] = np.stack(dx[::-1], axis=-1)
    gradients["da0"] = da_prev
    return gradients


def generator(da, caches):
    steps, x = caches

    def backwards(da_prev, dc_prev):
        for t in range(da.shape[2] - 1, -1, -1):
            g = lstm_cell_backward(da[:, :, t] + da_prev, dc_prev, steps[t])
            da_prev, dc_prev = g["da_prev"], g["dc_prev"]
            yield g

    done = [*backwards(np.zeros(da.shape[:2]), np.zeros(da.shape[:2]))]
    gradients = {n: sum(g[n] for g in done) for n in done[0] if n.startswith(("dW", "db"))}
    gradients["dx"] = np.stack([g["dxt"] for g in done], axis=2)[:, :, ::-1]
    return {**gradients, "da0": done[-1]["da_prev"]}


def reduced(da, caches):
    from functools import reduce

    steps, x = caches
    nothing = np.zeros(da.shape[:2])

    def step(done, t):
        after = done[0]
        g = lstm_cell_backward(da[:, :, t] + after["da_prev"], after["dc_prev"], steps[t])
        return [g, *done]

    start = [{"da_prev": nothing, "dc_prev": nothing}]
    *done, _ = reduce(step, reversed(range(da.shape[2])), start)
    names = [d + gate for d in ("dW", "db") for gate in "fico"]
    gradients = {name: reduce(np.add, [g[name] for g in done]) for name in names}
    return gradients | {"dx": np.dstack([g["dxt"] for g in done]), "da0": done[0]["da_prev"]}


def accumulated(da, caches):
    from itertools import accumulate

    steps, x = caches
    upstream = np.moveaxis(da, 2, 0)[::-1]
    nothing = np.zeros(da.shape[:2])
    done = list(
        accumulate(
            zip(upstream, steps[: len(upstream)][::-1], strict=True),
            lambda after, now: lstm_cell_backward(
                now[0] + after["da_prev"], after["dc_prev"], now[1]
            ),
            initial={"da_prev": nothing, "dc_prev": nothing},
        )
    )[:0:-1]
    gradients = {"dx": np.stack([g["dxt"] for g in done], axis=-1), "da0": done[0]["da_prev"]}
    for name in ("dWf", "dbf", "dWi", "dbi", "dWc", "dbc", "dWo", "dbo"):
        gradients[name] = np.array([g[name] for g in done]).sum(axis=0)
    return gradients


def deques(da, caches):
    from collections import defaultdict, deque

    todo = deque(zip(da.transpose(2, 0, 1), caches[0], strict=False))
    totals, dx = defaultdict(int), deque()
    da_t, dc_t = np.zeros(da.shape[:2]), np.zeros(da.shape[:2])
    while todo:
        upstream, cache = todo.pop()
        g = lstm_cell_backward(upstream + da_t, dc_t, cache)
        da_t, dc_t = g.pop("da_prev"), g.pop("dc_prev")
        dx.appendleft(g.pop("dxt"))
        for name in g:
            totals[name] = totals[name] + g[name]
    return {"dx": np.stack(list(dx), axis=2), "da0": da_t, **totals}


def closure_that_remembers(da, caches):
    steps, x = caches
    names = ("Wf", "bf", "Wi", "bi", "Wc", "bc", "Wo", "bo")
    gradients = {"d" + name: np.zeros(np.shape(steps[0][9][name])) for name in names}
    carried = [np.zeros(da.shape[:2]), np.zeros(da.shape[:2])]

    def step(t):
        g = lstm_cell_backward(carried[0] + da[:, :, t], carried[1], steps[t])
        carried[:] = g["da_prev"], g["dc_prev"]
        for name in gradients:
            np.add(gradients[name], g[name], out=gradients[name])
        return g["dxt"]

    dx = [step(t) for t in reversed(range(da.shape[2]))]
    gradients["dx"] = np.concatenate([each[:, :, None] for each in dx[::-1]], axis=2)
    gradients["da0"] = carried[0]
    return gradients


def a_place_more_for_the_states_before(da, caches):
    steps, x = caches
    n_a, m, T_x = da.shape
    back_a, back_c = np.zeros((2, T_x + 1, n_a, m))
    dx = np.zeros((T_x, x.shape[0], m))
    done = []
    for t in range(T_x - 1, -1, -1):
        g = lstm_cell_backward(da[..., t] + back_a[t + 1], back_c[t + 1], steps[t])
        back_a[t], back_c[t], dx[t] = g["da_prev"], g["dc_prev"], g["dxt"]
        done.append(g)
    dW = {"dW" + gate: sum(g["dW" + gate] for g in done) for gate in "fico"}
    db = {"db" + gate: sum(g["db" + gate] for g in done) for gate in "fico"}
    return {"dx": np.moveaxis(dx, 0, -1), "da0": back_a[0], **dW, **db}


def comprehension(da, caches):
    steps, x = caches
    g = {"da_prev": np.zeros(da.shape[:2]), "dc_prev": np.zeros(da.shape[:2])}
    done = [
        g := lstm_cell_backward(da[:, :, t] + g["da_prev"], g["dc_prev"], steps[t])
        for t in reversed(range(da.shape[2]))
    ]
    columns = {name: [one[name] for one in done] for name in g}
    totals = {name: np.sum(each, 0) for name, each in columns.items() if name[1] in "Wb"}
    return {"dx": np.dstack(columns["dxt"][::-1]), "da0": columns["da_prev"][-1], **totals}


def products_after_the_loop(da, caches):
    steps, (n_a, m, T_x) = caches[0], da.shape
    p = steps[0][-1]
    W = np.stack([p["W" + gate] for gate in "fico"])
    d = np.zeros((4, n_a, m, T_x))
    da_t, dc_t = np.zeros((n_a, m)), np.zeros((n_a, m))
    for t in reversed(range(T_x)):
        _, c, _, c_prev, f, i, g, o, _, _ = steps[t]
        da_t, th = da_t + da[:, :, t], np.tanh(c)
        dc_t = dc_t + da_t * o * (1 - th**2)
        d[0, :, :, t], d[1, :, :, t] = dc_t * c_prev * f * (1 - f), dc_t * g * i * (1 - i)
        d[2, :, :, t], d[3, :, :, t] = dc_t * i * (1 - g**2), da_t * th * o * (1 - o)
        dc_t = dc_t * f
        da_t = np.einsum("gab,gam->bm", W[:, :, :n_a], d[..., t])
    both = np.stack([np.concatenate([step[2], step[8]]) for step in steps[:T_x]], axis=2)
    dW, db = np.einsum("gamt,nmt->gan", d, both), d.sum(axis=(2, 3))[:, :, None]
    gradients = {"dx": np.einsum("gax,gamt->xmt", W[:, :, n_a:], d), "da0": da_t}
    for k, gate in enumerate("fico"):
        gradients["dW" + gate], gradients["db" + gate] = dW[k], db[k]
    return gradients
