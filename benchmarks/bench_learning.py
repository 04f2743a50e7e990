"""How well features are learnt: 90 boxes from three slices, 15,000 samples, Dice on other slices.

Run with `python -m benchmarks.bench_learning [FEATURE…]`; each feature takes some minutes. Judged are
five unseen slices of the annotated tomogram, and five of another tomogram that was never seen.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from scseg.compute.messages import ModelRef, TrainingRequest
from scseg.compute.segmentation import Segmentation, tomogram_ref
from scseg.compute.segmenter import Segmenter
from scseg.compute.training import train_and_wait
from scseg.datasets.demo.annotation import dice, place_boxes, slices_to_annotate, slices_to_judge
from scseg.datasets.demo.cached import DemoFiles, demo_tomogram
from scseg.datasets.demo.simulate import DEFAULT
from scseg.datasets.extraction import SetParameters, extract, with_mask
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_set import save_training_set
from scseg.models.description import TrainingParameters
from scseg.models.files import open_model
from scseg.models.sampling import epoch_counts

BOXES, BOX_SIZE, SAMPLES, JUDGED = 90, 64, 15_000, 5


def main() -> None:
    files = demo_tomogram()
    other = demo_tomogram(specimen=replace(DEFAULT, seed=1))
    for feature in sys.argv[1:] or files.labels:
        with tempfile.TemporaryDirectory() as folder:
            report_feature(feature, files, other, Path(folder))


def report_feature(feature: str, files: DemoFiles, other: DemoFiles, folder: Path) -> None:
    label = labels_of(files, feature)
    annotated = slices_to_annotate(label)
    parameters, path = extracted(files, feature, annotated, folder)
    started = time.monotonic()
    request = TrainingRequest(str(path), str(folder), feature, (1, 1, 1), "VGGNet", parameters)
    model = Path(train_and_wait(request, lambda *_: None, print).model.path)
    seconds = time.monotonic() - started
    same = judged(files, feature, model, slices_to_judge(label, annotated, JUDGED), folder)
    unseen = labels_of(other, feature)
    another = judged(other, feature, model, slices_to_judge(unseen, [], JUDGED), folder)
    print(
        f"{feature}: Dice {same:.3f} on other slices, {another:.3f} on another tomogram "
        f"({parameters.epochs} epochs, {seconds:.0f} s)",
        flush=True,
    )


def extracted(
    files: DemoFiles, feature: str, annotated: list[int], folder: Path
) -> tuple[TrainingParameters, Path]:
    """Save the training set, and return how long to train on it."""
    tomogram, mask = open_tomogram(files.tomogram), open_tomogram(files.labels[feature])
    boxes = place_boxes(np.asarray(mask.voxels), annotated, BOXES, BOX_SIZE)
    parameters = SetParameters(BOX_SIZE, None, (feature,))
    training_set = extract([with_mask(tomogram, mask, boxes)], parameters)
    path = folder / "set.scnt"
    save_training_set(training_set, path)
    positives = int(training_set.positive.sum())
    usual = TrainingParameters()
    counts = epoch_counts(positives, BOXES - positives, usual.copies, usual.negatives)
    return TrainingParameters(epochs=round(SAMPLES / counts.total)), path


def judged(files: DemoFiles, feature: str, model: Path, slices: list[int], folder: Path) -> float:
    description = open_model(model)
    job = Segmentation(
        tomogram=open_tomogram(files.tomogram),
        tomogram_ref=tomogram_ref(files.tomogram),
        model=description,
        model_ref=ModelRef(str(model), description.weights_sha256),
        slices=slices,
        overlap=0.2,
        kind="float32",
    )
    with Segmenter() as segmenter:
        volume = open_tomogram(segmenter.write_volume(job, folder))
    return dice(np.asarray(volume.voxels) >= 0.5, labels_of(files, feature)[slices] > 0)


def labels_of(files: DemoFiles, feature: str) -> np.ndarray:
    return np.asarray(open_tomogram(files.labels[feature]).voxels)


if __name__ == "__main__":
    main()
