"""Archives as platforms make them, of a class of the toy assignment."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.kit.toy import NAME

ROSTER = (
    "student,name,email,login,canvas_id\n"
    'ada,"Lovelace, Ada",ada@example.org,al01,4711\n'
    "ben,Ben Ó Briain,ben@example.org,bo02,4712\n"
    'cy,"Cyd van der Berg",cy@example.org,cb03,4713\n'
    "mia1,Mia Müller,mia1@example.org,501,4714\n"
    "mia2,Mia Müller,mia2@example.org,502,4715\n"
)
BOOK = f"{NAME}.ipynb"


def book(of: str) -> bytes:
    """A notebook of its own for each word."""
    cells = [{"cell_type": "markdown", "source": of, "metadata": {}}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def packed(members: Mapping[str, bytes] | Mapping[zipfile.ZipInfo, bytes]) -> bytes:
    """A zip archive of these members, compressed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def written(folder: Path, members: Mapping[str, bytes] | Mapping[zipfile.ZipInfo, bytes]) -> Path:
    """The archive as a file."""
    path = folder / "submissions.zip"
    path.write_bytes(packed(members))
    return path


def moodle(**files: str) -> dict[str, bytes]:
    """Moodle's members, by names with a blank for each _, and the number of a participant."""
    return {
        f"{name.replace('_', ' ')}_{number}_assignsubmission_file/{BOOK}": book(text)
        for number, (name, text) in enumerate(files.items(), 100)
    }


METADATA = """---
submission_12:
  :submitters:
  - :name: Somebody Else
    :sid: 'al01'
    :email: ada@example.org
  :created_at: 2026-04-03 17:00:00.123456000 -07:00
  :score: 3.0
  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
    tests: []
submission_13:
  :submitters:
  - :name: Ben Ó Briain
    :sid:
    :email:
  - :name: Cyd van der Berg
    :sid: 'cb03'
    :email: cy@example.org
  :created_at: 2026-04-04 08:00:00.000000000 Z
submission_14:
  :submitters:
  - :name: Ada Lovelace
    :sid: 'al01'
    :email: ada@example.org
  :created_at: 2026-04-04 09:00:00 Z
"""


def gradescope() -> dict[str, bytes]:
    """Gradescope's export: ada handed in twice, ben and cy together."""
    top = "assignment_77_export"
    return {
        f"{top}/submission_metadata.yml": METADATA.encode(),
        f"{top}/submission_12/{BOOK}": book("ada first"),
        f"{top}/submission_13/{BOOK}": book("ben and cy"),
        f"{top}/submission_13/notes.txt": b"see the notebook",
        f"{top}/submission_14/{BOOK}": book("ada second"),
    }
