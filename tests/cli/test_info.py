"""What a file holds, told in words and as JSON."""

from __future__ import annotations

import json
import os
import shutil
import warnings

import numpy as np
import pytest

from scseg.models.files import weights_path
from scseg.models.training_curve import Epoch
from tests.cli.commands import extracted, scseg
from tests.fakes.gradient import write_volume
from tests.fakes.models import write_model


def test_info_of_a_tomogram(capsys, files):
    code, out, _ = scseg(capsys, "info", files / "t.mrc", "--json")
    content = json.loads(out)
    assert code == 0
    assert (content["slices"], content["height"], content["width"]) == (8, 64, 64)
    assert content["apix"] == pytest.approx(13.92, abs=1e-4)


@pytest.mark.parametrize(("value", "told"), [(0.0, "0"), (np.nan, "NaN")])
def test_info_tells_of_padding(capsys, tmp_path, rng, value, told):
    voxels = rng.normal(100.0, 9.0, (3, 80, 100)).astype(np.float32)
    voxels[:, :, :17] = value
    with np.errstate(invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = write_volume(tmp_path / "padded.mrc", voxels)
    _, out, _ = scseg(capsys, "info", path)
    assert f"17 % of the voxels, value {told}, left out" in out
    _, out, _ = scseg(capsys, "info", path, "--json")
    found = json.loads(out)["padding"]
    assert found["part"] == pytest.approx(0.17)
    assert found["values"] == [None if np.isnan(value) else value]


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
    learnt = write_model(files, name="learnt", curve=(Epoch(0, 0.5, 0.25, 0.75), Epoch(1, 0.4)))
    _, out, _ = scseg(capsys, "info", learnt)
    assert "2 epochs" in out
    _, out, _ = scseg(capsys, "info", learnt, "--json")
    assert json.loads(out)["curve"] == [[0, 0.5, 0.25, 0.75], [1, 0.4]]


HOSTILE = "N\x1b]0;PWNED\x07\x1b[2J\n\u202eFAKE: all fine"


def assert_harmless(text):
    assert "FAKE" in text
    assert not set(text) & set("\x1b\x07\u202e")
    assert not any(line.startswith("FAKE") for line in text.splitlines())


def test_text_of_a_file_is_printed_with_its_escapes_and_line_breaks(capsys, files):
    model = write_model(files, name=HOSTILE, program="p\x1b[2Jq")
    code, out, _ = scseg(capsys, "info", model)
    assert code == 0
    assert_harmless(out)
    assert r"N\x1b]0;PWNED\x07\x1b[2J\n\u202eFAKE" in out
    code, out, _ = scseg(capsys, "info", model, "--json")
    assert json.loads(out)["name"] == HOSTILE


def test_a_file_s_name_is_printed_so_in_complaints_too(capsys, files):
    code, _, err = scseg(capsys, "--verbose", "info", files / f"{HOSTILE.replace('/', '')}.mrc")
    assert code == 1
    assert_harmless(err)
    with pytest.raises(SystemExit):
        scseg(capsys, "info", files / "t.mrc", HOSTILE)
    assert_harmless(capsys.readouterr().err)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_tomogram_whose_name_is_no_utf_8(capsys, files):
    path = files / os.fsdecode(b"Gr\xf6\xdfe.mrc")
    try:
        shutil.copyfile(files / "t.mrc", path)
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    code, out, _ = scseg(capsys, "info", path)
    assert code == 0
    assert r"Gr\xf6\xdfe.mrc" in out
    code, out, _ = scseg(capsys, "info", path, "--json")
    assert json.loads(out)["file"] == str(path)
