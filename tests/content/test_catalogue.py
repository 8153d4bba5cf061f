"""The catalogue of mistakes and the small changes: large enough, and seen at the first look."""

import pytest

from grader.neighbourhood.mutants import mutants
from grader.neighbourhood.mutation_operators import OPERATORS
from grader.verify import in_process
from tests.kit.course import assignment, right
from tests.kit.solution import NAMES, SPEC, posed

SEED = 7
FORWARD, BACKWARD = 12, 14  # mistakes at least, by the kind of function
# What shows on none but one extra case, and on that for certain.
SHORTER = "da with fewer steps than the caches"
ONLY_ON = {
    "dx-as-long-as-x": SHORTER,
    "loops-over-all-caches": SHORTER,
    "softmax-overflows": "large activations",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_shows_on_the_first_case(name):
    """No luck of the draw decides: a general case shows it, or the one case that is made for it."""
    exercise = SPEC.exercise(name)
    assert len(exercise.mistakes) >= (BACKWARD if "backward" in name else FORWARD)
    for mistake, function in assignment().mistakes(exercise):
        failed = in_process.failed_checks(exercise, function, posed(name, SEED))
        assert set(failed.values()) == {ONLY_ON.get(mistake.id, "random sizes")}, mistake.id


def test_every_operator_finds_something_to_change():
    """Far more than 400 small changes of the eight functions, by every operator there is."""
    found = [
        mutant for name in NAMES for mutant in mutants(right(name), assignment().spec.lookalikes)
    ]
    assert len(found) >= 400
    assert {mutant.operator for mutant in found} == set(OPERATORS)
