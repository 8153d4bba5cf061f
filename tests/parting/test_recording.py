"""A report from a process that nobody trusts has its form, or is none."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.instrument.recorder import Recorder
from grader.instrument.traced import traced
from grader.instrument.weave import woven
from grader.parting.recording import NotTold, read

SOURCE = "def g(v):\n    return v * 2\ndef f(x):\n    y = g(x)\n    n = len(y)\n    return y, n\n"
MADE = woven(SOURCE, ["f"])


def report() -> dict:
    """A report as it comes, to be tampered with."""
    names = {"np": np, "len": len}
    call = traced(MADE.text, Recorder(MADE.needed), names, (), {}, lambda space: space["f"])
    told = json.loads(call(np.arange(6.0).reshape(2, 3))["report"])
    assert isinstance(told, dict)
    return told


def taken(told: dict):
    """Read a report."""
    return read(json.dumps(told), MADE.places, None)


def test_a_report_is_read() -> None:
    """Records, helpers and what came back."""
    recording = taken(report())
    assert [recording.op(record) for record in recording.records] == ["", "Mult", "g"]
    assert recording.records[1].inputs == (0,) and recording.records[1].via == 0
    assert recording.sizes == (("n", 5, 2),) and recording.changed is None


def not_finite(sketches: str) -> str:
    """The numbers of all sketches, one of them none."""
    numbers = np.frombuffer(base64.b64decode(sketches)).copy()
    numbers[0] = np.nan
    return base64.b64encode(numbers.tobytes()).decode()


TAMPERED = {
    "made of a later one": lambda told: told["records"][0][5].append(1),
    "made of none": lambda told: told["records"][1][5].append(-1),
    "an operand that is not there": lambda told: told["records"][1].__setitem__(6, [[9]]),
    "another place": lambda told: told["records"][1].__setitem__(0, 99),
    "no place": lambda told: told["records"][1].__setitem__(0, -2),
    "a sketch of another shape": lambda told: told["records"][1].__setitem__(4, 4),
    "fewer numbers than the sketches have": lambda told: told.__setitem__("sketches", "AAAAAAAA"),
    "no number": lambda told: told.__setitem__("sketches", not_finite(told["sketches"])),
    "no shape": lambda told: told["records"][1].__setitem__(1, [-1]),
    "many axes": lambda told: told["records"][1].__setitem__(1, [2] * 50),
    "no scale": lambda told: told["records"][1].__setitem__(3, -1.0),
    "a word for a number": lambda told: told["records"][1].__setitem__(3, "much"),
    "a helper that is not there": lambda told: told["records"][1].__setitem__(9, 7),
    "a helper called by itself": lambda told: told["own_calls"][0].__setitem__(3, 0),
    "what came back is not there": lambda told: told["returned"][1].__setitem__("last", 77),
    "written at another place": lambda told: told["changed"].append(99),
    "bound to nothing": lambda told: told["bindings"].append(["y", 1, 50]),
    "no calls": lambda told: told.__delitem__("calls"),
    "too many": lambda told: told.__setitem__("records", told["records"] * 2_000),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_malformed_is_refused(what: str) -> None:
    """Numbers point at what is there and earlier; everything has its type and its bounds."""
    told = report()
    TAMPERED[what](told)
    with pytest.raises(NotTold):
        taken(told)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_anything_in_the_place_of_anything_is_read_or_refused(data) -> None:
    """No other exception than the refusal, whatever stands where."""
    told = report()
    key = data.draw(st.sampled_from(sorted(told)))
    told[key] = data.draw(JSON)
    try:
        taken(told)
    except NotTold:
        return


def test_what_is_no_json_is_refused() -> None:
    """Nor what is too long."""
    for text in ("", "[" * 100_000, "{}", "null", " " * (5 << 20)):
        with pytest.raises(NotTold):
            read(text, MADE.places)
