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

import numpy as np

from grader.files.kept import Kept

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


def similar_pairs(answers: CodeByStudent, stubs: Mapping[str, str], kept: Kept) -> list[Pair]:
    """Return the pairs that are alike in at least one exercise, those with most code first."""
    found: dict[tuple[str, str], list[tuple[int, Match]]] = {}
    for exercise, stub in stubs.items():
        codes = {s: own.get(exercise, stub)[:MOST_COMPARED] for s, own in answers.items()}
        codes = {s: code for s, code in codes.items() if code.strip() != stub.strip()}
        for students, weight, match in _in_exercise(exercise, codes, stub, kept):
            found.setdefault(students, []).append((weight, match))
    pairs = [
        Pair(students, tuple(match for _, match in matches), sum(weight for weight, _ in matches))
        for students, matches in found.items()
    ]
    return sorted(pairs, key=lambda pair: (-pair.weight, pair.students))


def _in_exercise(
    exercise: str, codes: Mapping[str, str], stub: str, kept: Kept
) -> Iterator[tuple[tuple[str, str], int, Match]]:
    own = _own_hashes(codes, stub, kept)
    few = _rare_lines(codes, stub)
    for (one, two), common in sorted(_in_common(own).items()):
        if common < ALIKE * min(len(own[one]), len(own[two])):
            continue  # far cheaper than comparing, and no pair that is alike is lost
        likeness, slices = _compared(*((codes[s], own[s]) for s in (one, two)), kept=kept)
        if likeness < ALIKE:
            continue
        lines, most = len(few[one] & few[two]), min(len(few[one]), len(few[two]))
        same = lines / most if most else 0.0
        sides = (
            Side(one, _marked(codes[one], slices[0])),
            Side(two, _marked(codes[two], slices[1])),
        )
        yield (one, two), common, Match(exercise, likeness, same, sides)


def _bare(code: str, kept: Kept) -> tuple[str, np.ndarray]:
    """Return code without names, comments and layout, and where in it how much was left out."""

    def find() -> tuple[str, str]:
        from copydetect.utils import filter_code  # takes seconds to import

        text, offsets = filter_code(code, "answer.py", "python")
        return text, " ".join(map(str, offsets.ravel()))  # a list of numbers takes tenfold memory

    text, offsets = kept.of(("bare", code), find)
    return text, np.array(offsets.split(), dtype=int).reshape(-1, 2)


def _hashes(text: str) -> list[int]:
    """Fingerprint bare code: every stretch of ``LENGTH`` characters, in order.

    (With a window above 1 copydetect picks stretches by Python's hashes, which are salted.)
    """
    return [hash(text[at : at + LENGTH]) for at in range(len(text) - LENGTH + 1)]


def _own_hashes(codes: Mapping[str, str], stub: str, kept: Kept) -> dict[str, frozenset[int]]:
    """Return fingerprints without the stub's and what many share; none that are too short."""
    given = frozenset(_hashes(_bare(stub, kept)[0]))
    by_text = {code: frozenset(_hashes(_bare(code, kept)[0])) for code in {*codes.values()}}
    made = {s: by_text[code] for s, code in codes.items() if len(by_text[code] - given) >= LEAST}
    holders = Counter(digest for hashes in made.values() for digest in hashes)
    drop = given | {digest for digest, count in holders.items() if count > _many(len(made))}
    rest = {code: hashes - drop for code, hashes in by_text.items()}
    return {s: rest[codes[s]] for s in made if len(rest[codes[s]]) >= OWN}


def _in_common(own: Mapping[str, frozenset[int]]) -> Counter[tuple[str, str]]:
    """Count what each two have in common; few hold a fingerprint that is left."""
    holders: dict[int, list[str]] = {}
    for student in sorted(own):
        for digest in own[student]:
            holders.setdefault(digest, []).append(student)
    return Counter(pair for several in holders.values() for pair in combinations(several, 2))


def _compared(*sides: tuple[str, frozenset[int]], kept: Kept) -> tuple[float, Any]:
    """Compare two answers; return how alike they are, and the stretches of each that are."""
    from copydetect import CodeFingerprint, compare_files
    from copydetect.utils import get_token_coverage

    prints = []
    for code, own in sides:
        text, offsets = _bare(code, kept)
        made = CodeFingerprint("answer.py", LENGTH, 1, filter=False, fp=io.StringIO(text))
        made.raw_code, made.offsets, made.hashes = code, offsets, set(own)
        made.hash_idx = {digest: at for digest, at in made.hash_idx.items() if digest in own}
        made.token_coverage = get_token_coverage(made.hash_idx, LENGTH, len(text))
        prints.append(made)
    _, shares, slices = compare_files(*prints)
    return min(float(max(shares)), 1.0), slices


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
