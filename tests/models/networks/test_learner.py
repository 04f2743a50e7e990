"""What a run asks of the library under Keras."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.compute.messages import TrainingRequest
from scseg.models.description import TrainingParameters
from scseg.models.samples import Samples

pytestmark = pytest.mark.keras


def leaves_the_gpu_alone(gpu):
    from unittest.mock import patch

    from scseg.compute.worker.training.learner import NetworkLearner
    from scseg.models.networks import backend

    samples = Samples.of(np.zeros((2, 1, 16, 16), np.float32), np.ones((2, 16, 16), np.uint8))
    request = TrainingRequest(
        training_set="",
        folder="",
        name="Membrane",
        colour=(0.1, 0.2, 0.3),
        architecture="UNet deep",
        parameters=TrainingParameters(gpu=gpu),
    )
    with patch.object(backend, "leave_gpu_alone") as left:
        NetworkLearner(request, samples, samples)
    return left.called


@pytest.mark.parametrize("gpu", [True, False])
def test_the_graphics_card_is_left_alone_where_it_is_not_wanted(in_keras_process, gpu):
    assert in_keras_process(leaves_the_gpu_alone, gpu) is not gpu
