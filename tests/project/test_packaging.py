"""pyproject.toml, the locks, environment.yml, the Makefile and .ci/run say the same thing."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sqlalchemy.engine import make_url

from grader import cli
from tests.conftest import REQUIRED
from tests.kit.scripts import script

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]


environment, student_lock = script("environment"), script("student_lock")
MAIN, STUDENT, AUDIT, CROSSCHECK, CROSSCHECK_CPU, FUZZ, POSTGRES, HUB, LITE = LOCKS = (
    "requirements.lock",
    "requirements-student.lock",
    "requirements-audit.lock",
    "requirements-crosscheck.lock",
    "requirements-crosscheck-cpu.lock",
    "requirements-fuzz.lock",
    "requirements-postgres.lock",
    "requirements-hub.lock",
    "requirements-lite.lock",
)
FOR_VERIFY = ["autograd"]  # in the extra `test`: students and graders do without
FOR_CONDA = (
    PYPROJECT["build-system"]["requires"]
    + PROJECT["dependencies"]
    + EXTRAS["test"]
    + EXTRAS["cluster"]
)
LOCKED = FOR_CONDA + EXTRAS["browser"]


@dataclass(frozen=True)
class Pin:
    """One package of a lock."""

    version: str
    marker: Marker | None
    hashes: tuple[str, ...]


def read_lock(name: str) -> dict[str, Pin]:
    """The pins of a lock by package name; fails on a line that is not a pin."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    pins = {}
    for line in text.replace("\\\n", " ").splitlines():
        what, *hashes = re.split(r"\s+--hash=", line.strip())
        requirement = Requirement(what)
        (pin,) = requirement.specifier
        assert pin.operator == "==", line
        package = canonicalize_name(requirement.name)
        assert package not in pins, f"{package} is pinned to two versions in {name}"
        pins[package] = Pin(pin.version, requirement.marker, tuple(hashes))
    return pins


def targets() -> list[str]:
    """The targets that a person calls, in the Makefile's order."""
    lines = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    return [target for line in lines for target in line.split() if target != "help"]


@pytest.mark.parametrize("requirement", LOCKED)
def test_every_dependency_is_pinned_within_its_range(requirement: str) -> None:
    """What pyproject.toml asks for is in the lock, on every platform, in an allowed version."""
    asked = Requirement(requirement)
    pin = read_lock(MAIN)[canonicalize_name(asked.name)]
    assert asked.specifier.contains(pin.version)
    assert pin.marker is None


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes(lock: str) -> None:
    """pip can refuse a file that is not the one that was locked."""
    for package, pin in read_lock(lock).items():
        assert pin.hashes, package
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in pin.hashes), package


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_place(lock: str) -> None:
    """A lock holds no index address, no folder to look in and no path of one machine."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*-(?!-hash)|--(index|extra|find|trusted)|/\w+/", text, re.M)


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_fit_every_patch_release_of_the_oldest_python(lock: str) -> None:
    """A lock made on 3.11.7 must install on Debian's 3.11.2 too."""
    assert PROJECT["requires-python"] == ">=3.11"
    for package, pin in read_lock(lock).items():
        if pin.marker:
            fits = {
                pin.marker.evaluate({"python_full_version": version, "python_version": "3.11"})
                for version in ("3.11.0", "3.11.2", "3.11.7", "3.11.99")
            }
            assert len(fits) == 1, package


def test_the_students_lock_is_derived() -> None:
    """It is what its command makes of requirements.lock, and says so."""
    text = (ROOT / STUDENT).read_text(encoding="utf-8")
    assert text == student_lock.derive((ROOT / MAIN).read_text(encoding="utf-8"))
    assert student_lock.COMMAND in text.splitlines()[0]
    main = read_lock(MAIN)
    assert all(main[name] == pin for name, pin in read_lock(STUDENT).items())


def test_students_get_all_that_is_needed_and_nothing_of_the_kits() -> None:
    """What the packages installed here ask for themselves is in the lock; grading is not."""
    wanted, seen = {Requirement(name) for name in student_lock.STUDENTS}, set[str]()
    while wanted:
        needed = wanted.pop()
        name = canonicalize_name(needed.name)
        if f"{needed}" in seen:
            continue
        seen.add(f"{needed}")
        assert name in read_lock(STUDENT), needed
        for extra in ("", *needed.extras):
            asked = map(Requirement, importlib.metadata.requires(name) or ())
            wanted |= {r for r in asked if not r.marker or r.marker.evaluate({"extra": extra})}
    assert {"jupyterlab", "matplotlib", "numpy"} <= set(read_lock(STUDENT))
    assert not {"nbgrader", "sqlalchemy", "copydetect", "pytest"} & set(read_lock(STUDENT))


