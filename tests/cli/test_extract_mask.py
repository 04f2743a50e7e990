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


def rewritten(files, change):
    """Write the mask anew with values of another convention."""
    with mrcfile.open(files / "mask.mrc") as mrc:
        inside = mrc.data == 1
    mrcfile.write(files / "mask.mrc", change(inside), overwrite=True, voxel_size=13.92)


def made_labels(files):
    return load_training_set(files / "set.scnt").labels


def test_a_mask_of_imod_means_what_it_shows(capsys, files):
    assert extracted(capsys, files)[0] == 0
    usual = made_labels(files)
    rewritten(files, lambda inside: np.where(inside, -127, -128).astype(np.int8))
    code, _, err = extracted(capsys, files)
    assert code == 0
    assert "-127 is taken for the feature" in " ".join(err.split())
    assert np.array_equal(made_labels(files), usual)


def test_a_label_of_several_is_asked_for(capsys, files):
    assert extracted(capsys, files)[0] == 0
    usual = made_labels(files)
    rewritten(files, lambda inside: np.where(inside, 3, np.arange(64) % 3).astype(np.int16))
    code, _, err = extracted(capsys, files)
    assert code == 1
    assert "--label" in err
    assert extracted(capsys, files, "--label", 3)[0] == 0
    assert np.array_equal(made_labels(files), usual)
    assert extracted(capsys, files, "--label", 3, "--ignore-label", 2)[0] == 0
    changed = made_labels(files) != usual
    assert (made_labels(files)[changed] == 2).all()
    assert (usual[changed] == 0).all()
    assert changed.sum() == pytest.approx((usual == 0).sum() / 3, rel=0.1)
    code, _, err = extracted(capsys, files, "--label", 9)
    assert code == 1
    assert "0, 1, 2, 3" in err


def test_a_threshold_of_scores_is_asked_for(capsys, files, rng):
    assert extracted(capsys, files)[0] == 0
    usual = made_labels(files)
    rewritten(files, lambda inside: (0.6 * inside + rng.random(inside.shape) * 0.3).astype("f4"))
    code, _, err = extracted(capsys, files)
    assert code == 1
    assert "--threshold" in err
    assert extracted(capsys, files, "--threshold", 0.5)[0] == 0
    assert np.array_equal(made_labels(files), usual)


@pytest.mark.parametrize(
    "more", [("--label", "nan"), ("--threshold", "inf"), ("--label", 1, "--threshold", 2)]
)
def test_what_is_no_meaning_is_refused(capsys, files, more):
    with pytest.raises(SystemExit):
        extracted(capsys, files, *more)


def test_the_distance_of_slices_is_the_user_s_word(capsys, files):
    """A tomogram with a grid of one section opens with a warning, and `segment` takes the option, too."""
    with mrcfile.open(files / "t.mrc", "r+") as mrc:
        mrc.header.mz = 1
    code, _, err = extracted(capsys, files, "--tomogram-apix-z", 20)
    assert code == 0
    assert "mz = 1" in err
