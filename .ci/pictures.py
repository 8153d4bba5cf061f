"""Make the README's pictures of the assignments from the plots of their own notebooks.

``python .ci/pictures.py`` runs each notebook with its solutions and keeps what the named cells show
in ``docs/images/``. Training ends a little differently on another processor, so the pictures are
made by hand, when a lesson has changed, and not by a check.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import nbformat  # noqa: E402
from nbclient import NotebookClient  # noqa: E402

from grader.course import Course  # noqa: E402
from grader.simulate.pupils import Pupil  # noqa: E402

# Of each assignment: the cell whose picture is kept, and under which name.
SHOWN = {
    "rnn_step_by_step": {"lesson_reach_plot": "reach"},
    "gated_and_two_way": {"lesson_senses_plot": "senses"},
    "making_music": {"lesson_write": "beat", "lesson_hear": "tune"},
}


def run(course: Course, name: str, folder: Path) -> nbformat.NotebookNode:
    """Run an assignment's notebook with its solutions, in a folder that holds its files."""
    assignment = course.packed(name).load()
    released = json.loads(course.released_notebook(name).read_text(encoding="utf-8"))
    text = Pupil("right").notebook(assignment, released)
    for path in course.released_notebook(name).parent.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    book = nbformat.reads(text, as_version=4)
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(book, timeout=600, kernel_name="python3", resources=where).execute()
    return book


def main() -> None:
    """Write every picture and say how large it is."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for name in sys.argv[1:] or SHOWN:
        with tempfile.TemporaryDirectory() as folder:
            book = run(Course(ROOT), name, Path(folder))
        for cell in book.cells:
            if cell.id in SHOWN[name]:
                shown = (output.get("data", {}).get("image/png") for output in cell.outputs)
                data = base64.b64decode(next(filter(None, shown)))
                path = ROOT / "docs" / "images" / f"{SHOWN[name][cell.id]}.png"
                path.write_bytes(data)
                print(path.relative_to(ROOT), f"{len(data) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
