"""`make setup` says in one line what is missing, and CI cannot skip what it must prove."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.kit.scripts import script

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = """
import pytest

@pytest.mark.sandbox
def test_needs_the_kernel():
    pytest.skip("no namespaces here")

def test_needs_nothing():
    pytest.skip("for another reason")
"""


@pytest.fixture
def make_venv() -> ModuleType:
    """The script that `make setup` starts, loaded as a module."""
    return script("make_venv")


def test_an_old_python_is_told_so(
    make_venv: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python 3.9 gets one line with the remedy and exit code 2."""
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    assert make_venv.main("never-made") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "Python 3.9.2 is too old" in line and "make setup PYTHON=" in line
    assert not Path("never-made").exists()


def test_a_python_without_pip_is_told_so(
    make_venv: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """Debian without python3-venv and without pip gets one line that names the package."""
    monkeypatch.setattr(make_venv, "create", lambda directory: True)
    monkeypatch.setattr(make_venv, "pip_for", lambda python: None)
    assert make_venv.main(str(tmp_path / "venv")) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "apt-get install python3-venv" in line


def test_an_environment_can_be_filled_by_another_pip(make_venv: ModuleType, tmp_path: Path) -> None:
    """Where ensurepip is missing, the pip of the Python that makes the environment serves."""
    venv = tmp_path / "venv"
    assert make_venv.runs([sys.executable, "-m", "venv", "--without-pip", str(venv)])
    python = str(venv / "bin" / "python")
    assert make_venv.works(python)
    assert make_venv.pip_for(python) == [sys.executable, "-m", "pip", "--python", python]


PIP = """
import sys
for number in range(1, 9):
    print(f"Collecting package{number}==1.{number} (from -r requirements.lock)")
    print("  Using cached package.whl")
print("Installing collected packages: package1, package2")
print("no space", file=sys.stderr)
sys.exit(3)
"""


def test_setup_shows_how_far_it_is(
    make_venv: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    """A line at each quarter where there is no terminal; pip's reason and exit code are kept."""
    assert make_venv.follow([sys.executable, "-c", PIP], 8) == 3
    told = capfd.readouterr()
    assert told.out.splitlines() == [
        "setup: fetches 2 of 8 packages: package2",
        "setup: fetches 4 of 8 packages: package4",
        "setup: fetches 6 of 8 packages: package6",
        "setup: fetches 8 of 8 packages: package8",
        "setup: unpacks 8 packages, which takes a minute",
    ]
    assert told.err == "no space\n"


def test_in_a_terminal_one_line_is_written_over(
    make_venv: ModuleType, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of a longer one before stays, and the next line begins at the margin."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    make_venv.follow([sys.executable, "-c", PIP], 8)
    *_, last = capfd.readouterr().out.rstrip("\n").split("\r")
    assert last.startswith("setup: unpacks 8 packages") and "\n" not in last


@pytest.mark.parametrize(
    ("required", "outcome"), [("0", "2 skipped"), ("1", "1 failed, 1 skipped")]
)
def test_ci_fails_on_a_skipped_sandbox_test(tmp_path: Path, required: str, outcome: str) -> None:
    """With GRADER_REQUIRE_SANDBOX=1 the skip of a sandbox test, and of no other, is a failure."""
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (tmp_path / "test_skipped.py").write_text(SKIPPED)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = sandbox\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"],
        cwd=tmp_path,
        env={**os.environ, "GRADER_REQUIRE_SANDBOX": required},
        capture_output=True,
        text=True,
    )
    assert f"{outcome} in" in done.stdout, done.stdout + done.stderr
