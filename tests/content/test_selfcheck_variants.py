"""The notebook's check on right functions in many styles: each earns all points, on both cases."""

from __future__ import annotations

import pytest

from grader.verify import in_process
from tests.content.variants import all_variants
from tests.kit.course import selfcheck
from tests.kit.solution import NAMES, scope


@pytest.mark.parametrize("name", NAMES)
def test_every_style_passes_the_check_in_the_notebook(name: str) -> None:
    """No right function loses a point there, whatever its style."""
    check, variants = selfcheck(), list(all_variants(name))
    reference = check.references()[name]
    assert reference.other is not None and len(variants) >= 25
    for variant in variants:
        function = in_process.define(variant.source, name, scope())
        panel, message = check.examine(reference, function)
        assert not message and panel.points == panel.max_points, (variant.style, message)
        assert not panel.notes, variant.style
