"""Files that an assignment hands out can be imported and read while its cells run."""

from __future__ import annotations

import sys

import pytest

from grader.assignment.importable import importable

FILES = (
    ("scale_of_c.py", b"STEPS = [0, 2, 4, 5, 7, 9, 11]\n"),
    ("scale_shown.py", b"from scale_of_c import STEPS\nSHOWN = len(STEPS)\n"),
)


def test_a_handed_out_module_may_import_one_that_is_named_before_it() -> None:
    """As it may where they lie in one folder; afterwards neither is left."""
    with importable(FILES):
        import scale_shown  # type: ignore[import-not-found]

        assert scale_shown.SHOWN == 7
    assert not {"scale_of_c", "scale_shown", "selfcheck"} & {*sys.modules}


def test_a_module_that_cannot_be_run_leaves_nothing_behind() -> None:
    """What stood under the same names before is there again."""
    kept = sys.modules["scale_of_c"] = type(sys)("scale_of_c")
    try:
        with pytest.raises(ZeroDivisionError), importable((*FILES, ("broken.py", b"1 / 0"))):
            pass
        assert sys.modules["scale_of_c"] is kept
        assert not {"scale_shown", "broken"} & {*sys.modules}
    finally:
        del sys.modules["scale_of_c"]
