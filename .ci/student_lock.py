"""Derive ``requirements-student.lock`` from ``requirements.lock``: ``python .ci/student_lock.py``.

Students need a small part of what the kit needs. That part is taken out of its lock, in the same
versions and with the same hashes, by following who needs what in the comments that uv leaves there.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

LOCK = "requirements.lock"
COMMAND = "python .ci/student_lock.py > requirements-student.lock"
# What opens the notebook, what it imports, and what the students' workflow runs it with.
STUDENTS = ("ipykernel", "jupyterlab", "matplotlib", "nbconvert", "notebook", "numpy")


def derive(lock: str) -> str:
    """The text of ``requirements-student.lock`` for the text of ``requirements.lock``.

    Raises:
        ValueError: the lock does not pin something that students need.
    """
    pins = dict(re.findall(r"^([a-z0-9-]+)(==.*\n(?:[ ]+.*\n)*)", lock, re.MULTILINE))
    users = {package: _users(pin) for package, pin in pins.items()}
    missing = sorted(set(STUDENTS) - set(pins))
    if missing:
        raise ValueError(f"{LOCK} does not pin {', '.join(missing)}")
    wanted = set(STUDENTS)
    while more := {p for p, needed_by in users.items() if needed_by & wanted} - wanted:
        wanted |= more
    head = f"# Derived from {LOCK} by `{COMMAND}` (make lock).\n"
    return head + "".join(
        package + re.sub(r"^ +#.*\n", "", pins[package], flags=re.MULTILINE)
        for package in sorted(wanted)
    )


def _users(pin: str) -> set[str]:
    """Who needs a package, by the comment below its hashes."""
    return set(re.findall(r"^ +#(?: via)? +([a-z0-9-]+)$", pin, re.MULTILINE))


def main() -> int:
    """Print the derived file; returns the exit code."""
    sys.stdout.write(derive(Path(LOCK).read_text(encoding="utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
