"""Cells run in the sandbox as they do in a notebook, and their outputs come back safe."""

from __future__ import annotations

import base64
import re
import sys
import time
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.sandbox import CellResult, CellSource, Limits, Sandbox, SandboxError, run_cells
from tests.kit.sandbox import EVERY, LIMITS, cells, printed, raised, run, run_once, sandbox_at

pytestmark = pytest.mark.parametrize("tier", EVERY)


def test_outputs_of_a_cell_are_what_a_notebook_shows(tier: str) -> None:
    """Prints, the last expression and warnings become nbformat outputs, in order."""
    (result,) = run_once(
        sandbox_at(tier), "import warnings\nprint('one')\nwarnings.warn('two')\n[3, 4]"
    )
    assert result.outcome == "ok"
    assert result.execution_count == 1
    first, second, third = result.outputs
    assert first == {"output_type": "stream", "name": "stdout", "text": "one\n"}
    assert second["name"] == "stderr"
    assert "two" in second["text"]
    assert third["output_type"] == "execute_result"
    assert third["data"] == {"text/plain": "[3, 4]"}


def test_names_persist_between_cells(tier: str) -> None:
    """A name that one cell sets is there in the next, and Out and In work."""
    results = run_once(sandbox_at(tier), "x = 20", "x + 1", "print(_, Out[2], In[1])")
    assert printed(results[2]) == "21 21 x = 20\n"


def test_exceptions_are_shown_and_the_next_cell_runs(tier: str) -> None:
    """A cell that raises shows its traceback; the notebook goes on."""
    results = run_once(sandbox_at(tier), "def f():\n    return 1 / 0\nf()", "x = 1", "1 +")
    assert [result.outcome for result in results] == ["error", "ok", "error"]
    assert raised(results[0]) == "ZeroDivisionError"
    assert "line 2" in "\n".join(results[0].outputs[0]["traceback"])
    assert raised(results[2]) == "SyntaxError"


@pytest.mark.parametrize("backend", ["", "import matplotlib\nmatplotlib.use('Agg')\n"])
def test_figures_come_back_as_png(tier: str, backend: str) -> None:
    """A figure that is open at the end of a cell is shown, once, whatever the backend."""
    source = backend + "import matplotlib.pyplot as plt\nfig = plt.figure()\nplt.plot([1, 2]);"
    first, second = run_once(sandbox_at(tier), source, "print('next')")
    images = [out["data"]["image/png"] for out in first.outputs if "data" in out]
    assert len([image for image in images if image]) == 1
    assert base64.b64decode(images[0]).startswith(b"\x89PNG")
    assert [out["output_type"] for out in second.outputs] == ["stream"]


def test_what_draws_is_there_for_whoever_names_it(tier: str) -> None:
    """It is imported once a cell names it; who hides the name has it imported in the fork."""
    hides = "import importlib, sys\nname = 'matp' 'lotlib.pyp' 'lot'\n"
    asks = hides + "print(name in sys.modules)"
    draws = hides + "plt = importlib.import_module(name)\n_ = getattr(plt, 'pl' 'ot')([1, 2])"
    with Sandbox(Limits(), tier) as sandbox:
        assert printed(run_once(sandbox, asks)[0]) == "False\n"
        hidden, _ = run_once(sandbox, draws, "print('next')")
        assert printed(run_once(sandbox, asks)[0]) == "False\n"
        named, _ = run_once(sandbox, "# a plot\n" + draws, "print('next')")
        assert printed(run_once(sandbox, asks + "  # plot")[0]) == "True\n"
    assert "image/png" in hidden.outputs[0]["data"]
    assert hidden.outputs == named.outputs


def test_html_and_script_in_outputs_stay_behind(tier: str) -> None:
    """Of a rich object only its plain text is kept."""
    source = (
        "from IPython.display import HTML, Javascript, SVG, display\n"
        "display(HTML('<script>alert(1)</script>'))\n"
        "display({'text/html': '<b>', 'application/javascript': 'x'}, raw=True)\n"
        "Javascript('alert(2)')"
    )
    (result,) = run_once(sandbox_at(tier), source)
    shown = [out["data"] for out in result.outputs]
    assert len(shown) == 3
    assert all(set(data) == {"text/plain"} for data in shown)
    assert "alert" not in repr(result)


