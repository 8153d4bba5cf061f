"""What holds for every test: no skipping where a sandbox, a browser or PostgreSQL is required.

And alembic is asked once a process, not for each new gradebook, which version is the newest.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Generator
from typing import Any

import pytest

import grader  # noqa: F401  # before nbformat, which it makes quick to import

REQUIRED = {
    "sandbox": "GRADER_REQUIRE_SANDBOX",
    "browser": "GRADER_REQUIRE_BROWSER",
    "postgres": "GRADER_REQUIRE_POSTGRES",
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, Any]:
    """Turn the skip of such a test into a failure when what it needs is required."""
    report = yield
    for marker, variable in REQUIRED.items():
        wanted = os.environ.get(variable) == "1" and item.get_closest_marker(marker)
        if report.skipped and wanted:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped, but {variable}=1: {call.excinfo}"
    return report


def pytest_runtest_setup() -> None:
    """Let nbgrader keep the version of its tables: to ask takes a process, and seconds of it.

    What it writes is the same: the answer depends on nbgrader alone. Programs that tests start ask.
    """
    api: Any = sys.modules.get("nbgrader.api")  # whoever makes a gradebook has imported it
    if api is not None and not hasattr(api.get_alembic_version, "cache_info"):
        api.get_alembic_version = functools.cache(api.get_alembic_version)
