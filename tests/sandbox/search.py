"""A search from inside the sandbox for any line of a solution or of the judge."""

from __future__ import annotations

from pathlib import Path

from grader.sandbox import packages
from tests.kit.sandbox import HERE

INSIDE = HERE / "grader" / "sandbox" / "inside"
# It takes longer than a cell may, and shall come to its end here.

SEARCH = """
import os, stat, sys
needles = [bytes.fromhex(word) for word in {needles!r}]
roots = ["/", {here!r}, os.path.dirname({here!r}), os.path.expanduser("~"), "/root", "/home",
         "/tmp", "/var", "/proc/self", "/proc/1/root", *sys.path, *{readable!r}]
seen, found, files = set(), [], 0
for root in roots:
    for folder, folders, names in os.walk(root):
        if folder in seen:
            folders.clear()
            continue
        seen.add(folder)
        for name in names:
            path = os.path.join(folder, name)
            try:
                if not stat.S_ISREG(os.stat(path).st_mode) or os.path.getsize(path) > 2_000_000:
                    continue
                with open(path, "rb") as file:
                    text = file.read()
            except OSError:
                continue
            files += 1
            found += [path for needle in needles if needle in text]
for path in {answers!r}:
    try:
        open(path).read()
    except OSError:
        continue
    found.append(path)
print(files > 1000, found)
"""


def answers() -> list[Path]:
    """Every file of the project that student code has no business with."""
    kit = [p for p in (HERE / "grader").rglob("*.py") if INSIDE not in p.parents]
    names = ("solutions", "tests", "assignments")
    course = [p for name in names for p in (HERE / name).rglob("*") if p.is_file()]
    return [*kit, *course]


def search() -> str:
    """The code of a student who reads every file that there is, and knows where to look."""
    listed = [str(path) for path in answers()]
    folders = list(packages.readable())  # an attacker can guess them one by one
    return SEARCH.format(needles=needles(), here=str(HERE), answers=listed, readable=folders)


def needles() -> list[str]:
    """Distinctive lines of the solutions and of the judge, in hexadecimal."""
    lines = []
    for path in (HERE / "solutions").glob("*/lesson.py"):
        text = path.read_text()
        for part in text.split("### BEGIN SOLUTION")[1:]:
            lines += part.split("### END SOLUTION")[0].splitlines()
    longest = sorted({line.strip() for line in lines}, key=len)[-8:]
    assert len(longest) == 8
    judge = (HERE / "grader" / "sandbox" / "job.py").read_text().splitlines()[0]
    return [line.encode().hex() for line in (*longest, judge)]