def test_shell_lines_do_nothing_and_are_listed(tier: str) -> None:
    """A shell line says that it is not run; the rest of its cell runs."""
    sources = (
        "!touch made\n%pip install numpy\nfiles = !ls\n%cd ..\nget_ipython().system('id')\nx = 5",
        "%%bash\nrm -rf /",
        "import os\nprint(x, os.listdir(), files)",
    )
    first, second, third = run_once(sandbox_at(tier), *sources)
    assert first.outcome == second.outcome == "ok"
    assert first.skipped == ("!touch made", "%pip install numpy", "!ls", "%cd ..", "!id")
    assert second.skipped == ("%%bash rm -rf /",)
    assert "not run here: !touch made" in printed(first)
    assert printed(third) == "5 [] []\n"


def test_magics_and_help_work(tier: str) -> None:
    """What notebooks use of IPython works: %matplotlib, %timeit, %%time, ?, await."""
    sources = ("%matplotlib inline", "%timeit -n1 -r1 1+1", "%%time\nx=1", "len?")
    sources += ("import asyncio\nawait asyncio.sleep(0)\nprint('slept')",)
    results = run_once(sandbox_at(tier), *sources)
    assert [result.outcome for result in results] == ["ok"] * 5
    assert "loop" in printed(results[1])
    assert "number of items" in printed(results[3])
    assert printed(results[4]) == "slept\n"


def test_input_raises_at_once(tier: str) -> None:
    """Nobody sits there to answer."""
    (result,) = run_once(sandbox_at(tier), "input('name? ')")
    assert raised(result) == "StdinNotImplementedError"


def test_files_lie_beside_the_notebook(tier: str) -> None:
    """Files that the judge gives can be imported and read; the student's own can be written."""
    source = "import rnn_utils, os\nopen('mine', 'w').write('x')\nprint(rnn_utils.one)"
    source += "\nprint(sorted(os.listdir()))"
    job, results = run(sandbox_at(tier), source, files={"rnn_utils.py": b"one = 1\n"})
    job.close()
    assert printed(results[0]) == "1\n['mine', 'rnn_utils.py']\n"


def test_selfcheck_is_inert(tier: str) -> None:
    """The student's check can be called, and says nothing."""
    source = "from selfcheck import check, summary\ncheck('f', None)\nsummary()"
    (result,) = run_once(sandbox_at(tier), source)
    assert (result.outcome, result.outputs) == ("ok", ())


def test_output_is_cut_and_says_so(tier: str) -> None:
    """More text than the limit is cut with a note; the cell itself is unharmed."""
    source = "for _ in range(1000):\n    print('x' * 100_000)\ndone = 1"
    first, second = run_once(sandbox_at(tier), source, "done")
    assert first.outcome == "ok"
    text = printed(first)
    assert len(text) < 80_000
    assert "output cut" in text
    assert second.outputs[0]["data"] == {"text/plain": "1"}


def test_displays_are_counted(tier: str) -> None:
    """Only so many displays of a cell are kept."""
    (result,) = run_once(sandbox_at(tier), "for n in range(1000):\n    display(n)")
    shown = [out for out in result.outputs if out["output_type"] == "display_data"]
    assert len(shown) == Limits().display_calls
    assert "displays are kept" in repr(result.outputs[-1])


def test_descriptors_one_and_two_lead_nowhere(tier: str) -> None:
    """What is written past sys.stdout is lost, not mixed into anything."""
    (result,) = run_once(sandbox_at(tier), "import os\nos.write(1, b'x')\nos.write(2, b'y')\n7")
    assert [out["output_type"] for out in result.outputs] == ["execute_result"]


def test_jobs_draw_the_same_random_numbers(tier: str) -> None:
    """A function that draws without a seed gets the same verdict twice, on another worker too."""
    source = "import numpy as np, random\nprint(np.random.rand(), random.random())"
    first, second = (run_once(sandbox_at(tier), source)[0] for _ in range(2))
    with Sandbox(LIMITS, tier) as another:
        third = run_once(another, source)[0]
    assert printed(first) == printed(second) == printed(third) != ""


