"""The particles picked in a tomogram, as a value: what an annotation keeps of them, and its file holds."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from scseg.base.errors import ScsegError
from scseg.base.json_values import as_dict, coerce_like, parse_json
from scseg.objects.picks import Picks

MOST_PICKS = 100_000
MOST_BYTES = 9 << 20
"""Of the text in the file: more than the most picks take."""
LONGEST_OF = 200
_FARTHEST = 1e9
_ROW, _ALONG, _BYTES = 4, 8, 8
"""Numbers of a pick: z, y, x, score; along filaments also which filament, and its direction. Their bytes."""


@dataclass(frozen=True)
class PickedParticles:
    """Picked particles; equal by value.

    Attributes:
        rows: float64, little-endian, as many numbers for each pick as `along` tells.
        along: whether they are points along filaments.
        diameter: A, of a particle; 0 where it is not known.
        least: the score from which on picks count; None: all do.
        of: what they are of, for the user.
    """

    rows: bytes = b""
    along: bool = False
    diameter: float = 0.0
    least: float | None = None
    of: str = ""

    def __len__(self) -> int:
        return len(self.rows) // (_BYTES * self._width)

    @property
    def _width(self) -> int:
        return _ALONG if self.along else _ROW

    @cached_property
    def all(self) -> Picks:
        """All picks, also those that do not count; not to be changed."""
        table = np.frombuffer(self.rows, "<f8").reshape(-1, self._width)
        if not self.along:
            return Picks(table[:, :3], table[:, 3])
        return Picks(table[:, :3], table[:, 3], table[:, 5:8], table[:, 4].astype(np.int64))

    @cached_property
    def kept(self) -> Picks:
        """The picks that count: those from the least score on."""
        return self.all if self.least is None else self.all.subset(self.all.scores >= self.least)

    def with_picks(self, picks: Picks) -> PickedParticles:
        """Return these with other picks in their place.

        Raises:
            ScsegError: there are too many, or one of them is nowhere.
        """
        if len(picks) > MOST_PICKS:
            raise ScsegError(
                f"{len(picks)} picks are more than the {MOST_PICKS} that are kept of a tomogram: raise the "
                "threshold or the spacing."
            )
        columns = [picks.positions, picks.scores[:, None]]
        if picks.directions is not None and picks.filaments is not None:
            columns += [picks.filaments[:, None].astype(np.float64), picks.directions]
        table = np.hstack(columns).astype("<f8")
        if not _is_legal(table):
            raise ScsegError("A pick has no position, or no score: these are not taken.")
        return replace(self, rows=table.tobytes(), along=len(columns) > 2)


NO_PICKS = PickedParticles()


def picks_record(picked: PickedParticles) -> str:
    """Return what stands of picks in the file: a line of JSON, and their numbers as base64."""
    head = {
        "along": picked.along,
        "diameter": picked.diameter,
        "least": picked.least,
        "of": picked.of,
    }
    return json.dumps(head, allow_nan=False) + "\n" + base64.b64encode(picked.rows).decode("ascii")


def picks_from_record(text: str) -> PickedParticles:
    """Return the picks of a record, which is taken for hostile.

    Raises:
        ValueError: they make no sense.
    """
    head, _, body = text.partition("\n")
    said = as_dict(parse_json(head))
    least = said.get("least")
    try:
        rows = base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise ValueError("its picks are no numbers") from error
    picked = PickedParticles(
        rows,
        along=coerce_like(False, said.get("along")),  # noqa: FBT003 - the value if there is none
        diameter=max(0.0, coerce_like(0.0, said.get("diameter"))),
        least=None if least is None else coerce_like(0.0, least),
        of=coerce_like("", said.get("of"))[:LONGEST_OF],
    )
    width = _BYTES * (_ALONG if picked.along else _ROW)
    if len(rows) % width or len(rows) > MOST_PICKS * width:
        raise ValueError("its picks are cut off, or too many")
    if not _is_legal(np.frombuffer(rows, "<f8").reshape(-1, width // _BYTES)):
        raise ValueError("its picks are nowhere")
    return picked


def _is_legal(table: np.ndarray) -> bool:
    """Tell whether all numbers are finite and of a size that can be; NaN is below nothing."""
    return bool((np.abs(table) <= _FARTHEST).all())
