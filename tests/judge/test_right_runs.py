"""What is handed out beside a notebook is known from within, however it is written."""

from __future__ import annotations

from grader.instrument.weave import LONGEST_SOURCE, woven
from grader.judge.right_runs import bare

READ = "a long story for whoever reads it, " * LONGEST_SOURCE


def module(function: str) -> str:
    """A module with much to read and an import from the future."""
    head = f'"""{READ}"""\n\nfrom __future__ import annotations\n\nimport numpy as np\n\n'
    return f'{head}\ndef {function}(x):\n    """{READ}"""\n    return np.tanh(x)  # {READ}\n'


def test_modules_are_rewritten_together_however_much_there_is_to_read() -> None:
    """Several with docstrings beyond any limit, each with its import from the future."""
    text = "\n".join(map(bare, (module("squash"), module("press"))))
    made = woven(text, ["squash", "press"])
    names: dict[str, object] = {}
    compile(made.text, "<modules>", "exec")
    exec(compile(text, "<modules>", "exec"), names)
    assert callable(names["squash"]) and callable(names["press"])
    assert made.defines >= {"squash", "press"}


def test_what_holds_nothing_but_words_still_parses() -> None:
    """A function of one docstring, and a module of one."""
    assert bare('def f():\n    """Do nothing."""') == "def f():\n    pass"
    assert bare('"""Nothing."""') == "pass"
