"""Derive ``environment.yml`` from ``pyproject.toml``: ``python .ci/environment.py``.

conda solves for the same packages in the same ranges; conda-forge has them under the names that
PyPI uses, but for a few that pip fetches when it installs the project itself, which comes last.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

COMMAND = "python .ci/environment.py > environment.yml"
EXTRAS = ("test", "cluster")
ONLY_PYPI = ("copydetect",)  # and what of theirs conda does not bring


def derive(project: dict[str, Any]) -> str:
    """The text of ``environment.yml`` for a parsed ``pyproject.toml``.

    Raises:
        ValueError: a requirement is more than a name and a range, which conda could not read.
    """
    about = project["project"]
    packages = [*project["build-system"]["requires"], *about["dependencies"]]
    for extra in EXTRAS:
        packages += about["optional-dependencies"][extra]
    lines = [
        f"# Derived from pyproject.toml by `{COMMAND}` (make environment).",
        f"name: {about['name']}",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        f"  - python{about['requires-python']}",
        "  - pip",
        *(f"  - {plain(p)}" for p in sorted(packages) if not p.startswith(ONLY_PYPI)),
        "  - pip:",
        "      - -e .",
    ]
    return "\n".join(lines) + "\n"


def plain(requirement: str) -> str:
    """``requirement`` itself, when pip and conda read it alike."""
    if any(sign in requirement for sign in "[;@~ "):
        raise ValueError(
            f"{requirement!r} in pyproject.toml is not a plain name and range, as conda needs it"
        )
    return requirement


def main() -> int:
    """Print the derived file; returns the exit code."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    sys.stdout.write(derive(project))
    return 0


if __name__ == "__main__":
    sys.exit(main())
