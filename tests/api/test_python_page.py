"""The examples of docs/python.md run as they stand, in order, around a network that is a formula."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from scseg.api import checking, training
from scseg.compute.segmenter import Segmenter
from scseg.export import exporter
from tests.export.exports import FAKE

PAGE = Path(__file__).parents[2] / "docs" / "python.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def _tomogram(tmp_path, rng, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(exporter, "Segmenter", partial(Segmenter, FAKE))
    monkeypatch.setattr(training, "train_and_wait", partial(training.train_and_wait, module=FAKE))
    monkeypatch.setattr(checking, "check_model", partial(checking.check_model, module=FAKE))
    voxels = rng.normal(0, 0.5, (6, 64, 64)).astype(np.float32)
    voxels[:, 10:22, 10:22] += 3
    voxels[:, 40:56, 40:56] += 3
    with mrcfile.new("tomogram.mrc") as mrc:
        mrc.set_data(voxels)
        mrc.voxel_size = 10.0


@pytest.mark.usefixtures("_tomogram")
def test_the_examples_run(capsys):
    names: dict[str, object] = {}
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))
    assert len(blocks) > 5
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)
    told = capsys.readouterr().out
    assert "(6, 64, 64) 10.0 ()" in told
    assert "tomogram__Membrane.mrc" in told
    assert "no such file" in told
    with mrcfile.open("volumes/tomogram__Membrane.mrc") as mrc:
        assert mrc.data.shape == (3, 64, 64)
