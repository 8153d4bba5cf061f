"""Start the worker by file path: ``python inside/__main__.py '<settings as JSON>'``.

The folder becomes a package of its own, ``inside``, so that nothing else of the project needs to
be importable, or even present, where student code runs.
"""

import importlib.machinery
import importlib.util
import json
import sys
from pathlib import Path


class NotHere:
    """A finder that makes packages off the allow-list missing, not unreadable, at every tier."""

    def __init__(self, readable: list[str]) -> None:
        self.folders = {str(Path(path).parent) for path in readable if Path(path).is_dir()}
        self.readable = frozenset(readable)

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Raise for a top-level module that lies beside the allowed ones without being one."""
        if path is not None or name in sys.builtin_module_names:
            return
        spec = importlib.machinery.PathFinder.find_spec(name)
        place = None if spec is None else spec.origin
        if place is None or not place.startswith("/"):
            return
        top = Path(place).parent if Path(place).name == "__init__.py" else Path(place)
        if str(top.parent) in self.folders and str(top) not in self.readable:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def main() -> None:
    """Make this folder the package ``inside``, set the import path and hand over."""
    settings = json.loads(sys.argv.pop())
    sys.path[:] = settings["path"]
    sys.meta_path.insert(0, NotHere(settings["readable"]))
    here = Path(__file__).resolve().parent
    spec = importlib.util.spec_from_file_location(
        "inside", here / "__init__.py", submodule_search_locations=[str(here)]
    )
    assert spec is not None
    sys.modules["inside"] = importlib.util.module_from_spec(spec)
    worker = importlib.import_module("inside.worker")
    worker.main(settings)


main()
