"""How well features are learnt: 90 boxes from three slices, Dice on other slices and other tomograms.

Run with `python -m benchmarks.bench_learning [FEATURE…]`; each feature takes minutes. Training ends after
`--samples`, or with `--seconds` after so long. Judged are five unseen slices of the annotated tomogram, and
five of each of two tomograms that were never seen. With `--plain` cross-entropy and eight orientations train
the network, as a limit to be beaten; with `--full` it learns from thirty boxes on each slice that is not
judged by, as a limit to be reached.
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import keras
import numpy as np

from scseg.base.rect import Rect
from scseg.datasets.channels import read_channels
from scseg.datasets.demo.annotation import dice, place_boxes, slices_to_annotate, slices_to_judge
from scseg.datasets.demo.cached import demo_tomogram
from scseg.datasets.demo.simulate import DEFAULT
from scseg.datasets.normalisation import measure_normalisation
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.extraction import SetParameters, annotated_by_mask, extract
from scseg.models.description import TrainingParameters
from scseg.models.networks import backend
from scseg.models.networks.architectures import build
from scseg.models.networks.precision import FULL, of_training
from scseg.models.networks.prediction import predictor
from scseg.models.networks.training import Training
from scseg.models.networks.training_copy import copied
from scseg.models.samples import Samples
from scseg.models.sampling import epoch_counts, epochs
from scseg.models.tiling.blending import TilingPlan, predict_region
from scseg.models.tiling.orientations import orient
from scseg.models.tiling.tiles import tile_grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scseg.datasets.demo.places import DemoFiles

BOXES, BOX_SIZE, JUDGED = 90, 64, 5
BOXES_OF_A_SLICE, APART = 30, 3
LONGEST = 10_000
SPECIMENS = 3
"""Tomograms; the first is annotated."""


def main() -> None:
    backend.prepare()
    options = parsed()
    tomograms = [demo_tomogram(specimen=replace(DEFAULT, seed=seed)) for seed in range(SPECIMENS)]
    for feature in options.features or tomograms[0].labels:
        runs = [run(feature, tomograms, seed, options) for seed in options.seeds]
        print(f"{feature}, mean of {len(runs)}: Dice {told(np.mean(runs, axis=0))}", flush=True)


def told(scores: Sequence[float]) -> str:
    same, *others = (f"{score:.3f}" for score in scores)
    return f"{same} on other slices, {' and '.join(others)} on other tomograms"


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("features", nargs="*", metavar="FEATURE")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--architecture", default="VGGNet")
    parser.add_argument("--augmentation", default="usual")
    parser.add_argument("--depth", type=int, default=1, help="slices of a box")
    parser.add_argument("--batch", type=int, default=32, help="boxes of a batch")
    parser.add_argument("--averaging", type=int, default=1, help="orientations in prediction")
    parser.add_argument("--samples", type=int, default=15_000, help="train with so many")
    parser.add_argument("--seconds", type=float, help="train for so long instead")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="a run for each")
    return parser.parse_args()


def run(
    feature: str, tomograms: list[DemoFiles], seed: int, options: argparse.Namespace
) -> list[float]:
    """Train once; return Dice on other slices and on each other tomogram, and tell them."""
    annotated_one, *others = tomograms
    label = labels_of(annotated_one, feature)
    annotated = slices_to_annotate(label)
    judged = slices_to_judge(label, annotated, JUDGED)
    if options.full:
        annotated = [z for z in np.flatnonzero(label.any(axis=(1, 2))).tolist() if apart(z, judged)]
    samples = extracted(annotated_one, feature, annotated, options)
    keras.utils.set_random_seed(seed)
    network = build(options.architecture, BOX_SIZE, options.depth)
    train = trained_plainly if options.plain else trained
    started = time.monotonic()
    ends = started + (options.seconds or math.inf)
    batches = train(network, samples, parameters_for(samples, seed, options), ends)
    seconds = time.monotonic() - started
    judge = partial(dice_of, network=network, feature=feature, options=options)
    unseen = [(other, slices_to_judge(labels_of(other, feature), [], JUDGED)) for other in others]
    scores = [judge(files, slices) for files, slices in [(annotated_one, judged), *unseen]]
    print(
        f"{feature}, {options.architecture}, seed {seed}, {batches} batches in {seconds:.0f} s: "
        f"Dice {told(scores)}",
        flush=True,
    )
    return scores


def apart(z: int, judged: list[int]) -> bool:
    return all(abs(z - other) >= APART for other in judged)


def extracted(
    files: DemoFiles, feature: str, annotated: list[int], options: argparse.Namespace
) -> Samples:
    tomogram, mask = open_tomogram(files.tomogram), open_tomogram(files.labels[feature])
    count = BOXES_OF_A_SLICE * len(annotated) if options.full else BOXES
    boxes = place_boxes(np.asarray(mask.voxels), annotated, count, BOX_SIZE)
    parameters = SetParameters(BOX_SIZE, None, (feature,), depth=options.depth)
    training_set = extract([annotated_by_mask(tomogram, mask, boxes)], parameters)
    return Samples.of(training_set.images, training_set.labels)


def parameters_for(samples: Samples, seed: int, options: argparse.Namespace) -> TrainingParameters:
    """Return the usual parameters, for about as many samples as asked."""
    usual = TrainingParameters(
        seed=seed, augmentation=options.augmentation, batch_size=options.batch
    )
    if options.full:  # one epoch of so many boxes would be too long
        usual = replace(usual, copies=1)
    boxes = samples.counts
    counts = epoch_counts(boxes.positives, boxes.negatives, usual.copies, usual.negatives)
    epochs = LONGEST if options.seconds else max(1, round(options.samples / counts.total))
    return replace(usual, epochs=epochs)


def trained(
    network: keras.Model, samples: Samples, parameters: TrainingParameters, ends: float
) -> int:
    """Train as the program does, for all epochs or until a time; return how many batches."""
    training = Training(network, samples, parameters)
    done = 0
    for _ in training.steps():
        done += 1
        if time.monotonic() > ends:
            break
    training.take_over()
    return done


def trained_plainly(
    network: keras.Model, samples: Samples, parameters: TrainingParameters, ends: float
) -> int:
    """Train by cross-entropy at a constant rate, on boxes in their eight orientations."""
    copy = as_it_is(network)
    adam = keras.optimizers.Adam(parameters.learning_rate)
    copy.compile(adam, "binary_crossentropy", jit_compile=False)
    done = 0
    for images, labels in plain_batches(samples, parameters):
        copy.train_on_batch(images, labels)
        done += 1
        if time.monotonic() > ends:
            break
    network.set_weights(copy.get_weights())
    return done


def as_it_is(network: keras.Model) -> keras.Model:
    """Return a copy in the precision of training, without the normalisation."""
    answer, precision = network.layers[-1], of_training()

    def converted(layer: keras.Layer) -> keras.Layer:
        return copied(layer, FULL if layer is answer else precision)

    copy = keras.models.clone_model(network, clone_function=converted)
    copy.set_weights(network.get_weights())
    return copy


def plain_batches(
    samples: Samples, parameters: TrainingParameters
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    random = np.random.default_rng(parameters.seed)
    dealt = epochs(samples.positive, parameters.copies, parameters.negatives, random)
    for _, epoch in zip(range(parameters.epochs), dealt, strict=False):
        order = zip(epoch.boxes, epoch.orientations, strict=True)
        pairs = [(orient(samples.images[b], o), orient(samples.labels[b], o)) for b, o in order]
        images, labels = (np.stack(parts) for parts in zip(*pairs, strict=True))
        batches = -(-len(images) // parameters.batch_size)
        for chosen in np.array_split(np.arange(len(images)), batches):
            yield np.moveaxis(images[chosen], 1, -1), labels[chosen, ..., None]


def dice_of(
    files: DemoFiles,
    slices: list[int],
    network: keras.Model,
    feature: str,
    options: argparse.Namespace,
) -> float:
    tomogram = open_tomogram(files.tomogram)
    normalisation = measure_normalisation(tomogram)
    height, width = tomogram.shape[1:]
    grid = tile_grid((height, width), BOX_SIZE, 0.2)
    plan = TilingPlan(grid, Rect(0, 0, height, width), options.averaging, batch_size=16)
    predict = predictor(network)
    found = [
        predict_region(
            np.stack(read_channels(tomogram, z, options.depth, normalisation)), plan, predict
        )
        for z in slices
    ]
    return dice(np.stack(found) >= 0.5, labels_of(files, feature)[slices] > 0)


def labels_of(files: DemoFiles, feature: str) -> np.ndarray:
    return np.asarray(open_tomogram(files.labels[feature]).voxels)


if __name__ == "__main__":
    main()
