"""Starters: read whole or not at all, for boxes of any depth, and as models that are ready."""

from __future__ import annotations

import json

import numpy as np
import pytest

from scseg.base.errors import ScsegError
from scseg.base.resources import resource_path
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.description import TrainingParameters
from scseg.models.files import open_model
from scseg.models.starters import ready, starter
from scseg.models.starters.ready import ready_features, write_ready
from scseg.models.starters.starter import (
    find_starter,
    known_feature,
    read_starter,
    starter_of,
    starter_weights,
)
from scseg.models.trained_network import read_trained
from tests.fakes.starters import write_starter

SHIPPED = sorted(resource_path("starters").glob("*.json"))


@pytest.fixture
def written(tmp_path):
    return write_starter(tmp_path)


@pytest.fixture
def found(written):
    return read_starter(written[0])


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Starters with random weights in place of those shipped; of ready networks' ones, the weights."""
    write_starter(tmp_path)
    _, weights = write_starter(tmp_path, ready.ARCHITECTURE)
    monkeypatch.setattr(starter, "starters_folder", lambda: tmp_path)
    find_starter.cache_clear()
    yield weights
    find_starter.cache_clear()


def test_trunk_and_head_are_those_of_the_file(written, found):
    weights = starter_weights(found, "Ribosome", 1, 14.0)
    assert set(weights) == {
        path.removeprefix("Ribosome:") for path in written[1] if "Membrane:" not in path
    }
    for path, values in weights.items():
        assert values.dtype == np.float32
        kept = written[1].get(path, written[1].get(f"Ribosome:{path}"))
        kept = kept[:, :, :1] if path == "down0a/kernel" else kept
        assert np.array_equal(values, kept.astype(np.float32))


def test_without_a_feature_there_is_no_head(found):
    weights = starter_weights(found, None, 1, 14.0)
    assert "down0a/kernel" in weights
    assert not {"up0a/kernel", "probability/kernel"} & set(weights)


@pytest.mark.parametrize("depth", [1, 3, 4, 7])
def test_deeper_boxes_see_their_middle_slice_as_before(found, depth):
    shallow = starter_weights(found, "Membrane", 1, 14.0)["down0a/kernel"]
    deep = starter_weights(found, "Membrane", depth, 14.0)["down0a/kernel"]
    assert deep.shape == (3, 3, depth, 64)
    assert np.array_equal(deep[:, :, depth // 2], shallow[:, :, 0])
    assert np.count_nonzero(deep) == np.count_nonzero(shallow)


@pytest.mark.parametrize(("apix", "taken"), [(1.0, 6.0), (28.0, 28.0), (99.0, 32.0)])
def test_the_voxel_size_becomes_a_summand(written, found, apix, taken):
    weights = starter_weights(found, "Membrane", 1, apix)
    kernel, bias = (written[1][f"down0a/{name}"].astype(np.float32) for name in ("kernel", "bias"))
    expected = bias + np.log2(taken / 14.0) * kernel[1, 1, 1]
    assert np.allclose(weights["down0a/bias"], expected, atol=1e-6)


def test_without_a_voxel_size_it_is_the_middle_one(found):
    unknown, middle = (
        starter_weights(found, None, 1, apix) for apix in (None, np.sqrt(6.0 * 32.0))
    )
    assert np.array_equal(unknown["down0a/bias"], middle["down0a/bias"])


@pytest.mark.parametrize(
    ("names", "known"),
    [
        (("Membrane",), "Membrane"),
        (("membranes ",), "Membrane"),
        (("RIBOSOME", "Ribosomes"), "Ribosome"),
        (("Membrane", "Ribosome"), None),
        (("Gold",), None),
        ((), None),
    ],
)
def test_a_feature_is_known_by_its_name(found, names, known):
    assert known_feature(found, names) == known


def test_other_weights_than_those_told_of_are_refused(written, found):
    other = written[0].with_suffix(".h5")
    other.write_bytes(other.read_bytes()[:-1] + b"x")
    with pytest.raises(ScsegError, match="install scSegmentation anew"):
        starter_weights(found, None, 1, 14.0)
    other.unlink()
    with pytest.raises(ScsegError, match="train from scratch"):
        starter_weights(found, None, 1, 14.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "3"},
        {"version": 0},
        {"architecture": "Net of the future"},
        {"dice": {}},
        {"dice": {"Membrane": 2.0}},
        {"apix": [6.0]},
        {"apix": [32.0, 6.0]},
        {"loss": "low"},
        {"keras": None},
        {"format": "scseg model"},
        {"version_of_format": starter.VERSION + 1},
        {"boxes_sha256": 1},
    ],
)
def test_damaged_descriptions_are_refused(tmp_path, changes):
    path, _ = write_starter(tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    with pytest.raises(ScsegError, match="is damaged"):
        read_starter(path)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 1}'])
def test_what_is_no_description_is_refused(written, content):
    written[0].write_text(content)
    with pytest.raises(ScsegError, match="is damaged"):
        read_starter(written[0])


@pytest.mark.usefixtures("installed")
def test_only_new_networks_of_such_an_architecture_begin_from_it():
    assert starter_of("VGGNet", TrainingParameters(start="starter")) is not None
    assert starter_of("VGGNet", TrainingParameters(start="scratch")) is None
    assert starter_of("UNet deep", TrainingParameters(start="starter")) is None


def test_a_ready_network_is_a_model_like_any_other(installed, tmp_path):
    path = write_ready("ribosome", 20.0, tmp_path / "new")
    description, weights = read_trained(path)
    assert (description.name, description.apix, description.epochs_trained) == ("Ribosome", 20.0, 0)
    assert description.parameters == ARCHITECTURES[ready.ARCHITECTURE].parameters
    assert description.origin is not None
    assert (description.origin.version, description.origin.trained_on) == (3, "noise")
    assert description.origin.feature == "Ribosome"
    assert open_model(path) == description
    assert np.array_equal(weights["down1a/kernel"], installed["down1a/kernel"].astype(np.float32))


@pytest.mark.parametrize(("apix", "taken"), [(1.0, 6.0), (13.92, 13.92), (60.0, 32.0)])
@pytest.mark.usefixtures("installed")
def test_a_ready_network_has_a_voxel_size_that_it_knows(tmp_path, apix, taken):
    assert open_model(write_ready("Membrane", apix, tmp_path)).apix == taken


@pytest.mark.usefixtures("installed")
def test_a_feature_without_a_ready_network_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(ScsegError, match="Gold: there are Membrane, Ribosome"):
        write_ready("Gold", 13.92, tmp_path)


def test_without_any_starter_there_is_no_ready_network(tmp_path, monkeypatch):
    monkeypatch.setattr(ready, "find_starter", lambda _: None)
    assert ready_features() == ()
    with pytest.raises(ScsegError, match="there are none"):
        write_ready("Membrane", 13.92, tmp_path)


def test_what_is_shipped_is_whole_and_small():
    assert SHIPPED
    total = 0
    for path in SHIPPED:
        shipped = read_starter(path)
        assert starter.description_path(shipped.architecture, path.parent) == path
        assert set(shipped.features) <= set(ready.COLOURS)
        assert json.loads(shipped.keras)["class_name"] == "Functional"
        for feature in (*shipped.features, None):
            weights = starter_weights(shipped, feature, 1, 20.0)
            assert all(np.isfinite(values).all() for values in weights.values())
        total += path.stat().st_size + shipped.path.stat().st_size
    assert total <= 8_000_000
