"""How a new network begins with what a starter knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.models.networks.new_head import fit_head
from scseg.models.networks.weights import set_known_weights
from scseg.models.starters.starter import known_feature, starter_weights

if TYPE_CHECKING:
    import keras

    from scseg.models.description import TrainingParameters
    from scseg.models.samples import Samples
    from scseg.models.starters.starter import Starter


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
