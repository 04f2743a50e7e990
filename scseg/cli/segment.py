"""`scseg segment`: a model, or a group of them, applied to tomograms."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from scseg.annotations.storage.read_only import read_annotation
from scseg.base.errors import ScsegError
from scseg.base.progress import Report, silent
from scseg.base.rect import Rect
from scseg.cli import arguments as kinds
from scseg.cli.annotated import notices as annotation_notices
from scseg.compute.messages import ModelRef, PredictionMode
from scseg.compute.segmentation_jobs import (
    JointSegmentation,
    SegmentationJob,
    single_model,
    tomogram_ref,
)
from scseg.compute.segmenter import Segmenter
from scseg.datasets.resampling import step_between
from scseg.datasets.tomogram import open_tomogram, require_apix
from scseg.interactions.group import SUFFIX, open_group
from scseg.models import precision
from scseg.models.compatibility import check_slice
from scseg.models.files import open_model
from scseg.models.tiling import orientations
from scseg.models.tiling.tiles import MAX_OVERLAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.annotations.crop import Crop
    from scseg.cli.console import Console
    from scseg.datasets.tomogram import Tomogram

_SUMMARY = "Apply a model, or a group of models, to tomograms, into MRC volumes."
_EXAMPLES = """\
  scseg segment tomogram.mrc --model 13.92_64_0.0261_Membrane.scnm -o results
  scseg segment a.mrc b.mrc --model m.scnm --slices 15,40-50 --type mask -o results
  scseg segment tomogram.mrc --model m.scnm --averaging 8 --crop 100,899,50,849 -o results
  scseg segment tomogram.mrc --group cell.scnmgroup --rules-3d -o results

