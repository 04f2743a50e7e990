"""What is kept in a bounded amount of memory, the longest unused forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Key = TypeVar("Key")
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Values by key, in `most_bytes` of memory as `size` measures it: at least the one kept last."""

    def __init__(self, most_bytes: int, size: Callable[[Value], int]) -> None:
        self._most_bytes = most_bytes
        self._size = size
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self.nbytes = 0

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._values)

    def get(self, key: Key) -> Value | None:
        found = self._values.get(key)
        if found is not None:
            self._values.move_to_end(key)
        return found

    def keep(self, key: Key, value: Value) -> None:
        self.forget(key)
        self._values[key] = value
        self.nbytes += self._size(value)
        self._make_room()

    def forget(self, key: Key) -> None:
        value = self._values.pop(key, None)
        if value is not None:
            self.nbytes -= self._size(value)

    def limit(self, most_bytes: int) -> None:
        """Keep to another amount of memory from now on."""
        self._most_bytes = most_bytes
        self._make_room()

    def _make_room(self) -> None:
        while self.nbytes > self._most_bytes and len(self._values) > 1:
            self.forget(next(iter(self._values)))
