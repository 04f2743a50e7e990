"""What prediction costs beyond the network itself, VGGNet with boxes of 64.

Run with `python -m benchmarks.bench_networks`. The bare network works on the same tiles in the same
compiled graph; the float32 matrix product is the machine's own limit.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import mrcfile
import numpy as np

from scseg.compute.client import PredictionClient
from scseg.compute.messages import ModelRef, SliceDone, SliceRequest
from scseg.compute.reply_waiter import ReplyWaiter
from scseg.compute.segmentation_jobs import tomogram_ref
from scseg.datasets.normalisation import DEFINITION
from scseg.models.description import ModelDescription
from scseg.models.files import open_model, save_model
from scseg.models.networks import backend
from scseg.models.networks.architectures import build
from scseg.models.networks.prediction import predictor
from scseg.models.networks.weights import as_hdf5
from scseg.models.tiling.tiles import tile_grid

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPE, BOX, BATCH, REPEATS = (928, 960), 64, 16, 5
# Multiplications and additions of VGGNet for a box of 64.
FLOP_PER_TILE = 2 * 64 * 64 * (
    9 * 64 + 9 * 64 * 64
    + (9 * 64 * 128 + 9 * 128 * 128) / 4
    + (9 * 128 * 256 + 9 * 256 * 256) / 16
    + (256 * 128) / 16 + 9 * 128 * 128 / 16
    + (128 * 64) / 4 + 9 * 64 * 64 / 4
    + 64 / 1 + 1
)  # fmt: skip


def main() -> None:
    backend.prepare()
    network = build("VGGNet", BOX, 1)
    tiles = len(tile_grid(SHAPE, BOX, 0.2).corners)
    batches = -(-tiles // BATCH)
    bare = median_seconds(bare_prediction(network, batches))
    worker = worker_seconds(network)
    limit = matrix_product_rate()
    rate = batches * BATCH * FLOP_PER_TILE / bare
    print(
        f"bare network, {tiles} tiles: {bare:.2f} s, {rate / limit:.2f} x the matrix product's rate"
    )
    print(f"prediction worker, {SHAPE[0]} x {SHAPE[1]}: {worker:.2f} s, {worker / bare:.2f} x bare")


def median_seconds(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def bare_prediction(network: object, batches: int) -> Callable[[], object]:
    predict = predictor(network)
    batch = np.zeros((BATCH, BOX, BOX, 1), np.float32)
    return lambda: [predict(batch) for _ in range(batches)]


def worker_seconds(network: object) -> float:
    """Return the median time from request to last row, for slices not seen before."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with mrcfile.new(folder / "t.mrc") as mrc:
            mrc.set_data(np.random.default_rng(0).normal(size=(8, *SHAPE)).astype(np.float32))
            mrc.voxel_size = 13.92
        model = saved(network, folder / "m.scnm")
        bell = ReplyWaiter()
        client = PredictionClient(bell.ring)
        replies = bell.replies(client)
        times = []
        for z in range(REPEATS + 2):
            request = SliceRequest(tomogram_ref(folder / "t.mrc"), model, z, 0.2)
            started = time.perf_counter()
            client.want((request,))
            next(r for r in replies if isinstance(r, SliceDone) and r.request == request)
            times.append(time.perf_counter() - started)
        client.close()
    return statistics.median(times[2:])


def saved(network: object, path: Path) -> ModelRef:
    description = ModelDescription(
        name="m", colour=(1, 1, 1), architecture="VGGNet", box_size=BOX, depth=1, apix=13.92,
        parameters=0, loss=0.0, normalisation=DEFINITION, weights_sha256="",
        training_set_sha256="", program="bench", epochs_trained=0,
    )  # fmt: skip
    save_model(description, lambda file: file.write(as_hdf5(network)), path)
    return ModelRef(str(path), open_model(path).weights_sha256)


def matrix_product_rate() -> float:
    """Return the float32 operations a second of a large product, through the same library."""
    from keras import ops  # noqa: PLC0415 - after the backend was prepared

    size = 3072
    a = ops.convert_to_tensor(np.random.default_rng(0).random((size, size), dtype="f4"))
    return 2 * size**3 / median_seconds(lambda: np.asarray(ops.matmul(a, a))[0, 0])


if __name__ == "__main__":
    main()
