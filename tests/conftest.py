"""What holds for every test: no skipping where a sandbox, a browser or PostgreSQL is required."""

from __future__ import annotations

import os
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
