"""Tomograms: opening them reads a header only, whatever their size; slices are read one by one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scseg.base.errors import ScsegError
from scseg.base.progress import Report, silent
from scseg.datasets.formats.checked_reading import file_length
from scseg.datasets.formats.mrc import open_mrc
from scseg.datasets.formats.tiff import open_tiff
from scseg.datasets.formats.unpack import PACKED_SUFFIXES, TIFF_SUFFIXES, unpacked_file
from scseg.datasets.formats.volume import is_voxel_size
from scseg.datasets.padding import padding_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.datasets.formats.stored_voxels import StoredVoxels
    from scseg.datasets.formats.volume import Triple, Volume

MRC_SUFFIXES = (".mrc", ".rec", ".map", ".st", ".ali")
PLAIN_SUFFIXES = MRC_SUFFIXES + TIFF_SUFFIXES
TOMOGRAM_SUFFIXES = PLAIN_SUFFIXES + tuple(
    plain + packed for plain in PLAIN_SUFFIXES for packed in PACKED_SUFFIXES
)


@dataclass(frozen=True, eq=False)
class Tomogram:
    """A volume of grey values. Opening it reads its header only, and while nothing is read no file is open.

    Attributes:
        path: the file that the user named.
        stored: where the voxels are, and of which type.
        voxel_size: A, (z, y, x); None where neither the file nor the user tells.
        origin: A, (x, y, z), as in the MRC header.
        nstart: pixels, (x, y, z), as in the MRC header.
        warnings: sentences for the user on what is odd about the file.
    """

    path: Path
    stored: StoredVoxels
    voxel_size: Triple | None
    origin: Triple
    nstart: tuple[int, int, int]
    warnings: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """The number of voxels along z, y and x."""
        return self.stored.shape

    @property
    def voxels(self) -> NDArray[Any]:
        """All voxels, (z, y, x), in the file's type, mapped anew at each use; never to be copied whole.

        Raises:
            ScsegError: as `slice`.
        """
        return self.stored.mapped()

    @property
    def apix(self) -> float | None:
        """The pixel size in A along x."""
        return None if self.voxel_size is None else self.voxel_size[2]

    def slice(self, z: int) -> NDArray[np.float32]:
        """Return a copy of slice z, (y, x), finite; reads that slice only.

        Values that are no numbers or infinite become the median of the others, which neither a network
        nor the contrast notices.

        Raises:
            ScsegError: there is no such slice, or the file is gone or is another one by now.
        """
        self._check(z)
        return self._as_numbers(self.stored.slice(z))

    def slice_with_padding(
        self, z: int, step: int = 1
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_] | None]:
        """Return every `step`th voxel along y and x of slice z, and which of them are padding; None: none.

        At step 1, values that are no numbers become the median of what is no padding, else as in `slice`.

        Raises:
            ScsegError: as `slice`.
        """
        self._check(z)
        raw = self.stored.slice(z)
        padding = padding_of(raw[::step, ::step])
        values = self._as_numbers(raw, padding if step == 1 else None)
        return np.ascontiguousarray(values[::step, ::step]), padding

    def mapped_slice(self, z: int) -> NDArray[Any]:
        """Return slice z, (y, x), as it lies in the file: in its type, read only where it is looked at.

        Raises:
            ScsegError: there is no such slice, or the file is gone or is another one by now.
        """
        self._check(z)
        return np.asarray(self.voxels[z])

    def _as_numbers(
        self, raw: NDArray[Any], left_out: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float32]:
        """Return a slice in the type of the file as float32, finite; it may be changed itself."""
        with np.errstate(over="ignore", invalid="ignore"):
            values = np.ascontiguousarray(raw, dtype=np.float32)
        return _finite(values, left_out) if self.stored.dtype.kind == "f" else values

    def _check(self, z: int) -> None:
        if not 0 <= z < self.shape[0]:
            raise ScsegError(
                f"{self.path} has the slices 0 to {self.shape[0] - 1}; there is no slice {z}."
            )


def open_tomogram(
    path: Path,
    *,
    apix: float | None = None,
    apix_z: float | None = None,
    signed: bool | None = None,
    report: Report = silent,
) -> Tomogram:
    """Open a tomogram. The cost does not depend on its size, except that packed files are unpacked once.

    Args:
        path: an MRC file (.mrc .rec .map .st .ali) or a TIFF stack (.tif .tiff), also packed (.gz .bz2).
        apix: the pixel size in A, in place of the one in the file; None takes that of the file.
        apix_z: how far slices are apart in A, in place of what the file or `apix` tells.
        signed: whether the bytes of an MRC file of mode 0 are signed, in place of what its header tells.
        report: is told the progress of unpacking.

    Returns:
        The tomogram, with axes (z, y, x) whatever their order in the file.

    Raises:
        ScsegError: the file cannot be read, or is no tomogram.
        CancelledError: from `report`, while unpacking.
    """
    volume = _open_volume(path, report, signed=signed)
    for word in (apix, apix_z):
        if word is not None and not is_voxel_size(word):
            raise ScsegError(
                f"The pixel size of {path} must be a number of A above 0, not {word:g}."
            )
    size = overridden(volume.voxel_size, apix, apix_z)
    return Tomogram(path, volume.stored, size, volume.origin, volume.nstart, volume.warnings)


def has_tomogram_name(path: Path) -> bool:
    """Tell whether a file is called as tomograms are, packed ones included."""
    return path.name.lower().endswith(TOMOGRAM_SUFFIXES)


def overridden(size: Triple | None, apix: float | None, apix_z: float | None) -> Triple | None:
    """Return a voxel size in A, (z, y, x), after the user's word: `apix` on all of it, `apix_z` on z."""
    size = size if apix is None else (apix, apix, apix)
    return size if size is None or apix_z is None else (apix_z, size[1], size[2])


def require_apix(tomogram: Tomogram) -> float:
    """Return the pixel size of a tomogram in A, where something cannot do without.

    Raises:
        ScsegError: neither the file nor the user tells it.
    """
    if tomogram.apix is None:
        raise ScsegError(
            f"{tomogram.path} does not tell its pixel size; give it with --tomogram-apix, in A, for example "
            "--tomogram-apix 13.92."
        )
    return tomogram.apix


def _open_volume(path: Path, report: Report, *, signed: bool | None) -> Volume:
    file_length(path)
    file, suffix = path, path.suffix.lower()
    packed = suffix in PACKED_SUFFIXES
    if packed:
        suffix = Path(path.stem).suffix.lower()
    if suffix not in PLAIN_SUFFIXES:
        kinds = ", ".join(PLAIN_SUFFIXES)
        packed_kinds = " or ".join(PACKED_SUFFIXES)
        raise ScsegError(
            f"{path} is not a tomogram that this program reads; it reads {kinds}, "
            f"also packed as {packed_kinds}."
        )
    if packed:
        file = unpacked_file(path, suffix, report)
    if suffix in MRC_SUFFIXES:
        return open_mrc(file, path, signed=signed)
    return open_tiff(file, path, report)


def _finite(values: NDArray[np.float32], left_out: NDArray[np.bool_] | None) -> NDArray[np.float32]:
    finite = np.isfinite(values)
    if not finite.all():
        typical = finite if left_out is None else finite & ~left_out
        # In double precision, where the mean of two large numbers cannot overflow.
        values[~finite] = np.median(values[typical].astype(np.float64)) if typical.any() else 0
    return values
