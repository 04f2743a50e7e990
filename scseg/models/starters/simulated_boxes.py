"""Boxes of simulated tomograms, shipped with the starters that have learnt from them.

They are mixed in where such a network learns from the user's boxes, so that it does not forget.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import ScsegError
from scseg.models.files import sha256_of
from scseg.models.samples import KnownBoxes, Samples

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.models.starters.starter import Starter

_STEP = 8
"""Grey values are kept in eighths of a tomogram's spread: noise in half of the bytes of float16."""


def boxes_path(folder: Path) -> Path:
    return folder / "simulated_boxes.npz"


def boxes_content(
    images: NDArray[np.float32],
    labels: Mapping[str, NDArray[np.uint8]],
    in_slices: Mapping[str, float],
) -> bytes:
    """Return the content of the file.

    `images` (n, box, box) are normalised, `labels` (n, box, box) are those of each feature, `in_slices` the
    part (0..1) of the pixels of simulated slices that it fills.
    """
    limits = np.iinfo(np.int8)
    steps = np.clip(np.rint(images * _STEP), limits.min, limits.max).astype(np.int8)
    content = io.BytesIO()
    np.savez_compressed(
        content,
        images=steps,
        features=np.array(list(labels)),
        labels=np.stack([*labels.values()]),
        in_slices=np.array([in_slices[name] for name in labels]),
    )
    return content.getvalue()


def simulated_boxes(starter: Starter, feature: str) -> KnownBoxes:
    """Return the boxes with the labels of a feature that the starter knows.

    Raises:
        ScsegError: the file is missing, or is not the one that the starter's description tells of.
    """
    path = boxes_path(starter.path.parent)
    if not path.is_file() or sha256_of(path) != starter.boxes_sha256:
        raise ScsegError(
            f"{path} is missing or damaged: install scSegmentation anew, or train from scratch."
        )
    try:
        with np.load(path, allow_pickle=False) as kept:
            number = kept["features"].tolist().index(feature)
            images, labels = kept["images"], kept["labels"][number]
            in_slices = float(kept["in_slices"][number])
    except (OSError, LookupError, ValueError, zipfile.BadZipFile) as error:
        raise ScsegError(f"{path} is damaged ({error}): install scSegmentation anew.") from error
    samples = Samples.of(images[:, None].astype(np.float32) / _STEP, labels)
    return KnownBoxes(samples, in_slices)
