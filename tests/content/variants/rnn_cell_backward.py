"""Right ways to write ``rnn_cell_backward``; each function is one student's style."""

import numpy as np


def plain(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    Wax = parameters["Wax"]
    Waa = parameters["Waa"]
    dtanh = (1 - np.square(a_next)) * da_next
    dxt = np.dot(Wax.T, dtanh)
    dWax = np.dot(dtanh, xt.T)
    da_prev = np.dot(Waa.T, dtanh)
    dWaa = np.dot(dtanh, a_prev.T)
    dba = np.sum(dtanh, keepdims=True, axis=-1)
    gradients = {"dxt": dxt, "da_prev": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}
    return gradients


def one_expression(da_next, cache):
    a_next, a_prev, xt, p = cache
    d = da_next - a_next**2 * da_next
    return {
        "dxt": p["Wax"].T @ d,
        "da_prev": p["Waa"].T @ d,
        "dWax": d @ xt.T,
        "dWaa": d @ a_prev.T,
        "dba": d.sum(axis=1, keepdims=True),
    }


def product_of_conjugates(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    d = (1 + a_next) * (1 - a_next) * da_next
    dxt, da_prev = parameters["Wax"].T @ d, parameters["Waa"].T @ d
    dWax, dWaa = d @ xt.T, d @ a_prev.T
    dba = np.sum(d, axis=1)[:, np.newaxis]
    return dict(dxt=dxt, da_prev=da_prev, dWax=dWax, dWaa=dWaa, dba=dba)


def joined_inputs(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    n_a = a_prev.shape[0]
    d = da_next * (1 - a_next**2)
    weights = np.hstack([parameters["Waa"], parameters["Wax"]])
    d_inputs = weights.T @ d
    d_weights = d @ np.vstack([a_prev, xt]).T
    return {
        "dxt": d_inputs[n_a:],
        "da_prev": d_inputs[:n_a],
        "dWax": d_weights[:, n_a:],
        "dWaa": d_weights[:, :n_a],
        "dba": np.sum(d, 1).reshape(-1, 1),
    }


def recomputed_forward(da_next, cache):
    _, a_prev, xt, parameters = cache
    z = parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"]
    d = da_next / np.cosh(z) ** 2
    gradients = {}
    gradients["dxt"] = parameters["Wax"].T @ d
    gradients["dWax"] = d @ xt.T
    gradients["da_prev"] = parameters["Waa"].T @ d
    gradients["dWaa"] = d @ a_prev.T
    gradients["dba"] = d @ np.ones((d.shape[1], 1))
    return gradients


def transposed_products(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    d = (1 - a_next * a_next) * da_next
    dxt = (d.T @ parameters["Wax"]).T
    da_prev = (d.T @ parameters["Waa"]).T
    dWax = (xt @ d.T).T
    dWaa = (a_prev @ d.T).T
    dba = np.add.reduce(d, axis=1, keepdims=True)
    return {"dxt": dxt, "da_prev": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def example_by_example(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    dWax, dWaa, dba = (np.zeros(parameters[name].shape) for name in ("Wax", "Waa", "ba"))
    dxt, da_prev = np.zeros(xt.shape), np.zeros(a_prev.shape)
    for i in range(xt.shape[1]):
        d = (1 - a_next[:, i] ** 2) * da_next[:, i]
        dxt[:, i] = parameters["Wax"].T.dot(d)
        da_prev[:, i] = parameters["Waa"].T.dot(d)
        dWax += np.outer(d, xt[:, i])
        dWaa += np.outer(d, a_prev[:, i])
        dba[:, 0] += d
    return {"dxt": dxt, "da_prev": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def in_place_on_own_array(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    d = np.array(a_next)
    d **= 2
    np.subtract(1, d, out=d)
    d *= da_next
    dba = d.mean(axis=1, keepdims=True) * d.shape[1]
    return {
        "dba": dba,
        "dWaa": d @ a_prev.T,
        "dWax": d @ xt.T,
        "da_prev": parameters["Waa"].T @ d,
        "dxt": parameters["Wax"].T @ d,
    }


def more_keys_than_asked_for(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    dtanh = (1 - a_next**2) * da_next
    return {
        "dtanh": dtanh,
        "dxt": parameters["Wax"].T @ dtanh,
        "da_prev": parameters["Waa"].T @ dtanh,
        "dWax": dtanh @ xt.T,
        "dWaa": dtanh @ a_prev.T,
        "dba": np.sum(dtanh, axis=1, keepdims=True),
    }


def einsums(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    d = np.einsum("am,am->am", 1 - a_next**2, da_next)
    return {
        "dxt": np.einsum("ax,am->xm", parameters["Wax"], d),
        "da_prev": np.einsum("ab,am->bm", parameters["Waa"], d),
        "dWax": np.einsum("am,xm->ax", d, xt),
        "dWaa": np.einsum("am,bm->ab", d, a_prev),
        "dba": np.einsum("am->a", d)[:, None],
    }


def tensordots(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    d = da_next * (1 - a_next**2)
    back = lambda name: np.tensordot(parameters[name], d, axes=(0, 0))  # noqa: E731
    onto = lambda inputs: np.tensordot(d, inputs, axes=(1, 1))  # noqa: E731
    dba = np.expand_dims(d.sum(axis=1), 1)
    return dict(dxt=back("Wax"), da_prev=back("Waa"), dWax=onto(xt), dWaa=onto(a_prev), dba=dba)


def loop_over_both_inputs(da_next, cache):
    (a_next, a_prev, xt, parameters), gradients = cache, {}
    d = da_next - da_next * np.square(a_next)
    for inputs, weights, wanted in ((xt, "Wax", "dxt"), (a_prev, "Waa", "da_prev")):
        gradients[wanted] = parameters[weights].T @ d
        gradients["d" + weights] = d @ inputs.T
    gradients["dba"] = d.sum(axis=1, keepdims=True)
    return gradients


def jacobian_of_each_example(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    Wax, Waa, m = parameters["Wax"], parameters["Waa"], xt.shape[1]
    g = {"dWax": 0.0, "dWaa": 0.0, "dba": 0.0}
    dxt, da_prev = [], []
    for k in range(m):
        jacobian = np.diag(1 - a_next[:, k] ** 2)
        dz = jacobian @ da_next[:, k : k + 1]
        dxt.append((jacobian @ Wax).T @ da_next[:, k : k + 1])
        da_prev.append((jacobian @ Waa).T @ da_next[:, k : k + 1])
        g["dWax"] = g["dWax"] + dz @ xt[:, k : k + 1].T
        g["dWaa"] = g["dWaa"] + dz @ a_prev[:, k : k + 1].T
        g["dba"] = g["dba"] + dz
    return {"dxt": np.hstack(dxt), "da_prev": np.hstack(da_prev), **g}


def outer_products_summed(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    d = [(1 - a**2) * da for a, da in zip(a_next.T, da_next.T, strict=True)]
    return {
        "dxt": np.array([np.dot(one, parameters["Wax"]) for one in d]).T,
        "da_prev": np.array([np.dot(one, parameters["Waa"]) for one in d]).T,
        "dWax": sum(np.outer(one, x) for one, x in zip(d, xt.T, strict=True)),
        "dWaa": sum(np.outer(one, a) for one, a in zip(d, a_prev.T, strict=True)),
        "dba": sum(one[:, None] for one in d),
    }


def broadcast_and_summed(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    d = (1 - a_next**2) * da_next
    return {
        "dxt": (parameters["Wax"][:, :, None] * d[:, None, :]).sum(axis=0),
        "da_prev": (parameters["Waa"][:, :, None] * d[:, None, :]).sum(axis=0),
        "dWax": (d[:, None, :] * xt[None, :, :]).sum(axis=-1),
        "dWaa": (d[:, None, :] * a_prev[None, :, :]).sum(axis=-1),
        "dba": np.vstack([row.sum() for row in d]),
    }


def all_parameters_in_one_product(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    n_x, n_a, m = *parameters["Wax"].T.shape, xt.shape[1]
    d = np.multiply(1 - np.power(a_next, 2), da_next)
    dWax, dWaa, dba = np.hsplit(d @ np.vstack([xt, a_prev, np.ones((1, m))]).T, [n_x, n_x + n_a])
    dxt, da_prev = np.split(np.c_[parameters["Wax"], parameters["Waa"]].T @ d, [n_x])
    return {"dxt": dxt, "da_prev": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def helpers_inside(da_next, cache):
    a_next, a_prev, xt, parameters = cache

    def through_tanh(upstream):
        return upstream * (1 - a_next * a_next)

    def through_product(weights, inputs, upstream):
        return upstream @ inputs.T, weights.T @ upstream

    dz = through_tanh(da_next)
    dWax, dxt = through_product(parameters["Wax"], xt, dz)
    dWaa, da_prev = through_product(parameters["Waa"], a_prev, dz)
    dba, _ = through_product(parameters["ba"], np.ones((1, dz.shape[1])), dz)
    return {"dxt": dxt, "da_prev": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def results_into_own_arrays(da_next, cache):
    a_next, a_prev, xt, parameters = cache
    gradients = {"dxt": np.empty(xt.shape), "da_prev": np.empty(a_prev.shape)}
    for name in ("Wax", "Waa", "ba"):
        gradients["d" + name] = np.empty(parameters[name].shape)
    dz = np.multiply(a_next, a_next)
    np.negative(dz, out=dz)
    dz += 1
    dz *= da_next
    np.matmul(parameters["Wax"].T, dz, out=gradients["dxt"])
    np.matmul(parameters["Waa"].T, dz, out=gradients["da_prev"])
    np.matmul(dz, xt.T, out=gradients["dWax"])
    np.matmul(dz, a_prev.T, out=gradients["dWaa"])
    np.sum(dz, axis=1, keepdims=True, out=gradients["dba"])
    return gradients
