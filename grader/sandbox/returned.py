"""Open what a call gave back, only as far as somebody looks at it.

Most of what comes back is right, which is seen without taking it apart: in a message of the right
one's own form nothing can be wrong but numbers, and these lie end to end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from .data import Later, Right
from .inside.wire import Bounds, Encoded, Form, Message, decode, decode_counted


@dataclass(frozen=True)
class Returned:
    """What came back, and of which arguments the state after the call; either may be `Later`."""

    value: Any
    after: Any
    right: bool = False
    items: int = 0  # that were read, written out


def read_returned(told: Message, bounds: Bounds, right: Right | None) -> Returned:
    """Open what a call gave back; nothing in it is believed.

    What is right counts with all that is in it, as if it had been read. Raises: WireError.
    """
    value: Any = told.get("value")
    after: Any = told.get("after")
    if right is not None and _is(value, right.returned, right):
        if right.after is None:
            return Returned(_later(value, bounds), None, True, right.returned.items)
        if _is(after, right.after, right):
            items = right.returned.items + right.after.items
            return Returned(_later(value, bounds), _later(after, bounds), True, items)
    value, items = _read(value, bounds)
    after, more = _read(after, replace(bounds, items=bounds.items - items))
    return Returned(value, after, items=items + more)


def _is(told: Any, form: Form, right: Right) -> bool:
    return isinstance(told, Encoded) and form.fits(told.data) and right.agree(form, told.data)


def _later(told: Encoded, bounds: Bounds) -> Later:
    return Later(partial(decode, told.data, bounds))


def _read(told: Any, bounds: Bounds) -> tuple[Any, int]:
    return decode_counted(told.data, bounds) if isinstance(told, Encoded) else (told, 0)
