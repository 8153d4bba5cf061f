"""Build a JupyterLite site: ``python .ci/lite.py FOLDER ASSIGNMENT...`` (make lite).

The site is ``FOLDER/site``: files that any web server can serve, and notebooks that run in the
browser of whoever opens them. It holds what students get of the assignments that are named, no
more. What builds it is installed from its own lock into ``FOLDER/python``. With the variable
``PYODIDE``, the path of a Pyodide archive, the site holds Pyodide too; else browsers fetch it from
the network that delivers it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = "requirements-lite.lock"
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
# A kernel loads what a cell imports by name. The notebook's first cell only looks whether there is
# NumPy, and its plots whether there is matplotlib: both must be there when it starts.
PACKAGES = ["numpy", "matplotlib"]
APPS = ("lab", "notebooks", "tree")
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*")


def main(folder: Path, names: list[str], pyodide: str) -> int:
    """Build the site; returns the exit code."""
    for name in names:
        if not (ROOT / "assignments" / name / f"{name}.ipynb").exists():
            return fail(f"there is no assignments/{name}/{name}.ipynb: make release A={name}")
    if pyodide and not Path(pyodide).is_file():
        return fail(f"PYODIDE={pyodide} is no file: it names a Pyodide archive (.tar.bz2)")
    python = installed(folder)
    if python is None:
        return fail(f"pip did not install {LOCK} (its reason is above)")
    if not build(python, staged(folder, names), pyodide):
        return fail("jupyter lite did not build the site (its reason is above)")
    for name in names:
        print(f"lite: {folder / 'site'}: lab/index.html?path={name}/{name}.ipynb")
    print(f"lite: look at it with python -m http.server --bind 127.0.0.1 -d {folder / 'site'} 8000")
    return 0


def installed(folder: Path) -> Path | None:
    """The Python that builds sites, or None; made anew when its lock has changed."""
    home, lock = folder / "python", ROOT / LOCK
    python, stamp = home / "bin" / "python", home / LOCK
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return python
    print(f"lite: installs {LOCK}, once", flush=True)
    venv.create(home, clear=True, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-input"]
    pip += ["--disable-pip-version-check", "--require-hashes", "--no-deps", "-r", str(lock)]
    if subprocess.call(pip) != 0:
        return None
    shutil.copy(lock, stamp)
    return python


def staged(folder: Path, names: list[str]) -> Path:
    """The folder that the site is built from: settings, and the students' files."""
    stage = folder / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    for name in names:
        shutil.copytree(ROOT / "assignments" / name, stage / "files" / name, ignore=LEFT_OUT)
    settings = {KERNEL: {"loadPyodideOptions": {"packages": PACKAGES}}}
    made = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {"litePluginSettings": settings},
    }
    (stage / "jupyter-lite.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    return stage


def build(python: Path, stage: Path, pyodide: str) -> bool:
    """Whether the site was built, beside ``stage``; a site of before gives way."""
    site = stage.parent / "site"
    shutil.rmtree(site, ignore_errors=True)
    command = [str(python), "-m", "jupyterlite_core", "build", "--no-sourcemaps"]
    command += ["--lite-dir", str(stage), "--output-dir", str(site), "--contents", "files"]
    command += [part for app in APPS for part in ("--apps", app)]
    command += ["--pyodide", str(Path(pyodide).resolve())] if pyodide else []
    done = subprocess.run(
        command, cwd=stage, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode != 0:
        print(done.stdout[-3000:])
    return done.returncode == 0


def fail(message: str) -> int:
    """Say in one line what to do, on standard error; returns the exit code for it."""
    sys.stderr.write(f"lite: {message}\n")
    return 2


if __name__ == "__main__":
    place, *asked = sys.argv[1:]
    sys.exit(main(Path(place).resolve(), asked, os.environ.get("PYODIDE", "")))
