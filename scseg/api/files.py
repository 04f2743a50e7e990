"""Files, opened and written under names that may be texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scseg.base.progress import Report, silent
from scseg.datasets import tomogram as tomograms
from scseg.datasets.training_sets import training_set as training_sets
from scseg.formats import file_kind as kinds
from scseg.interactions import group as groups
from scseg.models import files as models

if TYPE_CHECKING:
    from scseg.datasets.tomogram import Tomogram
    from scseg.datasets.training_sets.training_set import TrainingSet
    from scseg.formats.file_kind import FileKind
    from scseg.interactions.group import Group
    from scseg.models.description import ModelDescription


def open_tomogram(
    path: Path | str,
    *,
    apix: float | None = None,
    apix_z: float | None = None,
    signed: bool | None = None,
    report: Report = silent,
) -> Tomogram:
    """Open a tomogram. Reads its header only, whatever its size; packed files are unpacked once.

    Args:
        path: an MRC file (.mrc .rec .map .st .ali) or a TIFF stack (.tif .tiff), also packed (.gz .bz2).
        apix: the pixel size in A, in place of the one in the file; None takes that of the file.
        apix_z: how far slices are apart in A, in place of what the file or `apix` tells.
        signed: whether the bytes of an MRC file of mode 0 are signed, in place of what its header tells.
        report: is told the progress of unpacking.

    Returns:
        The tomogram; its `slice(z)` is float32 (y, x) and reads that slice only. `warnings` tell what
        is odd about the file.

    Raises:
        ScsegError: the file cannot be read, or is no tomogram.
        CancelledError: from `report`, while unpacking.
    """
    return tomograms.open_tomogram(
        Path(path), apix=apix, apix_z=apix_z, signed=signed, report=report
    )


def file_kind(path: Path | str) -> FileKind:
    """Return what a file is, by its content. Reads 64 kB, of a model or a group at most a megabyte.

    Raises:
        ScsegError: the file is missing, empty, a folder, or cannot be read.
    """
    return kinds.file_kind(Path(path))


def open_model(path: Path | str) -> ModelDescription:
    """Read the description of a model (.scnm). Reads the weights beside it once, to check their hash.

    Raises:
        ScsegError: either file is missing, foreign or damaged, or they do not belong together.
    """
    return models.open_model(Path(path))


def open_group(path: Path | str) -> Group:
    """Read a group of models (.scnmgroup), by the names of their files; these are not looked for.

    Raises:
        ScsegError: the file is missing, foreign, damaged, or of a newer version.
    """
    return groups.open_group(Path(path))


def save_group(group: Group, path: Path | str) -> None:
    """Write a group of models (.scnmgroup) into the folder where they lie.

    Raises:
        ScsegError: the file cannot be written; what stood there before is intact.
    """
    groups.save_group(group, Path(path))


def load_training_set(path: Path | str) -> TrainingSet:
    """Read a training set (.scnt) into memory, after its size was checked against the file's length.

    Raises:
        ScsegError: the file is missing, not a training set of this program, or damaged.
    """
    return training_sets.load_training_set(Path(path))


def save_training_set(training_set: TrainingSet, path: Path | str, report: Report = silent) -> None:
    """Write a training set (.scnt), replacing the file only once all of it is on the disk.

    Raises:
        ScsegError: the set is empty or over 4 GB, or the file cannot be written.
        CancelledError: from `report`; the file is as it was.
    """
    training_sets.save_training_set(training_set, Path(path), report)
