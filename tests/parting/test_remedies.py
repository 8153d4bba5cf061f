"""A finding is put to the test: is all right with the right value there?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from grader.instrument.weave import woven
from grader.judge.diagnostic_cases import diagnostics
from grader.judge.in_process_runs import between_in_process
from grader.parting import replay
from grader.parting.remedies import Remedies
from grader.parting.replay import Replay
from grader.parting.sentences import sentence
from grader.parting.told_texts import index_of_text
from tests.kit.course import assignment
from tests.parting.cases import Wrong
from tests.parting.test_where import STYLES
from tests.parting.test_wrong_functions import found_in

L, C = "lstm_cell_backward", "lstm_cell_forward"


def between_of(exercise: str, old: str = "", new: str = ""):
    """A function of another style with one edit, beside the reference."""
    text = STYLES[exercise]
    assert not old or text.count(old) == 1
    of = assignment().spec.exercise(exercise)
    cases = diagnostics(assignment(), of)
    diagnostic = cases.of(cases.first())
    assert diagnostic is not None
    own = woven(text.replace(old, new), [exercise])
    return between_in_process(assignment(), of, diagnostic, own)


@pytest.mark.parametrize("exercise", STYLES)
def test_a_right_run_is_reckoned_again_to_the_same_values(exercise) -> None:
    """Every value of it is known, and none is another than was told."""
    between = between_of(exercise)
    values = Replay(between).values
    for record, value in zip(between.run.records, values, strict=True):
        assert value is not None and value.shape == record.shape


def test_the_line_at_which_all_is_mended_is_found() -> None:
    """Later ones at which it would be mended, too, come after it."""
    wrong = "dc_next - da_next * o * (1 - t * t)"
    between = between_of(L, "dc_next + da_next * o * (1 - t * t)", wrong)
    assert Remedies(between).lines() == [5]


def test_what_holds_is_said_for_certain() -> None:
    """Without a probably, and without a second line."""
    text = STYLES[L].replace("dc_next + da_next", "dc_next - da_next")
    found = found_in(Wrong(L, 0, text, frozenset(), 1))
    assert found is not None and found.sure and not found.also
    assert not sentence(found).startswith("Probably")
    assert sentence(replace(found, also=7)).startswith("Probably")


def test_what_may_be_one_of_two_lines_names_both() -> None:
    """Where a value is made, and where it is used."""
    text = STYLES["rnn_backward"].replace('back = g["da_prev"]', "pass")
    found = found_in(Wrong("rnn_backward", 0, text, frozenset(), 1))
    assert found is not None and not found.sure
    assert found.also not in (0, found.line)


def test_nothing_large_is_made_of_what_was_told(monkeypatch) -> None:
    """The sizes of operands, and what is no array, are limited before anything is reckoned."""
    between = between_of(C)
    product = next(r for r in between.run.records if between.run.op(r) == "MatMult")
    again = Replay(between)
    assert again._again(product, again.values) is not None
    monkeypatch.setattr(replay, "MOST_WORK", 3)
    assert again._again(product, again.values) is None


def test_an_index_is_read_and_never_run() -> None:
    """Numbers, slices and tuples of them; anything else is refused."""
    assert index_of_text("(:, :, 2)") == (slice(None), slice(None), 2)
    assert index_of_text("slice(None, 3, None)") == slice(None, 3, None)
    for text in ("__import__('os')", "x", "[].append(1)", "slice(open('f'))"):
        with pytest.raises((ValueError, SyntaxError)):
            index_of_text(text)
    assert np.zeros(3)[index_of_text("-1")] == 0.0