Slices and pixels count from 0 and ranges include both ends. With --slices, the volume holds those only;
outside of a crop it is 0.
"""


def add_to(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    parser = kinds.add_command(commands, common, "segment", (_SUMMARY, _EXAMPLES))
    add = parser.add_argument
    add("tomograms", type=Path, nargs="+", metavar="TOMOGRAM")
    _add_models(parser)
    add("--slices", type=ranges, help="such as 15,40-50 (all)")
    add(
        "--overlap",
        type=kinds.number(0, MAX_OVERLAP),
        help="of tiles, 0 to 0.67 (the model's, usually 0.2)",
    )
    add(
        "--mode",
        choices=get_args(PredictionMode),
        default="tiles",
        help="tiles as in training, or whole slices, which is faster (tiles)",
    )
    add(
        "--averaging",
        type=kinds.whole_number(1, orientations.COUNT),
        default=1,
        metavar="N",
        help="average over N orientations of each image, 1 to 8: slower by as much, and smoother (1)",
    )
    add(
        "--precision",
        choices=precision.CHOICES,
        default="auto",
        help="of the networks' products: bfloat16 is faster, where the processor has it (auto)",
    )
    _add_crop(parser)
    add(
        "--type",
        choices=("int8", "float32", "mask"),
        default="int8",
        help="int8: round(127 p); mask: 1 at the model's threshold and above",
    )
    kinds.add_tomogram_options(add)
    add("--separate", action="store_true", help="write each slice as a 2-D image of its own")
    add("-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the volumes")
    parser.set_defaults(run=run)


def _add_models(parser: argparse.ArgumentParser) -> None:
    models = parser.add_mutually_exclusive_group(required=True)
    models.add_argument("--model", type=Path, metavar="M.scnm")
    models.add_argument(
        "--group",
        type=Path,
        metavar=f"G{SUFFIX}",
        help="models with their competition and rules; each is written",
    )
    parser.add_argument(
        "--rules-3d",
        action=argparse.BooleanOptionalAction,
        help="let the rules of a group act in three dimensions, or within slices (as the group says)",
    )


def _add_crop(parser: argparse.ArgumentParser) -> None:
    crops = parser.add_mutually_exclusive_group()
    crops.add_argument(
        "--crop", type=region, metavar="X0,X1,Y0,Y1", help="predict only these columns and rows"
    )
    crops.add_argument(
        "--annotated-crop",
        action="store_true",
        help="predict only the crop that is kept with the annotation of each tomogram (.scna)",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    precision.check_possible(arguments.precision)
    _check_all(arguments, console)
    folder = kinds.made_folder(arguments.output)
    with Segmenter() as segmenter:
        for path in arguments.tomograms:
            ensemble = _ensemble(path, arguments)
            write = segmenter.write_slices if arguments.separate else segmenter.write_volumes
            with console.bar(path.name) as report:
                paths = write(ensemble, folder, report)
            for written in paths:
                console.say(f"{written}")
    for notice in segmenter.notices:
        console.notify(notice)
    return 0


def ranges(text: str) -> list[int]:
    """Parse slices such as `15,40-50` into ascending numbers."""
    chosen: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        low, high = int(first), int(last if dash else first)
        if high < low:
            raise argparse.ArgumentTypeError(f"{part} ends before it begins")
        chosen.update(range(low, min(high, low + 1_000_000) + 1))
    return sorted(chosen)


def region(text: str) -> Rect:
    """Parse a crop `x0,x1,y0,y1`, both ends included."""
    x0, x1, y0, y1 = (int(number) for number in text.split(","))
    if min(x0, y0) < 0 or x1 < x0 or y1 < y0:
        raise argparse.ArgumentTypeError(f"{text} ends before it begins")
    return Rect(y0, x0, y1 + 1, x1 + 1)


def _check_all(arguments: argparse.Namespace, console: Console) -> None:
    """Look at all that can be wrong before hours of work begin.

    Nothing is kept open: hundreds of tomograms are more files than some systems allow a process.
    """
    seen: dict[str, Path] = {}
    for path in arguments.tomograms:
        with console.bar(path.name) as report:
            ensemble = _ensemble(path, arguments, report)
        for warning in ensemble.first.tomogram.warnings:
            console.notify(f"{path}: {warning}")
        for notice in annotation_notices([path]) if arguments.annotated_crop else ():
            console.notify(notice)
        for job in ensemble.jobs.values():
            name = job.volume_name()
            if name in seen:
                raise ScsegError(
                    f"{seen[name]} and {path} would both be written as {name}: give them one at a time, "
                    "with different folders, or give the models of the group different names."
                )
            seen[name] = path
    tomograms = {path.resolve() for path in arguments.tomograms}
    for name, path in seen.items():
        if (arguments.output / name).resolve() in tomograms:
            raise ScsegError(
                f"The prediction of {path} would replace {arguments.output / name}, which is to be segmented "
                "too: leave that out, or choose another folder."
            )


def _ensemble(
    path: Path, arguments: argparse.Namespace, report: Report = silent
) -> JointSegmentation:
    """Return what is to be done with a tomogram.

    Raises:
        ScsegError: the tomogram, a model or the group cannot be read, or does not do.
    """
    if arguments.group is None:
        return single_model(_job(path, arguments, arguments.model, report))
    group = open_group(arguments.group)
    rules_3d = group.rules_3d if arguments.rules_3d is None else arguments.rules_3d
    jobs = {
        name: replace(
            _job(path, arguments, arguments.group.parent / name, report),
            interaction=interaction,
            rules_3d=rules_3d,
        )
        for name, interaction in group.interactions.items()
    }
    return JointSegmentation(jobs, tuple(jobs))


def _job(
    path: Path, arguments: argparse.Namespace, model_path: Path, report: Report
) -> SegmentationJob:
    apix, signed = arguments.tomogram_apix, kinds.signed(arguments)
    tomogram = open_tomogram(
        path, apix=apix, apix_z=arguments.tomogram_apix_z, signed=signed, report=report
    )
    native = require_apix(tomogram)
    model = open_model(model_path)
    step = step_between(native, model.apix)
    check_slice(model, tomogram.shape[1:], step, arguments.mode)
    slices, wanted = _part(tomogram, arguments)
    overlap = model.display.overlap if arguments.overlap is None else arguments.overlap
    return SegmentationJob(
        tomogram=tomogram,
        tomogram_ref=tomogram_ref(path, apix=apix, signed=signed),
        model=model,
        model_ref=ModelRef(str(model_path.resolve()), model.weights_sha256),
        slices=slices,
        overlap=overlap,
        kind=arguments.type,
        mode=arguments.mode,
        averaging=arguments.averaging,
        region=wanted,
        precision=precision.resolved(arguments.precision),
    )


def _part(tomogram: Tomogram, arguments: argparse.Namespace) -> tuple[Sequence[int], Rect | None]:
    """Return the slices, and the part of each, that are to be predicted."""
    depth, height, width = tomogram.shape
    slices: Sequence[int] = arguments.slices or range(depth)
    wanted: Rect | None = arguments.crop
    if slices[-1] >= depth:
        raise ScsegError(
            f"{tomogram.path} has the slices 0 to {depth - 1}, not {slices[-1]}: choose others."
        )
    if wanted is not None and (wanted.y1 > height or wanted.x1 > width):
        raise ScsegError(
            f"{tomogram.path} has the columns 0 to {width - 1} and the rows 0 to {height - 1}: "
            "choose a crop inside."
        )
    if arguments.annotated_crop:
        crop = _annotated_crop(tomogram)
        slices = arguments.slices or range(crop.z0, crop.z1)
        wanted = crop.rect
    return slices, wanted


def _annotated_crop(tomogram: Tomogram) -> Crop:
    crop = read_annotation(tomogram.path, tomogram.shape).crop
    if not crop.enabled:
        raise ScsegError(
            f"No crop is switched on in the annotation of {tomogram.path}: draw one in the window, "
            "or give --crop X0,X1,Y0,Y1."
        )
    return crop
