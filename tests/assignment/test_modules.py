"""An assignment's modules, imported from their texts: how they find each other, and what fails."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import traceback

import pytest

from grader.assignment.assignment import Packed
from grader.assignment.modules import Texts, load_module, load_spec
from grader.errors import UsageError
from tests.kit.toy import NAME, ROOT, packed

SPEC = "from grader.authoring import Spec\n"


def texts(**files: str) -> Texts:
    """The texts of a folder `exercises/`."""
    return tuple((f"exercises/{name}.py", text) for name, text in files.items())


def test_files_of_a_folder_import_each_other_by_a_dot() -> None:
    """One file an exercise, and what they share: siblings, also from inside a function."""
    made = texts(
        __init__=SPEC + "from . import step\nSPEC = Spec('tiny', step.title(), ())\n",
        step="from .shared import WORD\ndef title():\n    from . import late\n"
        "    return WORD + late.WORD\n",
        shared="WORD = 'one '\n",
        late="WORD = 'two'\n",
    )
    assert load_spec("tiny", made).title == "one two"


def test_a_folder_may_hold_another() -> None:
    """Packages nest, as in any program."""
    made = texts(
        **{
            "__init__": SPEC + "from .deep.words import WORD\nSPEC = Spec('tiny', WORD, ())\n",
            "deep/__init__": "",
            "deep/words": "from ..shared import WORD\n",
            "shared": "WORD = 'found'\n",
        }
    )
    assert load_spec("tiny", made).title == "found"


def test_a_module_may_define_classes_of_its_own() -> None:
    """A dataclass with postponed annotations works: it looks its module up by name."""
    text = """\
        from __future__ import annotations
        from dataclasses import dataclass
        from grader.spec import Spec

        @dataclass(frozen=True)
        class Plan:
            name: str

        SPEC = Spec(Plan("tiny").name, "Tiny", ())
        """
    assert load_spec("tiny", (("exercises.py", textwrap.dedent(text)),)).name == "tiny"


def test_the_same_texts_are_loaded_once_and_others_apart() -> None:
    """Two courses in one process, or two versions of one, never share a module."""
    one, other = (texts(__init__=f"X = {number}\n") for number in (1, 2))
    assert load_module("tiny", one, "exercises") is load_module("tiny", one, "exercises")
    assert load_module("tiny", one, "exercises").X == 1
    assert load_module("tiny", other, "exercises").X == 2
    assert load_module("small", one, "exercises") is not load_module("tiny", one, "exercises")


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ((), "tiny has no exercises: write solutions/tiny/exercises.py"),
        (texts(__init__="SPEC = 3\n"), "the exercises of tiny define no A: make one with"),
        (
            texts(__init__=SPEC + "SPEC = Spec('small', 'Small', ())\n"),
            "the exercises of tiny say name='small': an assignment has the name of its folder",
        ),
        (
            texts(__init__="from . import step\n", step="x = 1\ny = x / 0\n"),
            "solutions/tiny/exercises/step.py, line 2, fails (ZeroDivisionError",
        ),
        (
            texts(__init__="from . import step\n", step="x = 1\ny = (\n"),
            "solutions/tiny/exercises/step.py, line 2, fails (SyntaxError",
        ),
        (
            texts(__init__="x = 1\nfrom . import stop\n", step=""),
            "solutions/tiny/exercises/__init__.py, line 2, fails (ImportError",
        ),
        (
            texts(__init__="from grader.judge import nothing\n"),
            "solutions/tiny/exercises/__init__.py, line 1, fails (ImportError",
        ),
    ],
)
def test_what_fails_is_one_line_with_its_place(made: Texts, said: str) -> None:
    """The file that its author knows, and the line; the remedy where there is one."""
    with pytest.raises(UsageError) as refused:
        load_spec("tiny", made)
    assert str(refused.value).startswith(said) and "\n" not in str(refused.value)


def test_a_traceback_shows_the_authors_lines() -> None:
    """Cases are drawn by the author's code: where it fails, its line can be read."""
    module = load_module("tiny", texts(__init__="def draw(n):\n    return 1 / n\n"), "exercises")
    with pytest.raises(ZeroDivisionError) as caught:
        module.draw(0)
    shown = "".join(traceback.format_exception(caught.value))
    assert "return 1 / n" in shown and "solutions/tiny/exercises/__init__.py" in shown


def test_an_assignment_travels_as_plain_data() -> None:
    """Another process, in another folder, has nothing but what it was sent."""
    code = (
        "import sys\n"
        "from grader.assignment.assignment import Packed\n"
        "from grader.assignment.source import Source, SourceCell\n"
        "packed = eval(sys.stdin.read())\n"
        "print(packed.load().spec.title, packed.load().max_score)\n"
    )
    sent = packed(NAME)
    assert isinstance(sent, Packed) and dict(sent.exercises).keys() == {"exercises.py"}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        input=repr(sent),
        cwd="/",
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert ran.stdout.strip() == "A leaky memory 20.0", ran.stderr
