"""Release, judge and explain assignments in which students write functions in NumPy."""

import sys

__version__ = "0.1.0"

# jsonschema, which nbformat imports, takes these for the formats "iri", "uri" and "duration" where
# they are installed. To import them builds a grammar and long patterns, which takes longer than all
# the rest. No notebook is held to those formats, and jsonschema goes on without.
for _slow in ("rfc3987_syntax", "rfc3986_validator", "isoduration"):
    sys.modules.setdefault(_slow, None)  # type: ignore[arg-type]
