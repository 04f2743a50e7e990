"""`scseg segment --group`: competition and rules in volumes, against every pixel against every other."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from scseg.cli import main
from scseg.compute.segmenter import Segmenter
from scseg.datasets.normalisation import measure_normalisation
from scseg.datasets.tomogram import open_tomogram
from scseg.export import exporter
from scseg.interactions.group import Group, save_group
from scseg.interactions.rules import InteractionSettings, Rule
from tests.fakes.models import write_model
from tests.fakes.worker import formula
from tests.interactions import brute

SHAPE = (6, 40, 50)
NAMES = {"a.scnm": "Membrane", "b.scnm": "inverse"}
PLAIN = {"a.scnm": InteractionSettings(), "b.scnm": InteractionSettings()}
AVOID = {
    "a.scnm": InteractionSettings(rules=(Rule("avoid", "b.scnm", 3.0, 0.9),)),
    "b.scnm": InteractionSettings(),
}
BOTH = {
    "a.scnm": InteractionSettings(
        emit=True, absorb=True, rules=(Rule("colocalise", "b.scnm", 2.0, 0.85),)
    ),
    "b.scnm": InteractionSettings(emit=True, absorb=True),
}


@pytest.fixture
def folder(tmp_path, rng, monkeypatch):
    monkeypatch.setattr(exporter, "Segmenter", partial(Segmenter, "tests.fakes.worker"))
    monkeypatch.chdir(tmp_path)
    with mrcfile.new("t.mrc") as mrc:
        mrc.set_data(rng.normal(5, 2, SHAPE).astype(np.float32))
        mrc.voxel_size = (10.0, 10.0, 20.0)
    for file, name in NAMES.items():
        made = write_model(tmp_path, name=name)
        made.rename(file)
        made.with_suffix(".h5").rename(Path(file).with_suffix(".h5"))
    return tmp_path


def segmented(interactions, *more, deep=False):
    save_group(Group(interactions, deep), Path("cell.scnmgroup"))
    arguments = ("segment", "t.mrc", "--group", "cell.scnmgroup", "--type", "float32", "-o", "out")
    assert main.run((*arguments, *more)) == 0
    volumes = {}
    for file, name in NAMES.items():
        with mrcfile.open(f"out/t__{name}.mrc") as mrc:
            volumes[file] = np.array(mrc.data)
    return volumes


def expected(interactions, apix_z):
    """Return the whole volumes by brute force; `apix_z` (A) far away keeps rules in their slices."""
    tomogram = open_tomogram(Path("t.mrc"))
    grey = np.stack(
        [measure_normalisation(tomogram).apply(tomogram.slice(z)) for z in range(SHAPE[0])]
    )
    volumes = {"a.scnm": formula(grey), "b.scnm": formula(-grey)}
    return brute.ruled(volumes, interactions, (apix_z / 10, 1.0, 1.0))


@pytest.mark.parametrize("interactions", [PLAIN, AVOID, BOTH])
@pytest.mark.parametrize(("deep", "apix_z"), [(False, 1e9), (True, 20.0)])
@pytest.mark.usefixtures("folder")
def test_a_group_equals_brute_force(interactions, deep, apix_z):
    found, wanted = segmented(interactions, deep=deep), expected(interactions, apix_z)
    for file in NAMES:
        np.testing.assert_allclose(found[file], wanted[file], atol=1e-5)


@pytest.mark.usefixtures("folder")
def test_the_distance_of_slices_is_the_user_s_word():
    more = ("--rules-3d", "--tomogram-apix-z", "10")
    found, wanted = segmented(AVOID, *more), expected(AVOID, 10.0)
    assert not np.allclose(wanted["a.scnm"], expected(AVOID, 20.0)["a.scnm"])
    np.testing.assert_allclose(found["a.scnm"], wanted["a.scnm"], atol=1e-5)
    with mrcfile.open("out/t__Membrane.mrc") as mrc:
        assert mrc.voxel_size.tolist() == (10, 10, 10)


@pytest.mark.usefixtures("folder")
def test_what_is_just_outside_of_slices_and_crop_counts():
    part = ("--slices", "2-3", "--crop", "10,29,5,24", "--rules-3d")
    found, wanted = segmented(AVOID, *part), expected(AVOID, 20.0)
    for file in NAMES:
        assert found[file].shape == (2, *SHAPE[1:])
        inside = found[file][:, 5:25, 10:30]
        np.testing.assert_allclose(inside, wanted[file][2:4, 5:25, 10:30], atol=1e-5)
        assert np.count_nonzero(found[file]) == np.count_nonzero(inside)


@pytest.mark.usefixtures("folder")
def test_the_command_line_overrules_where_rules_act():
    flat = segmented(AVOID, "--no-rules-3d", deep=True)
    np.testing.assert_allclose(flat["a.scnm"], expected(AVOID, 1e9)["a.scnm"], atol=1e-5)


@pytest.mark.usefixtures("folder")
def test_slices_of_a_group_are_written_one_by_one():
    volumes = segmented(BOTH)
    segmented(BOTH, "--separate")
    for file, name in NAMES.items():
        with mrcfile.open(f"out/t__{name}_slice_4.mrc") as mrc:
            np.testing.assert_array_equal(mrc.data, volumes[file][4])


@pytest.mark.usefixtures("folder")
def test_a_partner_of_another_pixel_size_is_resampled_first():
    """Rules read what the partner says alone, in the tomogram's own pixels."""
    for file in ("b.scnm", "b.h5"):
        Path(file).unlink()
    made = write_model(Path(), name="inverse", apix=13.0)
    made.rename("b.scnm")
    made.with_suffix(".h5").rename("b.h5")
    interactions = AVOID | {
        "a.scnm": InteractionSettings(rules=(Rule("avoid", "b.scnm", 1.0, 0.6),))
    }
    alone = segmented(PLAIN)
    wanted = brute.ruled(alone, interactions, (1e9, 1.0, 1.0))
    found = segmented(interactions)
    assert not np.array_equal(wanted["a.scnm"], alone["a.scnm"])
    for file in NAMES:
        np.testing.assert_array_equal(found[file], wanted[file])


@pytest.mark.usefixtures("folder")
def test_the_header_tells_of_rules():
    segmented(BOTH, deep=True)
    with mrcfile.open("out/t__Membrane.mrc") as mrc:
        assert "absorbing rules 1 in 3-D" in str(mrc.get_labels()[0])


@pytest.mark.usefixtures("folder")
def test_two_models_of_one_name_would_write_one_file(capsys):
    write_model(Path(), name="Membrane").rename("b.scnm")
    Path("10.00_32_0.0261_Membrane.h5").rename("b.h5")
    save_group(Group(PLAIN), Path("cell.scnmgroup"))
    arguments = ("segment", "t.mrc", "--group", "cell.scnmgroup", "-o", "out")
    assert main.run(arguments) == 1
    assert "different names" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_a_missing_model_is_named(capsys):
    Path("b.scnm").unlink()
    save_group(Group(PLAIN), Path("cell.scnmgroup"))
    arguments = ("segment", "t.mrc", "--group", "cell.scnmgroup", "-o", "out")
    assert main.run(arguments) == 1
    assert "b.scnm" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_a_group_without_models_is_refused(capsys):
    content = {"format": "scseg model group", "version": 1, "models": []}
    Path("cell.scnmgroup").write_text(json.dumps(content))
    assert main.run(("segment", "t.mrc", "--group", "cell.scnmgroup", "-o", "out")) == 1
    assert "cell.scnmgroup" in capsys.readouterr().err