def test_the_students_lock_is_not_made_of_half_a_lock() -> None:
    """A lock without something that students need is refused by its name."""
    text = (ROOT / MAIN).read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="does not pin numpy"):
        student_lock.derive(re.sub(r"^numpy==", "numpi==", text, flags=re.MULTILINE))


def test_the_audit_tool_is_no_part_of_the_product() -> None:
    """It is locked by itself, and nobody who grades or learns installs it."""
    assert "pip-audit" in read_lock(AUDIT)
    assert "pip-audit" not in {*read_lock(MAIN), *read_lock(STUDENT)}


def test_torch_stays_in_locks_of_its_own() -> None:
    """The two commands never fetch PyTorch; `make crosscheck` does, in the version asked for."""
    assert "torch" not in read_lock(MAIN)
    (asked,) = map(Requirement, EXTRAS["crosscheck"])
    for lock in (CROSSCHECK, CROSSCHECK_CPU):
        assert asked.specifier.contains(read_lock(lock)["torch"].version)


def test_atheris_stays_in_a_lock_of_its_own() -> None:
    """No other target needs it, and `make fuzz` does without it where it does not install."""
    (asked,) = map(Requirement, EXTRAS["fuzz"])
    assert set(read_lock(FUZZ)) == {asked.name}
    assert asked.specifier.contains(read_lock(FUZZ)[asked.name].version)
    assert asked.name not in read_lock(MAIN)


def test_the_driver_of_a_server_stays_in_a_lock_of_its_own() -> None:
    """It is the one that SQLAlchemy in the lock takes for postgresql://, with the C library."""
    driver = make_url("postgresql://").get_dialect().driver
    (asked,) = map(Requirement, EXTRAS["postgres"])
    assert (asked.name, asked.extras) == (driver, {"binary"})
    pins = read_lock(POSTGRES)
    assert asked.specifier.contains(pins[driver].version)
    assert pins[f"{driver}-binary"].version == pins[driver].version
    assert not {driver, f"{driver}-binary"} & {*read_lock(MAIN), *read_lock(STUDENT)}


