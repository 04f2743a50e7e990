"""Training sets (.scnt): small labelled images in a TIFF that ImageJ opens as a hyperstack.

The file is float32 with axes TCYX and shape (N, D + 1, box, box): D neighbouring slices of each box,
normalised, then its label (`labels`). All else stands as JSON in ImageJ's Info.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np
import tifffile

from scseg.base.errors import ScsegError
from scseg.base.file_names import fit_file_name
from scseg.base.files.writing import atomic_file, parse_document
from scseg.base.formatting import counted
from scseg.base.json_values import MOST_CONTAINERS
from scseg.base.labels import FEATURE, IGNORE, contains_feature
from scseg.base.progress import Report, silent
from scseg.datasets.formats.checked_reading import open_checked
from scseg.datasets.formats.tiff_faults import tiff_errors_as_sentences
from scseg.datasets.formats.tiff_stack import open_tifffile, read_stack
from scseg.datasets.formats.unpack import TIFF_MARKS
from scseg.datasets.training_sets.source_tomogram import (
    SourceTomogram,
    source_from_record,
    source_record,
    voxel_size_from,
)

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

    from scseg.datasets.formats.tiff_stack import Stack

_FORMAT = "scseg training set"
_VERSION = 1
_REMEDY = "make one with 'Generate set' on the stage Models, or with `scseg extract`"
_NO_SET = f"{{}} is not a training set of this program: {_REMEDY}."
_LARGEST = 4 * 1024**3 - 16 * 1024**2
"""ImageJ's TIFF has 32-bit offsets; a little is left for tags and Info."""
_MOST_BOXES = MOST_CONTAINERS * 9 // 10
"""Of each, Info holds a list; the sources need a few, too."""

_PIXELS = np.dtype("<f4")
_PIXELS_AT_ONCE = 1 << 20


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """N labelled boxes of D slices.

    Attributes:
        images: normalised grey values, float32 (N, D, box, box).
        labels: of the middle slices, uint8 (N, box, box): 0 background, 1 feature, 2 ignore.
        positions: centres of the boxes in their tomograms, int (N, 3), each row (z, y, x) in voxels.
        origins: for each box the index of its tomogram in `sources`, int (N,).
        apix: pixel size of the images in A.
        features: names of what label 1 stands for.
        sources: the tomograms that the boxes were cut out of.
        normalisation: name of the way in which grey values were normalised.
        negative_features: names of the features whose boxes were taken as background.
    """

    images: NDArray[np.float32]
    labels: NDArray[np.uint8]
    positions: NDArray[np.int64]
    origins: NDArray[np.int64]
    apix: float
    features: tuple[str, ...]
    sources: tuple[SourceTomogram, ...]
    normalisation: str
    negative_features: tuple[str, ...] = ()

    @property
    def box_size(self) -> int:
        return int(self.images.shape[2])

    @property
    def depth(self) -> int:
        return int(self.images.shape[1])

    @property
    def positive(self) -> NDArray[np.bool_]:
        """Return for each box whether the feature occurs in it, (N,)."""
        return contains_feature(self.labels)


def default_file_name(apix: float, box_size: int, features: tuple[str, ...], depth: int = 1) -> str:
    """Return the proposed file name, as in `13.92_64_Membrane.scnt` or `13.92_64x3_Membrane.scnt`."""
    slices = f"x{depth}" if depth > 1 else ""
    return fit_file_name(f"{apix:.2f}_{box_size}{slices}_{'+'.join(features)}", ".scnt")


def check_fits_in_file(count: int, depth: int, box_size: int) -> None:
    """Check that so many boxes (`depth` slices of `box_size` x `box_size` pixels) fit into a .scnt file.

    Raises:
        ScsegError: they do not; the sentence names how many would.
    """
    fit = _LARGEST // ((depth + 1) * box_size * box_size * 4)
    if count > fit:
        raise ScsegError(
            f"{count} boxes of {box_size} pixels make a training set of over 4 GB, which ImageJ cannot "
            f"open: use at most {counted(fit, 'box')}, or smaller ones."
        )
    if count > _MOST_BOXES:
        raise ScsegError(
            f"{count} boxes are too many for a training set: use at most {_MOST_BOXES}."
        )


