"""The simulated tomogram: repeatable, its labels true, its files whole."""

from __future__ import annotations

import mrcfile
import numpy as np
import pytest

from scseg.base.errors import CancelledError, ScsegError
from scseg.datasets.demo import cached
from scseg.datasets.demo.cached import demo_tomogram
from scseg.datasets.demo.places import LABELS
from scseg.datasets.demo.scene import Bilayer, add_beads, empty_scene, stamp_balls
from scseg.datasets.demo.simulate import Specimen, simulate
from scseg.datasets.demo.vesicles import Vesicle, draw_vesicle

SMALL = Specimen(shape=(40, 120, 112))


@pytest.fixture(scope="module")
def simulation():
    return simulate(SMALL)


def test_one_seed_gives_one_tomogram(simulation):
    again = simulate(SMALL)
    assert np.array_equal(again.tomogram, simulation.tomogram)
    assert all(np.array_equal(again.labels[name], simulation.labels[name]) for name in LABELS)
    assert np.array_equal(again.centres["Ribosome"], simulation.centres["Ribosome"])


def test_another_seed_gives_another_arrangement(simulation):
    other = simulate(Specimen(SMALL.shape, SMALL.apix, seed=1))
    for name in ("Membrane", "Carbon", "Ribosome"):
        assert not np.array_equal(other.labels[name], simulation.labels[name])


def test_every_label_is_binary_and_has_the_tomograms_shape(simulation):
    assert simulation.tomogram.shape == SMALL.shape
    assert simulation.tomogram.dtype == np.float32
    assert set(simulation.labels) == {"Membrane", "Carbon", "Ribosome", "Microtubule"}
    for label in simulation.labels.values():
        assert label.dtype == np.uint8
        assert label.shape == SMALL.shape
        assert set(np.unique(label)) == {0, 1}


def test_what_is_labelled_is_darker_than_the_rest(simulation):
    anything = np.any([simulation.labels[name] for name in LABELS], axis=0)
    ice = simulation.tomogram[~anything].mean()
    for name in ("Membrane", "Carbon", "Ribosome"):
        assert simulation.tomogram[simulation.labels[name] == 1].mean() < ice


def test_every_ribosomes_centre_lies_in_the_label(simulation):
    centres = np.rint(simulation.centres["Ribosome"]).astype(int)
    assert len(centres) >= 3
    assert simulation.labels["Ribosome"][tuple(centres.T)].all()


def test_features_do_not_share_voxels(simulation):
    assert sum(simulation.labels[name] for name in LABELS).max() == 1


def test_a_membrane_is_as_thick_as_two_leaflets():
    """Along the equator of a sphere, in nm, whatever the voxel size; and closed there."""
    for apix in (7.0, 13.92):
        scene = empty_scene((9, 200, 200), apix)
        radius = scene.pixels(60)
        draw_vesicle(scene, Vesicle(np.array([4.0, 100, 100]), np.full(3, radius), 2.0, ()))
        label = scene.labels["Membrane"][4]
        circle = 2 * np.pi * scene.pixels(60)
        assert label.sum() / circle == pytest.approx(scene.pixels(Bilayer().thickness), rel=0.05)
        ray = np.flatnonzero(label[100, 100:])
        assert ray.mean() == pytest.approx(radius, abs=0.6)


def test_the_flat_caps_of_a_vesicle_are_not_labelled():
    scene = empty_scene((96, 96, 96), 13.92)
    draw_vesicle(scene, Vesicle(np.full(3, 48.0), np.full(3, 36.0), 2.0, ()))
    label = scene.labels["Membrane"]
    assert scene.density[10:14, 48, 48].max() > 0.3
    assert not label[12, 48, 48]
    assert label[48, 48, 12]
    assert label[48, 12, 48]
    # Off the equator, where a tilt around y cannot see it: normals in the plane of y and z.
    offset = round(36 * np.sin(np.radians(30)))
    along = round(36 * np.cos(np.radians(30)))
    assert label[48 + offset, 48, 48 + along]
    assert not label[48 + offset, 48 + along, 48]


def test_a_bilayer_has_two_leaflets_at_their_distance():
    depth = np.linspace(-6, 6, 2401)
    density = Bilayer().density(depth)
    peaks = depth[1:-1][(density[1:-1] > density[:-2]) & (density[1:-1] > density[2:])]
    assert peaks == pytest.approx([-Bilayer().leaflets / 2, Bilayer().leaflets / 2], abs=0.15)
    assert Bilayer().density(np.zeros(1))[0] < 0.5 * density.max()


