"""Release, judge and explain assignments in which students write functions in NumPy."""

import sys

__version__ = "0.1.0"

# jsonschema, which nbformat imports, takes this package for the format "iri" where it is installed,
# and to import it builds a grammar, which takes longer than all the rest. No notebook is held to
# that format, and jsonschema goes on without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