def test_a_dead_worker_is_replaced_at_the_next_job(tier: str) -> None:
    """A worker that is killed costs nothing but its running jobs."""
    sandbox_at(tier)
    with Sandbox(tier=tier) as sandbox:
        old, worker = sandbox.job(cells("x = 1", "x")), sandbox._worker
        sandbox._worker.process.kill()
        sandbox._worker.process.wait()
        with pytest.raises(SandboxError):  # what is below the killed process ends a moment later
            for _ in range(100):
                old._worker.ask({"op": "status", "pid": old._pid})
                time.sleep(0.05)
        assert {result.outcome for result in old.run()} <= {"crashed", "not_run"}
        job, results = run(sandbox, "print(1)")
        job.close()
        assert printed(results[0]) == "1\n"
        assert sandbox._worker is not worker


def test_two_jobs_at_once_do_not_meet(tier: str) -> None:
    """Jobs that live at the same time have folders and names of their own."""
    sandbox = sandbox_at(tier)
    with (
        sandbox.job(cells("open('a', 'w').close(); x = 1")) as one,
        sandbox.job(cells("import os; print(os.listdir(), 'x' in globals())")) as two,
    ):
        assert one.run()[0].outcome == "ok"
        assert printed(two.run()[0]) == "[] False\n"


def test_a_closed_sandbox_refuses_jobs(tier: str) -> None:
    """Using a sandbox after its end is the kit's fault and says so."""
    sandbox_at(tier)
    with Sandbox(tier=tier) as sandbox:
        folder = sandbox._worker.own_folder
    with pytest.raises(SandboxError, match="closed"):
        sandbox.job(cells("1"))
    assert folder is None or not Path(folder).exists()


def test_results_and_limits_are_frozen(tier: str) -> None:
    """Nobody changes a result or a limit after the fact, and limits are above zero."""
    with pytest.raises(FrozenInstanceError):
        CellSource("a", "b").id = "c"  # type: ignore[misc]
    with pytest.raises(ValueError, match="wall_seconds"):
        Limits(wall_seconds=0)
    assert Limits().to_dict()["ndim"] == 8


MAGIC_LOOKALIKES = {
    "a leading blank line": "\n\nx = 1\nprint(x)",
    "an indented cell": "    x = 1\n    print(x)",
    "a prompt": "In [1]: x = 1\n   ...: print(x)",
    "a doctest prompt": ">>> x = 1\n>>> print(x)",
    "a magic below": "x = 1\n%time print(x)",
    "a shell line below": "x = 1\n!echo\nprint(x)",
    "a question": "x = 1\nx?\nprint(x)",
    "a magic without its sign": "x = 1\nprint(x)\n",
    "await": "async def f(): return 1\nprint(await f())",
}


@pytest.mark.parametrize("what", MAGIC_LOOKALIKES)
def test_what_ipython_transforms_is_transformed(tier: str, what: str) -> None:
    """Only plain Python takes the short way; everything that a notebook takes still runs."""
    (result,) = run_once(sandbox_at(tier), MAGIC_LOOKALIKES[what])
    assert result.outcome == "ok" and "1" in printed(result)


def test_a_transformer_of_the_students_holds_for_the_cells_behind_it(tier: str) -> None:
    """What is registered with IPython is used, for plain Python as well."""
    register = (
        "def double(lines):\n    return [line.replace('21', '42') for line in lines]\n"
        "get_ipython().input_transformers_post.append(double)"
    )
    _, result = run_once(sandbox_at(tier), register, "x = 21\nprint(x)")
    assert "42" in printed(result)


def test_line_numbers_of_plain_cells_are_those_of_the_notebook(tier: str) -> None:
    """The short way keeps the text, so an error is shown in its line."""
    (result,) = run_once(sandbox_at(tier), "x = 1\n\n# a remark\ny = x / 0")
    assert raised(result) == "ZeroDivisionError"
    assert "line 4" in "\n".join(result.outputs[0]["traceback"])


def test_what_the_parser_warns_of_is_shown_once(tier: str) -> None:
    """A cell is parsed once where that is enough, and a warning is neither lost nor doubled."""
    source = "x = 1\npattern = '\\d'\nprint(x is 1)"
    job, results = run(sandbox_at(tier), source, "y = 2\ny")
    job.close()
    text = "".join(out["text"] for out in results[0].outputs if out["output_type"] == "stream")
    assert text.count('SyntaxWarning: "is" with') == 1
    loud = sys.version_info >= (3, 12)  # of this, Python 3.11 warns in modules only
    assert text.count("Warning: invalid escape sequence") == loud
    assert "True\n" in text
    assert [result.outcome for result in results] == ["ok", "ok"]


