"""Put the student's check together: one file that needs nothing but NumPy."""

from __future__ import annotations

import re
from pathlib import Path

from grader.comparison import (
    causes,
    drivers,
    error_causes,
    finding,
    fingerprints,
    joined_arrays,
    ladder,
    layout,
    locks,
    packing,
    properties,
    random_names,
    stub,
    telling,
    time_limit,
    trees,
    values,
)
from grader.instrument import (
    digests,
    expressions,
    name_uses,
    recorder,
    report,
    sketches,
    traced,
    weave,
)
from grader.selfcheck import (
    attempts,
    check,
    known_mistakes,
    names,
    panel,
    panels,
    reasons,
    references_file,
    replay,
    until,
    weighing,
    where_raised,
)

# In the order in which selfcheck.py needs them.
PARTS = (
    *(telling, layout, finding, stub, time_limit, trees, values, ladder, packing, fingerprints),
    *(locks, joined_arrays, causes, error_causes, random_names, properties, drivers),
    *(sketches, digests, recorder, report, traced, name_uses, expressions, weave),
    *(names, panel, references_file, replay, known_mistakes, where_raised, attempts, reasons),
    *(until, panels, weighing, check),
)
OWN_IMPORT = re.compile(r"^from grader[\w.]* import (\([^)]*\)|.*)\n", re.M)


def selfcheck_text() -> str:
    """Return the student's check as one file that needs nothing but NumPy."""
    rooms = sorted({Path(str(module.__file__)).parent.name for module in PARTS})
    where = " and ".join(f"grader/{room}/" for room in rooms)
    head = f"# derived from {where} by `make release`; edit the files there\n"
    body = ""
    for module in PARTS:
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        # In one file the parts have no modules to import each other from.
        source = OWN_IMPORT.sub("", source).replace("from __future__ import annotations\n", "")
        body += "\n\n" + source.strip() + "\n"
    first = str(check.__doc__).splitlines()[0]
    start = f'"""Check your own functions: ``from selfcheck import check``.\n\n{first}\n"""\n\n'
    return head + start + "from __future__ import annotations\n" + body
