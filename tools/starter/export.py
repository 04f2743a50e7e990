"""From what a run has kept to the files that are shipped."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from scseg.base.files.writing import atomic_write
from scseg.datasets.normalisation import DEFINITION
from scseg.datasets.simulation.boxes import FEATURES, decoded
from scseg.datasets.simulation.settings import SEEN
from scseg.datasets.simulation.simulated import VERSION as SIMULATOR
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.files import sha256_of
from scseg.models.networks.architectures import build
from scseg.models.starters import starter
from scseg.models.starters.heads import is_head
from scseg.models.starters.simulated_boxes import boxes_content, boxes_path
from scseg.models.weights_file import weights_content
from tools.starter.in_slices import parts_of_slices
from tools.starter.networks import head_of
from tools.starter.pool import BOX, EVERY, FIRST

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    import keras

    from scseg.models.weights_file import Weights
    from tools.starter.learning import Learning
    from tools.starter.pool import Pool

WORTH_SHIPPING = 0.2
"""A head with less Dice on held-out boxes is of no use to anybody; its feature starts from the trunk."""
SHIPPED_BOXES = 256
"""Each of a tomogram of its own."""
TRAINED_ON = (
    "{tomograms} simulated tomograms (the latest by simulator {simulator}): 6 to 32 A per pixel, cells, "
    "vesicles, filaments, carbon, gold, ice and crowds of proteins in varied amounts; optics, noise and "
    "Fourier amplitudes varied"
)


def ship_boxes(pool: Pool, folder: Path) -> None:
    """Write some of the boxes that all starters have learnt from, and how rare features are in slices."""
    boxes = [pool.boxes(seed) for seed in range(SHIPPED_BOXES)]
    images = np.concatenate([each.images[0] for each in boxes]).astype(np.float32)
    labels = decoded(np.stack([each.codes[0] for each in boxes]))
    by_feature = {name: labels[..., number] for number, name in enumerate(FEATURES)}
    atomic_write(boxes_path(folder), boxes_content(images, by_feature, parts_of_slices()))


def ship(learning: Learning, loss: float, folder: Path) -> str:
    """Write the starter of a run; return the hash of its weights. Its version is the next if they are new."""
    learning.take_over()
    architecture = learning.architecture
    dice = {name: score for name, score in learning.judged().items() if score >= WORTH_SHIPPING}
    content = weights_content(_halved(learning.network, architecture, dice))
    path = starter.description_path(architecture, folder)
    digest = hashlib.sha256(content).hexdigest()
    before = starter.read_starter(path) if path.is_file() else None
    version = before.version + (before.sha256 != digest) if before else 1
    tomograms = FIRST + learning.batches // EVERY
    description = {
        "format": starter.FORMAT,
        "version_of_format": starter.VERSION,
        "architecture": architecture,
        "version": version,
        "sha256": digest,
        "trained_on": TRAINED_ON.format(tomograms=tomograms, simulator=SIMULATOR),
        "batches": learning.batches,
        "batch_size": learning.batch_size,
        "loss": round(loss, 4),
        "dice": {name: round(score, 3) for name, score in dice.items()},
        "normalisation": DEFINITION,
        "apix": SEEN.apix,
        "boxes_sha256": sha256_of(boxes_path(folder)),
        "keras": _configuration(architecture),
    }
    atomic_write(path.with_suffix(".h5"), content)
    atomic_write(path, _line_by_line(description).encode())
    return digest


def _line_by_line(values: dict[str, Any]) -> str:
    """Return JSON with a line for each value: the network's configuration would have thousands."""
    lines = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in values.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _halved(network: keras.Model, architecture: str, features: Container[str]) -> Weights:
    """Return the trunk and the heads of some features in half precision."""
    layers = ARCHITECTURES[architecture].layers
    whole = {weight.path: np.asarray(weight) for weight in network.weights}
    kept = {path: each for path, each in whole.items() if not is_head(path, layers)}
    for number, feature in enumerate(FEATURES):
        if feature not in features:
            continue
        head = head_of(architecture, whole, number)
        kept |= {starter.head_path(feature, path): each for path, each in head.items()}
    halved = {path: each.astype(np.float16) for path, each in kept.items()}
    assert all(np.isfinite(each).all() for each in halved.values())
    return halved


def _configuration(architecture: str) -> dict[str, Any]:
    network = build(architecture, BOX, 1)
    return {"class_name": "Functional", "config": json.loads(network.to_json())["config"]}
