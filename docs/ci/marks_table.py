"""Print the verdicts in build/marks/ as a table for GitHub's job summary.

``python marks_table.py STUDENTS``, a CSV with the column ``student``; needs nothing but Python.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

MARKS = Path("build/marks")


def main(students: Path) -> int:
    """Print one line a student; returns the exit code."""
    print("| student | points by tests | to look at |\n| --- | ---: | --- |")
    with students.open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            print(row(line["student"], MARKS / f"{line['student']}.json"))
    return 0


def row(student: str, path: Path) -> str:
    """One student's line."""
    if not path.exists():
        return f"| {student} | no mark | nothing was marked: see the warnings of this run |"
    verdict = json.loads(path.read_text(encoding="utf-8"))
    if verdict["outcome"] != "graded":
        return f"| {student} | no mark | {verdict['outcome'].replace('_', ' ')} |"
    wrong = [
        f"`{exercise['name']}`: {exercise['mistake'] or exercise['outcome'].replace('_', ' ')}"
        for exercise in verdict["exercises"]
        if exercise["outcome"] != "passed"
    ]
    score = f"{verdict['score']:g} of {verdict['max_score']:g}"
    return f"| {student} | {score} | {', '.join(wrong) or 'nothing: all right'} |"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
