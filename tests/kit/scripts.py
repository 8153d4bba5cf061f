"""The scripts of .ci/, which are no package, as modules."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from tests.kit.toy import ROOT


def script(name: str) -> ModuleType:
    """A script of .ci/ as a module."""
    found = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert found is not None and found.loader is not None
    made = importlib.util.module_from_spec(found)
    found.loader.exec_module(made)
    return made
