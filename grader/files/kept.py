"""Keep from run to run what was found out about texts: to read a class anew takes long.

A file holds them by the digest of the text and of all else that the finding depends on. It may be
deleted at any time: everything in it can be found out again.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader import __version__
from grader.files.atomic import write_beside


class Kept:
    """Findings by key, of which those that were asked for are written back.

    A file that is damaged, or of another version of the kit, counts as none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before: dict[str, Any] = _read(path)
        self._asked: dict[str, Any] = {}

    def of(self, parts: tuple[str, ...], find: Callable[[], Any]) -> Any:
        """Return the finding for these ``parts``, JSON data: as it was kept, or found out now."""
        key = hashlib.sha256("\0".join((__version__, *parts)).encode()).hexdigest()
        if key not in self._asked:
            self._asked[key] = self._before[key] if key in self._before else find()
        return self._asked[key]

    def write(self) -> None:
        """Keep what was asked for in this run, and nothing else."""
        if self._asked.keys() != self._before.keys():
            write_beside(self._path, zlib.compress(json.dumps(self._asked).encode(), 1))


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(zlib.decompress(path.read_bytes()))
    except (OSError, zlib.error, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
