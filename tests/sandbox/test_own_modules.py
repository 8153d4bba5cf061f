"""The kit's own modules are compiled once for all jobs; what a cell writes, as it is."""

from __future__ import annotations

import pytest

from grader.sandbox import Sandbox, run_cells
from tests.kit.sandbox import EVERY, cells, printed, sandbox_at

pytestmark = pytest.mark.parametrize("tier", EVERY)

HELPER = b"""def half(x):
    return x / 2


def fails():
    1 / 0
"""
# Without the function that compiles, no module could be imported that has not been compiled.
UNCOMPILED = """import builtins
was, builtins.compile = builtins.compile, None
try:
    import helper
finally:
    builtins.compile = was
print(helper.half(3.0))
"""


def run_with(sandbox: Sandbox, files: dict[str, bytes], *sources: str) -> list[str]:
    """What cells print beside these files."""
    job, results = run_cells(sandbox, cells(*sources), files)
    job.close()
    return [printed(result) for result in results]


def test_a_module_of_the_kits_is_not_compiled_in_a_job(tier: str) -> None:
    """It is what its file says, under its own path, and leaves nothing in the folder."""
    sandbox = sandbox_at(tier)
    looks = (
        "import inspect, os\nprint(helper.__file__ == os.path.abspath('helper.py'))\n"
        "print(helper.half.__code__.co_filename == helper.__file__)\n"
        "print(inspect.getsource(helper.half).splitlines()[0], sorted(os.listdir()))"
    )
    told = run_with(sandbox, {"helper.py": HELPER}, UNCOMPILED, looks)
    assert told == ["1.5\n", "True\nTrue\ndef half(x): ['helper.py']\n"]


def test_an_exception_in_it_shows_its_lines(tier: str) -> None:
    """A traceback finds the text of a module that was compiled elsewhere."""
    job, results = run_cells(
        sandbox_at(tier), cells("import helper\nhelper.fails()"), {"helper.py": HELPER}
    )
    job.close()
    trace = "\n".join(results[0].outputs[0]["traceback"])
    assert "1 / 0" in trace and "helper.py" in trace


def test_what_a_cell_writes_over_it_counts(tier: str) -> None:
    """A student's own version of a module is the one that is imported."""
    write = "open('helper.py', 'w').write('def half(x):\\n    return x / 4\\n')"
    uses = "import helper\nprint(helper.half(3.0))"
    assert run_with(sandbox_at(tier), {"helper.py": HELPER}, write, uses)[-1] == "0.75\n"


@pytest.mark.parametrize("text", [b"def half(x:\n", b"x = '\\d'\n", b"x = \0", b"\xff\xfe"])
def test_what_is_no_module_is_an_error_of_the_import_alone(tier: str, text: bytes) -> None:
    """What does not compile, or warns, does so where it is imported, and ends no worker."""
    sandbox = sandbox_at(tier)
    uses = "try:\n    import helper\n    print('there')\nexcept Exception:\n    print('not')"
    told = run_with(sandbox, {"helper.py": text}, uses)
    assert told[0].endswith("there\n" if text.startswith(b"x = '") else "not\n")
    assert run_with(sandbox, {"helper.py": HELPER}, UNCOMPILED) == ["1.5\n"]
