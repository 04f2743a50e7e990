"""What engines take for a slice, and what predicting volumes costs beyond that, VGGNet with boxes of 64.

Run with `python -m benchmarks.bench_networks`. All engines take turns on the same tiles, or the same cells of
whole-slice mode, so that whatever else the machine does slows all of them alike.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import mrcfile
import numpy as np

from benchmarks import bare_network
from scseg.compute.messages import ModelRef
from scseg.compute.segmentation_jobs import SegmentationJob, tomogram_ref
from scseg.compute.segmenter import Segmenter
from scseg.datasets.normalisation import DEFINITION
from scseg.datasets.tomogram import open_tomogram
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.description import ModelDescription
from scseg.models.engines import openvino_engine
from scseg.models.files import open_model, save_model
from scseg.models.networks import backend, prediction
from scseg.models.networks.architectures import build
from scseg.models.networks.weights import as_hdf5
from scseg.models.precision import of_processor

if TYPE_CHECKING:
    from collections.abc import Callable


SHAPE, BOX, REPEATS, SLICES = (928, 960), 64, 3, 6


def main() -> None:
    backend.prepare()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = saved_model(folder / "m.scnm")
        print(engines(path))
        print(volume(path, folder))


def engines(path: Path) -> str:
    """Return what each engine takes, in turns."""
    loaded = {"TensorFlow float32": prediction.load_trained(path, "float32")}
    loaded["OpenVINO float32"] = openvino_engine.load_trained(path, "float32")
    if of_processor() == "bfloat16":
        loaded["OpenVINO bfloat16"] = openvino_engine.load_trained(path, "bfloat16")
    works = {
        f"{engine}, {mode}": bare_network.on_a_slice(network, SHAPE, mode)
        for engine, network in loaded.items()
        for mode in ("tiles", "whole")
    }
    seconds = in_turns(works)
    first = next(iter(seconds.values()))
    rows = (f"{what}: {each:.2f} s, {each / first:.2f} x" for what, each in seconds.items())
    return "a slice of 928 x 960 by the bare network:\n  " + "\n  ".join(rows)


def volume(path: Path, folder: Path) -> str:
    """Return what slices of a volume take, against the bare network on the same windows."""
    write_tomogram(folder / "t.mrc")
    network = openvino_engine.load_trained(path, of_processor())
    alone = bare_network.on_a_slice(network, SHAPE, "tiles")
    with Segmenter() as segmenter:
        works = {
            "bare": lambda: repeated(alone, SLICES),
            "volume": lambda: segmenter.write_volume(job(folder / "t.mrc", path), folder),
        }
        seconds = in_turns(works)
    rate = seconds["bare"] / seconds["volume"]
    return f"a volume: {SLICES / seconds['volume']:.2f} slices/s, {rate:.2f} x the bare network's"


def job(tomogram: Path, model: Path) -> SegmentationJob:
    description = open_model(model)
    return SegmentationJob(
        tomogram=open_tomogram(tomogram),
        tomogram_ref=tomogram_ref(tomogram),
        model=description,
        model_ref=ModelRef(str(model), description.weights_sha256),
        slices=range(SLICES),
        overlap=0.2,
        kind="int8",
        precision="auto",
    )


def in_turns(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the median seconds of each kind of work, after one of each that does not count."""
    seconds: dict[str, list[float]] = {what: [] for what in works}
    for turn in range(REPEATS + 1):
        for what, work in works.items():
            started = time.perf_counter()
            work()
            if turn:
                seconds[what].append(time.perf_counter() - started)
    return {what: statistics.median(each) for what, each in seconds.items()}


def repeated(work: Callable[[], object], times: int) -> None:
    for _ in range(times):
        work()


def saved_model(path: Path) -> Path:
    """Save a network with fresh weights."""
    description = ModelDescription(
        name="m", colour=(1, 1, 1), architecture="VGGNet", box_size=BOX, depth=1, apix=10.0,
        parameters=ARCHITECTURES["VGGNet"].parameters, loss=0.0, normalisation=DEFINITION,
        weights_sha256="", training_set_sha256="", program="bench", epochs_trained=0,
    )  # fmt: skip
    network = build("VGGNet", BOX, 1)
    save_model(description, lambda file: file.write(as_hdf5(network)), path)
    return path


def write_tomogram(path: Path, slices: int = SLICES) -> None:
    noise = np.random.default_rng(0).normal(0, 20, (slices, *SHAPE)).astype(np.int16)
    with mrcfile.new(path) as file:
        file.set_data(noise)
        file.voxel_size = 10.0


if __name__ == "__main__":
    main()
