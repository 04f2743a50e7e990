"""What is learnt from, and how far learning has come: all that a run knows of its network's training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.base.labels import contains_feature
from scseg.models.sampling import Counts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Samples:
    """Labelled boxes.

    `images` float32 (N, D, box, box), `labels` uint8 (N, box, box), `positive` bool (N,). `features` are the
    names of what is labelled, `apix` the voxel size (A), where these are known.
    """

    images: NDArray[np.float32]
    labels: NDArray[np.uint8]
    positive: NDArray[np.bool_]
    features: tuple[str, ...] = ()
    apix: float | None = None

    @classmethod
    def of(
        cls,
        images: NDArray[np.float32],
        labels: NDArray[np.uint8],
        features: tuple[str, ...] = (),
        apix: float | None = None,
    ) -> Samples:
        """Return samples; those with the feature somewhere in their label are positive."""
        return cls(images, labels, contains_feature(labels), features, apix)

    @property
    def counts(self) -> Counts:
        return Counts.of(self.positive)


@dataclass(frozen=True, eq=False)
class KnownBoxes:
    """Boxes that a network has learnt from before, and which part (0..1) of slices its feature fills."""

    samples: Samples
    in_slices: float


@dataclass(frozen=True)
class BatchLoss:
    """After a batch: `epoch` and `batch` count from 0; `loss` is the epoch's mean up to here.

    `notice` is a sentence for the user, if there is anything to tell.
    """

    epoch: int
    batch: int
    loss: float
    notice: str = ""
