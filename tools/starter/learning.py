"""The training of a starter, which goes on after a kill from where it last was kept."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from scseg.base.labels import FEATURE, IGNORE
from scseg.datasets.simulation.boxes import FEATURES, decoded
from scseg.datasets.simulation.settings import HELD_OUT, drawn
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.networks.averaging import Span, WeightAverage
from scseg.models.networks.backend import compiles
from scseg.models.networks.precision import of_training
from scseg.models.networks.training_copy import TrainingCopy
from scseg.models.networks.weights import set_weights
from scseg.models.starters.voxel_size import first_layer, sees_one_pixel
from tools.starter.networks import loss_of_heads, network_of, with_all_heads
from tools.starter.pool import FIRST_HELD_OUT, LEARNT, Pool, with_voxel_size

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.models.starters.starter import Starter

RATE, WARM_UP = 1e-3, 30
AVERAGED = 1000
"""Batches whose weights are averaged, at most: in full steps, Dice of fewer rose and fell by .05."""
HELD_OUT_TOMOGRAMS, HELD_OUT_BOXES = 8, 24


class Learning:
    """The network, its optimiser, and how many batches it has seen.

    What was kept in the folder goes on; where nothing is, `shipped` does, if it is given.
    """

    def __init__(
        self,
        architecture: str,
        folder: Path,
        batch_size: int,
        seed: int,
        shipped: Starter | None = None,
    ) -> None:
        keras.utils.set_random_seed(seed)
        self.architecture, self.batch_size = architecture, batch_size
        self.network = network_of(architecture, len(FEATURES), LEARNT)
        self.batches, images = 0, None
        self._pool = Pool(folder.parent, batch_size, seed)
        self._kept = folder / "kept.npz"
        if shipped and not self._kept.exists():
            set_weights(self.network, with_all_heads(shipped, FEATURES))
            self.batches = shipped.batches
            images, _ = self._pool.batch(self.batches)
        self._copy = TrainingCopy(self.network, of_training(), images)
        self._trained = self._copy.model
        self._adam = keras.optimizers.Adam(RATE)
        self._trained.compile(optimizer=self._adam, loss=loss_of_heads, jit_compile=compiles())
        self._adam.build(self._trained.trainable_variables)
        first = first_layer(ARCHITECTURES[architecture].layers)
        self._first_kernel = self._trained.get_layer(first.name).kernel
        self._see_one_pixel()
        self._average = WeightAverage(self._trained, Span(most=AVERAGED))
        self._average.restore(self._trained.get_weights(), self.batches)
        if self._kept.exists():
            self._go_on()

    def step(self, settled: float = 0.0) -> float:
        """Learn from a batch, in a step that is smaller by the part that has `settled`; return its loss."""
        warm = min(1.0, (int(self._adam.iterations) + 1) / WARM_UP)
        self._adam.learning_rate = RATE * warm * (1.0 - settled)
        images, codes = self._pool.batch(self.batches)
        labels = decoded(codes).astype(np.float32)
        loss = float(self._trained.train_on_batch(images, labels))
        self._see_one_pixel()
        self._average.add()
        self.batches += 1
        return loss

    def keep(self) -> None:
        """Write all that going on needs."""
        weights = self._trained.get_weights()
        groups = {
            "weights": weights,
            "adam": [np.asarray(each) for each in self._adam.variables],
            "mean": self._average.mean(),
        }
        _write(self._kept, groups, batches=np.int64(self.batches))

    def keep_settled(self) -> None:
        """Write what was learnt by the end of a settling, to be taken the mean of with that of others."""
        _write(self._settled(self.batches), {"mean": self._average.mean()})

    def mix(self, ends: Sequence[int]) -> None:
        """Let the mean be that of what was learnt by the ends of some settlings, told as numbers of batches.

        It knows more than any of them (Izmailov et al., Averaging weights leads to wider optima, UAI 2018).

        Raises:
            FileNotFoundError: no settling has ended there.
        """
        learnt = []
        for end in ends:
            with np.load(self._settled(end)) as settled:
                learnt.append(_group(settled, "mean"))
        means = [np.mean(each, axis=0, dtype=np.float64) for each in zip(*learnt, strict=True)]
        self._average.restore([mean.astype(np.float32) for mean in means], self.batches)

    def take_over(self) -> None:
        """Give the network what was learnt."""
        self._copy.give(self._average.mean())

    def judged(self) -> dict[str, float]:
        """Return Dice of each feature on boxes of the held-out tomograms."""
        self.take_over()
        part = slice(0, LEARNT)
        images, codes = [], []
        for seed in range(FIRST_HELD_OUT, FIRST_HELD_OUT + HELD_OUT_TOMOGRAMS):
            boxes, apix = self._pool.boxes(seed), drawn(seed, HELD_OUT).apix
            image = boxes.images[:HELD_OUT_BOXES, :, part, part].astype(np.float32)
            images.append(with_voxel_size(image, apix))
            codes.append(boxes.codes[:HELD_OUT_BOXES, part, part])
        if not self.network.compiled:
            self.network.compile(jit_compile=compiles())
        found = self.network.predict(np.concatenate(images), batch_size=16, verbose=0)
        return _dice(found, decoded(np.concatenate(codes)))

    def _see_one_pixel(self) -> None:
        """Let the first layer see the voxel size in the pixel alone that it answers for."""
        kernel = self._first_kernel
        kernel.assign(sees_one_pixel(np.asarray(kernel)))

    def _settled(self, batches: int) -> Path:
        return self._kept.with_name(f"settled_{batches}.npz")

    def _go_on(self) -> None:
        with np.load(self._kept) as kept:
            self.batches = int(kept["batches"])
            self._trained.set_weights(_group(kept, "weights"))
            for variable, value in zip(self._adam.variables, _group(kept, "adam"), strict=True):
                variable.assign(value)
            self._average.restore(_group(kept, "mean"), self.batches)


def _write(
    path: Path, groups: dict[str, list[NDArray[np.float32]]], **others: NDArray[Any]
) -> None:
    flat = {f"{name}_{i}": each for name, group in groups.items() for i, each in enumerate(group)}
    part = path.with_suffix(f".{os.getpid()}.npz")
    np.savez(part, **flat, **others)
    part.replace(path)


def _group(kept: np.lib.npyio.NpzFile, name: str) -> list[NDArray[np.float32]]:
    count = sum(each.startswith(f"{name}_") for each in kept.files)
    return [kept[f"{name}_{i}"] for i in range(count)]


def _dice(found: NDArray[np.float32], labels: NDArray[np.uint8]) -> dict[str, float]:
    scores = {}
    for number, feature in enumerate(FEATURES):
        truth, judged = labels[..., number] == FEATURE, labels[..., number] != IGNORE
        marked = (found[..., number] >= 0.5) & judged
        total = int(marked.sum()) + int(truth.sum())
        scores[feature] = 2 * int((marked & truth).sum()) / total if total else 1.0
    return scores


def log(folder: Path, **values: object) -> None:
    """Append a line to the run's log."""
    with (folder / "log.jsonl").open("a") as file:
        file.write(json.dumps(values) + "\n")
