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