def test_a_future_import_holds_for_the_cells_behind_it(tier: str) -> None:
    """What the compiler remembers is used when a plain cell is parsed, too."""
    first = "from __future__ import annotations\nx = 1"
    second = "def f(a: not_a_name):\n    return a\nprint(f.__annotations__)"
    job, results = run(sandbox_at(tier), first, second)
    job.close()
    assert printed(results[1]) == "{'a': 'not_a_name'}\n"


def test_quiet_cells_do_the_same_and_show_nothing(tier: str) -> None:
    """Names, errors and what Python keeps of the last one are there, outputs are not."""
    sources = ["import sys\nprint('seen')\nx = 1", "1 / 0", "kind = sys.last_value.args\nkind"]
    job, results = run_cells(
        sandbox_at(tier), cells(*sources, "def f():\n    return x, kind[0]"), quiet=True
    )
    with job:
        assert [result.outcome for result in results] == ["ok", "error", "ok", "ok"]
        assert not any(result.outputs for result in results)
        assert job.call("f", ()).value == (1, "division by zero")


LOOK = """
import inspect, linecache, sys
ip = get_ipython()
result, history = ip.last_execution_result, ip.history_manager
print(_i, _ii, _iii, In[-2:], sorted(Out), _dh and 1, ip.execution_count)
print(result and (result.execution_count, result.success, result.info, result.result))
print(ip.last_execution_succeeded, repr(getattr(sys, "last_value", None)), history.exceptions)
print(history.input_hist_parsed[-2:], history.input_hist_raw[-2:], len(history.db_input_cache))
print({n: [(o.output_type, o.bundle) for o in made] for n, made in history.outputs.items()})
print(sorted(ip.user_ns_hidden), ip.displayhook.exec_result, sys.displayhook is ip.displayhook)
print([name for name in linecache.cache if name.startswith("<ipython")][-3:])
print([(n, inspect.getsource(v), v.__code__) for n, v in list(globals().items()) if n in "fgh"])
"""
STATEMENTS = (
    *(
        "def h(a, b=1):\n    def inner():\n        return a / b\n    return inner()",
        "h(1, 0)",
        "h(1)",
    ),
    *(
        "try:\n    x / 0\nexcept Exception as e:\n    raise KeyError(x) from e",
        "__ + 1",
        "_1",
        "_i",
    ),
    *(
        "try:\n    x / 0\nfinally:\n    raise ValueError",
        "x == 1 ;",
        "x  # remark",
        "1; 2",
    ),
    *("text = '''\ndef f(a):\n'''\ntext", "@staticmethod\ndef f():\n    pass", "{1: 2}[3]"),
    *("import sys\nprint('e', file=sys.stderr)", "display(x)", "_ = 5", "sys.displayhook(7)"),
    *("raise KeyboardInterrupt", "get_ipython().run_cell('x = 8\\nx')"),
    *("x = 1", "x", "x + 1", "y = [x, 2]", "y", "print('a', x)", "x / 0", "z: int = 3", "del x"),
    *("def f(a):\n    return 1 / a", "f(0)", "f(2)", "for i in range(3):\n    print(i)\n    i"),
    *("import warnings\nwarnings.warn('w')", "return 5", "x = 1; x", "x;", "None", "'text'", "_"),
    *("from __future__ import annotations", "def g(a: b):\n    return a\nprint(g.__annotations__)"),
    *("if True:\n    x = 7\n    x", "class C:\n    x", "'a docstring'", "# no"),
    *(
        "global x",
        "try:\n    x / 0\nexcept ZeroDivisionError as e:\n    print(e)",
        "lambda: 0",
        "x =",
    ),
    *(
        "lambda: 0",
        "x =",
        "print(_, __, sorted(Out))",
        "raise SystemExit",
        "assert x == 2, 'no'",
        "break",
    ),
)
CELLS = st.lists(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=5), max_size=4)
AS_IPYTHON_DOES = "get_ipython().input_transformers_post.append(lambda lines: lines)"


