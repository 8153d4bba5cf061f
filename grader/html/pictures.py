"""Put the pictures of an answer in words into its cell of a graded notebook, and read them there.

They are the student's, and the notebook is shown with the instructor's rights: only what is rebuilt
from pixels goes in, and it stands before the text, where no markup of the student's reaches it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any

from grader.sandbox.png import PngError, rebuilt

MOST_UNPACKED = 32 << 20  # bytes that the pixels of all pictures of an answer take
MOST_SHOWN = 8 << 20  # characters of base64 that a page takes of an answer
PNG = "image/png"
# base64 of a PNG's first bytes, then the rest
PNG_BASE64 = re.compile(r"iVBORw0KGgo[A-Za-z0-9+/]*={0,2}")
SHOWN = re.compile(r"!\[picture (\d+)\]\(attachment:(picture-\1\.png)\)\n\n")


def with_pictures(cell: Mapping[str, Any], pictures: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """Return a markdown cell with its pictures, rebuilt; each comes as its number and base64.

    What cannot be shown is said before the text.
    """
    left = MOST_UNPACKED
    head, lacking, attached = "", "", {}
    for number, told in pictures:
        try:
            image = rebuilt(base64.b64decode(told.encode("ascii"), validate=True), left)
        except (PngError, ValueError, binascii.Error) as error:
            why = str(error) if isinstance(error, PngError) else "its data are broken"
            lacking += (
                f"(picture {number} is not shown: {why}; it is in the submitted notebook)\n\n"
            )
            continue
        left -= image.unpacked
        name = f"picture-{number}.png"
        head += f"![picture {number}](attachment:{name})\n\n"
        attached[name] = {PNG: base64.b64encode(image.data).decode("ascii")}
    made = {**cell, "source": head + lacking + cell["source"]}
    return {**made, "attachments": attached} if attached else made


def read_pictures(cell: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return the text of such a cell, and its pictures as addresses that hold all data."""
    text = "".join(cell.get("source", ""))
    attached, found, left = cell.get("attachments") or {}, [], MOST_SHOWN
    while shown := SHOWN.match(text):
        text = text[shown.end() :]
        data = "".join(attached.get(shown[2], {}).get(PNG, ""))
        if len(data) <= left and PNG_BASE64.fullmatch(data):
            left -= len(data)
            found.append(f"data:{PNG};base64,{data}")
    return text, tuple(found)
