"""Hold a function of the kit's own against the reference in this process: never a student's."""

from __future__ import annotations

import warnings

import numpy as np

from grader.assignment.assignment import Assignment
from grader.assignment.spec import Exercise
from grader.comparison.time_limit import time_limit
from grader.comparison.trees import deep_copy
from grader.instrument.recorder import Recorder
from grader.instrument.traced import traced
from grader.instrument.weave import Woven
from grader.judge.diagnostic_cases import Diagnostic
from grader.judge.right_runs import after_of, wanted_of
from grader.parting.between import Between
from grader.parting.recording import read

CALL_SECONDS = 3.0  # of processor time: a small change can make a loop that never ends


def between_in_process(
    assignment: Assignment, exercise: Exercise, diagnostic: Diagnostic, own: Woven
) -> Between:
    """Return what lies between a trusted function, rewritten, and the reference on a case.

    Raises NotTold, Full and TimeoutError where the function cannot be followed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        others = [name for name in exercise.calls if name not in own.defines]
        run = traced(
            own.text,
            Recorder(own.needed),
            assignment.names,
            others,
            after_of(exercise),
            wanted_of(exercise),
        )
        with np.errstate(all="ignore"), time_limit(CALL_SECONDS, processor=True):
            told = run(*deep_copy(diagnostic.case.arguments))
    kind, lines, unbound = told["error"] or ("", (), "")
    through = [own.lines.get(line, 0) for line in lines]
    recording = read(told["report"], own.places, told["returned"], kind, through, own.uses, unbound)
    return Between(diagnostic.reference, recording)
