"""Undo and redo, bounded in bytes: knows steps that can be turned round, and nothing of what they change."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

MOST_BYTES = 128 << 20
"""Room for thousands of ordinary strokes, and for hundreds of the largest."""


class Reversible(Protocol):
    """A change as a value."""

    @property
    def nbytes(self) -> int: ...

    def inverse(self) -> Self: ...


Owner = TypeVar("Owner")
Step = TypeVar("Step", bound=Reversible)


@dataclass(frozen=True, eq=False)
class Entry(Generic[Owner, Step]):
    """A step that was taken, or is to be applied, and what it changes: an open annotation, say."""

    owner: Owner
    step: Step


class History(Generic[Owner, Step]):
    """The steps taken, in order, whatever they changed.

    It applies nothing: `undo` and `redo` return what the caller has to apply. The oldest steps are
    forgotten where all together exceed `most_bytes`; the latest stays, however large.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._done: deque[Entry[Owner, Step]] = deque()
        self._undone: list[Entry[Owner, Step]] = []
        self.nbytes = 0

    @property
    def undoable(self) -> Entry[Owner, Step] | None:
        """The step that would be undone next."""
        return self._done[-1] if self._done else None

    @property
    def redoable(self) -> Entry[Owner, Step] | None:
        """The step that would be redone next."""
        return self._undone[-1] if self._undone else None

    def push(self, owner: Owner, step: Step) -> None:
        """Remember a step that was just applied; what had been undone cannot be redone any more."""
        self.nbytes += step.nbytes - sum(entry.step.nbytes for entry in self._undone)
        self._undone.clear()
        self._done.append(Entry(owner, step))
        while self.nbytes > self._most_bytes and len(self._done) > 1:
            self.nbytes -= self._done.popleft().step.nbytes

    def undo(self) -> Entry[Owner, Step] | None:
        """Return the inverse of the latest step, to be applied now; None where there is none."""
        if not self._done:
            return None
        entry = self._done.pop()
        self._undone.append(entry)
        return Entry(entry.owner, entry.step.inverse())

    def redo(self) -> Entry[Owner, Step] | None:
        """Return the step undone last, to be applied now; None where there is none."""
        if not self._undone:
            return None
        entry = self._undone.pop()
        self._done.append(entry)
        return entry

    def forget(self, owner: Owner) -> None:
        """Drop all steps of what has been closed."""
        self._done = deque(entry for entry in self._done if entry.owner is not owner)
        self._undone = [entry for entry in self._undone if entry.owner is not owner]
        self.nbytes = sum(entry.step.nbytes for entry in (*self._done, *self._undone))
