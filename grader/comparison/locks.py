"""Lock what is said of known mistakes, each with a key made from the very result that it gives.

Whoever makes the mistake can read what is said of it, and nobody else: the text is in the file, and
the key is not. A key is made of rounded numbers, and two neighbouring roundings are tried.
Copied into ``selfcheck.py``, so it needs nothing but NumPy.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

LOCK_STEPS = 1e6  # of a number near 0, and of the logarithm of a larger one
TAG_BYTES = 4
KEY_BYTES = 6
RAW = -15  # deflated without a header: what is mixed has no known bytes
Known = Mapping[str, Any]
Sums = tuple[str, float, float]  # a fingerprint


class Locked:
    """What is known of mistakes, locked; ``opened`` are the ids of those that were read."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._texts: Sequence[str] = data.get("texts", ())
        self._boxes: Mapping[str, str] = data.get("boxes", {})
        self._ids = frozenset(data.get("ids", ()))
        self.opened: set[str] = set()

    def by_sums(self, kind_: str, sums: Sequence[Any]) -> list[Known]:
        """Return the mistakes that give a result with this fingerprint."""
        form, one, other = sums
        if not (math.isfinite(one) and math.isfinite(other)):
            return []
        tried = [(f(_lock_scale(one)), g(_lock_scale(other))) for f in _NEAREST for g in _NEAREST]
        found = (self.by_text(f"{kind_} {form} {a} {b}") for a, b in dict.fromkeys(tried))
        return next((known for known in found if known), [])

    def by_text(self, text: str) -> list[Known]:
        """Return the mistakes that are locked with a text."""
        box = self._boxes.get(_lock_tag(text))
        if box is None:
            return []
        refs = _mixed_with(base64.b85decode(box), text)
        return [self._read(refs[i : i + 1 + KEY_BYTES]) for i in range(0, len(refs), 1 + KEY_BYTES)]

    def _read(self, ref: bytes) -> Known:
        locked = base64.b85decode(self._texts[ref[0]])
        told = zlib.decompress(_mixed_with(locked, ref[1:].hex()), wbits=RAW)
        known: Known = json.loads(told.decode())
        self.opened.add(str(known["id"]))
        return known

    def shows(self, name: str) -> bool:
        """Tell whether the mistake with this id is among them."""
        return _hidden_id(name) in self._ids


class Locking:
    """Locks being made: mistakes, and what they give."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._keys: list[bytes] = []
        self._boxes: dict[str, bytes] = {}
        self._ids: list[str] = []

    def add(self, known: Known, text: str) -> int:
        """Lock what is known of a mistake, which gives what ``text`` says; return its number."""
        key = hashlib.sha256(f"{known['id']} {text}".encode()).digest()[:KEY_BYTES]
        packer = zlib.compressobj(9, wbits=RAW)
        told = packer.compress(json.dumps(known, separators=(",", ":")).encode()) + packer.flush()
        self._texts.append(base64.b85encode(_mixed_with(told, key.hex())).decode())
        self._keys.append(key)
        self._ids.append(_hidden_id(str(known["id"])))
        return len(self._texts) - 1

    def give(self, text: str, *numbers: int) -> None:
        """Let whoever knows ``text`` read the mistakes of these numbers, beside those before."""
        refs = b"".join(bytes([number]) + self._keys[number] for number in numbers)
        self._boxes[text] = self._boxes.get(text, b"") + refs

    def data(self) -> dict[str, Any]:
        """Return what `Locked` reads, as JSON data."""
        boxes = {
            _lock_tag(text): base64.b85encode(_mixed_with(refs, text)).decode()
            for text, refs in self._boxes.items()
        }
        return {"texts": self._texts, "boxes": dict(sorted(boxes.items())), "ids": self._ids}


def sums_text(kind_: str, sums: Sequence[Any]) -> str:
    """Return the text with which a fingerprint locks; empty where it is like no other."""
    form, one, other = sums
    if not (math.isfinite(one) and math.isfinite(other)):
        return ""
    return f"{kind_} {form} {round(_lock_scale(one))} {round(_lock_scale(other))}"


def _lock_scale(number: float) -> float:
    return math.asinh(number) * LOCK_STEPS


_NEAREST = (math.floor, math.ceil)


def _lock_tag(text: str) -> str:
    digest = hashlib.sha256(f"tag {text}".encode()).digest()
    return base64.b85encode(digest[:TAG_BYTES]).decode()


def _hidden_id(name: str) -> str:
    return hashlib.sha256(f"id {name}".encode()).hexdigest()[:8]


def _mixed_with(data: bytes, text: str) -> bytes:
    """Mix bytes with those that a text makes; twice gives them back."""
    made = b""
    while len(made) < len(data):
        made += hashlib.sha256(f"{len(made)} {text}".encode()).digest()
    return bytes(a ^ b for a, b in zip(data, made, strict=False))
