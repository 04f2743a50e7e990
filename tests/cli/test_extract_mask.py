"""Training sets of masks and coordinates that other programs have written."""

from __future__ import annotations

import mrcfile
import numpy as np
import pytest

from scseg.datasets.training_sets.training_set import load_training_set
from tests.cli.commands import extracted


def test_extract_writes_a_set_and_tells_its_counts(capsys, files):
    code, out, _ = extracted(capsys, files, "--feature", "Square")
    assert code == 0
    assert "3 positive and 2 negative" in out
    made = load_training_set(files / "set.scnt")
    assert made.features == ("Square",)
    assert made.positions.tolist()[1] == [2, 25, 26]
    assert made.apix == pytest.approx(13.92, abs=1e-4)


def test_extract_into_a_folder_proposes_the_name(capsys, files):
    code, out, _ = extracted(capsys, files, "-o", files / "sets", "--feature", "Square")
    assert code == 0
    assert (files / "sets" / "13.92_16_Square.scnt").is_file()
    assert "13.92_16_Square.scnt" in out


def test_any_feature_makes_a_file_name(capsys, files):
    code, _, err = extracted(capsys, files, "-o", files / "sets", "--feature", "alpha/beta")
    assert code == 0, err
    made = load_training_set(files / "sets" / "13.92_16_alpha-beta.scnt")
    assert made.features == ("alpha/beta",)


def test_the_pixel_size_of_the_tomogram_is_asked_for_where_it_is_unknown(capsys, files):
    with mrcfile.open(files / "t.mrc", "r+") as mrc:
        mrc.voxel_size = 0
    code, _, err = extracted(capsys, files)
    assert code == 1
    assert "--tomogram-apix" in err
    assert extracted(capsys, files, "--tomogram-apix", 8)[0] == 0
    assert load_training_set(files / "set.scnt").apix == 8


def test_bytes_are_signed_or_not_by_the_user_s_word(capsys, files):
    with mrcfile.new(files / "t.mrc", overwrite=True) as mrc:
        mrc.set_data(np.full((8, 64, 64), -56, np.int8))
        mrc.data[:, ::2] = -46
        mrc.voxel_size = 13.92
    for word, centre in (("signed", -51), ("unsigned", 205)):
        assert extracted(capsys, files, "--tomogram-bytes", word)[0] == 0
        assert load_training_set(files / "set.scnt").sources[0].centre == pytest.approx(centre)
