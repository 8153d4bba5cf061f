"""nbgrader comes without its extensions of a Jupyter server, and they are there when asked."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.kit.toy import ROOT

EXTENSIONS = ("assignment_list", "course_list", "formgrader", "validate_assignment")


def run(*lines: str) -> str:
    """Run lines in a fresh process; return what they print."""
    text = "\n".join(("import sys", *lines))
    return subprocess.run(
        [sys.executable, "-c", text],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
        cwd=ROOT,
    ).stdout.strip()


def test_the_gradebook_brings_no_server_and_no_converter_along() -> None:
    said = run(
        "import grader.gradebook.write",
        "print(sorted({'jupyter_server', 'nbconvert', 'tornado.web'} & sys.modules.keys()))",
    )
    assert said == "[]"


def test_a_course_s_configuration_brings_no_converter_along() -> None:
    # Every verb reads it, one with nothing to do as well.
    said = run(
        "from pathlib import Path",
        "from grader.course import Course",
        "from grader.gradebook.config import load_config",
        "config = load_config(Course.at(Path.cwd()))",
        "print('autograde_step.Judge' in str(config), 'nbconvert' in sys.modules)",
    )
    assert said == "True False"


@pytest.mark.parametrize("name", EXTENSIONS)
def test_a_server_that_loads_an_extension_gets_its_own_function(name: str) -> None:
    # nbgrader's package imported the function before; it is given what the real one cannot use.
    where = f"nbgrader.server_extensions.{name}"
    said = run(
        "import grader.gradebook.write",
        f"from {where} import load_jupyter_server_extension as load",
        "before = 'tornado.web' in sys.modules",
        "try: load(None)",
        "except AttributeError as error: told = str(error)",
        f"import {where} as module",
        "print(before, told, module.load_jupyter_server_extension is not load)",
        "print(module.__class__.__name__, 'handlers' in dir(module))",
    )
    told = "'NoneType' object has no attribute 'log'"
    other = "'NoneType' object has no attribute 'web_app'"
    assert said in {f"False {why} True\nmodule True" for why in (told, other)}


def test_modules_of_an_extension_are_imported_as_ever() -> None:
    said = run(
        "import grader.gradebook.write",
        "import nbgrader.server_extensions.formgrader.handlers as handlers",
        "from nbgrader.server_extensions.formgrader import apihandlers",
        "print(len(handlers.default_handlers) > 3, len(apihandlers.default_handlers) > 3)",
    )
    assert said == "True True"


def test_where_a_process_has_nbgrader_already_nothing_is_put_off() -> None:
    said = run(
        "import nbgrader",
        "import grader.gradebook.write",
        "from nbgrader.server_extensions import formgrader",
        "print('tornado.web' in sys.modules, formgrader.__class__.__name__)",
    )
    assert said == "True module"