def test_beads_carry_their_volume_wherever_they_lie():
    scene = empty_scene((16, 16, 16), 10.0)
    add_beads(scene, np.array([[8.0, 8.0, 8.0], [4.3, 5.6, 7.9]]), 27.0)
    assert scene.beads.sum() == pytest.approx(2 * 27.0, rel=1e-5)
    z = np.arange(16)[:, None, None] * scene.beads
    assert z.sum() / scene.beads.sum() == pytest.approx((8.0 + 4.3) / 2, rel=1e-5)


@pytest.mark.parametrize(
    "centre", [(8.0, 8, 8), (7.6, 8.2, 8.9), (0.0, 15.4, 3), (-2.2, 8, 8), (40.0, 0, 0)]
)
def test_a_stamped_ball_holds_the_voxels_within_its_radius(centre):
    mask = np.zeros((16, 16, 16), np.bool_)
    stamp_balls(mask, np.array([centre]), 4.3)
    squared = sum((grid - c) ** 2 for grid, c in zip(np.indices(mask.shape), centre, strict=True))
    assert np.array_equal(mask, squared <= 4.3**2)


def test_the_files_hold_the_simulation(simulation, tmp_path):
    files = demo_tomogram(tmp_path / "new", SMALL)
    with mrcfile.open(files.tomogram) as file:
        assert np.array_equal(file.data, simulation.tomogram)
        assert file.voxel_size.x == pytest.approx(13.92)
    for name, path in files.labels.items():
        with mrcfile.open(path) as file:
            assert file.data.dtype == np.int8
            assert np.array_equal(file.data, simulation.labels[name])
    assert {path.name for path in files.labels.values()} == {
        f"demo_{name.lower()}.mrc" for name in LABELS
    }
    xyz = np.loadtxt(files.ribosome_centres)
    assert xyz[:, ::-1] == pytest.approx(simulation.centres["Ribosome"], abs=0.006)


@pytest.fixture
def counted(monkeypatch, simulation):
    """Replace the simulation, which other tests run, by its result, and count how often it was asked for."""
    calls = []

    def simulated(specimen, report):
        calls.append(specimen)
        report(0.5, "half")
        return simulation

    monkeypatch.setattr(cached, "simulate", simulated)
    return calls


def test_files_are_made_once(counted, tmp_path):
    first = demo_tomogram(tmp_path, SMALL)
    assert demo_tomogram(tmp_path, SMALL) == first
    assert len(counted) == 1


def test_equal_runs_give_equal_bytes(counted, tmp_path):
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        demo_tomogram(folder, SMALL)
    a, b = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in folders)
    assert len(counted) == 2
    assert len(a) == 6
    assert a == b


def test_files_of_another_version_or_specimen_or_with_one_missing_are_made_again(
    counted, tmp_path, monkeypatch
):
    files = demo_tomogram(tmp_path, SMALL)
    monkeypatch.setattr(cached, "VERSION", cached.VERSION + 1)
    demo_tomogram(tmp_path, SMALL)
    files.labels["Carbon"].unlink()
    demo_tomogram(tmp_path, SMALL)
    demo_tomogram(tmp_path, Specimen(SMALL.shape, 10.0))
    assert len(counted) == 4


def test_another_seed_has_its_own_files(counted, tmp_path):
    zero = demo_tomogram(tmp_path, SMALL)
    three = demo_tomogram(tmp_path, Specimen(SMALL.shape, SMALL.apix, seed=3))
    assert "seed3" in three.tomogram.name
    demo_tomogram(tmp_path, SMALL)
    assert len(counted) == 2
    assert zero.tomogram.exists()


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("at", [0.3, 0.92, 0.97])
def test_cancelling_leaves_no_file(tmp_path, at):
    def report(fraction, _text):
        if fraction >= at:
            raise CancelledError

    with pytest.raises(CancelledError):
        demo_tomogram(tmp_path, SMALL, report)
    assert list(tmp_path.iterdir()) == []


def test_progress_runs_from_start_to_end(tmp_path):
    fractions = []
    demo_tomogram(
        tmp_path, Specimen((24, 64, 64)), lambda fraction, _text: fractions.append(fraction)
    )
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_a_folder_that_is_a_file_is_explained(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(ScsegError, match="taken"):
        demo_tomogram(tmp_path / "taken", SMALL)
