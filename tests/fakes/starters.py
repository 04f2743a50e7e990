"""A starter of the usual architecture with random weights, in a folder of its own."""

from __future__ import annotations

import hashlib
import json

import numpy as np

from scseg.datasets.normalisation import DEFINITION
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.architectures.weight_shapes import weight_shapes
from scseg.models.starters import starter
from scseg.models.starters.heads import is_head
from scseg.models.starters.simulated_boxes import boxes_content, boxes_path
from scseg.models.starters.voxel_size import CHANNELS
from scseg.models.weights_file import weights_content

FEATURES, IN_SLICES = ("Membrane", "Ribosome"), 0.05


def random_weights(architecture="VGGNet", seed=0):
    """Return weights of trunk and heads by their paths in the file, float16."""
    layers, random = ARCHITECTURES[architecture].layers, np.random.default_rng(seed)
    found = {}
    for path, shape in weight_shapes(layers, CHANNELS).items():
        heads = [starter.head_path(name, path) for name in FEATURES]
        for name in heads if is_head(path, layers) else [path]:
            values = random.normal(0, 0.05, shape)
            found[name] = (np.abs(values) if "variance" in path else values).astype(np.float16)
    return found


def random_boxes(count=12, box=64, seed=0):
    """Return images (n, box, box), and labels of each feature."""
    random = np.random.default_rng(seed)
    images = random.normal(size=(count, box, box)).astype(np.float32)
    return images, {name: (random.random(images.shape) < 0.1).astype(np.uint8) for name in FEATURES}


def write_starter(folder, architecture="VGGNet"):
    """Write a starter; return the path of its description, and its weights."""
    weights = random_weights(architecture)
    content = weights_content(weights)
    path = starter.description_path(architecture, folder)
    boxes = boxes_content(*random_boxes(), dict.fromkeys(FEATURES, IN_SLICES))
    boxes_path(folder).write_bytes(boxes)
    values = {
        "format": starter.FORMAT,
        "version_of_format": starter.VERSION,
        "architecture": architecture,
        "version": 3,
        "sha256": hashlib.sha256(content).hexdigest(),
        "trained_on": "noise",
        "batches": 10,
        "batch_size": 8,
        "loss": 0.5,
        "dice": dict.fromkeys(FEATURES, 0.5),
        "normalisation": DEFINITION,
        "apix": [6.0, 32.0],
        "boxes_sha256": hashlib.sha256(boxes).hexdigest(),
        "keras": {},
    }
    path.write_text(json.dumps(values))
    path.with_suffix(".h5").write_bytes(content)
    return path, weights
