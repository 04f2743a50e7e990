"""What is trained in place of a network: a copy whose convolutions are normalised, in a faster precision.

Networks learn from fewer samples where the outputs of their convolutions have mean 0 and spread 1 over
each batch (Ioffe & Szegedy, Batch Normalization, ICML 2015). A prediction needs none of it: what is left of
normalisation once training is over is a factor and a summand for each filter, and these are folded into the
convolution's own weights. So a network has the same weights, in number and name, however it was trained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import layers, ops

from scseg.models.networks.batch_norm import FastBatchNormalization
from scseg.models.networks.blocks import MOMENTUM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Weights = dict[str, NDArray[Any]]
    """The weights of a network by their paths, as `down0a/kernel`."""


class TrainingCopy:
    """A copy of `network` that computes the same, to be trained in a precision of Keras.

    `model` is the copy; its last layer answers in float32. `images` (n, box, box, D), a batch as it will be
    learnt from, tell what there is to normalise.
    """

    def __init__(self, network: keras.Model, precision: str, images: NDArray[np.float32]) -> None:
        self._network = network
        self._normalised = [each.name for each in network.layers if _is_normalised(each)]
        self.model = self._cloned(precision)
        self._set_up(images)

    def give(self, weights: Sequence[NDArray[Any]]) -> None:
        """Set weights of the copy as those of the network, with normalisation folded in."""
        known = _by_path(self.model, weights)
        for name in self._normalised:
            norm = f"{name}_norm"
            spread = np.sqrt(known[f"{norm}/moving_variance"] + self.model.get_layer(norm).epsilon)
            factor = known[f"{norm}/gamma"] / spread
            known[f"{name}/kernel"] = known[f"{name}/kernel"] * factor
            known[f"{name}/bias"] = known[f"{norm}/beta"] - known[f"{norm}/moving_mean"] * factor
        self._network.set_weights([known[weight.path] for weight in self._network.weights])

    def _cloned(self, precision: str) -> keras.Model:
        """Return the copy, with fresh weights."""
        answer = self._network.layers[-1]

        def converted(layer: Any) -> Any:  # noqa: ANN401 - Keras' layers have no type
            config = layer.get_config() | ({} if layer is answer else {"dtype": precision})
            if layer.name in self._normalised:
                config |= {"activation": "linear", "use_bias": False}
            kind = type(layer)
            if kind is layers.BatchNormalization:
                kind = FastBatchNormalization
            return kind.from_config(config)

        def called(layer: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401
            x = layer(*args, **options)
            if layer.name not in self._normalised:
                return x
            name, dtype = layer.name, layer.dtype_policy
            x = FastBatchNormalization(momentum=MOMENTUM, name=f"{name}_norm", dtype=dtype)(x)
            return layers.Activation("relu", name=f"{name}_relu", dtype=dtype)(x)

        return keras.models.clone_model(
            self._network, clone_function=converted, call_function=called
        )

    def _set_up(self, images: NDArray[np.float32]) -> None:
        """Give the copy the network's weights, and let its normalisation undo what it does to `images`."""
        known = _by_path(self.model, self.model.get_weights())
        known |= _by_path(self._network, self._network.get_weights())
        for name in self._normalised:
            known |= self._undone(name, known, np.float32(0), np.float32(1))
        self._set(known)
        measured = self._outputs(images) if self._normalised else {}
        for name, outputs in measured.items():
            mean, variance = outputs.mean(axis=(0, 1, 2)), outputs.var(axis=(0, 1, 2))
            known |= self._undone(name, known, mean, variance)
        self._set(known)

    def _undone(self, name: str, known: Weights, mean: Any, variance: Any) -> Weights:  # noqa: ANN401
        """Return a normalisation that gives back what it gets, with the bias of the convolution before it."""
        norm, bias = f"{name}_norm", known[f"{name}/bias"]
        spread = np.sqrt(variance + self.model.get_layer(norm).epsilon)
        weights = {
            "gamma": spread,
            "beta": mean + bias,
            "moving_mean": mean,
            "moving_variance": variance,
        }
        return {f"{norm}/{key}": np.broadcast_to(each, bias.shape) for key, each in weights.items()}

    def _set(self, known: Weights) -> None:
        self.model.set_weights([known[weight.path] for weight in self.model.weights])

    def _outputs(self, images: NDArray[np.float32]) -> Weights:
        """Return what the convolutions that are normalised make of images, by name (n, y, x, filters)."""
        outputs = {name: self.model.get_layer(name).output for name in self._normalised}
        tapped = keras.Model(self.model.input, outputs)
        return {
            name: ops.convert_to_numpy(ops.cast(each, "float32"))
            for name, each in tapped(images, training=False).items()
        }


def _is_normalised(layer: Any) -> bool:  # noqa: ANN401
    """Tell whether a layer is a convolution that nothing normalises yet, followed by a rectifier."""
    return (
        type(layer) is layers.Conv2D
        and layer.use_bias
        and layer.activation is keras.activations.relu
    )


def _by_path(model: keras.Model, weights: Sequence[NDArray[Any]]) -> Weights:
    return {weight.path: value for weight, value in zip(model.weights, weights, strict=True)}
