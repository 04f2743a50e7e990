"""A network in training, with Keras."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.compute.messages import TrainingRequest, Validation
from scseg.models.files import read_description, weights_path
from scseg.models.networks.architectures import build
from scseg.models.networks.backend import set_seed
from scseg.models.networks.batches import batches_per_epoch
from scseg.models.networks.beginning import Beginning, begin
from scseg.models.networks.training import Training
from scseg.models.networks.tuning import GOING_ON, NEW_FEATURE, tuning_of
from scseg.models.networks.validation import judged
from scseg.models.networks.weights import as_hdf5, load_weights
from scseg.models.starters.simulated_boxes import simulated_boxes
from scseg.models.starters.starter import (
    find_starter,
    known_feature,
    starter_of,
    starter_weights,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import keras
    from _typeshed import SupportsWrite

    from scseg.models.samples import BatchLoss, KnownBoxes, Samples
    from scseg.models.starters.starter import Starter


class NetworkLearner:
    """A new network, or that of the model to start from."""

    def __init__(self, request: TrainingRequest, learnt: Samples, held_out: Samples) -> None:
        """Build the network.

        Raises:
            ScsegError: no box holds the feature, or the architecture cannot take such boxes.
        """
        self._parameters = request.parameters
        self._held_out = held_out
        self.batches = batches_per_epoch(learnt, request.parameters)
        # Before the network is built: its weights are drawn from this seed.
        set_seed(request.parameters.seed)
        depth, box = learnt.images.shape[1:3]
        self._network = build(request.architecture, box, depth)
        beginning = _beginning(self._network, request, learnt)
        self._training = Training(self._network, learnt, request.parameters, beginning)

    @cached_property
    def weights(self) -> int:
        return int(self._network.count_params())

    @property
    def kept(self) -> float:
        return self._training.kept

    def steps(self) -> Iterator[BatchLoss]:
        return self._training.steps()

    def learn_from(self, samples: Samples) -> None:
        """Go on with other samples; `steps` begins anew."""
        self._training.learn_from(samples)
        self.batches = batches_per_epoch(samples, self._parameters)

    def validate(self, unwanted: Callable[[], bool]) -> Validation | None:
        """Return how it does on the boxes held out; None without any, and once that is `unwanted`."""
        if not len(self._held_out.positive):
            return None
        self._training.take_over()
        size, odds = self._parameters.batch_size, self._training.odds.own
        scores = judged(self._network, self._held_out, size, unwanted, odds)
        return Validation(*scores) if scores else None

    def save(self, file: SupportsWrite[bytes]) -> None:
        self._training.take_over()
        file.write(as_hdf5(self._network))


def _beginning(network: keras.Model, request: TrainingRequest, learnt: Samples) -> Beginning:
    """Give a network the weights that it begins with, and tell what it knows.

    Raises:
        ScsegError: they cannot be read.
    """
    if request.start_from:
        return _going_on(network, request, Path(request.start_from), learnt)
    starter = starter_of(request.architecture, request.parameters)
    if starter is None:
        return Beginning()
    feature = begin(network, starter, learnt, request.parameters)
    if feature is None:
        return Beginning(starter.sha256, NEW_FEATURE)
    known = _known_boxes(starter, feature, learnt)
    return Beginning(starter.sha256, tuning_of(request.architecture), known)


def _going_on(
    network: keras.Model, request: TrainingRequest, start: Path, learnt: Samples
) -> Beginning:
    """Let a network go on from a model: if that began from a starter that is still there, as it began."""
    load_weights(network, weights_path(start))
    model = read_description(start)
    starter = find_starter(request.architecture) if model.origin else None
    feature = known_feature(starter, learnt.features) if starter else None
    known = _known_boxes(starter, feature, learnt) if starter and feature else None
    usual = Beginning(model.weights_sha256, GOING_ON, known)
    if model.origin is None or starter is None or feature != model.origin.feature:
        return usual
    tuned = replace(usual, tuning=tuning_of(request.architecture))
    if model.is_ready_network:
        return tuned
    if model.origin.sha256 != starter.sha256:
        return usual
    begun_with = starter_weights(starter, feature, model.depth, model.apix)
    anchor = [begun_with[weight.path] for weight in network.weights]
    return replace(tuned, anchor=anchor, kept=model.origin.kept)


def _known_boxes(starter: Starter, feature: str, learnt: Samples) -> KnownBoxes | None:
    """Return simulated boxes, which are of one slice each, with the labels of a feature."""
    return simulated_boxes(starter, feature) if _depth(learnt) == 1 else None


def _depth(samples: Samples) -> int:
    return int(samples.images.shape[1])
