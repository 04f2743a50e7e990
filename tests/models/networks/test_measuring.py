"""What is measured on a graphics card, with a clock and networks that the test makes."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.keras


def chosen_tiles(seconds):
    """Return how many tiles are chosen where batches take these times; one without a time does not fit."""
    from scseg.models.networks import measuring

    now, given = [0.0], []

    def network(images):
        given.append(images.shape)
        if len(images) not in seconds:
            raise MemoryError
        now[0] += seconds[len(images)]
        return images[..., 0]

    return measuring.tiles_at_once(network, 24, 3, lambda: now[0]), given


@pytest.mark.parametrize(
    ("seconds", "best"),
    [
        ({16: 1.0, 32: 1.1, 64: 1.2, 128: 1.3}, 128),  # a card with nothing to do
        ({16: 1.0, 32: 1.2, 64: 2.3, 128: 4.6}, 32),  # one that is full with 32
        ({16: 1.0, 32: 1.0}, 32),  # one with memory for 32
        ({16: 1.0, 32: 2.0, 64: 4.0}, 16),
        ({}, 16),
    ],
)
def test_batches_grow_while_a_tile_takes_less_time(in_keras_process, seconds, best):
    tiles, given = in_keras_process(chosen_tiles, seconds)
    assert tiles == best
    assert {shape[1:] for shape in given} == {(24, 24, 3)}


def predicts_on_a_card(folder):
    """Return how many tiles a network gets where there is a graphics card and where there is none."""
    from pathlib import Path
    from unittest.mock import patch

    from scseg.models.files import save_model
    from scseg.models.networks import backend, prediction
    from scseg.models.networks.architectures import build
    from scseg.models.networks.weights import as_hdf5
    from tests.fakes.models import DESCRIPTION

    path = Path(folder) / "m.scnm"
    network = build(DESCRIPTION.architecture, DESCRIPTION.box_size, DESCRIPTION.depth)
    save_model(DESCRIPTION, lambda file: file.write(as_hdf5(network)), path)
    found = []
    for card in (False, True):
        with (
            patch.object(backend, "has_gpu", lambda card=card: card),
            patch.object(prediction, "tiles_at_once", lambda *_: 64),
        ):
            trained = prediction.load_trained(path, "float32")
        shape = (2, DESCRIPTION.box_size, DESCRIPTION.box_size, DESCRIPTION.depth)
        assert trained.network(np.zeros(shape, np.float32)).shape == shape[:3]
        found.append(trained.tiles_at_once)
    return found


def test_it_is_measured_on_graphics_cards_only(in_keras_process, tmp_path):
    assert in_keras_process(predicts_on_a_card, str(tmp_path)) == [None, 64]
