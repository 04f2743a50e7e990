"""How a training went, epoch by epoch: what a model file (.scnm) keeps of it."""

from __future__ import annotations

from typing import Any, NamedTuple

from scseg.models.checked_values import check_range, check_whole

MOST_EPOCHS = 10_000
LARGEST_LOSS = 1e9


class Epoch(NamedTuple):
    """An epoch, counted from 0: its loss; `held_out`, that of the boxes held out, and Dice there, if any."""

    number: int
    loss: float
    held_out: float | None = None
    dice: float | None = None


def curve_record(curve: tuple[Epoch, ...]) -> list[list[float]]:
    """Return what files hold of a curve: as many digits as it needs, and nothing that is not known."""
    return [[epoch.number, *_rounded(epoch[1:])] for epoch in curve]


def curve_from_record(record: object) -> tuple[Epoch, ...]:
    """Return the curve of a record.

    Raises:
        TypeError: it is of none.
        ScsegError: a value is out of bounds.
    """
    if not isinstance(record, list):
        raise TypeError(f"{record!r:.40} is no curve")
    check_whole("number of epochs", len(record), 0, MOST_EPOCHS)
    return tuple(map(_epoch, record))


def _rounded(values: tuple[float | None, ...]) -> list[float]:
    return [float(f"{value:.6g}") for value in values if value is not None]


def _epoch(record: list[Any]) -> Epoch:
    epoch = Epoch(*record)
    check_whole("number of an epoch", epoch.number, 0, MOST_EPOCHS)
    check_range("loss of an epoch", epoch.loss, 0, LARGEST_LOSS)
    if len(record) > 2:
        check_range("validation loss of an epoch", epoch.held_out, 0, LARGEST_LOSS)
        check_range("validation Dice of an epoch", epoch.dice, 0, 1)
    return epoch
