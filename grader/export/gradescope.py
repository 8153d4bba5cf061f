"""Export to Gradescope: ``results.json`` of one submission, as an autograder writes it.

Source: Gradescope autograder documentation, "Autograder specifications", output format.
"""

from __future__ import annotations

import json
from typing import Any

from grader.plain_text import plain
from grader.verdict import ExerciseResult, Verdict


def results_bytes(verdict: Verdict) -> bytes:
    """Return the marks by tests as JSON: one test an exercise, visible to the student.

    The written question and late penalties are not in it: Gradescope has its own.
    """
    results: dict[str, Any] = {
        "score": verdict.score,
        "execution_time": verdict.seconds,
        "output": plain("\n".join(filter(None, (verdict.message, *verdict.mended)))),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(exercise) for exercise in verdict.exercises],
    }
    return (json.dumps(results, indent=1) + "\n").encode()


def _test(exercise: ExerciseResult) -> dict[str, Any]:
    return {
        "name": f"{exercise.name} (bonus)" if exercise.bonus else exercise.name,
        "score": exercise.points,
        "max_score": exercise.max_points,
        "status": "passed" if exercise.outcome == "passed" else "failed",
        "output": plain(exercise.message),
        "output_format": "text",
        "visibility": "visible",
    }
