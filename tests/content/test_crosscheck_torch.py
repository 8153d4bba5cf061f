"""The references against PyTorch's nn.RNN and nn.LSTM, forwards and backwards."""

import numpy as np
import pytest

from tests.kit.solution import SPEC, functions

pytestmark = pytest.mark.crosscheck
TOLERANCE = 1e-10
NAMES = ("random sizes", "m = 1", "T_x = 1", "a longer sequence")
# PyTorch stacks its gates input, forget, candidate, output; "i" is the update gate here.
GATES = "ifco"


@pytest.fixture(scope="module")
def torch():
    """PyTorch with float64 as its default."""
    module = pytest.importorskip("torch", reason="install the extra crosscheck")
    module.set_default_dtype(module.float64)
    return module


def cases(name):
    """Backward cases whose forward inputs both libraries are given."""
    drawn = SPEC.exercise(name).cases(np.random.default_rng(5), functions())
    return [case for case in drawn if case.name in NAMES or case.name.startswith("da with")]


def error(mine, theirs):
    """Whole-array relative error."""
    mine, theirs = np.asarray(mine), np.asarray(theirs)
    assert mine.shape == theirs.shape
    size = np.linalg.norm(mine) + np.linalg.norm(theirs)
    return np.linalg.norm(mine - theirs) / max(size, 1e-300)


def time_first(array):
    """From (size, m, T_x) to PyTorch's (T_x, m, size)."""
    return np.ascontiguousarray(array.transpose(2, 1, 0))


def run(torch, network, x, states):
    """Run a one-layer network; return the inputs that take gradients, and all hidden states."""
    x_in = torch.tensor(time_first(x), requires_grad=True)
    state_in = torch.tensor(np.ascontiguousarray(states.T)[None], requires_grad=True)
    initial = state_in
    if isinstance(network, torch.nn.LSTM):
        initial = (state_in, torch.zeros_like(state_in))
    outputs, last = network(x_in, initial)
    return x_in, state_in, outputs, last


def weigh(torch, outputs, da):
    """Send da back through the first steps that it speaks of."""
    upstream = torch.tensor(time_first(da))
    (outputs[: da.shape[2]] * upstream).sum().backward()


def rnn_network(torch, parameters):
    """nn.RNN with the parameters of a case; its second bias is zero."""
    n_a, n_x = parameters["Wax"].shape
    network = torch.nn.RNN(n_x, n_a)
    with torch.no_grad():
        network.weight_ih_l0.copy_(torch.tensor(parameters["Wax"]))
        network.weight_hh_l0.copy_(torch.tensor(parameters["Waa"]))
        network.bias_ih_l0.copy_(torch.tensor(parameters["ba"][:, 0]))
        network.bias_hh_l0.zero_()
    return network


def lstm_network(torch, parameters):
    """nn.LSTM with the parameters of a case; its second bias is zero."""
    n_a = parameters["Wf"].shape[0]
    stacked = np.concatenate([parameters["W" + gate] for gate in GATES])
    network = torch.nn.LSTM(stacked.shape[1] - n_a, n_a)
    with torch.no_grad():
        network.weight_hh_l0.copy_(torch.tensor(stacked[:, :n_a]))
        network.weight_ih_l0.copy_(torch.tensor(stacked[:, n_a:]))
        bias = np.concatenate([parameters["b" + gate] for gate in GATES])
        network.bias_ih_l0.copy_(torch.tensor(bias[:, 0]))
        network.bias_hh_l0.zero_()
    return network


def test_rnn_forwards_and_backwards(torch):
    """All hidden states and all gradients of the RNN agree with nn.RNN to 1e-10."""
    for case in cases("rnn_backward"):
        x, a0, parameters = case.forward.arguments
        da = case.arguments[0]
        network = rnn_network(torch, parameters)
        x_in, a_in, outputs, _ = run(torch, network, x, a0)
        a = functions()["rnn_forward"](x, a0, parameters)[0]
        assert error(time_first(a), outputs.detach()) < TOLERANCE
        weigh(torch, outputs, da)
        mine = functions()["rnn_backward"](*case.arguments)
        steps = da.shape[2]
        pairs = {
            "dx": (time_first(mine["dx"]), x_in.grad[:steps]),
            "da0": (mine["da0"].T, a_in.grad[0]),
            "dWax": (mine["dWax"], network.weight_ih_l0.grad),
            "dWaa": (mine["dWaa"], network.weight_hh_l0.grad),
            "dba": (mine["dba"][:, 0], network.bias_ih_l0.grad),
        }
        for name, (ours, theirs) in pairs.items():
            assert error(ours, theirs) < TOLERANCE, (case.name, name)
        assert x_in.grad[steps:].abs().sum() == 0


