"""What a file holds, told in words and as JSON."""

from __future__ import annotations

import json

import pytest

from scseg.models.files import weights_path
from tests.cli.commands import extracted, scseg
from tests.fakes.models import write_model


def test_info_of_a_tomogram(capsys, files):
    code, out, _ = scseg(capsys, "info", files / "t.mrc", "--json")
    content = json.loads(out)
    assert code == 0
    assert (content["slices"], content["height"], content["width"]) == (8, 64, 64)
    assert content["apix"] == pytest.approx(13.92, abs=1e-4)


def test_info_of_a_training_set(capsys, files):
    extracted(capsys, files)
    code, out, _ = scseg(capsys, "info", files / "set.scnt", "--json")
    content = json.loads(out)
    assert code == 0
    assert (content["positive_boxes"], content["negative_boxes"]) == (3, 2)


def test_info_of_a_model_and_its_weights(capsys, files):
    model = write_model(files)
    for path in (model, weights_path(model)):
        code, out, _ = scseg(capsys, "info", path, "--json")
        assert code == 0
        assert json.loads(out)["title"] == "VGGNet (1493059, 32, 10.000, 0.0261)"
    code, out, _ = scseg(capsys, "info", model)
    assert code == 0
    assert "VGGNet (1493059" in out
