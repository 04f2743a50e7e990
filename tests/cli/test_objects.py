"""`scseg label`, `pick` and `measure`, as a user calls them."""

from __future__ import annotations

import csv

import mrcfile
import numpy as np
import pytest
import starfile

from scseg.cli import main
from tests.cli.commands import extracted, scseg

PLACES = np.array([[10, 20, 20], [10, 20, 50], [20, 50, 30]])


@pytest.fixture
def volumes(tmp_path):
    """Two masks of three balls each, one with a speck besides."""
    z, y, x = np.indices((30, 70, 70))
    mask = np.zeros((30, 70, 70), np.int8)
    for cz, cy, cx in PLACES:
        mask |= (z - cz) ** 2 + (y - cy) ** 2 + (x - cx) ** 2 <= 36
    for name in ("a__Ball.mrc", "b__Ball.mrc"):
        mrcfile.write(tmp_path / name, mask, voxel_size=10)
        mask[2, 2, 2] = 1
    return tmp_path


def table_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def near(found, expected=PLACES, atol=0.5):
    apart = np.linalg.norm(found[:, None] - expected[None], axis=2)
    return len(found) == len(expected) and apart.min(axis=0).max() < atol


def test_label(capsys, volumes):
    target = volumes / "labels.mrc"
    code, out, err = scseg(capsys, "label", volumes / "b__Ball.mrc", "--smallest", 5, "-o", target)
    assert code == 0
    assert out.strip().endswith("labels.mrc: 3 objects, 1 left out")
    assert "1 is taken for the feature" in err
    labels = mrcfile.read(target)
    assert labels.dtype == np.int16
    assert [labels[tuple(place)] for place in PLACES] == [1, 2, 3]


def test_label_several_goes_on_after_a_failure(capsys, volumes):
    (volumes / "bad.mrc").write_bytes(b"nothing")
    files = [volumes / name for name in ("a__Ball.mrc", "bad.mrc", "b__Ball.mrc")]
    code, out, err = scseg(capsys, "label", *files, "-o", volumes / "labels")
    assert code == 1
    assert out.count("objects") == 2 * 2
    assert "1 of 3 volumes failed: bad.mrc" in " ".join(err.split())
    written = sorted(path.name for path in (volumes / "labels").iterdir())
    assert written == ["a__Ball_objects.mrc", "b__Ball_objects.mrc"]


def test_pick_for_relion5(capsys, volumes):
    target = volumes / "p.star"
    code, out, _ = scseg(capsys, "pick", volumes / "a__Ball.mrc", "--diameter", 120, "-o", target)
    assert (code, out.strip().endswith("p.star: 3 particles")) == (0, True)
    table = starfile.read(target)
    assert set(table.rlnTomoName) == {"a"}
    centred = table[[f"rlnCenteredCoordinate{axis}Angst" for axis in "ZYX"]].to_numpy()
    assert near(centred / 10 + np.array([30, 70, 70]) / 2)


def test_pick_several_into_one_file_or_a_folder(capsys, volumes):
    files = [volumes / "a__Ball.mrc", volumes / "missing.mrc", volumes / "b__Ball.mrc"]
    target = volumes / "p.star"
    options = ("--diameter", 120, "--star", "warp")
    code, out, err = scseg(capsys, "pick", *files, *options, "-o", target)
    assert code == 1
    assert "6 positions of 2 volumes" in out
    assert "missing.mrc" in err
    assert (
        starfile.read(target).rlnMicrographName.tolist() == ["a.tomostar"] * 3 + ["b.tomostar"] * 3
    )
    code, _, _ = scseg(capsys, "pick", files[0], files[2], *options, "-o", volumes / "picks")
    assert code == 0
    written = sorted(path.name for path in (volumes / "picks").iterdir())
    assert written == ["a__Ball.star", "b__Ball.star"]


@pytest.mark.parametrize("method", ["peaks", "centres"])
def test_pick_as_text_without_a_diameter(capsys, volumes, method):
    target = volumes / "p.txt"
    code, _, err = scseg(capsys, "pick", volumes / "a__Ball.mrc", "--method", method, "-o", target)
    assert code == 0
    assert ("as large as a ball of" in err) == (method == "peaks")
    assert near(np.loadtxt(target)[:, ::-1])


def test_picks_become_boxes(capsys, files):
    """From a mask to positions, and from positions to a training set."""
    code, _, _ = scseg(
        capsys, "pick", files / "mask.mrc", "--method", "centres", "-o", files / "p.star"
    )
    assert code == 0
    (files / "boxes.txt").unlink()
    arguments = ("--mask", files / "mask.mrc", "--boxes", files / "p.star", "--box-size", 16)
    code, out, err = scseg(capsys, "extract", files / "t.mrc", *arguments, "-o", files / "s.scnt")
    assert code == 0
    assert "1 positive and 0 negative boxes" in out
    assert "rlnCenteredCoordinateXAngst, Y, Z (RELION 5)" in " ".join(err.split())


