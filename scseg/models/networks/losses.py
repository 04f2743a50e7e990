"""What training makes small."""

from __future__ import annotations

from typing import Any

from keras import ops

from scseg.base.labels import IGNORE

_SMALLEST = 1e-6
_WITH_ODDS = 2


def cross_entropy_and_dice(labels: Any, predictions: Any) -> Any:  # noqa: ANN401 - Keras' tensors
    """Return mean binary cross-entropy plus soft Dice loss over a batch, without the ignored pixels.

    Cross-entropy drives every pixel; Dice keeps a feature that fills few of them from being given up
    (Milletari et al., V-Net, 3DV 2016; the sum is that of Isensee et al., nnU-Net, 2021).

    Labels (batch, y, x, 1 or 2), predictions (batch, y, x, 1). Where labels have a second channel, it tells
    how much likelier the feature is in that box than where the network will predict, as a difference of log
    odds: what is judged is the prediction for the box (Menon et al., Long-tail learning via logit
    adjustment, ICLR 2021).
    """
    labels, predictions = map(ops.convert_to_tensor, (labels, predictions))
    if labels.shape[-1] == _WITH_ODDS:
        odds = predictions * ops.exp(labels[..., 1:])
        labels, predictions = labels[..., :1], odds / (odds + 1.0 - predictions)
    judged = ops.cast(ops.not_equal(labels, IGNORE), predictions.dtype)
    truth = labels * judged
    p = ops.clip(predictions, _SMALLEST, 1.0 - _SMALLEST)
    entropy = -(truth * ops.log(p) + (1.0 - truth) * ops.log(1.0 - p)) * judged
    cross_entropy = ops.sum(entropy) / ops.maximum(ops.sum(judged), 1.0)
    shared = ops.sum(truth * predictions)
    total = ops.sum(truth) + ops.sum(predictions * judged)
    return cross_entropy + 1.0 - (2.0 * shared + 1.0) / (total + 1.0)
