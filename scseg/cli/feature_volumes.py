"""What the commands that start from a mask or prediction have in common: one volume after the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.files.folders_to_write import made_folder
from scseg.base.progress import sub_report
from scseg.cli import arguments as kinds
from scseg.datasets.coordinates.grid import without_suffix
from scseg.datasets.mask_volume import MaskMeaning
from scseg.datasets.tomogram import open_tomogram
from scseg.objects.feature_volume import read_feature

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from scseg.base.progress import Report
    from scseg.cli.console import Console
    from scseg.datasets.tomogram import Tomogram
    from scseg.objects.feature_volume import FeatureVolume

WHAT_IS_READ = """\
A VOLUME is a prediction or mask of this program or of another. Predictions are cut at --threshold
(0.5). Of a mask of two values the one that is not 0, or the larger one, is the feature; of several
labels, --label is; of scores, those from --threshold on are.
"""


def add_volumes(parser: argparse.ArgumentParser) -> None:
    """Add the volumes, and what the user may know better than their values and headers."""
    parser.add_argument("volumes", type=Path, nargs="+", metavar="VOLUME")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--threshold", type=kinds.any_number, help="values from here on are the feature (0.5)"
    )
    which.add_argument("--label", type=kinds.any_number, help="the feature's value in a mask")
    kinds.add_tomogram_options(parser.add_argument)


def add_smallest(
    parser: argparse.ArgumentParser, explained: str = "leave out objects smaller than this"
) -> None:
    """Add the size from which on objects count."""
    parser.add_argument(
        "--smallest",
        type=kinds.number(0, 1e12),
        default=0.0,
        metavar="NM3",
        help=f"{explained}, in nm^3 (0)",
    )


def open_volume(arguments: argparse.Namespace, path: Path, report: Report) -> Tomogram:
    """Open a volume with the user's words on it.

    Raises:
        ScsegError: it cannot be read.
    """
    return open_tomogram(
        path,
        apix=arguments.tomogram_apix,
        apix_z=arguments.tomogram_apix_z,
        signed=kinds.signed(arguments),
        report=report,
    )


def open_feature(
    arguments: argparse.Namespace, path: Path, console: Console, report: Report
) -> FeatureVolume:
    """Open a volume and tell what of it is the feature.

    Raises:
        ScsegError: it cannot be read, or the user has to say more.
    """
    volume = open_volume(arguments, path, sub_report(report, 0.0, 0.4))
    said = MaskMeaning(label=arguments.label, threshold=arguments.threshold)
    feature = read_feature(volume, said, sub_report(report, 0.4, 1.0))
    tell_of(volume, console)
    console.notify(feature.told)
    return feature


def tell_of(volume: Tomogram, console: Console) -> None:
    """Tell what is odd about a volume."""
    for warning in volume.warnings:
        console.notify(f"{volume.path}: {warning}")
    if volume.nstart[2]:
        console.notify(
            f"{volume.path} begins at slice {volume.nstart[2]} of its tomogram, as its header says: slices "
            "are counted from its own first one."
        )


def each_volume(
    paths: Sequence[Path], console: Console, work: Callable[[Path, Report], None]
) -> int:
    """Do some work on each volume, going on after a failure; return the exit code."""
    failed: list[Path] = []
    for path in paths:
        try:
            with console.bar(path.name) as report:
                work(path, report)
        except ScsegError as error:
            failed.append(path)
            console.complain(f"{error}")
            if console.verbose:
                console.show_traceback()
    if failed and len(paths) > 1:
        names = ", ".join(path.name for path in failed)
        console.complain(f"{len(failed)} of {len(paths)} volumes failed: {names}")
    return 1 if failed else 0


def targets(paths: Sequence[Path], output: Path, ending: str) -> dict[Path, Path]:
    """Return the file that each volume is written as: `output`, or one in that folder.

    Raises:
        ScsegError: two would be the same file, one is a volume itself, or there is no folder.
    """
    is_file = bool(output.suffix) and not output.is_dir()
    if is_file and len(paths) > 1:
        raise ScsegError(f"{output} is a file for one volume: name a folder for {len(paths)}.")
    if is_file:
        found = {paths[0]: output}
    else:
        folder = made_folder(output)
        found = {path: folder / f"{without_suffix(path.name)}{ending}" for path in paths}
    if len(set(found.values())) < len(paths):
        raise ScsegError(
            "Two of the volumes have the same name, and would be written as one file: give them one at a "
            "time, with different folders."
        )
    volumes = {path.resolve() for path in paths}
    for path, target in found.items():
        if target.resolve() in volumes:
            raise ScsegError(
                f"What comes of {path} would replace {target}, which is read too: choose another name "
                "or folder."
            )
    return found
