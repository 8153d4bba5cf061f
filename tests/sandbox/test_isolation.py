"""What student code can see and import, how a worker is started, and how strong it is."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.sandbox import (
    Sandbox,
    SandboxError,
    available_tiers,
    bubblewrap,
    isolation,
    packages,
)
from grader.sandbox.inside.lockdown import landlock
from tests.kit.sandbox import (
    EVERY,
    HERE,
    ISOLATED,
    LIMITS,
    ROOMY,
    cells,
    descendants,
    printed,
    run,
    run_once,
    sandbox_at,
)
from tests.sandbox.search import INSIDE, search

ALLOWED = {"numpy", "IPython", "matplotlib", "traitlets"} | set(sys.stdlib_module_names)


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.parametrize("tier", ISOLATED)
def test_no_line_of_a_solution_can_be_found_from_inside(tier: str) -> None:
    """Student code that reads every file it can, site-packages included, finds no answer."""
    sandbox_at(tier)
    with Sandbox(ROOMY, tier) as sandbox:
        (result,) = run_once(sandbox, search())
    assert printed(result) == "True []\n", result


@pytest.mark.sandbox
@pytest.mark.parametrize("tier", ISOLATED)
def test_neither_the_kit_nor_the_environment_is_inside(
    tier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kit cannot be imported, nothing of the caller's environment is there, nor loaded."""
    monkeypatch.setenv("COURSE_SECRET", "hush")
    sandbox_at(tier)
    source = (
        "import os, sys\n"
        "for name in ('grader', 'grader.judge.judge', 'solutions', 'nbgrader', 'pytest'):\n"
        "    try:\n        __import__(name)\n        print(name)\n"
        "    except ModuleNotFoundError: pass\n"
        "print([m for m in sys.modules if m.startswith('grader')], 'COURSE_SECRET' in os.environ)\n"
        "environ = []\n"
        "for p in ('self', '1', '2', str(os.getppid())):\n"
        "    try: environ.append(open(f'/proc/{p}/environ').read())\n"
        "    except OSError: pass\n"
        "print('hush' in str(environ))"
    )
    with Sandbox(LIMITS, tier) as sandbox:
        (result,) = run_once(sandbox, source)
    assert printed(result) == "[] False\nFalse\n"


@pytest.mark.sandbox
@pytest.mark.parametrize("tier", ISOLATED)
def test_lazy_imports_work_inside(tier: str) -> None:
    """What was not imported before the fork can still be imported, beside the job's own files."""
    names = ("decimal", "sqlite3", "ssl", "email.mime.text", "numpy.polynomial", "mpl_toolkits")
    source = "\n".join(f"import {name}" for name in (*names, "statistics", "rnn_utils"))
    job, (result,) = run(sandbox_at(tier), source, files={"rnn_utils.py": b"x = 1"})
    job.close()
    assert result.outcome == "ok", result.outputs


@pytest.mark.sandbox
def test_tier_a_has_namespaces_of_its_own() -> None:
    """Inside bubblewrap: own process numbers, no network, another host name, nothing writable."""
    source = (
        "import os, socket\n"
        "print(os.getppid() < 10, socket.gethostname())\n"
        "made = []\n"
        "for folder in ('/', '/tmp', '/usr', '/dev', '/dev/shm', '/etc', '/proc', '/var'):\n"
        "    try: open(folder + '/x', 'w'); made.append(folder)\n"
        "    except OSError: pass\n"
        "print(made)"
    )
    (result,) = run_once(sandbox_at("A"), source)
    assert printed(result) == "True sandbox\n[]\n"


@pytest.mark.sandbox
@pytest.mark.parametrize("kind", ["user", "pid", "net", "ipc", "uts", "mnt"])
def test_tier_a_shares_no_namespace_with_the_judge(kind: str) -> None:
    """Each namespace of the worker is another than the judge's."""
    inner = descendants(sandbox_at("A"))[-1]
    try:
        theirs = os.readlink(f"/proc/{inner}/ns/{kind}")
    except PermissionError:  # the worker is not dumpable: only root may look
        option = {"mnt": "--ro-bind-try"}.get(kind, f"--unshare-{kind}")
        assert option in isolation.command("A", "", LIMITS)
    else:
        assert theirs != os.readlink(f"/proc/self/ns/{kind}")


@pytest.mark.sandbox
def test_tier_a_works_for_a_project_below_tmp(tmp_path: Path) -> None:
    """The folder for scratch files does not hide a project that lies below /tmp."""
    sandbox_at("A")
    shutil.copytree(HERE / "grader", tmp_path / "grader", ignore=shutil.ignore_patterns("*.pyc"))
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from grader.sandbox import Sandbox, CellSource\n"
        "with Sandbox(tier='A') as s, s.job([CellSource('a', 'print(6 * 7)')]) as job:\n"
        "    print(job.run()[0].outputs[0]['text'])"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout.strip() == "42"


