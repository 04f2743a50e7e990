"""What is said to and by the process that makes the demo tomogram."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoRequest:
    """Make the demo tomogram `tomogram` with what belongs to it, and an annotation to train on.

    What is there of it and whole stays; the annotation in any case. `shape` (z, y, x) is the usual one
    where there is none.
    """

    tomogram: str
    shape: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class DemoProgress:
    """How far the demo tomogram is, 0 to 1, and what is being done."""

    fraction: float
    text: str


@dataclass(frozen=True)
class DemoMade:
    """The demo tomogram is there, with its annotation."""
