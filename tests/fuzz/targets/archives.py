"""Read whatever an instructor could download as the archive of a platform."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from grader.collect.archive import open_archive
from grader.collect.platforms import read_platform
from grader.errors import UsageError

MODULES = (
    "grader.collect.archive",
    "grader.collect.platforms",
    "grader.collect.gradescope_metadata",
)
LONGEST = 1 << 12


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="archives-")


def run(data: bytes) -> None:
    """An archive is refused by its name, or each file of it can be read and leads nowhere else."""
    path = Path(_folder().name) / "a.zip"
    path.write_bytes(data)
    try:
        with open_archive(path) as archive:
            read = read_platform(archive)
            for file in read.files:
                assert ".." not in file.member.parts and not file.member.name.startswith("/")
                assert "/" not in file.file and len(archive.read(file.member)) < 1 << 26
    except UsageError as error:
        assert str(error).startswith(str(path)) and len(str(error).splitlines()) == 1
