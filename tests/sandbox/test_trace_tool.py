"""The tool that shows which system calls notebooks make, on all workloads and solutions."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.kit.sandbox import HERE, strongest
from tests.sandbox.workloads import WORKLOADS

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]


def test_the_tool_traces_every_workload() -> None:
    """What is off the list is refused in its traces, too, and nothing fails for it."""
    tier = strongest().tier  # the list is the same at both that isolate
    command = [sys.executable, ".ci/trace_system_calls.py", "--tier", tier]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE)
    assert done.returncode == 0, done
    assert all(re.search(rf"^ok +{name}; refused: ", done.stdout, re.M) for name in WORKLOADS)
    assert re.search(r"^made: .*\bopenat \d", done.stdout, re.M), done.stdout