def test_extract_tells_what_columns_were_taken_for(capsys, files):
    (files / "boxes.txt").write_text("id,x,y,z\n1,25,25,1\n2,50,50,3\n")
    code, _, err = extracted(capsys, files)
    assert code == 0
    assert "x for x, y for y, z for z in voxels from 0" in " ".join(err.split())


def test_measure(capsys, volumes):
    target = volumes / "t.csv"
    code, out, _ = scseg(
        capsys, "measure", volumes / "a__Ball.mrc", volumes / "b__Ball.mrc", "-o", target
    )
    assert (code, "7 objects of 2 volumes" in out) == (0, True)
    rows = table_of(target)
    assert [row["volume"] for row in rows] == ["a__Ball.mrc"] * 3 + ["b__Ball.mrc"] * 4
    places = np.array([[float(row[axis]) for axis in "zyx"] for row in rows[:3]])
    assert near(places, atol=1e-6)
    assert float(rows[0]["volume_nm3"]) == pytest.approx(4 / 3 * np.pi * 6**3, rel=0.03)


def test_measure_labels_and_the_way_to_another_feature(capsys, volumes):
    labels = volumes / "labels.mrc"
    scseg(capsys, "label", volumes / "b__Ball.mrc", "--smallest", 5, "-o", labels)
    other = np.zeros((30, 70, 70), np.int8)
    other[:, :, 0] = 1
    mrcfile.write(volumes / "wall.mrc", other, voxel_size=10)
    foreign = volumes / "foreign.mrc"
    mrcfile.write(foreign, mrcfile.read(labels).astype(np.float32), voxel_size=10)
    for file, known in ((labels, ()), (foreign, ("--labels",))):
        options = (*known, "--to", volumes / "wall.mrc", "-o", volumes / "t.csv")
        assert scseg(capsys, "measure", file, *options)[0] == 0
        found = {row["label"]: float(row["nearest_nm"]) for row in table_of(volumes / "t.csv")}
        assert found == {
            "1": pytest.approx(13.5, abs=0.4),
            "2": pytest.approx(43.5, abs=0.4),
            "3": pytest.approx(23.5, abs=0.4),
        }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("pick", "a.mrc", "-o", "p.doc"), "the suffix must be one of"),
        (("pick", "a.mrc", "--method", "filaments", "--spacing", "0", "-o", "p.star"), "above 0"),
        (("measure", "a.mrc", "--labels", "--threshold", "1", "-o", "t.csv"), "goes with neither"),
        (("measure", "a.mrc", "-o", "a.mrc"), "must end in .csv"),
        (("measure", "a.mrc", "--to", "b", "c", "-o", "t.csv"), "--to names 2 volumes for 1"),
        (("label", "a.mrc", "--threshold", "1", "--label", "2", "-o", "l.mrc"), "not allowed with"),
    ],
)
def test_arguments_that_make_no_sense(capsys, arguments, sentence):
    with pytest.raises(SystemExit) as ended:
        main.run(list(arguments))
    assert ended.value.code == 2
    assert sentence in " ".join(capsys.readouterr().err.split())


def test_a_volume_is_never_written_over(capsys, volumes):
    volume = volumes / "a__Ball.mrc"
    before = volume.read_bytes()
    code, _, err = scseg(capsys, "label", volume, "-o", volume)
    assert code == 1
    assert "would replace" in " ".join(err.split())
    assert volume.read_bytes() == before


def test_several_volumes_need_a_folder_or_a_joint_file(capsys, volumes):
    files = [volumes / "a__Ball.mrc", volumes / "b__Ball.mrc"]
    for command, name in (("label", "l.mrc"), ("pick", "p.txt"), ("pick", "p.mod")):
        code, _, err = scseg(capsys, command, *files, "-o", volumes / name)
        assert code == 1
        assert "name a folder for 2" in " ".join(err.split())
        assert not (volumes / name).exists()


def test_a_part_of_a_tomogram_is_told(capsys, volumes):
    with mrcfile.open(volumes / "a__Ball.mrc", "r+") as file:
        file.header.nzstart = 40
    _, _, err = scseg(capsys, "pick", volumes / "a__Ball.mrc", "-o", volumes / "p.txt")
    assert "begins at slice 40 of its tomogram" in " ".join(err.split())


@pytest.mark.parametrize("command", ["label", "pick", "measure"])
def test_help_has_examples(capsys, command):
    with pytest.raises(SystemExit):
        main.run([command, "--help"])
    assert f"  scseg {command} " in capsys.readouterr().out
