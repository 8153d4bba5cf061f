"""A cell goes on behind an import of what is not installed here, with placeholders."""

from __future__ import annotations

import pytest

from tests.kit.sandbox import ISOLATED, cells, sandbox_at

NAME = "not_installed_anywhere"
LACKING = f"No module named '{NAME}'"
DEFINES = "def f():\n    return 7\n"
ONE = f"import {NAME}"
# A cell, and the lines of it that are left out.
CELLS = {
    "an import": (f"{ONE}\n{DEFINES}", [ONE]),
    "under another name": (f"{ONE}.part as p\n{DEFINES}", [f"{ONE}.part as p"]),
    "names from it": (f"from {NAME} import (\n    a,\n)\n{DEFINES}", [f"from {NAME} import ("]),
    "everything in it": (f"from {NAME} import *\n{DEFINES}", [f"from {NAME} import *"]),
    "used at once": (
        f"from {NAME} import drive\ndrive.mount('/content')\n{DEFINES}",
        [f"from {NAME} import drive", "drive.mount('/content')"],
    ),
    "its version is shown": (
        f"{ONE} as n\nprint(n.__version__)\nn\n{DEFINES}",
        [f"{ONE} as n", "print(n.__version__)"],
    ),
    "what it gave is used": (
        f"{ONE} as n\nx = n.read('a')\ny = x + 1\n{DEFINES}",
        [f"{ONE} as n", "x = n.read('a')", "y = x + 1"],
    ),
    "among others": (
        f"import math, {NAME}, sys\nmath.pi, sys.path\n{DEFINES}",
        [f"import math, {NAME}, sys"],
    ),
    "on a line with others": (
        f"a = 1; {ONE}; b = 2\nassert (a, b) == (1, 2)\n{DEFINES}",
        [ONE],
    ),
    "behind letters of several bytes": (f"ä = 'ü'; {ONE}; assert ä\n{DEFINES}", [ONE]),
    "a decorator": (
        f"from {NAME} import jit\n@jit\n{DEFINES}",
        [f"from {NAME} import jit", "@jit"],
    ),
    "one of three decorators": (
        f"import functools\nfrom {NAME} import jit\n"
        f"@functools.cache\n@jit(\n    1)\n@functools.cache\n"
        f"{DEFINES}assert f.cache_info() and f.__wrapped__.cache_info()\n",
        [f"from {NAME} import jit", "@jit("],
    ),
    "in a block": (f"if True:\n    {ONE}\n{DEFINES}", ["if True:"]),
    "in a block with others": (
        f"import sys as n\nwith open('/dev/null'):\n    m = 1\n    import math as n\n"
        f"    {ONE} as p\n"
        f"    import math as q\nn.pi, m + 1, q.pi\n{DEFINES}",
        ["with open('/dev/null'):"],
    ),
    "in annotations": (
        f"from {NAME} import A, B\ndef f(x: A[\n    int\n] = 7) -> B | None:\n    return x\n"
        "y: A.b = 1\nassert y\n",
        [
            f"from {NAME} import A, B",
            "the annotations of def f(x: A[",
            "the annotations of y: A.b = 1",
        ],
    ),
    "as a base class": (
        f"from {NAME} import A\nclass C(A):\n    pass\n{DEFINES}",
        [f"from {NAME} import A", "class C(A):"],
    ),
    "in a cell that is timed": (f"%%time\n{ONE}\n{DEFINES}", [ONE]),
    "beside a magic": (f"%matplotlib inline\n{ONE}\n{DEFINES}", [ONE]),
    "below blank lines": (f"\n\n{ONE}\n{DEFINES}", [ONE]),
}  # fmt: skip


@pytest.mark.parametrize("tier", ISOLATED)
@pytest.mark.parametrize("case", CELLS)
def test_the_rest_of_the_cell_runs(tier: str, case: str) -> None:
    """The function behind it is there, the line is told in the place of the exception."""
    source, left_out = CELLS[case]
    with sandbox_at(tier).job(cells("pass", source)) as job:
        result = job.run()[1]
        assert result.outcome == "ok" and result.execution_count == 2
        assert result.skipped == tuple(f"{line} ({LACKING})" for line in left_out)
        assert [output["output_type"] for output in result.outputs] == ["stream"]
        assert job.call("f", ()).value == 7


@pytest.mark.sandbox
def test_a_placeholder_fails_by_its_name_when_it_is_used() -> None:
    """Every use; its line in the student's cell is known."""
    uses = ("n.read()", "n()", "n[0]", "list(n)", "n + 1", "1 * n", "bool(n)", "n @ n")
    uses += ("1 - n", "n / 2", "n ** 2", "1 | n", "n < 1", "-n", "isinstance(1, n)", "len(n)")
    source = f"import {NAME} as n\n" + "".join(
        f"def f{number}():\n    return {use}\n" for number, use in enumerate(uses)
    )
    with sandbox_at("B").job(cells(source)) as job:
        job.run()
        for number in range(len(uses)):
            error = job.call(f"f{number}", ()).error
            assert error is not None and error.type == "ModuleNotFoundError"
            assert LACKING in error.message and ("c0", 2 * number + 3) in error.through


@pytest.mark.sandbox
def test_code_that_has_something_else_at_hand_goes_its_own_way() -> None:
    """A module that is not there is never in sys.modules, before an import failed and after."""
    falls_back = f"try:\n    import {NAME} as n\nexcept ImportError:\n    n = 5\n"
    looks = f"import sys\ndef f():\n    return [n, '{NAME}' in sys.modules]\n"
    with sandbox_at("B").job(cells(f"import {NAME}\n", falls_back + looks)) as job:
        assert [result.outcome for result in job.run()] == ["ok", "ok"]
        assert job.call("f", ()).value == [5, False]


@pytest.mark.sandbox
@pytest.mark.parametrize("source", ["from math import nothing_such", "1 / 0", "raise ImportError"])
def test_any_other_exception_ends_the_cell(source: str) -> None:
    """Nothing is left out and nothing runs behind it."""
    with sandbox_at("B").job(cells(f"{source}\n{DEFINES}")) as job:
        (result,) = job.run()
        assert result.outcome == "error" and not result.skipped
        assert job.defines(["f"]) == {"f": "missing"}


@pytest.mark.sandbox
def test_a_cell_that_lacks_a_module_over_and_over_ends() -> None:
    """So many lines are left out and no more; what is left is its exception."""
    source = f"import {NAME} as n\n" + "n.x\n" * 40 + DEFINES
    with sandbox_at("B").job(cells(source)) as job:
        (result,) = job.run()
        assert result.outcome == "error" and len(result.skipped) == 20
