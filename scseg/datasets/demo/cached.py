"""The demo tomogram as files, made on first use and kept."""

from __future__ import annotations

import contextlib
import math
import shutil
from typing import TYPE_CHECKING

import mrcfile
import numpy as np

from scseg.base.errors import ScsegError
from scseg.base.files.temporary_files import new_temporary
from scseg.base.files.writing import BusyError, atomic_file, atomic_path, write_errors_as_sentences
from scseg.base.progress import Report, silent, sub_report
from scseg.datasets.demo.places import STAMP, DemoFiles, demo_folder, files_of, is_whole, stamp_of
from scseg.datasets.demo.simulate import DEFAULT, VERSION, Simulation, Specimen, simulate

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_VOXEL_BYTES = 8
"""Of the tomogram and its labels together, for each voxel."""


def demo_tomogram(
    folder: Path | None = None, specimen: Specimen = DEFAULT, report: Report = silent
) -> DemoFiles:
    """Return the files of a demo tomogram, simulated and written first unless they are there already.

    Without a folder they are kept in the user's cache. Where not all could be written, the next call writes
    all of them.

    Raises:
        ScsegError: the files cannot be written.
        CancelledError: `report` raised it.
    """
    return make_files(files_of(folder or demo_folder(), specimen.seed), specimen, report)


def make_files(files: DemoFiles, specimen: Specimen, report: Report = silent) -> DemoFiles:
    """Write the files of a demo tomogram unless they are there already, as `demo_tomogram` does."""
    with write_errors_as_sentences(files.tomogram.parent):
        files.tomogram.parent.mkdir(parents=True, exist_ok=True)
    while not _up_to_date(files, specimen):
        _check_place(files.tomogram, specimen)
        simulation = simulate(specimen, sub_report(report, 0, 0.9))
        # Another run may be writing the same.
        with contextlib.suppress(BusyError):
            _write(files, simulation, specimen, sub_report(report, 0.9, 1))
    return files


def _up_to_date(files: DemoFiles, specimen: Specimen) -> bool:
    """Return whether all files are there and were made of this specimen by this version."""
    stamp = _stamp(specimen)
    volumes = (files.tomogram, *files.labels.values())
    return files.ribosome_centres.is_file() and all(
        is_whole(path) and stamp_of(path) == stamp for path in volumes
    )


def _check_place(tomogram: Path, specimen: Specimen) -> None:
    """Refuse at once a place that cannot be written, or has no room, not after the simulation."""
    needed = _VOXEL_BYTES * math.prod(specimen.shape)
    with write_errors_as_sentences(tomogram):
        new_temporary(tomogram).unlink()
        free = shutil.disk_usage(tomogram.parent).free
    if needed > free:
        raise ScsegError(
            f"Cannot write {tomogram} and its labels: they take {needed / 1e6:.0f} MB and there are "
            f"{free / 1e6:.0f} free; free some space, or choose a folder on another disk."
        )


def _stamp(specimen: Specimen) -> str:
    z, y, x = specimen.shape
    return f"{STAMP}{VERSION}: {x} x {y} x {z}, {specimen.apix:g} A, seed {specimen.seed}"


def _write(files: DemoFiles, simulation: Simulation, specimen: Specimen, report: Report) -> None:
    volumes = {files.tomogram: simulation.tomogram} | {
        path: simulation.labels[name].astype(np.int8) for name, path in files.labels.items()
    }
    # Leaving the stack renames all files, or, on the way of an exception, removes them all. The tomogram gets
    # its name last, so that all is there where it is.
    with contextlib.ExitStack() as stack:
        for done, (path, volume) in enumerate(volumes.items()):
            report(done / len(volumes), f"writing {path.name}")
            _write_mrc(stack.enter_context(atomic_path(path)), volume, specimen)
        text = stack.enter_context(atomic_file(files.ribosome_centres))
        np.savetxt(text, simulation.centres["Ribosome"][:, ::-1], "%.2f")
        report(1.0, "demo tomogram written")


def _write_mrc(path: Path, volume: NDArray[np.generic], specimen: Specimen) -> None:
    with mrcfile.new(path, volume, overwrite=True) as file:
        file.voxel_size = specimen.apix
        # In place of mrcfile's own line, which holds the date: equal runs give equal bytes.
        file.header.label[0] = _stamp(specimen).ljust(80)
