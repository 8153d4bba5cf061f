"""The two-way functions against PyTorch's nn.LSTM(bidirectional=True), forwards and backwards.

An LSTM takes the GRU's place in them: nn.GRU has other conventions, of the reset and of the update
gate, and is not compared with.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.content.two_ways import lesson, source

pytestmark = pytest.mark.crosscheck
TOLERANCE = 1e-10
LENGTHS = np.array([5, 2, 4])


@pytest.fixture(scope="module")
def torch() -> Any:
    """PyTorch with float64 as its default."""
    module = pytest.importorskip("torch", reason="install the extra crosscheck")
    module.set_default_dtype(module.float64)
    return module


def with_lstm() -> dict[str, Any]:
    """The two-way functions, reading with the given LSTM."""
    names = lesson()
    names["gru_forward"], names["gru_backward"] = names["memory_forward"], names["memory_backward"]
    for name in ("two_way_forward", "two_way_backward"):
        exec(compile(source().function_source(name), f"<{name}>", "exec"), names)
    return names


def theirs(rows: Any) -> Any:
    """Gates in PyTorch's order: input, forget, candidate, output."""
    forget, update, candidate, output = np.split(rows, 4)
    return np.concatenate([update, forget, candidate, output])


def network(torch: Any, readers: list[Any], n_x: int, n_a: int) -> Any:
    """nn.LSTM with the parameters of two readers; its second biases are zero."""
    made = torch.nn.LSTM(n_x, n_a, bidirectional=True)
    for reader, end in zip(readers, ("", "_reverse"), strict=True):
        for kind, value in (
            ("weight_ih", reader["Wx"]),
            ("weight_hh", reader["Wa"]),
            ("bias_ih", reader["b"][:, 0]),
            ("bias_hh", 0 * reader["b"][:, 0]),
        ):
            getattr(made, f"{kind}_l0{end}").data = torch.tensor(theirs(value))
    return made


def test_two_readers_are_torchs_bidirectional_lstm(torch: Any) -> None:
    """States where sequences have steps, and the gradients of inputs, first states and weights."""
    names, rng, (n_x, n_a, m, T_x) = with_lstm(), np.random.default_rng(5), (3, 4, 3, 5)
    readers = [names["new_memory"](4, n_x, n_a, rng, 0.5) for _ in range(2)]
    x, a0 = rng.standard_normal((n_x, m, T_x)), rng.standard_normal((2 * n_a, m))
    counts = (np.arange(T_x) < LENGTHS[:, None]).astype(float)
    da = rng.standard_normal((2 * n_a, m, T_x)) * counts
    a, caches = names["two_way_forward"](x, LENGTHS, a0, *readers)
    mine = names["two_way_backward"](da, caches)

    lstm = network(torch, readers, n_x, n_a)
    x_in = torch.tensor(np.ascontiguousarray(x.transpose(2, 1, 0)), requires_grad=True)
    first = torch.tensor(np.ascontiguousarray(a0.reshape(2, n_a, m).transpose(0, 2, 1)))
    first.requires_grad_()
    pack = torch.nn.utils.rnn.pack_padded_sequence(x_in, LENGTHS, enforce_sorted=False)
    outputs, _ = lstm(pack, (first, torch.zeros_like(first)))
    padded, _ = torch.nn.utils.rnn.pad_packed_sequence(outputs)
    (padded * torch.tensor(np.ascontiguousarray(da.transpose(2, 1, 0)))).sum().backward()

    def close(own: Any, other: Any) -> bool:
        return bool(np.linalg.norm(own - np.asarray(other)) < TOLERANCE * np.linalg.norm(own))

    assert close((a * counts).transpose(2, 1, 0), padded.detach())
    assert close(mine["dx"].transpose(2, 1, 0), x_in.grad)
    assert close(mine["da0"].reshape(2, n_a, m).transpose(0, 2, 1), first.grad)
    for part, end in (("dleft", ""), ("dright", "_reverse")):
        for name, kind in (("dWx", "weight_ih"), ("dWa", "weight_hh")):
            assert close(theirs(mine[part][name]), getattr(lstm, f"{kind}_l0{end}").grad)
        assert close(theirs(mine[part]["db"])[:, 0], getattr(lstm, f"bias_ih_l0{end}").grad)
