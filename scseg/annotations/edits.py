"""Changes to an annotation, as values: what stood there before, and what stands there after.

What a user does in one go is one `Step`. Because steps are values, the window can apply them, the history
turn them round, and the file's thread write them, without sharing anything else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, Self, TypeVar

from scseg.annotations.crop import Crop
from scseg.annotations.feature import Feature
from scseg.annotations.packed_masks import PackedMask
from scseg.annotations.picked import PickedParticles

Value = TypeVar("Value")

Point = tuple[int, int]
"""Centre of a box on its slice: y, x."""


@dataclass(frozen=True, kw_only=True)
class _Edit(Generic[Value]):
    before: Value
    after: Value

    def inverse(self) -> Self:
        return replace(self, before=self.after, after=self.before)

    @property
    def key(self) -> tuple[object, ...]:
        """Edits with equal keys change the same thing."""
        return (type(self),)

    @property
    def nbytes(self) -> int:
        """How much memory the edit takes, about."""
        return 500


@dataclass(frozen=True, kw_only=True)
class MaskEdit(_Edit[PackedMask | None]):
    """The whole mask of a feature (its id) on slice z. None: nothing is annotated."""

    feature: str
    z: int

    @property
    def key(self) -> tuple[object, ...]:
        return type(self), self.feature, self.z

    @property
    def nbytes(self) -> int:
        return 500 + sum(mask.nbytes for mask in (self.before, self.after) if mask is not None)


@dataclass(frozen=True, kw_only=True)
class BoxesEdit(_Edit[frozenset[Point]]):
    """All boxes of a feature (its id) on slice z."""

    feature: str
    z: int

    @property
    def key(self) -> tuple[object, ...]:
        return type(self), self.feature, self.z

    @property
    def nbytes(self) -> int:
        return 1000 + 100 * (len(self.before) + len(self.after))


@dataclass(frozen=True, kw_only=True)
class FeaturesEdit(_Edit[tuple[Feature, ...]]):
    """The list of features, in the order of their panels."""

    @property
    def nbytes(self) -> int:
        return 1000 + 500 * (len(self.before) + len(self.after))


@dataclass(frozen=True, kw_only=True)
class CropEdit(_Edit[Crop]):
    """The crop."""


@dataclass(frozen=True, kw_only=True)
class ContrastEdit(_Edit[str]):
    """How slices are shown, as JSON: kept for the window, not understood here."""


@dataclass(frozen=True, kw_only=True)
class PicksEdit(_Edit[PickedParticles]):
    """All picked particles."""

    @property
    def nbytes(self) -> int:
        return 1000 + len(self.before.rows) + len(self.after.rows)


Edit = MaskEdit | BoxesEdit | FeaturesEdit | CropEdit | ContrastEdit | PicksEdit


@dataclass(frozen=True)
class Step:
    """One step of undo: edits of different things, its name in the menu, and the slice it shows, if any."""

    edits: tuple[Edit, ...]
    label: str
    z: int | None = None

    def inverse(self) -> Step:
        """Return the step that takes this one back."""
        return replace(self, edits=tuple(edit.inverse() for edit in reversed(self.edits)))

    @property
    def nbytes(self) -> int:
        """How much memory the step takes, about. Masks that steps share count for each of them."""
        return sum(edit.nbytes for edit in self.edits)
