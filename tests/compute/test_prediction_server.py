"""The prediction worker, batch by batch: what it drops, what it never does twice, what it measures."""

from __future__ import annotations

from dataclasses import replace

import mrcfile
import numpy as np
import pytest

from scseg.base.rect import Rect
from scseg.compute.messages import Band, Failed, ModelRef, SliceDone, SliceRequest
from scseg.compute.segmentation_jobs import tomogram_ref
from scseg.datasets.normalisation import measure_normalisation
from scseg.datasets.resampling import resample_slice, restore_slice
from scseg.datasets.tomogram import open_tomogram
from scseg.models.files import open_model, save_model, weights_path
from scseg.models.tiling.cells import cell_grid
from scseg.models.tiling.tiles import tile_grid
from tests.fakes.models import DESCRIPTION, write_model
from tests.fakes.stepped_worker import SteppedWorker, formula

SHAPE = (4, 150, 170)
BOX = 32
BATCH = 16
ALL = 1_000_000
CACHE = 64 << 20


@pytest.fixture
def tomogram_path(tmp_path, rng):
    path = tmp_path / "t.mrc"
    with mrcfile.new(path) as mrc:
        mrc.set_data(rng.normal(5, 2, SHAPE).astype(np.float32))
        mrc.voxel_size = 10.0
    return path


@pytest.fixture
def worker():
    worker = SteppedWorker()
    yield worker
    worker.close()


@pytest.fixture
def request_of(tomogram_path, tmp_path):
    model = write_model(tmp_path)
    ref = ModelRef(str(model), open_model(model).weights_sha256)
    return lambda z=1, **more: SliceRequest(tomogram_ref(tomogram_path), ref, z, 0.2, **more)


def answered(worker, request, cache_bytes=CACHE):
    """Return what the worker says of a request: (prediction, SliceDone, images that its network saw)."""
    before = worker.images
    worker.want((request,), cache_bytes)
    worker.work(ALL)
    region = request.region or WHOLE
    image = np.full(SHAPE[1:], np.nan, np.float32)
    replies = worker.drain()
    for band in replies[:-1]:
        assert isinstance(band, Band)
        assert band.request == request
        image[band.y : band.y + len(band.values), region.x0 : region.x1] = band.values
    assert isinstance(replies[-1], SliceDone)
    return image[region.slices], replies[-1], worker.images - before


def tiles(region, overlap=0.2):
    y0, x0, y1, x1 = region
    corners = tile_grid(SHAPE[1:], BOX, overlap).corners
    return {(y, x) for y, x in corners if y < y1 and y + BOX > y0 and x < x1 and x + BOX > x0}


WHOLE = Rect.whole(SHAPE[1:])
CROP, MOVED = Rect(20, 31, 90, 150), Rect(35, 31, 105, 170)


@pytest.mark.parametrize("more", [{}, {"averaging": 3}, {"mode": "whole"}])
def test_a_crop_has_the_values_of_the_slice_for_its_share_of_the_work(worker, request_of, more):
    whole, _, in_all = answered(worker, request_of(**more), 0)
    part, _, in_part = answered(worker, request_of(region=CROP, **more), 0)
    assert np.array_equal(part, whole[CROP.slices])
    if "mode" not in more:
        count = more.get("averaging", 1)
        assert (in_all, in_part) == (count * len(tiles(WHOLE)), count * len(tiles(CROP)))


@pytest.mark.parametrize("apix", [6.3, 21.0])
@pytest.mark.parametrize("mode", ["tiles", "whole"])
def test_a_crop_of_a_resampled_slice_too(worker, request_of, tmp_path, apix, mode):
    model = write_model(tmp_path, apix=apix, name="other")
    ref = ModelRef(str(model), open_model(model).weights_sha256)
    request = replace(request_of(mode=mode, averaging=2), model=ref)
    whole, done, _ = answered(worker, request, 0)
    part, _, _ = answered(worker, replace(request, region=CROP), 0)
    tomogram = open_tomogram(tmp_path / "t.mrc")
    seen = resample_slice(measure_normalisation(tomogram).apply(tomogram.slice(1)), apix / 10)
    said = formula(seen, DESCRIPTION.loss)
    np.testing.assert_allclose(whole, restore_slice(said, SHAPE[1:], apix / 10), atol=1e-5)
    np.testing.assert_allclose(part, whole[CROP.slices], atol=1e-6)
    assert "resampled" in done.notices[0]


def test_a_resampled_slice_comes_in_bands_too(worker, request_of, tmp_path):
    model = write_model(tmp_path, apix=6.0, name="fine")
    ref = ModelRef(str(model), open_model(model).weights_sha256)
    worker.want((replace(request_of(), model=ref),))
    worker.work(3)
    bands = [reply for reply in worker.drain() if isinstance(reply, Band)]
    assert bands
    assert 0 < sum(len(band.values) for band in bands) < SHAPE[1]


def test_a_moved_crop_takes_its_new_tiles_alone(worker, request_of):
    _, _, first = answered(worker, request_of(region=CROP))
    part, _, second = answered(worker, request_of(region=MOVED))
    assert first == len(tiles(CROP))
    assert second == len(tiles(MOVED) - tiles(CROP))
    alone, _, _ = answered(worker, request_of(region=MOVED), 0)
    assert np.array_equal(part, alone)


def test_more_orientations_take_the_new_ones_alone(worker, request_of):
    in_all = len(tiles(WHOLE))
    asked = [answered(worker, request_of(averaging=n))[2] for n in (1, 2, 4, 3)]
    assert asked == [in_all, in_all, 2 * in_all, 0]


