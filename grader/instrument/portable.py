"""Make one text of a rewritten function and all that records it, to run where the student's is."""

from __future__ import annotations

import binascii
import functools
import inspect
import marshal
import re
from collections.abc import Mapping, Sequence

from grader.instrument import recorder, report, sketches, traced
from grader.instrument.weave import Woven

OWN_IMPORT = re.compile(r"^from grader[\w.]* import (\([^)]*\)|.*)\n", re.M)
FUTURE = "from __future__ import annotations\n"
PARTS = (sketches, recorder, report, traced)
# What records is compiled here, once: where it runs is the same interpreter.
RUNTIME = """
import binascii, marshal
exec(marshal.loads(binascii.a2b_base64({code!r})), globals())
"""
# What is called with the student's names, as the driver of an exercise is.
ENTRY = """
def portable(student, *arguments):
    names = student.__names__
    code = {text!r}
    def wanted(space):
        if not {drive!r}:
            return space[{name!r}]
        scope = {{"np": np}}
        exec({drive!r}, scope)
        return lambda *given: scope["portable"](types.SimpleNamespace(**space), *given)
    recorder = Recorder({needed!r})
    return traced(code, recorder, names, {others!r}, {after!r}, wanted)(*arguments)
"""


def portable_text(
    made: Woven, name: str, others: Sequence[str], after: Mapping[str, int], drive: str = ""
) -> str:
    """Return the text of a function ``portable(student, *arguments)`` that tells its values.

    It calls the function ``name``, or what ``drive`` does, and gives back what `traced` does.
    ``others`` are the functions of other exercises; ``after`` are the places of arguments whose
    state after the call is a part of the result.
    """
    entry = ENTRY.format(
        text=made.text,
        name=name,
        drive=drive,
        needed=made.needed,
        others=list(others),
        after=dict(after),
    )
    return _runtime() + entry


@functools.cache
def _runtime() -> str:
    """Return the text that defines what records."""
    body = "\n".join(inspect.getsource(part) for part in PARTS)
    text = FUTURE + "import types\n" + OWN_IMPORT.sub("", body).replace(FUTURE, "")
    code = compile(text, "<recorder>", "exec", dont_inherit=True, optimize=2)
    return RUNTIME.format(code=binascii.b2a_base64(marshal.dumps(code), newline=False))