def test_lstm_forwards_and_backwards(torch):
    """All states and all gradients of the LSTM agree with nn.LSTM to 1e-10."""
    for case in cases("lstm_backward"):
        x, a0, parameters = case.forward.arguments
        da = case.arguments[0]
        network = lstm_network(torch, parameters)
        x_in, a_in, outputs, (_, last_cell) = run(torch, network, x, a0)
        a, _, c, _ = functions()["lstm_forward"](x, a0, parameters)
        assert error(time_first(a), outputs.detach()) < TOLERANCE
        assert error(c[:, :, -1].T, last_cell[0].detach()) < TOLERANCE
        weigh(torch, outputs, da)
        mine = functions()["lstm_backward"](*case.arguments)
        n_a, _, steps = da.shape
        dW = np.concatenate([mine["dW" + gate] for gate in GATES])
        db = np.concatenate([mine["db" + gate] for gate in GATES])
        pairs = {
            "dx": (time_first(mine["dx"]), x_in.grad[:steps]),
            "da0": (mine["da0"].T, a_in.grad[0]),
            "dW of a": (dW[:, :n_a], network.weight_hh_l0.grad),
            "dW of x": (dW[:, n_a:], network.weight_ih_l0.grad),
            "db": (db[:, 0], network.bias_ih_l0.grad),
        }
        for name, (ours, theirs) in pairs.items():
            assert error(ours, theirs) < TOLERANCE, (case.name, name)


@pytest.mark.parametrize("kind", ["rnn", "lstm"])
def test_predictions_are_torchs_softmax(torch, kind):
    """The predictions are softmax of an affine map of the hidden state, class by class."""
    for case in cases(f"{kind}_backward"):
        x, a0, parameters = case.forward.arguments
        a, y = functions()[f"{kind}_forward"](x, a0, parameters)[:2]
        weights = torch.tensor(parameters.get("Wya", parameters.get("Wy")))
        scores = torch.einsum("ya,amt->ymt", weights, torch.tensor(a))
        theirs = torch.softmax(scores + torch.tensor(parameters["by"])[:, :, None], dim=0)
        assert error(y, theirs) < TOLERANCE, case.name


@pytest.mark.parametrize("kind", ["rnn", "lstm"])
def test_one_step_is_torchs_cell(torch, kind):
    """One step with non-zero states agrees with nn.RNNCell and nn.LSTMCell, gradients included."""
    for case in cases(f"{kind}_cell_backward"):
        xt, *states, parameters = case.forward.arguments
        cell = (torch.nn.RNNCell if kind == "rnn" else torch.nn.LSTMCell)(len(xt), len(states[0]))
        network = (rnn_network if kind == "rnn" else lstm_network)(torch, parameters)
        with torch.no_grad():
            for mine, theirs in zip(cell.parameters(), network.parameters(), strict=True):
                mine.copy_(theirs)
        inputs = [
            torch.tensor(np.ascontiguousarray(v.T), requires_grad=True) for v in (xt, *states)
        ]
        results = cell(inputs[0], inputs[1] if kind == "rnn" else (inputs[1], inputs[2]))
        results = [results] if kind == "rnn" else list(results)
        upstream = case.arguments[:-1]
        loss = sum(
            (out * torch.tensor(np.ascontiguousarray(up.T))).sum()
            for out, up in zip(results, upstream, strict=True)
        )
        loss.backward()
        gradients = functions()[f"{kind}_cell_backward"](*case.arguments)
        names = ("dxt", "da_prev", "dc_prev")[: len(inputs)]
        for name, theirs in zip(names, inputs, strict=True):
            assert error(gradients[name].T, theirs.grad) < TOLERANCE, (case.name, name)