def test_a_hub_and_its_proxy_stay_in_locks_of_their_own() -> None:
    """Who learns or grades on one machine fetches neither; npm checks the proxy by its digests."""
    (asked,) = map(Requirement, EXTRAS["hub"])
    assert asked.specifier.contains(read_lock(HUB)[asked.name].version)
    assert asked.name not in {*read_lock(MAIN), *read_lock(STUDENT)}
    described = json.loads((ROOT / ".ci" / "hub" / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((ROOT / ".ci" / "hub" / "package-lock.json").read_text(encoding="utf-8"))
    packages = locked["packages"]
    assert packages.pop("")["dependencies"] == described["dependencies"]
    (proxy,) = described["dependencies"]
    assert packages[f"node_modules/{proxy}"]["version"] == described["dependencies"][proxy]
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-") and "resolved" not in package, name


def test_what_builds_a_site_stays_in_a_lock_of_its_own() -> None:
    """`make lite` installs it apart from everything else."""
    pins = read_lock(LITE)
    for asked in map(Requirement, EXTRAS["lite"]):
        assert asked.specifier.contains(pins[asked.name].version)
        assert asked.name not in {*read_lock(MAIN), *read_lock(STUDENT)}


@pytest.mark.parametrize("lock", [CROSSCHECK, CROSSCHECK_CPU, POSTGRES, HUB, LITE])
def test_what_comes_on_top_changes_no_version(lock: str) -> None:
    """A package that both locks name has one version, so an extra's lock moves nothing."""
    main = read_lock(MAIN)
    shared = {name: pin for name, pin in read_lock(lock).items() if name in main}
    assert "typing-extensions" in shared
    assert {name: main[name].version for name in shared} == {
        name: pin.version for name, pin in shared.items()
    }


def test_cpu_build_brings_no_cuda() -> None:
    """The second lock for PyTorch is the first without CUDA, apart from torch's own build."""
    full, cpu = read_lock(CROSSCHECK), read_lock(CROSSCHECK_CPU)
    assert cpu["torch"].version == f"{full['torch'].version}+cpu"
    cuda = {name for name in full if name.startswith(("cuda", "nvidia", "triton"))}
    assert set(cpu) == set(full) - cuda


def test_environment_is_derived() -> None:
    """environment.yml is what its command makes of pyproject.toml, and says so."""
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert text == environment.derive(PYPROJECT)
    assert environment.COMMAND in text.splitlines()[0]


def test_environment_gives_conda_the_same_packages() -> None:
    """conda is asked for what pip is asked for, less what only PyPI has; then pip installs it."""
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *packages, pip = listed["dependencies"]
    wanted = [*FOR_CONDA, "pip", f"python{PROJECT['requires-python']}"]
    assert sorted(packages) == sorted(
        package for package in wanted if not package.startswith(environment.ONLY_PYPI)
    )
    assert pip == {"pip": ["-e ."]}


def test_environment_refuses_what_conda_cannot_read() -> None:
    """A requirement with an extra or a marker is refused by name, not passed on."""
    with pytest.raises(ValueError, match="not a plain name and range"):
        environment.plain("dask[complete]>=1")


def test_every_import_is_a_declared_dependency() -> None:
    """Nothing in grader/ leans on a package that only happens to be installed."""
    allowed = [*PROJECT["dependencies"], *EXTRAS["cluster"], *FOR_VERIFY]
    declared = {canonicalize_name(Requirement(line).name) for line in allowed}
    distributions = importlib.metadata.packages_distributions()
    for name, files in third_party_imports().items():
        homes = {canonicalize_name(home) for home in distributions.get(name, [name])}
        assert homes & declared, f"{name} is imported by {files} and not in pyproject.toml"


def third_party_imports() -> dict[str, list[str]]:
    """Top-level names that grader/ and rnn_utils.py import from elsewhere: who imports them."""
    files = [*(ROOT / "grader").rglob("*.py"), ROOT / "rnn_utils.py"]
    own = {"grader", "rnn_utils", "selfcheck"} | {file.stem for file in files}
    found: dict[str, list[str]] = {}
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for name in {name.partition(".")[0] for name in names}:
                if name not in own and name not in sys.stdlib_module_names:
                    found.setdefault(name, []).append(file.name)
    return found


def test_make_alone_lists_every_target() -> None:
    """`make` prints each target with one line on what it does."""
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    done = subprocess.run(["make"], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    listed = re.findall(r"^  make (\S+) +\S.*$", done.stdout, flags=re.MULTILINE)
    assert listed == targets()


def test_clean_keeps_what_people_made(tmp_path: Path) -> None:
    """`make clean` removes what commands make; work in build/lab, marks and submissions stay."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    kept = ["build/lab/a/a.ipynb", "gradebook.db", "submitted/s/a/a.ipynb", "autograded/s/a/v.json"]
    kept += ["source/a/a.ipynb", "assignments/a/a.ipynb"]
    made = ["build/demo/gradebook.db", ".ruff_cache/x", "grader/__pycache__/x.pyc"]
    for name in [*kept, *made, "solutions/a/lesson.py", "tests/t.py"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for _ in range(2):  # and a second time, when there is less to remove
        subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
        assert all((tmp_path / name).exists() for name in kept)
        assert not any((tmp_path / name).exists() for name in made)
    shutil.rmtree(tmp_path / "build")
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)


@pytest.mark.parametrize("target", targets())
def test_readme_documents_every_target(target: str) -> None:
    """A person finds each target in the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"\bmake {re.escape(target)}\b(?!-)", readme)


def test_ci_runs_the_tests_and_only_targets_that_exist() -> None:
    """.ci/run is executable and goes through make, the tests among its stages."""
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    called = re.findall(r"^ +(?:stage '.*' )?make ([a-z-]+)$", script.read_text(), re.MULTILINE)
    assert set(called) <= set(targets())
    assert {"test", "lint", "test-slow", "release", "verify-every", "crosscheck"} <= set(called)
    assert "fuzz" in called


@pytest.mark.parametrize("variable", REQUIRED.values())
def test_in_ci_nothing_that_tests_need_is_missing(variable: str) -> None:
    """What is skipped elsewhere is a failure there."""
    assert f"export {variable}=1\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_verbs_are_targets() -> None:
    """One word for a step everywhere: a verb of the command line is a target of that name."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    called = set(re.findall(r"^\t@.*?\$\(GRADER\) ([a-z]+)", makefile, flags=re.MULTILINE))
    assert called == set(cli.main.commands)
    assert called <= set(targets())


def test_what_reads_notebooks_builds_no_grammar() -> None:
    """nbformat and nbgrader are imported without what takes longer than all the rest of them."""
    code = "import grader, nbformat, nbgrader.api, sys; print('lark' in sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "False\n"
