"""Read Gradescope's ``submission_metadata.yml``: who handed in what, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from grader.collect.handed_file import Sender
from grader.errors import UsageError
from grader.plain_text import one_line

METADATA = "submission_metadata.yml"
LARGEST_METADATA = 16 * 2**20  # bytes; half a minute to read


class _Plain(yaml.SafeLoader):  # type: ignore[misc]  # it comes without types
    """A loader of plain data, whatever it is tagged: Ruby wrote it, and names its own classes.

    It is Python's own, not the faster one in C, which ends the process over deep nesting.
    """

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Leave ``<<`` as it is: merging again and again fills the memory."""


def _untagged(loader: _Plain, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return node.value


_Plain.add_constructor(None, _untagged)


@dataclass(frozen=True)
class SubmissionMetadata:
    """Who handed a submission in, several where it is a group's, and when (UTC, no zone)."""

    senders: tuple[Sender, ...]
    time: datetime | None


def read_metadata(data: bytes, where: str) -> Mapping[str, SubmissionMetadata]:
    """Read the file by the names of the submissions' folders.

    Raises UsageError, which begins with ``where``, for what is no such file.
    """
    if len(data) > LARGEST_METADATA:
        raise UsageError(
            f"{where} has {len(data) >> 20} MB, at most {LARGEST_METADATA >> 20} are read: export "
            "fewer submissions at once"
        )
    try:
        loaded = yaml.load(data, _Plain)  # a safe loader: plain data alone
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError, TypeError) as error:
        why = one_line(str(error), 120)
        raise UsageError(f"{where} cannot be read ({why}): download it again") from None
    if not isinstance(loaded, dict):
        raise UsageError(f"{where} lists no submissions: download it again")
    return {
        str(name): SubmissionMetadata(_senders(about), _time(about.get(":created_at")))
        for name, about in loaded.items()
        if isinstance(about, dict)
    }


def _senders(about: Mapping[Any, Any]) -> tuple[Sender, ...]:
    listed = about.get(":submitters")
    return tuple(
        Sender(_word(who, ":name"), email=_word(who, ":email"), sid=_word(who, ":sid"))
        for who in (listed if isinstance(listed, list) else ())
        if isinstance(who, dict)
    )


def _word(who: Mapping[Any, Any], key: str) -> str:
    """Return a word of the file; a number there is an id without quotes."""
    found = who.get(key)
    return str(found).strip() if isinstance(found, str | int) else ""


def _time(found: object) -> datetime | None:
    if isinstance(found, str):
        try:
            found = datetime.fromisoformat(found)
        except ValueError:
            return None
    if not isinstance(found, datetime):
        return None
    try:
        return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
    except OverflowError:
        return None
