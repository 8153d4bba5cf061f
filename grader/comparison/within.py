"""Walk a result, containers included, without telling where each part of it lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from grader.comparison.layout import Tree


def within(tree: Tree) -> Iterator[Tree]:
    """Yield a tree and all that is in it, what holds something first."""
    parts = [tree]
    while parts:
        part = parts.pop()
        yield part
        if isinstance(part, (tuple, list)):
            parts += reversed(part)
        elif not isinstance(part, np.ndarray) and isinstance(part, Mapping):
            parts += reversed([*part.values()])
