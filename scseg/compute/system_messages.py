"""What is said to and by the process that tells what this computer computes with."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class SystemRequest:
    """Tell of this computer; `model` (.scnm) is what its speed is measured with."""

    model: str


@dataclass(frozen=True)
class SystemTold:
    """What a computer computes with: in words, or why it does not.

    `engine` runs networks, in `precision`, so fast (`speed`); `library` is under Keras, `card` the
    graphics card that it uses.
    """

    engine: str
    speed: str
    precision: str
    library: str
    card: str

    @classmethod
    def none(cls, why: str) -> SystemTold:
        """Return that nothing could be found out, and why."""
        return cls(*[why] * len(fields(cls)))
