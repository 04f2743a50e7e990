"""A cache of a bounded size that forgets the least recently used value first."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Key = TypeVar("Key")
Value = TypeVar("Value")


class LruCache(Generic[Key, Value]):
    """Values by key, in `most_bytes` of memory as `size` measures them; the last one put in always stays."""

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
        """Return a value, which counts as used, or None."""
        found = self._values.get(key)
        if found is not None:
            self._values.move_to_end(key)
        return found

    def put(self, key: Key, value: Value) -> None:
        """Store a value in the place of the key's former one, and forget what has no room any more."""
        self.forget(key)
        self._values[key] = value
        self.nbytes += self._size(value)
        self._make_room()

    def forget(self, key: Key) -> None:
        value = self._values.pop(key, None)
        if value is not None:
            self.nbytes -= self._size(value)

    def limit(self, most_bytes: int) -> None:
        """Change `most_bytes`."""
        self._most_bytes = most_bytes
        self._make_room()

    def _make_room(self) -> None:
        while self.nbytes > self._most_bytes and len(self._values) > 1:
            self.forget(next(iter(self._values)))
