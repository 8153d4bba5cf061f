"""Find the pictures of an answer in words: attached to its cell, or pasted into its text as data.

What is found is the student's own bytes, and nothing of it is checked here: who shows a picture
rebuilds it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

MOST_PICTURES = 8  # of one notebook's answers
MOST_PASTED = 8 * 2**20  # characters of base64, of all of them together
# Where a picture comes from: an attachment by its name, or the data itself. In neither a piece is
# read twice, however a text begins one again and again.
FROM = (
    r"(?:attachment:(?P<{0}name>(?:[^()\s\"'<>]|\([^()\s\"'<>]{{0,50}}\)){{1,200}})"
    r"|data:image/[a-z.+-]{{1,20}};base64,(?P<{0}data>[A-Za-z0-9+/=]*))"
)
REFERENCE = re.compile(
    r"!\[(?P<alt>[^\]\[\n]{0,200})\]\([ ]?<?" + FROM.format("") + r">?(?:[ ]\"[^\"\n]{0,200}\")?\)"
    r"|<img\b[^<>]{0,300}?\bsrc=[\"']" + FROM.format("tag_") + r"[\"'][^>]{0,300}>",
    re.IGNORECASE,
)

Picture = tuple[int, str]  # its number in the answers of a notebook, and its data in base64


class Pictures:
    """The pictures of a notebook's answers, as many as are kept of one notebook."""

    def __init__(self) -> None:
        self._number = 0
        self._left = MOST_PASTED

    def taken_from(self, text: str, attached: Mapping[str, str]) -> tuple[str, tuple[Picture, ...]]:
        """Return a text that names its pictures by number, and the pictures.

        ``attached`` are the attachments of the text's cell by name. A reference to none of them
        stays as it stands; what is too much is said in the picture's place.
        """
        found: list[Picture] = []

        def named(reference: re.Match[str]) -> str:
            data = reference["data"] or reference["tag_data"]
            name = reference["name"] or reference["tag_name"]
            if name is not None:
                data = attached.get(name) or attached.get(unquote(name))
            if not data:
                return reference[0]
            alt = f": {reference['alt']}" if reference["alt"] else ""
            if self._number >= MOST_PICTURES or len(data) > self._left:
                return f"[a picture too many or too large to be shown here{alt}]"
            self._number += 1
            self._left -= len(data)
            found.append((self._number, data))
            return f"[picture {self._number}{alt}]"

        return REFERENCE.sub(named, text), tuple(found)
