"""`scseg demo`: the whole job once, from a simulated tomogram to a judged segmentation."""

from __future__ import annotations

import contextlib
import shlex
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import CancelledError
from scseg.base.files.folders_to_write import made_folder
from scseg.cli import arguments as kinds
from scseg.cli.overlay import save_overlay
from scseg.compute.messages import ModelRef, TrainingRequest
from scseg.compute.segmentation_jobs import SegmentationJob, tomogram_ref
from scseg.compute.segmenter import Segmenter
from scseg.compute.training import train_and_wait
from scseg.datasets.demo.annotation import (
    BOX_SIZE,
    BOXES,
    COLOUR,
    dice,
    place_boxes,
    slices_to_annotate,
    slices_to_judge,
)
from scseg.datasets.demo.cached import demo_tomogram
from scseg.datasets.demo.places import ANNOTATED
from scseg.datasets.mask_volume import read_mask
from scseg.datasets.tomogram import Tomogram, open_tomogram
from scseg.datasets.training_sets.extraction import SetParameters, annotated_by_mask, extract
from scseg.datasets.training_sets.training_set import default_file_name, save_training_set
from scseg.models.description import TrainingParameters
from scseg.models.files import open_model

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from scseg.cli.console import Console

_SUMMARY = (
    "Do the whole job once: simulate a tomogram, annotate, train, segment, and judge the result."
)
_EXAMPLES = """\
  scseg demo
  scseg demo --out my-demo
"""
_TRUTH_COLOUR = (1.0, 0.85, 0.1)
JUDGED = 5
PARAMETERS = TrainingParameters(epochs=12, start="scratch")


@dataclass(frozen=True)
class _Specimen:
    """The demo tomogram, its true membrane, and which slices are for what."""

    tomogram: Tomogram
    truth: Tomogram
    annotated: list[int]
    judged: list[int]


def add_to(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    parser = kinds.add_command(commands, common, "demo", (_SUMMARY, _EXAMPLES))
    parser.add_argument(
        "--out", type=Path, default=Path("scseg-demo"), help="folder for the results (scseg-demo)"
    )
    kinds.add_backend_option(parser.add_argument)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    kinds.use_backend(arguments)
    folder = made_folder(arguments.out).resolve()
    with _timed(console, "Simulated"):
        specimen = _specimen(console)
    with _timed(console, "Annotated and extracted"):
        training_set = _extracted(specimen, folder)
    with _timed(console, "Trained"):
        model = _trained(training_set, folder, console)
    with _timed(console, "Segmented"):
        volume = _segmented(specimen, model, folder, console)
    with _timed(console, "Judged"):
        score = _judged(specimen, volume, folder)
    console.say("")
    console.say(
        f"Dice {score:.3f} against the truth on slices {_listed(specimen.judged)}; "
        f"annotated were slices {_listed(specimen.annotated)}."
    )
    console.say(f"Results are in {folder}:")
    for path in sorted(folder.iterdir()):
        console.say(f"  {path.name}")
    window = shlex.join(["scseg", str(specimen.tomogram.path), str(model)])
    console.say(f"To look at them in the window:  {window}")
    return 0


def _specimen(console: Console) -> _Specimen:
    with console.bar("Simulating") as report:
        files = demo_tomogram(report=report)
    truth = open_tomogram(files.labels[ANNOTATED])
    label = np.asarray(truth.voxels)
    annotated = slices_to_annotate(label)
    return _Specimen(
        open_tomogram(files.tomogram), truth, annotated, slices_to_judge(label, annotated, JUDGED)
    )


def _extracted(specimen: _Specimen, folder: Path) -> Path:
    label = np.asarray(specimen.truth.voxels)
    boxes = place_boxes(label, specimen.annotated, BOXES, BOX_SIZE)
    parameters = SetParameters(BOX_SIZE, None, (ANNOTATED,))
    training_set = extract(
        [annotated_by_mask(specimen.tomogram, read_mask(specimen.truth), boxes)], parameters
    )
    path = folder / default_file_name(training_set.apix, BOX_SIZE, (ANNOTATED,))
    save_training_set(training_set, path)
    return path


def _trained(training_set: Path, folder: Path, console: Console) -> Path:
    request = TrainingRequest(
        str(training_set), str(folder), ANNOTATED, COLOUR, "VGGNet", PARAMETERS
    )
    with console.bar("Training") as report:
        done = train_and_wait(request, report, console.notify)
    if done.stopped:
        raise CancelledError("Training")
    return Path(done.model.path)


def _segmented(specimen: _Specimen, model: Path, folder: Path, console: Console) -> Path:
    description = open_model(model)
    job = SegmentationJob(
        tomogram=specimen.tomogram,
        tomogram_ref=tomogram_ref(specimen.tomogram.path),
        model=description,
        model_ref=ModelRef(str(model), description.weights_sha256),
        slices=specimen.judged,
        overlap=description.display.overlap,
        kind="float32",
        precision="auto",
    )
    with console.bar("Segmenting") as report, Segmenter() as segmenter:
        return segmenter.write_volume(job, folder, report)


def _judged(specimen: _Specimen, volume: Path, folder: Path) -> float:
    """Return Dice over all judged slices, and leave a picture: image, prediction, truth."""
    predicted = np.asarray(open_tomogram(volume).voxels) >= 0.5
    true = np.asarray(specimen.truth.voxels)[specimen.judged] > 0
    images = [specimen.tomogram.slice(z) for z in specimen.judged]
    rows = [(COLOUR, list(predicted)), (_TRUTH_COLOUR, list(true))]
    save_overlay(folder / "overlay.png", images, rows)
    return dice(predicted, true)


def _listed(slices: list[int]) -> str:
    return ", ".join(map(str, slices))


@contextlib.contextmanager
def _timed(console: Console, what: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    console.say(f"{what} in {time.monotonic() - started:.1f} s")
