"""The kit's wheel, as a hub or a cluster installs it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.kit.toy import ROOT


def build_wheel(folder: Path) -> Path:
    """Build it in ``folder`` by the project's own backend, in a copy of what git knows."""
    listed = subprocess.check_output(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT
    )
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / "kit" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / "kit" / name)
    code = f"from setuptools.build_meta import build_wheel; build_wheel({str(folder)!r})"
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=folder / "kit",
        check=True,
        capture_output=True,
    )
    shutil.rmtree(folder / "kit")
    [made] = folder.glob("*.whl")
    return made
