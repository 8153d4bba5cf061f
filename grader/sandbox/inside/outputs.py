"""Collect what a cell prints, shows and raises, as nbformat 4 outputs, within bounds."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Any

CUT = "\n[output cut here]\n"
TEXT, PNG = "text/plain", "image/png"
MOST_OUTPUTS = 500
MOST_LINES = 200
IMAGES = 8  # how many images of the largest size a cell may show
Output = dict[str, Any]


class Collector:
    """A collector of the running cell's outputs; while ``closed``, everything is thrown away."""

    def __init__(self) -> None:
        self.closed = True
        self.outputs: list[Output] = []
        self.by_display_id: dict[str, Output] = {}
        self.limit(1 << 20, 1 << 20, 64, 1 << 25)

    def limit(
        self, output_bytes: int, image_bytes: int, display_calls: int, shown_bytes: int
    ) -> None:
        """Set the bounds of a cell's outputs, and of all together."""
        self.shown_left = shown_bytes
        self.output_bytes = output_bytes
        self.image_bytes = image_bytes
        self.display_calls = display_calls

    def open(self) -> None:
        """Begin a cell."""
        self.outputs = []
        self.by_display_id = {}
        self.left = min(self.output_bytes, self.shown_left)
        self.images_left = min(IMAGES * self.image_bytes, self.shown_left - self.left)
        self._allowed = self.left + self.images_left
        self.displays = 0
        self.cut = self.closed = False

    def close(self) -> list[Output]:
        """End a cell. Returns: its outputs."""
        if not self.closed:
            self.shown_left -= self._allowed - self.left - self.images_left
        self.closed = True
        outputs, self.outputs = self.outputs, []
        return outputs

    def clear(self) -> None:
        """Forget the cell's outputs so far; what they used stays used."""
        self.outputs = []
        self.by_display_id = {}

    def text(self, name: str, text: str) -> None:
        """Add to a stream; pieces of one stream that follow each other become one output."""
        text = self._within(text)
        if self.closed or not text:
            return
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last["output_type"] == "stream" and last["name"] == name:
            last["pieces"].append(text)
        elif len(self.outputs) < MOST_OUTPUTS:
            self.outputs.append({"output_type": "stream", "name": name, "pieces": [text]})

    def error(self, name: str, message: str, traceback: list[str]) -> None:
        """Add an exception."""
        if self.closed:
            return
        lines = [self._within(line) for line in traceback[:MOST_LINES]]
        self.outputs.append(
            {
                "output_type": "error",
                "ename": self._within(name),
                "evalue": self._within(message),
                "traceback": [line for line in lines if line],
            }
        )

    def take_back_error(self) -> None:
        """Forget the exception that was added last; what it used stays used."""
        if self.outputs and self.outputs[-1]["output_type"] == "error":
            self.outputs.pop()

    def display(
        self,
        data: Mapping[str, Any],
        count: int | None = None,
        display_id: str | None = None,
        update: bool = False,
    ) -> None:
        """Add a shown object, or with ``count`` a cell's result: its text and its PNG only."""
        self.displays += 1
        if self.closed or not self._display_allowed():
            return
        kept = self._kept(data)
        if update:
            if display_id in self.by_display_id:
                self.by_display_id[display_id]["data"] = kept
            return
        output: Output = {"output_type": "display_data", "data": kept, "metadata": {}}
        if count is not None:
            output.update(output_type="execute_result", execution_count=count)
        if display_id is not None:
            self.by_display_id[display_id] = output
        self.outputs.append(output)

    def _display_allowed(self) -> bool:
        if self.displays == self.display_calls + 1:
            self.text("stderr", f"[no more than {self.display_calls} displays are kept]\n")
        return self.displays <= self.display_calls

    def _kept(self, data: Mapping[str, Any]) -> dict[str, str]:
        kept = {}
        if isinstance(data.get(TEXT), str):
            kept[TEXT] = self._within(data[TEXT])
        image = data.get(PNG)
        if isinstance(image, bytes):
            image = base64.b64encode(image).decode("ascii")
        if isinstance(image, str) and len(image) * 3 // 4 <= min(
            self.image_bytes, self.images_left
        ):
            kept[PNG] = image
            self.images_left -= len(image) * 3 // 4
        elif image is not None:
            kept[TEXT] = kept.get(TEXT, "") + " [image too large to keep]"
        return kept

    def _within(self, text: str) -> str:
        if self.closed:
            return ""
        text = str(text)
        if len(text) * 4 > self.left:  # only then is the exact size worth its while
            raw = text[: self.left + 1].encode("utf-8", "backslashreplace")
            if len(raw) > self.left:
                text = raw[: self.left].decode("utf-8", "ignore")
                text += "" if self.cut else CUT
                self.cut = True
            self.left = max(0, self.left - len(raw))
            return text
        self.left -= len(text.encode("utf-8", "backslashreplace"))
        return text


def finished(outputs: list[Output]) -> list[Output]:
    """Join the pieces of streams; what remains is nbformat."""
    for output in outputs:
        if "pieces" in output:
            output["text"] = "".join(output.pop("pieces"))
    return outputs


class Stream(io.TextIOBase):
    """A stream in the place of a cell's ``sys.stdout`` or ``sys.stderr``."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, name: str, collector: Collector) -> None:
        super().__init__()
        self.name = name
        self._collector = collector

    def writable(self) -> bool:
        """Say that this can be written to."""
        return True

    def write(self, text: str) -> int:
        """Keep text as output of the running cell."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._collector.text(self.name, text)
        return len(text)