@pytest.mark.parametrize("tier", EVERY)
def test_nothing_outlives_a_closed_sandbox(tier: str) -> None:
    """A job that is running when the sandbox is closed ends with it."""
    sandbox_at(tier)
    with Sandbox(LIMITS, tier) as sandbox:
        job = sandbox.job(cells("x = 1"))
        assert job.run()[0].outcome == "ok"
        below = descendants(sandbox)
        assert below
    _await_end(below)


@pytest.mark.parametrize("tier", EVERY)
def test_nothing_outlives_a_judge_that_is_killed(tier: str) -> None:
    """When the judge is killed, worker and job end, even one that is in an endless loop."""
    sandbox_at(tier)
    code = (
        "import sys, threading; sys.path.insert(0, sys.argv[1])\n"
        "import time\nfrom tests.kit.sandbox import descendants\n"
        "from grader.sandbox import Sandbox, CellSource\n"
        "s = Sandbox(tier=sys.argv[2])\n"
        "job = s.job([CellSource('a', 'while True: pass')])\n"
        "threading.Thread(target=job.run, daemon=True).start()\n"
        "time.sleep(0.3)\n"
        "print(s._worker.process.pid, *descendants(s), flush=True)\n"
        "time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(HERE), tier]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as judge:
        assert judge.stdout is not None
        pids = [int(word) for word in judge.stdout.readline().split()]
        judge.kill()
    assert len(pids) > 1
    _await_end(pids)


def _await_end(pids: list[int]) -> None:
    """Wait until none of these processes runs: to end takes the kernel a moment."""
    for _ in range(100):
        if not any(map(_runs, pids)):
            return
        time.sleep(0.1)
    raise AssertionError([pid for pid in pids if _runs(pid)])


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_runs_inside_imports_nothing_of_the_kit() -> None:
    """Beside student code there is only the standard library, NumPy, IPython and matplotlib."""
    for path in INSIDE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level <= 1, f"{path.name} reaches out of its folder"
                names = [] if node.level else [node.module or ""]
            else:
                continue
            assert {name.split(".")[0] for name in names} <= ALLOWED, (path.name, names)


def test_the_allow_list_holds_no_folder_of_packages() -> None:
    """Neither site-packages as a whole nor anything of the project is readable inside."""
    for path in packages.readable():
        assert Path(path).name not in packages.PACKAGE_FOLDERS
        assert not HERE.is_relative_to(path), path
        inside_project = Path(path).is_relative_to(HERE) and ".venv" not in path
        assert not inside_project or Path(path) == INSIDE, path
    tops = {Path(path).name.split("-")[0].lower() for path in packages.packages()}
    assert {"numpy", "ipython", "matplotlib", "traitlets"} <= tops
    assert not tops & {"grader", "nbgrader", "rnn_course_kit", "pytest", "jupytext"}


def test_the_worker_gets_an_environment_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the caller's environment is passed on, and NumPy stays with one thread."""
    monkeypatch.setenv("COURSE_SECRET", "hush")
    environment = isolation.environment()
    assert "hush" not in str(environment)
    assert environment["OPENBLAS_NUM_THREADS"] == "1"


def test_tiers_say_what_they_lack(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tier that cannot be is named with its reason, and the next one is taken."""
    monkeypatch.setattr(isolation, "bubblewrap", lambda: None)
    monkeypatch.setattr(landlock, "abi", lambda: 2)
    assert isolation.missing("A") == "bubblewrap is not installed"
    assert "Linux 6.2" in isolation.missing("B")
    with pytest.raises(SandboxError, match="bubblewrap is not installed"):
        Sandbox(tier="A")
    with Sandbox(LIMITS) as sandbox:
        assert sandbox.tier == "C"
        assert set(sandbox.reasons) == {"A", "B"}


def test_a_bubblewrap_that_fails_costs_a_tier_and_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where user namespaces are forbidden, bubblewrap's own words are the reason."""
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(isolation, "bubblewrap", lambda: isolation.Bubblewrap(str(fake), "test"))
    if isolation.missing("A"):
        pytest.skip("tier A lacks more than bubblewrap here")
    with pytest.raises(SandboxError, match="No permissions"):
        Sandbox(tier="A")


@pytest.mark.sandbox
def test_available_tiers_tells_what_works() -> None:
    """Every tier is tried; an empty reason means that it works."""
    found = available_tiers()
    assert list(found) == ["A", "B", "C"]
    assert found["C"] == ""
    program = bubblewrap()
    assert found["A"] or (program is not None and os.access(program.path, os.X_OK))
