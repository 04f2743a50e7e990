"""What starters are judged by: tomograms that they never saw, and boxes of them to learn from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import cv2
import keras
import mrcfile
import numpy as np

from scseg.datasets.demo.annotation import dice, place_boxes, slices_to_annotate, slices_to_judge
from scseg.datasets.normalisation import normalisation_of
from scseg.datasets.simulation.settings import HELD_OUT, Amounts, drawn
from scseg.datasets.simulation.simulated import simulated
from scseg.models.samples import Samples

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

REAL = Path(__file__).parents[1] / ".." / "shared" / "data"
FIRST_SEED, FIRST_SEED_TO_CHOOSE_BY = 2_000_000, 3_000_000
SHAPE = (64, 320, 320)
APIXES = (16.0, 20.0, 13.0)
"""Of the three tomograms; the first is annotated."""
CONTENTS = Amounts(1.8, 2.0, 1.0, 1, 6, 1.0, carbon=False, gold=1.0, ice=0)
MUCH_GOLD = replace(CONTENTS, gold=12.0)
JUDGED, JUDGED_OF_OTHERS = 3, 2
LEARNT_SLICES, JUDGED_SLICES = range(34), range(38, 56)
"""Of the real tomogram. To choose by, what is learnt from is parted once more."""
LEARNT_SLICES_TO_CHOOSE, SLICES_TO_CHOOSE_BY = range(21), range(25, 34)
STACK = Path(__file__).parents[1] / "build" / "em_stack"
LEARNT_SLICES_OF_STACK, JUDGED_SLICES_OF_STACK = [2, 8, 14], [20, 23, 26, 29]
RADIUS, REAL_APIX = 4.2, 31.36
"""Of a ribosome of the real tomogram, px, and of its voxels, A."""


class Task(Protocol):
    """Boxes of `feature` to learn from, and how well a network does elsewhere."""

    feature: str
    apix: float

    def samples(self, count: int, box: int, seed: int) -> Samples: ...
    def unannotated(self, count: int, box: int, seed: int) -> NDArray[np.float32]:
        """Return boxes (count, 1, box, box) of the slices that are learnt from, from anywhere."""

    def scores(self, network: keras.Model) -> dict[str, float]: ...


@dataclass(frozen=True)
class Simulation:
    """Three tomograms whose optics and specimen lie outside of what starters see; one is annotated."""

    feature: str
    first_seed: int = FIRST_SEED
    contents: Amounts = CONTENTS
    apix: float = APIXES[0]

    def samples(self, count: int, box: int, seed: int) -> Samples:
        grey, labels = held_out(self.first_seed, 0, self.contents)
        label = labels[self.feature]
        places = place_boxes(label, slices_to_annotate(label), count, box, seed)
        return boxes_at(self, grey, label, places, box)

    def unannotated(self, count: int, box: int, seed: int) -> NDArray[np.float32]:
        grey, _ = held_out(self.first_seed, 0, self.contents)
        return anywhere(grey, count, box, seed)

    def scores(self, network: keras.Model) -> dict[str, float]:
        """Return Dice on other slices of the annotated tomogram, and on both others."""
        predict = whole(network, SHAPE[1:])
        found = {}
        for name, numbers in (("same", [0]), ("other", [1, 2])):
            masks, truths = [], []
            for number in numbers:
                grey, labels = held_out(self.first_seed, number, self.contents)
                label = labels[self.feature]
                learnt = slices_to_annotate(label) if number == 0 else []
                for z in slices_to_judge(
                    label, learnt, JUDGED if number == 0 else JUDGED_OF_OTHERS
                ):
                    masks.append(predict(grey[z]) >= 0.5)
                    truths.append(label[z] > 0)
            found[name] = dice(np.stack(masks), np.stack(truths))
        return found


@dataclass(frozen=True)
class Reality:
    """The real tomogram: learnt from published ribosomes of some slices, judged by those of others.

    Of those in boxes, only a part is `marked`, as people overlook some.
    """

    feature: str = "Ribosome"
    marked: float = 1.0
    learnt: range = LEARNT_SLICES
    judged: range = JUDGED_SLICES
    apix: float = REAL_APIX

    def samples(self, count: int, box: int, seed: int) -> Samples:
        grey, centres = real()
        random = np.random.default_rng(seed)
        centres = centres[np.random.default_rng([seed, 1]).random(len(centres)) < self.marked]
        label = balls(grey.shape, centres)
        edge = box // 2
        most = np.array([self.learnt.stop - 1, grey.shape[1] - edge - 1, grey.shape[2] - edge - 1])
        listed = centres[centres[:, 0] < self.learnt.stop]
        chosen = listed[random.permutation(len(listed))[: count // 2]]
        jitter = random.integers(-edge // 3, edge // 3 + 1, chosen.shape) * [0, 1, 1]
        places = [*np.clip(np.rint(chosen).astype(int) + jitter, [0, edge, edge], most)]
        while len(places) < count:
            place = random.integers([0, edge, edge], most + 1)
            if not cut(label, place, box).any():
                places.append(place)
        return boxes_at(self, grey, label, places, box)

    def unannotated(self, count: int, box: int, seed: int) -> NDArray[np.float32]:
        grey, _ = real()
        return anywhere(grey[: self.learnt.stop], count, box, seed)

    def scores(self, network: keras.Model) -> dict[str, float]:
        """Return which part of the listed ribosomes is marked where 3 % of the area is, and at 0.5.

        And which is found by 40 and by 80 marks a slice, however large those are: some 40 listed ones reach
        into a slice. The list is incomplete, so marks elsewhere are not all wrong.
        """
        grey, centres = real()
        predict = whole(network, grey.shape[1:])
        found = np.stack([predict(grey[z]) for z in self.judged])
        last = self.judged.stop - 1
        listed = centres[(centres[:, 0] >= self.judged.start) & (centres[:, 0] <= last)]
        z, y, x = np.rint(listed).astype(int).T
        z = np.minimum(z, last) - self.judged.start
        at = found[z, y, x]
        return {
            "at 3 %": float((at >= np.quantile(found, 0.97)).mean()),
            "at 0.5": float((at >= 0.5).mean()),
            "area": float((found >= 0.5).mean()),
            "by 40": found_by(40, found, np.stack([z, y, x], axis=1)),
            "by 80": found_by(80, found, np.stack([z, y, x], axis=1)),
        }


@dataclass(frozen=True)
class Stack:
    """Outlines of cells in a stack of electron micrographs of brain, 4 nm a pixel (ISBI challenge of 2012).

    Its 30 slices and labels are to lie in `STACK` as `image/0.png` and `label/0.png`, and so on.
    """

    feature: str = "Outline"
    apix: float = 40.0

    def samples(self, count: int, box: int, seed: int) -> Samples:
        grey, label = stack()
        places = place_boxes(label, LEARNT_SLICES_OF_STACK, count, box, seed)
        return boxes_at(self, grey, label, places, box)

    def unannotated(self, count: int, box: int, seed: int) -> NDArray[np.float32]:
        grey, _ = stack()
        return anywhere(grey[: JUDGED_SLICES_OF_STACK[0]], count, box, seed)

    def scores(self, network: keras.Model) -> dict[str, float]:
        """Return Dice on other slices."""
        grey, label = stack()
        predict = whole(network, grey.shape[1:])
        masks = np.stack([predict(grey[z]) >= 0.5 for z in JUDGED_SLICES_OF_STACK])
        return {"same": dice(masks, label[JUDGED_SLICES_OF_STACK] > 0)}


# No starter knows outlines, filaments and gold, though it has seen the latter two.
TASKS: dict[str, Task] = {
    "membrane": Simulation("Membrane"),
    "ribosome": Simulation("Ribosome"),
    "microtubule": Simulation("Microtubule"),
    "filament": Simulation("Filament"),
    "gold": Simulation("Gold", contents=MUCH_GOLD),
    "real": Reality(),
    "real, half marked": Reality(marked=0.5),
    "outline": Stack(),
    "membrane, to choose": Simulation("Membrane", FIRST_SEED_TO_CHOOSE_BY),
    "ribosome, to choose": Simulation("Ribosome", FIRST_SEED_TO_CHOOSE_BY),
    "microtubule, to choose": Simulation("Microtubule", FIRST_SEED_TO_CHOOSE_BY),
    "filament, to choose": Simulation("Filament", FIRST_SEED_TO_CHOOSE_BY),
    "gold, to choose": Simulation("Gold", FIRST_SEED_TO_CHOOSE_BY, MUCH_GOLD),
    "real, to choose": Reality(learnt=LEARNT_SLICES_TO_CHOOSE, judged=SLICES_TO_CHOOSE_BY),
    # Three more tomograms each, some so faint that no starter finds its feature.
    **{
        f"{feature.lower()}, to choose {seed}": Simulation(feature, FIRST_SEED_TO_CHOOSE_BY + seed)
        for feature in ("Membrane", "Ribosome", "Microtubule")
        for seed in (10, 20, 30)
    },
}


@cache
def held_out(
    first_seed: int, number: int, contents: Amounts = CONTENTS
) -> tuple[NDArray[np.float32], dict[str, NDArray[np.uint8]]]:
    """Return a simulated tomogram, normalised, and its labels."""
    settings = drawn(first_seed + number, HELD_OUT, SHAPE)
    finish = replace(settings.finish, inverted=False, padded=0)
    settings = replace(settings, apix=APIXES[number], amounts=contents, finish=finish)
    made = simulated(settings, others=True)
    return normalised(made.tomogram), made.labels


@cache
def real() -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return the real tomogram, normalised, and the published centres (z, y, x)."""
    voxels = mrcfile.read(REAL / "cell_tomogram.mrc").astype(np.float32)
    return normalised(voxels), np.loadtxt(REAL / "cell_tomogram_ribosomes_xyz.txt")[:, ::-1]


