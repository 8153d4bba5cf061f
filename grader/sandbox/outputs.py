"""Make the outputs of student cells safe to show: text, and PNG that is rebuilt from pixels."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from grader.plain_text import coloured, one_line

from . import png
from .limits import Limits

STREAM_NAMES = ("stdout", "stderr")
TEXT, PNG = "text/plain", "image/png"
MOST_OUTPUTS = 1_000
MOST_LINES = 1_000
MOST_SHOWN = 32 << 20  # bytes, about, of the outputs of all cells together
MOST_UNPACKED = 48 << 20  # bytes that the pixels of all their images take: some 40 figures
TOO_MUCH = {"output_type": "stream", "name": "stdout", "text": "[too much was shown: not kept]\n"}
MOST_CELLS_RUN = 100_000  # how many cells a notebook's session has run
Output = dict[str, Any]


@dataclass
class Allowance:
    """An allowance, in bytes, of what all cells of a submission may show; used up as they do."""

    shown: int = MOST_SHOWN
    unpacked: int = MOST_UNPACKED

    def granted(self, outputs: tuple[Output, ...]) -> tuple[Output, ...]:
        """Return a cell's outputs, or what stands in their place once it is too much."""
        self.shown -= sum(map(_size, outputs))
        return outputs if self.shown >= 0 else (dict(TOO_MUCH),)


def cleaned(told: Any, limits: Limits, allowance: Allowance) -> tuple[Output, ...]:
    """Return nbformat 4 outputs made of what is usable in an untrusted list; the rest is gone."""
    if not isinstance(told, list):
        return ()
    cleaner = _Cleaner(limits, allowance)
    outputs = (cleaner.output(item) for item in told[:MOST_OUTPUTS] if isinstance(item, dict))
    return allowance.granted(tuple(output for output in outputs if output is not None))


def _size(tree: Any) -> int:
    """Return about how many bytes an output takes, however little text there is in its parts."""
    if isinstance(tree, dict):
        return sum(map(_size, tree.values()))
    return sum(map(_size, tree)) if isinstance(tree, list) else 50 + len(str(tree))


def text(told: Output, key: str) -> str:
    """Return an entry that is text, else nothing: comparing an array would not give a bool."""
    value = told.get(key)
    return value if isinstance(value, str) else ""


def execution_count(told: Output, key: str) -> int | None:
    """Return an entry that says how many cells had been run, None for what no notebook may say."""
    value = told.get(key)
    return value if type(value) is int and 0 <= value <= MOST_CELLS_RUN else None


class _Cleaner:
    def __init__(self, limits: Limits, allowance: Allowance) -> None:
        self.limits = limits
        self.text_left = 2 * limits.output_bytes  # the fork has cut it already, if it is honest
        self.allowance = allowance

    def output(self, told: Output) -> Output | None:
        kind, name = text(told, "output_type"), text(told, "name")
        if kind == "stream" and name in STREAM_NAMES:
            return {"output_type": kind, "name": name, "text": self._text(told.get("text"))}
        if kind == "error":
            return self._error(told)
        if kind in ("display_data", "execute_result"):
            return self._shown(told)
        return None

    def _text(self, told: Any) -> str:
        kept = coloured(told[: self.text_left]) if isinstance(told, str) else ""
        if len(kept) > self.text_left:  # what is spelt out takes more room
            kept = coloured(kept[: self.text_left])
        self.text_left -= len(kept)
        return kept

    def _error(self, told: Output) -> Output:
        lines = told.get("traceback")
        return {
            "output_type": "error",
            "ename": one_line(self._text(told.get("ename"))),
            "evalue": self._text(told.get("evalue")),
            "traceback": [self._text(line) for line in lines[:MOST_LINES]]
            if isinstance(lines, list)
            else [],
        }

    def _shown(self, told: Output) -> Output:
        data = told.get("data")
        data = data if isinstance(data, dict) else {}
        # HTML, SVG and script would act where an instructor opens the graded notebook.
        kept = {TEXT: self._text(data.get(TEXT))}
        image = self._image(data.get(PNG))
        if image is not None:
            kept[PNG] = image
        elif PNG in data:
            kept[TEXT] += " [image not shown]"
        output: Output = {"output_type": told["output_type"], "data": kept, "metadata": {}}
        if told["output_type"] == "execute_result":
            output["execution_count"] = execution_count(told, "execution_count")
        return output

    def _image(self, told: Any) -> str | None:
        if not isinstance(told, str) or len(told) > 2 * self.limits.image_bytes:
            return None
        try:
            data = base64.b64decode(told.replace("\n", "").encode("ascii"), validate=True)
            image = png.rebuilt(data, self.allowance.unpacked)
        except (ValueError, binascii.Error):
            return None
        self.allowance.unpacked -= image.unpacked
        return base64.b64encode(image.data).decode("ascii")
