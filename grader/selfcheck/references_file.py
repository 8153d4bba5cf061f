"""Read what the student's check knows of each exercise, from ``references.npz`` beside it."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from grader.comparison.joined_arrays import parted
from grader.comparison.layout import Check, Layout, Tree
from grader.comparison.locks import Locked
from grader.comparison.packing import unpack


@dataclass(frozen=True)
class Reference:
    """A reference of one exercise: its layout, the visible call, the result, known mistakes.

    ``steps`` are recorded calls of each function that this one calls: arguments, result and, where
    the call changed them, the arguments after it. ``driver`` and ``holds`` are texts of functions.
    What is ``sealed`` is compared where marks are made, and has no result here. The ``other`` one
    is a call with other ``sizes`` than the visible one's, and knows the mistakes that show only
    there; the visible one has no text of its sizes.
    """

    layout: Layout
    arguments: tuple[Tree, ...]
    result: Tree
    dims: Mapping[str, int]
    mistakes: Locked
    numeric: Mapping[str, Any]
    steps: Mapping[str, tuple[tuple[Tree, ...], ...]]
    driver: str = ""
    holds: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    sealed: bool = False
    sizes: str = ""
    other: Reference | None = None
    known: tuple[Mapping[str, Any], ...] = ()  # values that equations name: name, number, digests
    salt: str = ""


def _load(folder: Path) -> dict[str, Reference]:
    with np.load(folder / "references.npz", allow_pickle=False) as stored:
        store = parted({name: stored[name] for name in stored.files})
    about = json.loads(bytes(store.pop("about")).decode("utf-8"))
    return {name: _reference(entry, store) for name, entry in about["exercises"].items()}


def _reference(entry: Mapping[str, Any], store: Mapping[str, Any]) -> Reference:
    layout = dict(entry["layout"])
    layout["checks"] = tuple(
        Check(**{**line, "among": tuple(line["among"])}) for line in layout["checks"]
    )
    layout["labels"] = {key: tuple(names) for key, names in layout["labels"].items()}
    layout["arguments"], layout["returns"] = tuple(layout["arguments"]), tuple(layout["returns"])
    values = entry.get("values", {})
    visible = Reference(
        layout=Layout(**layout),
        numeric={name: store[key] for name, key in entry["numeric"].items()},
        driver=entry["driver"],
        holds=entry["holds"],
        seconds=entry["seconds"],
        sealed=entry["result"] is None,
        known=tuple(values.get("known", ())),
        salt=values.get("salt", ""),
        **_call(entry, store),
    )
    second = entry["other"]
    if second is None:
        return visible
    sizes = ", ".join(f"{letter} = {size}" for letter, size in second["dims"].items())
    other = replace(visible, numeric={}, known=(), sizes=sizes, **_call(second, store))
    return replace(visible, other=other)


def _call(entry: Mapping[str, Any], store: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "arguments": unpack(entry["arguments"], store),
        "result": None if entry["result"] is None else unpack(entry["result"], store),
        "dims": entry["dims"],
        "mistakes": Locked(entry["mistakes"]),
        "steps": {name: unpack(steps, store) for name, steps in entry["steps"].items()},
    }


@functools.cache
def references() -> dict[str, Reference]:
    """Return every exercise's reference by name, in the notebook's order.

    Raises FileNotFoundError or ValueError with the remedy when the file is absent or damaged.
    """
    folder = Path(__file__).resolve().parent
    if not (folder / "references.npz").exists():
        raise FileNotFoundError(
            f"references.npz is not in {folder}: put it beside selfcheck.py and the notebook"
        )
    try:
        return _load(folder)
    except Exception as error:  # cut off, or of another release than this file
        raise ValueError(
            f"references.npz in {folder} cannot be read ({type(error).__name__}): "
            "fetch it again, together with the files beside it"
        ) from None
