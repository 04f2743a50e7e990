"""The stack of filters through which a tomogram is seen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.state import filters

if TYPE_CHECKING:
    from scseg.state.filters import Filter, Kind, Stack
    from scseg.state.tomograms import OpenTomogram


def add(opened: OpenTomogram, kind: Kind) -> None:
    _put(opened, filters.added(opened.filters, kind))


def remove(opened: OpenTomogram, index: int) -> None:
    _put(opened, filters.removed(opened.filters, index))


def move(opened: OpenTomogram, index: int, by: int) -> None:
    """Apply a filter `by` places later."""
    _put(opened, filters.moved(opened.filters, index, by))


def change(opened: OpenTomogram, index: int, one: Filter) -> None:
    """Put another filter, or the same with other numbers, into a place; numbers come into their ranges."""
    _put(opened, filters.replaced(opened.filters, index, one))


def _put(opened: OpenTomogram, stack: Stack) -> None:
    if filters.keeps_range(stack) != filters.keeps_range(opened.filters):
        # Fixed limits of black and white show nothing of grey values in another range.
        opened.contrast = replace(opened.contrast, auto=True)
    opened.filters = stack
