"""Hold once what is alike in a whole class, so that a class of thousands fits into memory."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from functools import lru_cache
from typing import TypeVar

Value = TypeVar("Value")
Same = TypeVar("Same", bound=Hashable)


def once(value: Same) -> Same:
    """Return the object that was given first of those equal to ``value``."""
    return _once(value)  # type: ignore[return-value]  # the cache does not say that it is the same


@lru_cache(maxsize=8192)
def _once(value: Hashable) -> Hashable:
    return value


class SharedNames(Mapping[str, Value]):
    """A mapping that takes its values' memory: its names are held once for all that have them."""

    __slots__ = ("_places", "_values")

    def __init__(self, names: tuple[str, ...] = (), values: tuple[Value, ...] = ()) -> None:
        self._places = _places(names)
        self._values = values

    @classmethod
    def of(cls, mapping: Mapping[str, Value]) -> SharedNames[Value]:
        """Return the same mapping in little memory."""
        return cls(tuple(mapping), tuple(mapping.values()))

    def __getitem__(self, name: str) -> Value:
        return self._values[self._places[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(dict(self))


@lru_cache(maxsize=256)
def _places(names: tuple[str, ...]) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(names)}
