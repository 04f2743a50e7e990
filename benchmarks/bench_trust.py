"""Labels that were spoilt must stand first in the list of boxes that disagree with a model.

Run with `python -m benchmarks.bench_trust [FEATURE=MODEL.scnm…]`. 200 boxes of 64 px on three slices of the
demo tomogram; of a tenth of them the label is emptied, or that of a place half a box away, where that is
another one. Four fifths of these must stand in the first 15 % of the list. A feature without a model is
learnt from the spoilt labels, in a few minutes. One that has hardly learnt anything makes no such list.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scseg.api.checking import check
from scseg.api.training import TrainingChoices, train
from scseg.datasets.demo.annotation import place_boxes, slices_to_annotate
from scseg.datasets.demo.cached import demo_tomogram
from scseg.datasets.mask_volume import read_mask
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.extraction import SetParameters, annotated_by_mask, extract
from scseg.datasets.training_sets.training_set import TrainingSet, save_training_set
from scseg.models.description import TrainingParameters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.datasets.demo.places import DemoFiles

BOXES, BOX_SIZE, SEED = 200, 64, 0
SPOILT, LISTED, DUE = 0.1, 0.15, 0.8
LEARNT = ("Membrane", "Ribosome")
QUICK = TrainingChoices(TrainingParameters(epochs=10, copies=2), "VGGNet BN small")


def main() -> int:
    given = dict(argument.split("=", 1) for argument in sys.argv[1:])
    files = demo_tomogram()
    with tempfile.TemporaryDirectory() as folder:
        shares = [
            found_share(files, feature, given.get(feature), Path(folder))
            for feature in given or LEARNT
        ]
    return int(min(shares) < DUE)


def found_share(files: DemoFiles, feature: str, model: str | None, folder: Path) -> float:
    """Return what part of the spoilt boxes stands in the beginning of the list, and tell it."""
    boxes, chosen = spoilt_set(files, feature)
    path = folder / f"{feature}.scnt"
    save_training_set(boxes, path)
    trained = Path(model) if model else train(path, folder, QUICK).path
    found = check(trained, path)
    listed = found.worst_first[: round(LISTED * BOXES)]
    share = float(np.isin(chosen, listed).mean())
    whose = "a model that was given" if model else "a model that learnt from the spoilt labels"
    print(
        f"{feature}, {whose} (Dice {found.best_dice:.2f} on {found.judged_by}): {share:.0%} of {len(chosen)} "
        f"spoilt boxes in the first {LISTED:.0%} of the list, {DUE:.0%} are due",
        flush=True,
    )
    return share


def spoilt_set(files: DemoFiles, feature: str) -> tuple[TrainingSet, NDArray[np.int64]]:
    """Return the boxes of a feature, and the numbers of those whose labels were spoilt."""
    tomogram, volume = open_tomogram(files.tomogram), open_tomogram(files.labels[feature])
    truth = np.asarray(volume.voxels)
    places = place_boxes(truth, slices_to_annotate(truth), BOXES, BOX_SIZE, SEED)
    annotated = annotated_by_mask(tomogram, read_mask(volume), places)
    boxes = extract([annotated], SetParameters(BOX_SIZE, None, (feature,)))
    random = np.random.default_rng(SEED)
    labels = boxes.labels.copy()
    chosen: list[int] = []
    for box in random.permutation(np.flatnonzero(boxes.positive)).tolist():
        beside = label_beside(truth, boxes.positions[box], random)
        spoilt = beside if len(chosen) % 2 else np.zeros_like(beside)
        # Deep inside of carbon, all places look alike.
        if len(chosen) < round(SPOILT * BOXES) and (spoilt != labels[box]).any():
            labels[box] = spoilt
            chosen.append(box)
    return replace(boxes, labels=labels), np.array(chosen)


def label_beside(
    truth: NDArray[np.generic], place: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.uint8]:
    """Return what is labelled half a box away from a place (z, y, x), on one of its four sides."""
    half = BOX_SIZE // 2
    moves = np.array([(half, 0), (-half, 0), (0, half), (0, -half)])
    y, x = place[1:] + random.choice(moves) + half
    padded = np.pad(truth[place[0]], BOX_SIZE)
    return (padded[y : y + BOX_SIZE, x : x + BOX_SIZE] > 0).astype(np.uint8)


if __name__ == "__main__":
    sys.exit(main())
