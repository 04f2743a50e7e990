"""What a run asks of the library under Keras."""

from __future__ import annotations

import pytest

from scseg.compute.messages import Quit, Ready, TrainingRequest
from scseg.models.description import TrainingParameters

pytestmark = pytest.mark.keras


class Told:
    """A connection on which a run is asked for."""

    def __init__(self, request):
        self._commands = [request, Quit()]
        self.replies = []

    def recv(self):
        return self._commands.pop(0)

    def send(self, reply):
        self.replies.append(reply)


def leaves_the_gpu_alone(gpu):
    """Return whether a run computes on the processor only."""
    from contextlib import nullcontext
    from unittest.mock import patch

    from scseg.compute.worker import training_process
    from scseg.models.networks import backend

    request = TrainingRequest(
        training_set="",
        folder="",
        name="Membrane",
        colour=(0.1, 0.2, 0.3),
        architecture="UNet deep",
        parameters=TrainingParameters(gpu=gpu),
    )
    connection = Told(request)
    with (
        patch.object(backend, "prepare"),
        patch.object(backend, "on_processor", return_value=nullcontext()) as left,
        patch.object(training_process, "run_training") as run,
    ):
        training_process.main(connection)
    assert run.called
    assert isinstance(connection.replies[0], Ready)
    return left.called


@pytest.mark.parametrize("gpu", [True, False])
def test_the_graphics_card_is_left_alone_where_it_is_not_wanted(in_keras_process, gpu):
    assert in_keras_process(leaves_the_gpu_alone, gpu) is not gpu


def computed_on_the_processor():
    from keras import ops

    from scseg.models.networks import backend

    with backend.on_processor():
        return backend.graphics_card(), str(ops.zeros(()).device)


def test_on_the_processor_there_is_no_graphics_card(in_keras_process):
    card, device = in_keras_process(computed_on_the_processor)
    assert card == ""
    assert "cpu" in device.lower()
