"""What is trained in place of a network: a copy whose convolutions are normalised, in a faster precision.

Networks learn from fewer samples where the outputs of their convolutions have mean 0 and spread 1 over
each batch (Ioffe & Szegedy, Batch Normalization, ICML 2015). A prediction needs none of it: what is left of
normalisation once training is over is a factor and a summand for each filter, and these are folded into the
convolution's own weights. So a network has the same weights, in number and name, however it was trained.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import layers, ops

from scseg.models.networks.architectures import MOMENTUM
from scseg.models.networks.batch_norm import FastBatchNormalization
from scseg.models.networks.precision import FULL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Weights = dict[str, NDArray[Any]]
    """The weights of a network by their paths, as `down0a/kernel`."""

_MEASURED, _MOST_MEASURED = 8, 1 << 18
"""Boxes on which is measured what normalisation meets, and their pixels: all batches after correct it."""


class TrainingCopy:
    """A copy of `network`, to be trained in a precision of Keras; `model` is the copy.

    Its last layer answers in float32. Where the network has learnt something, `images` (n, box, box, D) as it
    will go on with are needed: the copy then computes the same as the network. Without them it begins afresh.
    """

    def __init__(
        self, network: keras.Model, precision: str, images: NDArray[np.float32] | None = None
    ) -> None:
        self._network = network
        self._normalised = [each.name for each in network.layers if _is_normalised(each)]
        self.model = _cloned(network, precision, self._normalised)
        known = _by_path(self.model, self.model.get_weights())
        known |= _by_path(network, network.get_weights())
        self._set(known)
        if images is not None:
            self._go_on(known, images)

    def give(self, weights: Sequence[NDArray[Any]]) -> None:
        """Set weights of the copy as those of the network, with normalisation folded in."""
        known = _by_path(self.model, weights)
        for name in self._normalised:
            norm = f"{name}_norm"
            spread = np.sqrt(known[f"{norm}/moving_variance"] + self._epsilon(name))
            factor = known[f"{norm}/gamma"] / spread
            known[f"{name}/kernel"] = known[f"{name}/kernel"] * factor
            known[f"{name}/bias"] = known[f"{norm}/beta"] - known[f"{norm}/moving_mean"] * factor
        self._network.set_weights([known[weight.path] for weight in self._network.weights])

    def _go_on(self, known: Weights, images: NDArray[np.float32]) -> None:
        """Let each normalisation give back what it gets: at first whatever it is, then of these images."""
        for name in self._normalised:
            known |= self._neutral(name, known[f"{name}/bias"], np.float32(0), np.float32(1))
        self._set(known)
        few = max(1, min(_MEASURED, _MOST_MEASURED // math.prod(images.shape[1:3])))
        for name, outputs in self._outputs(images[:few]).items():
            mean, variance = outputs.mean(axis=(0, 1, 2)), outputs.var(axis=(0, 1, 2))
            known |= self._neutral(name, known[f"{name}/bias"], mean, variance)
        self._set(known)

    def _neutral(self, name: str, bias: NDArray[Any], mean: Any, variance: Any) -> Weights:  # noqa: ANN401
        """Return a normalisation that, of what has this mean and variance, only adds the bias."""
        weights = {
            "gamma": np.sqrt(variance + self._epsilon(name)),
            "beta": mean + bias,
            "moving_mean": mean,
            "moving_variance": variance,
        }
        return {
            f"{name}_norm/{key}": np.broadcast_to(each, bias.shape) for key, each in weights.items()
        }

    def _outputs(self, images: NDArray[np.float32]) -> Weights:
        """Return what the convolutions that are normalised make of images, by name (n, y, x, filters)."""
        outputs = {name: self.model.get_layer(name).output for name in self._normalised}
        if not outputs:
            return {}
        tapped = keras.Model(self.model.input, outputs)
        return {
            name: ops.convert_to_numpy(ops.cast(each, "float32"))
            for name, each in tapped(images, training=False).items()
        }

    def _epsilon(self, name: str) -> float:
        return float(self.model.get_layer(f"{name}_norm").epsilon)

    def _set(self, known: Weights) -> None:
        self.model.set_weights([known[weight.path] for weight in self.model.weights])


def copied(layer: Any, precision: str, **changes: Any) -> Any:  # noqa: ANN401 - Keras' layers have no type
    """Return a layer with fresh weights that computes in a precision, and differs in what is changed."""
    kind = type(layer)
    if kind is layers.BatchNormalization:
        kind = FastBatchNormalization
    return kind.from_config(layer.get_config() | {"dtype": precision} | changes)


def _cloned(network: keras.Model, precision: str, normalised: Sequence[str]) -> keras.Model:
    """Return a copy with fresh weights, with normalisation after the convolutions of these names."""
    linear = {"activation": "linear", "use_bias": False}

    def converted(layer: Any) -> Any:  # noqa: ANN401
        if layer is network.layers[-1]:
            return copied(layer, FULL)
        return copied(layer, precision, **(linear if layer.name in normalised else {}))

    def called(layer: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        x = layer(*args, **options)
        if layer.name not in normalised:
            return x
        norm, relu = f"{layer.name}_norm", f"{layer.name}_relu"
        x = FastBatchNormalization(momentum=MOMENTUM, name=norm, dtype=precision)(x)
        return layers.Activation("relu", name=relu, dtype=precision)(x)

    return keras.models.clone_model(network, clone_function=converted, call_function=called)


def _is_normalised(layer: Any) -> bool:  # noqa: ANN401
    """Tell whether a layer is a convolution that nothing normalises yet, followed by a rectifier."""
    return (
        type(layer) is layers.Conv2D
        and layer.use_bias
        and layer.activation is keras.activations.relu
    )


def _by_path(model: keras.Model, weights: Sequence[NDArray[Any]]) -> Weights:
    return {weight.path: value for weight, value in zip(model.weights, weights, strict=True)}
