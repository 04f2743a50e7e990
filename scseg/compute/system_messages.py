"""What is said to and by the process that tells what this computer computes with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.models.precision import Precision


@dataclass(frozen=True)
class SystemRequest:
    """Tell of this computer; `model` (.scnm) is what its speed is measured with."""

    model: str
    precision: Precision


@dataclass(frozen=True)
class SystemTold:
    """What a computer computes with: in words, or why it does not.

    `engine` runs networks, so fast (`speed`); `library` is under Keras, `card` the graphics card it uses.
    """

    engine: str
    speed: str
    library: str
    card: str
