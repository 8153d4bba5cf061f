"""Hold the table of an exercise's wrong versions: what each gives on the diagnostic inputs.

A version is printed on the first case in which it differs from the solution, and on no other.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from grader.comparison.layout import Array
from grader.neighbourhood.prints import Print, prints_alike
from grader.neighbourhood.versions import Version

NEVER = -1  # the case of a version that gives what the solution gives, in every one
UNTOLD = -2  # and of one that did not come to its end


@dataclass(frozen=True)
class VersionTable:
    """A table of one exercise: the versions, and prints of them and of the solution.

    ``cases`` (versions,) are the numbers of the cases that show them first; ``forms`` (versions,
    parts) and ``sums`` (versions, parts, 2) are their prints there; ``right`` are the solution's
    prints, by case; the ``seed`` draws these. The texts of the versions are ``packed`` against the
    ``solution``.
    """

    versions: tuple[Version, ...]
    cases: Array
    forms: Array
    sums: Array
    right: tuple[Print, ...]
    packed: tuple[str, ...]
    solution: str
    seed: int

    @classmethod
    def of(
        cls,
        listed: Sequence[Version],
        told: Sequence[tuple[int, Print | None, str]],
        right: Sequence[Print],
        solution: str,
        seed: int,
    ) -> VersionTable:
        """Make the table of what is told of each version: case, print and packed text."""
        parts = len(right[0][0]) if right else 1
        nothing: Print = ([0] * parts, [(0.0, 0.0)] * parts)
        prints = [mine or nothing for _, mine, _ in told]
        return cls(
            tuple(listed),
            np.array([case for case, _, _ in told], np.int8),
            np.array([forms for forms, _ in prints], np.uint32).reshape(len(told), parts),
            np.array([sums for _, sums in prints], np.float64).reshape(len(told), parts, 2),
            tuple(right),
            tuple(text for _, _, text in told),
            solution,
            seed,
        )

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Return the rows of the known mistakes, by id."""
        return {v.ids[0]: n for n, v in enumerate(self.versions) if v.kind == "mistake"}

    @cached_property
    def deepest(self) -> int:
        """Return the number of the last case that shows any version first."""
        return int(self.cases.max(initial=NEVER))

    def text(self, row: int) -> str:
        """Return the text of a version."""
        return _unpacked(self.packed[row], self.solution)

    def is_right(self, case: int, mine: Print) -> bool:
        """Tell whether a print is like the solution's."""
        forms, sums = self.right[case]
        found = prints_alike(np.array([forms], np.uint32), np.array([sums], np.float64), mine)
        return bool(found.all())

    def like(self, case: int, mine: Print) -> tuple[Array, Array]:
        """Return which rows are first seen in a case, and there like a print: part by part.

        Returns: (rows,) numbers, and (rows, parts) whether a part is alike.
        """
        rows = np.flatnonzero(self.cases == case)
        return rows, prints_alike(self.forms[rows], self.sums[rows], mine)

    def wrong_parts(self, case: int, mine: Print) -> Array:
        """Return which parts of a print are not the solution's, (parts,)."""
        forms, sums = self.right[case]
        found: Array = ~prints_alike(
            np.array([forms], np.uint32), np.array([sums], np.float64), mine
        )[0]
        return found

    def to_data(self) -> dict[str, Any]:
        """Return the table as JSON data."""
        arrays = io.BytesIO()
        np.savez(arrays, cases=self.cases, forms=self.forms, sums=self.sums)
        return {
            "versions": [[v.kind, v.ids, v.title, v.hint] for v in self.versions],
            "packed": self.packed,
            "arrays": base64.b64encode(arrays.getvalue()).decode(),
            "right": self.right,
            "seed": self.seed,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any], source: str) -> VersionTable:
        """Read ``to_data``'s result back."""
        with np.load(io.BytesIO(base64.b64decode(data["arrays"])), allow_pickle=False) as stored:
            cases, forms, sums = stored["cases"], stored["forms"], stored["sums"]
        told = tuple(
            Version(kind, tuple(ids), "", title, hint)
            for kind, ids, title, hint in data["versions"]
        )
        right = tuple((of, [(a, b) for a, b in pairs]) for of, pairs in data["right"])
        return cls(told, cases, forms, sums, right, tuple(data["packed"]), source, data["seed"])


def packed_against(text: str, against: str) -> str:
    """Pack a text that is much like another one."""
    packer = zlib.compressobj(9, zdict=against.encode())
    return base64.b64encode(packer.compress(text.encode()) + packer.flush()).decode()


def _unpacked(text: str, against: str) -> str:
    return zlib.decompressobj(zdict=against.encode()).decompress(base64.b64decode(text)).decode()


def tables_to_bytes(tables: Mapping[str, Any]) -> bytes:
    """Pack the data of an assignment's tables, by exercise and each with its key."""
    return zlib.compress(json.dumps(tables).encode(), 6)


def tables_from_bytes(packed: bytes) -> dict[str, Any]:
    """Read them back; what is damaged, or nothing, is no table."""
    try:
        found = json.loads(zlib.decompress(packed))
    except (zlib.error, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def key_of(parts: Sequence[str]) -> str:
    """Return the key of a table: a digest of all that it is made from."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