@settings(deadline=None, max_examples=15)
@example(["x = 1\ntext = '''\ndef f(a):\n'''\ntext", "x = 1\ndef f(a):\n    return a", "x\nx + 1;"])
@example(["raise SystemExit", "x = 1\nraise SystemExit"])  # IPython warns of it, and only once
@given(CELLS.map(lambda texts: ["\n".join(lines) for lines in texts]))
def test_a_cell_in_one_piece_does_what_ipython_does(tier: str, sources: list[str]) -> None:
    """Outputs, errors, counts and names are those of statement by statement, for any cells.

    So are those of the kit's own cells, which are compiled once for all jobs.
    """
    names = "sorted(n for n in globals() if n[:1] != '_'), In[2:], Out"
    looks = [cell for source in sources for cell in (source, LOOK)]
    behind = ["a = 0\na = 1"] * 3 + [*looks, f"a = 0\nprint({names})"]
    short = run_once(sandbox_at(tier), "a = 0\na = 1", *behind)
    long = run_once(sandbox_at(tier), AS_IPYTHON_DOES, *behind)
    own = [replace(cell, kind="locked") for cell in cells("a = 0\na = 1", *behind)]
    with sandbox_at(tier).job(own) as job:
        once = job.run()
    for one, kept, other in zip(short[1:], once[1:], long[1:], strict=True):
        assert shown(one) == shown(kept) == shown(other)


CHANGES = {
    "ip.events.register('pre_run_cell', lambda info: print('seen', info.raw_cell))": "seen x = 1",
    "ip.events.register('post_run_cell', lambda result: print('ran', result.success))": "ran False",
    "ip.ast_node_interactivity = 'all'": "execute_result",
    "ip.transform_cell = lambda cell: 'print(42)'": "42",
    "ip.run_cell = lambda *given, **more: print('mine') or ip.last_execution_result": "mine",
    "ip.run_ast_nodes = None": "TypeError",
    "type(ip).run_cell_async = None": "TypeError",
    "ip.showtraceback = lambda *_, **__: print('no traceback')": "no traceback",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_student_changes_in_the_shell_holds(tier: str, change: str) -> None:
    """A cell of plain Python is run as IPython is told to, if it is."""
    change = f"ip = get_ipython()\n{change}\nx = 1"
    _, *results = run_once(sandbox_at(tier), change, "x = 1\nx\nprint(x)", "x = 1\nx / 0")
    assert CHANGES[change.splitlines()[1]] in "".join(str(result.outputs) for result in results)


@pytest.mark.parametrize("magic", ["%xmode Verbose", "%colors linux"])
def test_tracebacks_show_more_to_who_asks_for_it(tier: str, magic: str) -> None:
    """With values or colours they are IPython's own, which tell the expression that failed."""
    _, asked = run_once(sandbox_at(tier), magic, "value = 0\ny = (2 + 1 / value)")
    text = "\n".join(asked.outputs[0]["traceback"])
    assert ("value = 0" in text.split("ZeroDivisionError")[1].split("line 2")[1]) or "\x1b[" in text


def test_own_cells_keep_to_what_a_student_has_changed(tier: str) -> None:
    """A compiler's flag, or a change of statements, holds for the kit's own cells behind it."""
    annotated = "def f(a: not_a_name):\n    return 1\nprint(f.__annotations__)"
    doubled = (
        "import ast\nclass Double(ast.NodeTransformer):\n    def visit_Constant(self, node):\n"
        "        return ast.Constant(2 * node.value) if node.value == 21 else node\n"
        "get_ipython().ast_transformers.append(Double())"
    )
    for before, source, shows in (
        ("from __future__ import annotations\nx = 1", annotated, "{'a': 'not_a_name'}\n"),
        (doubled, "x = 21\nprint(x)", "42\n"),
    ):
        own = CellSource("own", source, "locked")
        with sandbox_at(tier).job([own, *cells(before), replace(own, id="again")]) as job:
            first, _, again = job.run()
        assert printed(again) == shows
        assert first.outputs != again.outputs


def shown(result: CellResult) -> object:
    """What a cell did and showed, but for what tells at which address something lies."""
    plain = re.sub(r"0x[0-9a-f]+| at [0-9a-f]{9,}", "0x", repr(result.outputs))
    return result.outcome, plain, result.execution_count, result.skipped
