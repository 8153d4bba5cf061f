"""What is read out of a cell's text without running it."""

from __future__ import annotations

import pytest

from grader.assignment.python_cells import LONGEST_PARSED, definitions_only

CUT = {
    "def f():\n    return 1\nf()": "def f():\n    return 1",
    "%time\nimport numpy as np  # why\nx = 1": "%time\nimport numpy as np  # why",
    "x = 1\nclass A:\n    b = 2\n\nwhile True: pass": "x = 1\nclass A:\n    b = 2",
    "@d\ndef f(): pass\r\nf()\r\n": "@d\ndef f(): pass",
    "def f(): return '''\n\x0c\n'''\nf()": "def f(): return '''\n\x0c\n'''",
    "def f():\n    return 1\n": "",
    "x = 1\nwhile True: pass": "",
    "def f(:": "",
    "": "",
    "def f(): pass\n" + "x = 1\n" * LONGEST_PARSED: "",
}


@pytest.mark.parametrize("source", CUT)
def test_a_cell_is_cut_down_to_what_it_defines(source: str) -> None:
    """Up to the last definition or import, line by line as it was; nothing when that is all."""
    assert definitions_only(source) == CUT[source]
