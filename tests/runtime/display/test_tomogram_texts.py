"""What panels say of tomograms."""

from __future__ import annotations

import numpy as np

from scseg.actions.view import view
from scseg.compute.messages import TomogramRef
from scseg.datasets.tomogram import open_tomogram
from scseg.runtime.display import tomogram_texts
from scseg.runtime.tomograms.slice_reader import measured
from scseg.state.tomograms import OpenTomogram
from tests.fakes.gradient import write_volume


def test_padding_of_the_slice_in_view_is_told(tmp_path, rng):
    voxels = rng.normal(100.0, 9.0, (3, 80, 100)).astype(np.float32)
    voxels[1, :, :17] = 0
    tomogram = open_tomogram(write_volume(tmp_path / "a.mrc", voxels))
    opened = OpenTomogram(tomogram, TomogramRef("a\nb.mrc", None, None, 0), z=1)
    for z, told in ((1, "padding: 17 % of slice 2"), (2, "")):
        opened.z = z
        image = measured(None, *tomogram.slice_with_padding(z))
        view.note_seen(opened, image.automatic, image.padded)
        assert tomogram_texts.padding(opened).startswith(told)
        assert bool(tomogram_texts.padding(opened)) == bool(told)
    about = tomogram_texts.about(opened, "")
    assert about.splitlines()[0] == r"a\nb.mrc"
    assert about.splitlines()[1] == "100 x 80 x 3 voxels, 10 A per pixel"


def test_the_background_of_a_mask_is_no_padding():
    labels = np.zeros((60, 70), np.float32)
    labels[20:40, 20:50] = 1.0
    assert measured(None, labels, labels == 0.0).padded == 0.0
