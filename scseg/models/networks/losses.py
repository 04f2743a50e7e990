"""What training makes small."""

from __future__ import annotations

from typing import Any

from keras import ops

from scseg.base.labels import IGNORE

_SMALLEST = 1e-6


def cross_entropy_and_dice(labels: Any, predictions: Any) -> Any:  # noqa: ANN401 - Keras' tensors
    """Return mean binary cross-entropy plus soft Dice loss over a batch, without the ignored pixels.

    Cross-entropy drives every pixel; Dice keeps a feature that fills few of them from being given up
    (Milletari et al., V-Net, 3DV 2016; the sum is that of Isensee et al., nnU-Net, 2021).
    """
    labels, predictions = map(ops.convert_to_tensor, (labels, predictions))
    judged = ops.cast(ops.not_equal(labels, IGNORE), predictions.dtype)
    truth = labels * judged
    p = ops.clip(predictions, _SMALLEST, 1.0 - _SMALLEST)
    entropy = -(truth * ops.log(p) + (1.0 - truth) * ops.log(1.0 - p)) * judged
    cross_entropy = ops.sum(entropy) / ops.maximum(ops.sum(judged), 1.0)
    shared = ops.sum(truth * predictions)
    total = ops.sum(truth) + ops.sum(predictions * judged)
    return cross_entropy + 1.0 - (2.0 * shared + 1.0) / (total + 1.0)
