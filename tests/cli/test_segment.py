"""`scseg segment` with parts of slices and ways to predict, around a network that is a formula."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from scseg.annotations.crop import Crop
from scseg.annotations.steps import change_crop
from scseg.annotations.storage.opening import open_annotation
from scseg.cli import main
from scseg.compute.segmenter import Segmenter
from scseg.datasets.normalisation import measure_normalisation
from scseg.datasets.tomogram import open_tomogram
from scseg.export import exporter
from scseg.models import backends, precision
from tests.fakes.models import write_model
from tests.fakes.worker import formula

SHAPE = (6, 70, 90)


@pytest.fixture
def folder(tmp_path, rng, monkeypatch):
    monkeypatch.setattr(exporter, "Segmenter", partial(Segmenter, "tests.fakes.worker"))
    monkeypatch.chdir(tmp_path)
    with mrcfile.new("t.mrc") as mrc:
        mrc.set_data(rng.normal(5, 2, SHAPE).astype(np.float32))
        mrc.voxel_size = 10.0
    write_model(tmp_path).rename("m.scnm")
    (tmp_path / "10.00_32_0.0261_Membrane.h5").rename("m.h5")
    return tmp_path


def segmented(*more):
    arguments = ("segment", "t.mrc", "--model", "m.scnm", "--type", "float32", "-o", "out", *more)
    assert main.run(arguments) == 0
    with mrcfile.open("out/t__Membrane.mrc") as mrc:
        return np.array(mrc.data), str(mrc.get_labels()[0])


def expected(slices, y0, y1, x0, x1):
    tomogram = open_tomogram(Path("t.mrc"))
    volume = np.zeros((len(slices), *SHAPE[1:]), np.float32)
    for image, z in zip(volume, slices, strict=True):
        said = formula(measure_normalisation(tomogram).apply(tomogram.slice(z)))
        image[y0:y1, x0:x1] = said[y0:y1, x0:x1]
    return volume


@pytest.mark.parametrize("more", [(), ("--mode", "whole"), ("--averaging", "8")])
@pytest.mark.usefixtures("folder")
def test_a_crop_includes_both_ends_and_is_zero_outside(more):
    volume, label = segmented("--crop", "10,49,5,64", "--slices", "1-3", *more)
    np.testing.assert_allclose(volume, expected([1, 2, 3], 5, 65, 10, 50), atol=1e-6)
    assert "crop 10,49,5,64" in label
    assert ("averaging 8" in label) == ("--averaging" in more)
    assert ("whole slices" in label) == ("--mode" in more)


def test_the_crop_of_the_annotation_counts_with_its_slices(folder):
    annotated = open_annotation(Path("t.mrc"), SHAPE)
    crop = Crop(2, 5, 5, 65, 10, 50, enabled=True)
    annotated.apply(change_crop(annotated.annotation.contents, crop))
    assert annotated.flush(10)
    # The window may have it open at the same time.
    volume, _ = segmented("--annotated-crop")
    np.testing.assert_allclose(volume, expected([2, 3, 4], 5, 65, 10, 50), atol=1e-6)
    before = (folder / "t.mrc.scna").read_bytes()
    volume, _ = segmented("--annotated-crop", "--slices", "3")
    np.testing.assert_allclose(volume, expected([3], 5, 65, 10, 50), atol=1e-6)
    assert (folder / "t.mrc.scna").read_bytes() == before
    annotated.close()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--crop", "0,90,0,5"), "columns 0 to 89 and the rows 0 to 69"),
        (("--annotated-crop",), "No crop is switched on"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_crops_that_are_not_there_are_told(capsys, more, words):
    assert main.run(("segment", "t.mrc", "--model", "m.scnm", "-o", "out", *more)) == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "more",
    [
        ("--crop", "5,4,0,9"),
        ("--crop", "1,2,3"),
        ("--crop", "a,b,c,d"),
        ("--crop", "0,5,0,5", "--annotated-crop"),
        ("--averaging", "9"),
        ("--averaging", "0"),
        ("--mode", "half"),
    ],
)
def test_what_makes_no_sense_is_refused(more, capsys):
    with pytest.raises(SystemExit) as ended:
        main.run(("segment", "t.mrc", "--model", "m.scnm", "-o", "x", *more))
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("fast", ["float32", "bfloat16", "float16"])
@pytest.mark.usefixtures("folder")
def test_the_precision_is_the_fastest_of_what_predicts_or_float32(monkeypatch, fast):
    monkeypatch.setenv("SCSEG_FAKE_FAST", fast)
    assert f" {fast}: Membrane" in segmented()[1]
    assert " float32: Membrane" in segmented("--precision", "float32")[1]


@pytest.mark.usefixtures("folder")
def test_float16_by_name_is_what_it_is_by_itself_on_a_card(monkeypatch, capsys):
    monkeypatch.setenv("SCSEG_FAKE_FAST", "float16")
    monkeypatch.setattr(backends, "may_have_card", lambda: True)
    segmented()
    capsys.readouterr()
    assert " float16: Membrane" in segmented("--precision", "float16")[1]
    assert "made in the same way, and was kept" in " ".join(capsys.readouterr().err.split())


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("asked", ["bfloat16", "float16"])
def test_a_precision_that_cannot_be_is_refused_at_once(monkeypatch, capsys, asked):
    monkeypatch.setattr(precision, "multiplies_bfloat16", lambda: False)
    monkeypatch.setattr(backends, "may_have_card", lambda: False)
    arguments = ("segment", "t.mrc", "--model", "m.scnm", "--precision", asked, "-o", "new")
    assert main.run(arguments) == 1
    assert "choose float32, or auto" in " ".join(capsys.readouterr().err.split())
    assert not Path("new").exists()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("more", [(), ("--separate",)])
def test_a_precision_that_what_predicts_lacks_is_refused_when_it_tells(monkeypatch, capsys, more):
    monkeypatch.setattr(backends, "may_have_card", lambda: True)
    arguments = ("segment", "t.mrc", "--model", "m.scnm", "--precision", "float16", "-o", "new")
    assert main.run((*arguments, *more)) == 1
    assert "choose float32, or auto" in " ".join(capsys.readouterr().err.split())
    assert list(Path("new").iterdir()) == []


def test_ready_networks_segment_at_the_pixel_size_of_each_tomogram(folder, capsys):
    with mrcfile.new("coarse.mrc") as mrc:
        mrc.set_data(np.ones((2, 40, 40), np.float32))
        mrc.voxel_size = 50.0
    arguments = ("segment", "t.mrc", "coarse.mrc", "--starter", "Membrane", "--starter", "ribosome")
    assert main.run([*arguments, "--slices", "0", "-o", "out"]) == 0
    capsys.readouterr()
    names = {path.name for path in (folder / "out").glob("*.mrc")}
    assert names == {
        f"{tomogram}__{name}.mrc"
        for tomogram in ("t", "coarse")
        for name in ("Membrane", "Ribosome")
    }


@pytest.mark.usefixtures("folder")
def test_a_feature_without_a_ready_network_is_refused(capsys):
    assert main.run(["segment", "t.mrc", "--starter", "Gold", "-o", "out"]) == 1
    assert "no ready network for Gold: there are Membrane, Ribosome" in capsys.readouterr().err
    assert not Path("out").exists()
