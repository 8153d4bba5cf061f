"""Find pairs of submissions that are unusually alike, by fingerprints of their answers.

Names, comments and layout do not count; code of the released stubs and code that many share is
left out. Source: Schleimer, Wilkerson and Aiken, "Winnowing" (SIGMOD 2003), through copydetect.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

LENGTH = 25  # characters of code, names shortened to one, that must match at a stretch
LEAST = 120  # fingerprints below which a function leaves too little freedom to compare
OWN = 40  # fingerprints that must be left when what many share is taken away
ALIKE = 0.8
MANY = 10  # code that more submissions share is common; in small classes, a third of them
MOST_COMPARED = 20_000  # characters of one answer that are compared

CodeByStudent = Mapping[str, Mapping[str, str]]  # student → exercise → code


@dataclass(frozen=True)
class Side:
    """A side of a match: one student's answer by lines, each with whether it holds a match."""

    student: str
    lines: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Match:
    """A match: one exercise in which two answers are alike; both numbers are shares from 0 to 1.

    ``likeness`` is of structure, whatever the names; ``same_lines`` is of lines equal to the
    letter, counted among those that few share.
    """

    exercise: str
    likeness: float
    same_lines: float
    sides: tuple[Side, Side]


@dataclass(frozen=True)
class Pair:
    """A pair of students and the exercises in which their answers are alike."""

    students: tuple[str, str]
    matches: tuple[Match, ...]
    weight: int  # fingerprints in common: how much code is alike, not only how closely

    @property
    def likeness(self) -> float:
        """Return the highest likeness among the exercises."""
        return max(match.likeness for match in self.matches)


def similar_pairs(answers: CodeByStudent, stubs: Mapping[str, str]) -> list[Pair]:
    """Return the pairs that are alike in at least one exercise, those with most code first."""
    found: dict[tuple[str, str], list[tuple[int, Match]]] = {}
    for exercise, stub in stubs.items():
        codes = {s: own.get(exercise, stub)[:MOST_COMPARED] for s, own in answers.items()}
        codes = {s: code for s, code in codes.items() if code.strip() != stub.strip()}
        for students, weight, match in _in_exercise(exercise, codes, stub):
            found.setdefault(students, []).append((weight, match))
    pairs = [
        Pair(students, tuple(match for _, match in matches), sum(weight for weight, _ in matches))
        for students, matches in found.items()
    ]
    return sorted(pairs, key=lambda pair: (-pair.weight, pair.students))


def _in_exercise(
    exercise: str, codes: Mapping[str, str], stub: str
) -> Iterator[tuple[tuple[str, str], int, Match]]:
    from copydetect import compare_files  # takes seconds to import

    prints = _own_prints(codes, _print(stub).hashes)
    few = _rare_lines(codes, stub)
    for one, two in combinations(sorted(prints), 2):
        a, b = prints[one], prints[two]
        common = len(a.hashes & b.hashes)
        if common < ALIKE * min(len(a.hashes), len(b.hashes)):
            continue  # far cheaper than comparing, and no pair that is alike is lost
        _, shares, slices = compare_files(a, b)
        lines, most = len(few[one] & few[two]), min(len(few[one]), len(few[two]))
        sides = Side(one, _marked(a.raw_code, slices[0])), Side(two, _marked(b.raw_code, slices[1]))
        likeness = min(float(max(shares)), 1.0)
        if likeness >= ALIKE:
            same = lines / most if most else 0.0
            yield (one, two), common, Match(exercise, likeness, same, sides)


def _print(code: str) -> Any:
    """Fingerprint some code; every stretch of ``LENGTH`` counts, so that runs agree.

    (With a window above 1 copydetect picks stretches by Python's hashes, which are salted.)
    """
    from copydetect import CodeFingerprint

    return CodeFingerprint("answer.py", LENGTH, 1, fp=io.StringIO(code), language="python")


def _own_prints(codes: Mapping[str, str], stub: set[int]) -> dict[str, Any]:
    """Return fingerprints without the stub's and what many share; none that are too short."""
    from copydetect.utils import get_token_coverage

    prints = {student: _print(code) for student, code in codes.items()}
    prints = {s: made for s, made in prints.items() if len(made.hashes - stub) >= LEAST}
    holders = Counter(digest for made in prints.values() for digest in made.hashes)
    drop = stub | {digest for digest, count in holders.items() if count > _many(len(prints))}
    for made in prints.values():
        made.hashes = made.hashes - drop
        made.hash_idx = {digest: at for digest, at in made.hash_idx.items() if digest not in drop}
        made.token_coverage = get_token_coverage(made.hash_idx, LENGTH, len(made.filtered_code))
    return {student: made for student, made in prints.items() if len(made.hashes) >= OWN}


def _many(students: int) -> int:
    return min(MANY, max(3, students // 3))


def _rare_lines(codes: Mapping[str, str], stub: str) -> dict[str, set[str]]:
    """Return each student's lines that are neither the stub's nor written by many."""
    lines = {s: {line.strip() for line in code.splitlines()} for s, code in codes.items()}
    holders = Counter(line for own in lines.values() for line in own)
    drop = {line.strip() for line in stub.splitlines()} | {""}
    drop |= {line for line, count in holders.items() if count > _many(len(codes))}
    return {student: own - drop for student, own in lines.items()}


def _marked(code: str, slices: Any) -> tuple[tuple[str, bool], ...]:
    """Split ``code`` into lines and say of each whether a matching stretch touches it."""
    stretches = list(zip(*slices, strict=True)) if len(slices) else []
    made, start = [], 0
    for line in code.splitlines(keepends=True):
        begin = start + len(line) - len(line.lstrip())
        end = start + len(line.rstrip())
        hit = any(low < end and high > begin for low, high in stretches)
        made.append((line.rstrip("\n"), hit and end > begin))
        start += len(line)
    return tuple(made)
