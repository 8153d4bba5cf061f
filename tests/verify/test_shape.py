"""Each rule of shape is broken once, at its line; the kit's own lesson keeps them all."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from grader.assignment.assignment import Assignment
from grader.assignment.cell_headers import expand
from grader.assignment.lesson_text import lesson_source
from grader.release.draft import points_of, read_draft
from grader.verify.shape.rules import RULES, broken, keeps_shape
from tests.authoring.kinds import NAME as KINDS
from tests.authoring.kinds import course as kinds
from tests.kit.solution import COURSE
from tests.kit.toy import NAME, course

TEXT = course().lesson(NAME).read_text("utf-8")
HEADING = "# ## 2 · remember: a sequence\n"
ALT = "A line that starts at one, falls steeply at first, and levels out near zero"
CAPTION = "*Figure 1. What was remembered fades by the same share at every step.*"
# rule: what is replaced, what by, the words at the line that is named, what is said
BREAKS: dict[str, tuple[str, str, str, str]] = {
    "one-title": (HEADING, "# # Another title\n", "# # Another", "a second title"),
    "heading-levels": (HEADING, HEADING.replace("##", "#####"), "##### 2", "levels below"),
    "headings-differ": (
        HEADING,
        HEADING + "#\n# ## In words\n#\n# ## In words\n",
        "## In words",
        "stands 3 times",
    ),
    "alt-text": (
        HEADING,
        f"{HEADING}#\n# ![It falls](figures/a.svg)\n#\n# {CAPTION}\n",
        "![It falls]",
        "2 words say what is in the picture",
    ),
    "captions": (HEADING, f"{HEADING}#\n# ![{ALT}](figures/a.svg)\n", "![A line", "no caption"),
    "link-words": (
        HEADING,
        f"{HEADING}#\n# See [here](https://example.org).\n",
        "See [here]",
        "says not where to",
    ),
    "equations-numbered": ("\\tag{1}", "\\tag{2}", "$$h_{next}", "write \\tag{1}"),
    "known-mathematics": ("= \\tanh(w h", "= \\mytanh(w h", "$$h_{next}", "\\mytanh"),
    "no-emoji": (
        HEADING,
        HEADING.replace("sequence", "sequence \U0001f600"),
        "sequence",
        "\U0001f600",
    ),
    "short-texts": (HEADING, HEADING + "# word" * 501 + "\n", "# ## 2", "words in one cell"),
    "hints": (
        HEADING,
        f"{HEADING}#\n# <details>\n# <summary>Hint</summary>\n#\n"
        "# caches.append(cache)\n#\n# </details>\n",
        "<details>",
        "a hint tells",
    ),
    "short-cells": (
        'check("leak", leak)\n',
        'check("leak", leak)\n' + "1\n" * 31,
        'check("leak"',
        "32 lines",
    ),
    "text-beside-code": (
        TEXT,
        TEXT + "".join(f"\n# %% locked more_{i}\n1\n" for i in range(9)),
        "",
        "cells of text stand beside",
    ),
    "words-above-answers": (
        "# %% [markdown]\n" + HEADING,
        "# %% locked odd\n1\n# " + HEADING[2:],
        "def remember",
        "no text stands above remember",
    ),
    "any-front-end": (
        'check("leak", leak)\n',
        'check("leak", leak)\n%matplotlib inline\n',
        "%matplotlib",
        "'%'",
    ),
    "imports-handed-out": (
        "import numpy as np\n",
        "import numpy as np\nimport pandas\n",
        "import pandas",
        "pandas is not installed",
    ),
    "own-generator": (
        'check("leak", leak)\n',
        'np.random.seed(1)\ncheck("leak", leak)\n',
        "np.random.seed",
        "everybody's generator",
    ),
    "one-function-an-answer": (
        "def remember(",
        "LIMIT = 3\n\n\ndef remember(",
        "LIMIT = 3",
        "more than remember",
    ),
    "stub-says": (
        "        h0: the memory before the first step, (n, m)\n",
        "",
        "def remember",
        "does not say h0",
    ),
    "promised-length": (
        "sequence; about 8 lines",
        "sequence; about 3 lines",
        "def remember",
        "the solution has 8",
    ),
}


def looked_at(text: str) -> list[str]:
    """What breaks the rules in a text of the toy's."""
    spec = read_draft(course(), NAME).assignment.spec
    long = expand(text, points_of(spec), NAME)
    return list(broken(spec, lesson_source(NAME, long, (("leaky_utils.py", b""),))))


def test_every_rule_is_broken_here() -> None:
    """No rule is listed that nothing breaks; each says in words what it asks."""
    assert {*BREAKS} == {*RULES}
    assert all(rule.__doc__ and rule.__doc__.endswith(".") for rule in RULES.values())
    assert looked_at(TEXT) == []


@pytest.mark.parametrize("rule", BREAKS)
def test_a_broken_rule_is_named_with_its_line(rule: str) -> None:
    """That rule alone, and at the line that breaks it."""
    old, new, words, said = BREAKS[rule]
    assert TEXT.count(old) == 1
    text = TEXT.replace(old, new)
    found = looked_at(text)
    assert found and all(problem.startswith(f"{rule}: ") for problem in found), found
    assert said in found[0]
    if words:
        line = re.search(rf"solutions/{NAME}/lesson\.py, line (\d+): ", found[0])
        assert line and words in text.splitlines()[int(line[1]) - 1], found[0]


@pytest.mark.parametrize(
    ("leaves_out", "said"),
    [
        ({"hints": "no exercise is hard"}, "hints is left out, and the lesson keeps it"),
        ({"colour": "grey"}, "colour is left out, and is no rule: one of one-title"),
        ({"captions": " "}, "captions is left out without a reason"),
    ],
)
def test_a_rule_is_left_out_by_name_with_a_reason(leaves_out: dict[str, str], said: str) -> None:
    """And only where the lesson does not keep it."""
    made: Assignment = read_draft(course(), NAME).assignment
    found = keeps_shape(replace(made.spec, leaves_out=leaves_out), made.source)
    assert not found.holds and said in found.text


def test_the_kits_own_lessons_keep_them() -> None:
    """The course's without an exception; that of the page on authoring says what it leaves out."""
    for where, name in ((COURSE, "rnn_step_by_step"), (kinds(), KINDS)):
        made = read_draft(where, name).assignment
        found = keeps_shape(made.spec, made.source)
        assert found.holds, found.text
    assert found.text.endswith("without text-beside-code, words-above-answers")