@cache
def stack() -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Return the stack of micrographs, normalised, and where outlines are."""
    if not STACK.is_dir():
        raise SystemExit(f"The slices of the stack of micrographs are to lie in {STACK}.")
    read = {
        name: np.stack(
            [cv2.imread(str(STACK / name / f"{z}.png"), cv2.IMREAD_GRAYSCALE) for z in range(30)]
        )
        for name in ("image", "label")
    }
    return normalised(read["image"].astype(np.float32)), (read["label"] < 128).astype(np.uint8)


def normalised(voxels: NDArray[np.float32]) -> NDArray[np.float32]:
    return normalisation_of(voxels.ravel()[::37]).apply(voxels)


def balls(shape: tuple[int, ...], centres: NDArray[np.float64]) -> NDArray[np.uint8]:
    label = np.zeros(shape, np.uint8)
    _, y, x = np.ogrid[:1, : shape[1], : shape[2]]
    for cz, cy, cx in centres:
        for z in range(max(0, int(cz - RADIUS)), min(shape[0], int(cz + RADIUS) + 2)):
            label[z] |= ((z - cz) ** 2 + (y[0] - cy) ** 2 + (x[0] - cx) ** 2) <= RADIUS**2
    return label


def found_by(marks: int, predictions: NDArray[np.float32], centres: NDArray[np.int64]) -> float:
    """Return which part of the centres (z, y, x) lies beside one of the highest peaks, of so many a slice."""
    p = np.clip(predictions, 1e-5, 1 - 1e-5)
    smooth = np.stack([cv2.GaussianBlur(each, (0, 0), 1.0) for each in np.log(p / (1 - p))])
    higher = np.stack([cv2.dilate(each, np.ones((7, 7))) for each in smooth])
    peaks = np.argwhere(smooth == higher)
    order = np.argsort(smooth[tuple(peaks.T)])[::-1]
    peaks = peaks[order[: marks * len(predictions)]]
    z, y, x = np.moveaxis(peaks[None] - centres[:, None], -1, 0)
    return float(((z == 0) & (np.hypot(y, x) <= RADIUS)).any(axis=1).mean())


def boxes_at(
    task: Task,
    grey: NDArray[np.float32],
    label: NDArray[np.uint8],
    places: Sequence[NDArray[np.int64]],
    box: int,
) -> Samples:
    images = np.stack([cut(grey, place, box) for place in places])
    labels = np.stack([cut(label, place, box) for place in places])
    return Samples.of(images[:, None], labels, (task.feature,), task.apix)


def anywhere(grey: NDArray[np.float32], count: int, box: int, seed: int) -> NDArray[np.float32]:
    """Return boxes (count, 1, box, box) of random places."""
    random = np.random.default_rng([seed, 4])
    edge = box // 2
    low, high = [0, edge, edge], np.array(grey.shape) - [0, edge, edge]
    return np.stack([cut(grey, random.integers(low, high), box)[None] for _ in range(count)])


def cut(volume: np.ndarray, place: NDArray[np.int64], box: int) -> np.ndarray:
    z, y, x = (int(each) for each in place)
    top, left = y - box // 2, x - box // 2
    return volume[z, top : top + box, left : left + box]


def whole(
    network: keras.Model, size: tuple[int, int]
) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Return a function that predicts whole slices (y, x), whose sides are multiples of the divisor."""
    sized = keras.models.clone_model(network, input_tensors=keras.Input((*size, 1)))
    sized.set_weights(network.get_weights())
    sized.compile(jit_compile=False)
    return lambda image: np.asarray(sized.predict_on_batch(image[None, ..., None]))[0, ..., 0]
