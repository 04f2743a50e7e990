"""What a network begins with that has learnt something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scseg.models.networks.new_head import fit_head
from scseg.models.networks.weights import set_known_weights
from scseg.models.starters.starter import known_feature, starter_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    import keras
    from numpy.typing import NDArray

    from scseg.models.description import TrainingParameters
    from scseg.models.networks.tuning import Tuning
    from scseg.models.samples import KnownBoxes, Samples
    from scseg.models.starters.starter import Starter


@dataclass(frozen=True, eq=False)
class Beginning:
    """What a network that is to learn has learnt before: nothing, if nothing else is told.

    `before` is the hash of that. With a `tuning` it is changed with care, and among boxes that are `known`.
    What is kept lies a part of the way from `anchor`, weights in the network's order, to what is learnt;
    without, from where the network begins. Of what it learnt before, the part that was `kept` has been.
    """

    before: str = ""
    tuning: Tuning | None = None
    known: KnownBoxes | None = None
    anchor: Sequence[NDArray[Any]] | None = None
    kept: float = 0.0


def begin(
    network: keras.Model, starter: Starter, samples: Samples, parameters: TrainingParameters
) -> str | None:
    """Give a network the starter's weights; return which of its features the samples are of.

    If they are of none that it knows (None), a head is fitted to them on the starter's trunk.

    Raises:
        ScsegError: no box holds the feature, or the starter's files are missing or damaged.
    """
    feature = known_feature(starter, samples.features)
    depth = samples.images.shape[1]
    set_known_weights(network, starter_weights(starter, feature, depth, samples.apix))
    if feature is None:
        fit_head(network, starter.architecture, samples, parameters)
    return feature
