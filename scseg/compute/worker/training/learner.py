"""A network in training, with Keras."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.compute.messages import TrainingRequest, Validation
from scseg.models.files import read_description, weights_path
from scseg.models.networks.architectures import build
from scseg.models.networks.backend import set_seed
from scseg.models.networks.batches import batches_per_epoch
from scseg.models.networks.beginning import begin
from scseg.models.networks.training import Training
from scseg.models.networks.tuning import GOING_ON, Tuning, tuning_of
from scseg.models.networks.validation import judged
from scseg.models.networks.weights import as_hdf5, load_weights
from scseg.models.starters.simulated_boxes import simulated_boxes
from scseg.models.starters.starter import find_starter, known_feature, starter_of

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
        begun = _begun(self._network, request, learnt)
        self._training = Training(
            self._network, learnt, request.parameters, begun.before, begun.tuning, begun.known
        )

    @cached_property
    def weights(self) -> int:
        return int(self._network.count_params())

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


@dataclass(frozen=True, eq=False)
class _Beginning:
    """The hash of what a network knows already, how that is to be changed, and boxes that taught it."""

    before: str = ""
    tuning: Tuning | None = None
    known: KnownBoxes | None = None


def _begun(network: keras.Model, request: TrainingRequest, learnt: Samples) -> _Beginning:
    """Give a network the weights that it begins with.

    Raises:
        ScsegError: they cannot be read.
    """
    if request.start_from:
        return _going_on(network, request, Path(request.start_from), learnt)
    starter = starter_of(request.architecture, request.parameters)
    if starter is None:
        return _Beginning()
    feature = begin(network, starter, learnt, request.parameters)
    if feature is None:
        return _Beginning(starter.sha256)
    tuning = tuning_of(request.architecture)
    return _Beginning(starter.sha256, tuning, _known_boxes(starter, feature, learnt))


def _going_on(
    network: keras.Model, request: TrainingRequest, start: Path, learnt: Samples
) -> _Beginning:
    load_weights(network, weights_path(start))
    model = read_description(start)
    if model.origin is None:
        return _Beginning(model.weights_sha256, GOING_ON)
    starter = find_starter(request.architecture)
    feature = known_feature(starter, learnt.features) if starter is not None else None
    known = _known_boxes(starter, feature, learnt) if starter and feature else None
    # What a ready network knows of its feature comes from simulated tomograms alone.
    still_ready = model.is_ready_network and feature is not None
    tuning = tuning_of(request.architecture) if still_ready else GOING_ON
    return _Beginning(model.weights_sha256, tuning, known)


def _known_boxes(starter: Starter, feature: str, learnt: Samples) -> KnownBoxes | None:
    """Return simulated boxes, which are of one slice each, with the labels of a feature."""
    return simulated_boxes(starter, feature) if _depth(learnt) == 1 else None


def _depth(samples: Samples) -> int:
    return int(samples.images.shape[1])