def test_the_same_weights_in_another_file_are_not_asked_again(worker, request_of, tmp_path):
    first, _, _ = answered(worker, request_of())
    original, copy = tmp_path / DESCRIPTION.file_name, tmp_path / "copy.scnm"
    weights = weights_path(original).read_bytes()
    save_model(open_model(original), lambda file: file.write(weights), copy)
    request = replace(request_of(), model=replace(request_of().model, path=str(copy)))
    again, _, asked = answered(worker, request)
    assert asked == 0
    assert np.array_equal(first, again)


def test_an_abandoned_slice_goes_on_where_it_was_left(worker, request_of):
    in_all = len(tiles(WHOLE))
    worker.want((request_of(1),), CACHE)
    worker.work(1)
    worker.want((request_of(2),), CACHE)
    worker.work(ALL)
    worker.drain()
    # The batch that was under way is finished, and is not lost.
    _, _, asked = answered(worker, request_of(1))
    assert in_all - asked == 2 * BATCH


def test_the_newest_is_begun_after_one_batch_at_most(worker, request_of):
    worker.want((request_of(1), request_of(2)))
    worker.work(1)
    before = worker.batches
    worker.want((request_of(3),))
    worker.work(1)
    worker.drain()
    worker.work(ALL)
    assert {band.request.z for band in worker.drain()} == {3}
    assert worker.batches - before == 1 + -(-len(tiles(WHOLE)) // BATCH)


def test_the_slice_in_view_comes_before_those_predicted_ahead(worker, request_of):
    """A new wish that still begins with the slice under way leaves it alone; another order does not."""
    worker.want((request_of(1), request_of(2)), CACHE)
    worker.work(ALL)
    assert [r.request.z for r in worker.drain() if isinstance(r, SliceDone)] == [1, 2]
    worker.want((request_of(0), request_of(3)), CACHE)
    worker.work(1)
    worker.want((request_of(3), request_of(0)), CACHE)
    worker.work(ALL)
    assert [r.request.z for r in worker.drain() if isinstance(r, SliceDone)] == [3, 0]


def test_what_is_on_its_way_is_not_done_again_and_what_has_come_is(worker, request_of):
    wanted = tuple(request_of(z) for z in range(3))
    for _ in range(2):
        worker.want(wanted)
        worker.work(ALL)
    assert worker.images == 3 * len(tiles(WHOLE))
    assert [r.request.z for r in worker.drain() if isinstance(r, SliceDone)] == [0, 1, 2]
    worker.want(wanted)
    worker.work(ALL)
    assert worker.images == 6 * len(tiles(WHOLE))
    assert [r.request.z for r in worker.drain() if isinstance(r, SliceDone)] == [0, 1, 2]


def test_memory_is_that_of_the_latest_wish(worker, request_of):
    for cache in (40_000, 400_000, 10_000):
        for z in range(3):
            answered(worker, request_of(z), cache)
            assert worker.server._outputs.nbytes <= cache


def test_weights_that_are_no_longer_there_are_told(worker, request_of, tmp_path):
    wanted = request_of()
    answered(worker, wanted)
    save_model(DESCRIPTION, lambda file: file.write(b"others"), tmp_path / DESCRIPTION.file_name)
    # What was loaded before is still right, and still there.
    answered(worker, replace(wanted, z=2))
    new = replace(wanted, model=replace(wanted.model, weights_sha256="0" * 64))
    worker.want((new,))
    worker.work(ALL)
    (failed,) = worker.drain()
    assert isinstance(failed, Failed)
    assert failed.request == new
    assert "saved anew with other weights" in failed.sentence
    assert not failed.details


def test_it_tells_how_much_faster_whole_slices_are_once_both_were_used(
    worker, request_of, monkeypatch
):
    now = [0.0]
    monkeypatch.setattr(
        "scseg.compute.worker.prediction.network_timings.time.perf_counter", lambda: now[0]
    )
    network = worker.server._trained(request_of().model, "float32")

    def seconds(images):
        # Tiles take a microsecond a pixel here, larger images twice as long.
        now[0] += images[..., 0].size * 1e-6 * (1 if images.shape[1] == BOX else 2)
        return formula(images[..., 0], 0.0)

    key = request_of().model, "float32"
    worker.server._networks.put(key, replace(network, network=seconds))
    _, done, _ = answered(worker, request_of())
    tiles_seconds = -(-len(tiles(WHOLE)) // BATCH) * BATCH * BOX * BOX * 1e-6
    assert done.network_seconds == pytest.approx(tiles_seconds)
    assert done.faster is None
    for z in range(3):
        _, done, _ = answered(worker, request_of(z, mode="whole"))
    grid = cell_grid(SHAPE[1:], 8, 3)
    cells = len(grid.corners) * grid.rows.size * grid.columns.size
    assert done.faster == pytest.approx(tiles_seconds / (cells * 2e-6))


def test_a_model_of_huge_boxes_is_refused_before_its_network_sees_any(
    worker, tomogram_path, tmp_path
):
    model = write_model(tmp_path, box_size=2048)
    ref = ModelRef(str(model), open_model(model).weights_sha256)
    worker.want((SliceRequest(tomogram_ref(tomogram_path), ref, 1, 0.2),), CACHE)
    worker.work(ALL)
    (failed,) = worker.drain()
    assert isinstance(failed, Failed)
    assert "boxes of 2048 pixels, far larger than the slices" in failed.sentence
    assert worker.images == 0