def save_training_set(training_set: TrainingSet, path: Path, report: Report = silent) -> None:
    """Write a training set, replacing the file only once all of it is on disk.

    Args:
        training_set: at least one box; at most 4 GB.
        path: the file, .scnt.
        report: is told the progress.

    Raises:
        ScsegError: the set is empty or over 4 GB, or the file cannot be written.
        CancelledError: from `report`; the file is as it was.
    """
    count, box = len(training_set.images), training_set.box_size
    if count == 0:
        raise ScsegError("The training set has no boxes: place some on the tomogram first.")
    check_fits_in_file(count, training_set.depth, box)
    with atomic_file(path) as file:
        file.seek(_write_frame(file, training_set))
        # A second copy of the whole set might not fit into the memory.
        together = max(1, _PIXELS_AT_ONCE // ((training_set.depth + 1) * box * box))
        stack = np.empty((together, training_set.depth + 1, box, box), _PIXELS)
        for first in range(0, count, together):
            report(first / count, f"Writing {path.name}")
            boxes = slice(first, first + together)
            some = stack[: len(training_set.labels[boxes])]
            some[:, :-1] = training_set.images[boxes]
            some[:, -1] = training_set.labels[boxes]
            file.write(some.data)


def _write_frame(file: BinaryIO, training_set: TrainingSet) -> int:
    """Write all but the pixels, and return where in the file they belong."""
    count, depth, box, _ = training_set.images.shape
    pixels_per_nm = 10.0 / training_set.apix
    place = tifffile.imwrite(
        file,
        shape=(count, depth + 1, box, box),
        dtype=np.float32,
        imagej=True,
        byteorder="<",
        resolution=(pixels_per_nm, pixels_per_nm),
        metadata={"axes": "TCYX", "unit": "nm", "Info": _info(training_set)},
        returnoffset=True,
    )
    return int(cast("tuple[int, int]", place)[0])


def load_training_set(path: Path) -> TrainingSet:
    """Read a training set into memory. Its size is checked against the length of the file first.

    Args:
        path: the file, .scnt, as `save_training_set` wrote it.

    Raises:
        ScsegError: the file is missing, not a training set of this program, or damaged.
    """
    with open_checked(path) as (file, length):
        if not file.read(len(TIFF_MARKS[0])).startswith(TIFF_MARKS):
            raise ScsegError(_NO_SET.format(path))
        with tiff_errors_as_sentences(path, _REMEDY):
            found = read_stack(file, length, path)
            info = _read_info(open_tifffile(file), path)
            pixels = _read_pixels(file, found, info, path)
    return _assembled(pixels, info, path)


def begins_as_training_set(start: bytes) -> bool:
    """Tell whether the first 64 kB of a file are those of a training set: Info comes before the pixels."""
    mark = f'{{"format": "{_FORMAT}"'
    marks = (mark.encode("utf-16-le"), mark.encode("utf-16-be"))
    return start.startswith(TIFF_MARKS) and any(each in start for each in marks)


def fingerprint(training_set: TrainingSet) -> str:
    """Return the SHA-256, in hexadecimal digits, of the images and labels of a set."""
    digest = hashlib.sha256()
    digest.update(np.ascontiguousarray(training_set.images).data)
    digest.update(np.ascontiguousarray(training_set.labels).data)
    return digest.hexdigest()


def _info(training_set: TrainingSet) -> str:
    count, depth = training_set.images.shape[:2]
    return json.dumps(
        {
            "format": _FORMAT,
            "version": _VERSION,
            "count": count,
            "depth": depth,
            "box_size": training_set.box_size,
            "apix": training_set.apix,
            "features": training_set.features,
            "negative_features": training_set.negative_features,
            "normalisation": training_set.normalisation,
            "sources": list(map(source_record, training_set.sources)),
            "positions": training_set.positions.tolist(),
            "origins": training_set.origins.tolist(),
        }
    )


def _read_info(tiff: tifffile.TiffFile, path: Path) -> dict[str, Any]:
    said = (tiff.imagej_metadata or {}).get("Info", "")
    text = said if isinstance(said, str) else ""
    return parse_document(text, str(path), (_FORMAT, _VERSION), _NO_SET.format(path))


def _read_pixels(
    file: BinaryIO, found: Stack, info: dict[str, Any], path: Path
) -> NDArray[np.float32]:
    """Return float32 (N, D + 1, box, box), as the Info tells its shape: TIFF drops an axis of one."""
    shape = _told_shape(info)
    if math.prod(found.shape) != math.prod(shape) or found.shape[1:] != shape[2:]:
        raise ScsegError(
            f"{path} is damaged: its Info tells of shape {shape}, its pixels have {found.shape}."
        )
    if found.dtype.newbyteorder("=") != np.float32:
        raise ScsegError(f"{path} holds {found.dtype} pixels: save it as 32-bit in ImageJ.")
    if found.offset is None:
        raise ScsegError(f"{path} is compressed or in pieces: save it as a plain TIFF in ImageJ.")
    file.seek(found.offset)
    pixels = np.fromfile(file, found.dtype, math.prod(shape))
    return pixels.astype(np.float32, copy=False).reshape(shape)


def _told_shape(info: dict[str, Any]) -> tuple[int, int, int, int]:
    count, depth, box = (int(info[key]) for key in ("count", "depth", "box_size"))
    if min(count, depth, box) < 1:
        raise ValueError(f"count {count}, depth {depth} and box size {box} must be positive")
    return count, depth + 1, box, box


def _assembled(stack: NDArray[np.float32], info: dict[str, Any], path: Path) -> TrainingSet:
    labels = stack[:, -1]
    if not np.isfinite(stack).all():
        raise ScsegError(f"{path} holds values that are not numbers: extract it anew.")
    if not np.isin(labels, (0, FEATURE, IGNORE)).all():
        raise ScsegError(
            f"{path} has labels other than 0, 1 and 2 in its last channel: extract it anew."
        )
    try:
        sources = tuple(map(source_from_record, info["sources"]))
        return TrainingSet(
            images=stack[:, :-1],
            labels=labels.astype(np.uint8),
            positions=np.array(info["positions"], np.int64).reshape(len(stack), 3),
            origins=_indices(info["origins"], len(stack), len(sources)),
            apix=voxel_size_from(info["apix"]),
            features=tuple(str(name) for name in info["features"]),
            sources=sources,
            normalisation=str(info["normalisation"]),
            negative_features=tuple(str(name) for name in info.get("negative_features", ())),
        )
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise ScsegError(f"{path} has a damaged description ({error}): extract it anew.") from error


def _indices(told: list[int], boxes: int, sources: int) -> NDArray[np.int64]:
    """Return for each box which source it is from."""
    origins = np.array(told, np.int64).reshape(boxes)
    if not ((origins >= 0) & (origins < sources)).all():
        raise ValueError(f"boxes are from other than the {sources} sources")
    return origins
