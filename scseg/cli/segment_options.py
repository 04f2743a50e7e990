"""What `scseg segment` can be told."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from scseg.api import ExportSettings, Share, share_from_text
from scseg.base.errors import ScsegError
from scseg.base.rect import Rect
from scseg.cli import arguments as kinds
from scseg.compute.messages import PredictionMode
from scseg.interactions.group import SUFFIX
from scseg.models import precision
from scseg.models.tiling import orientations
from scseg.models.tiling.tiles import MAX_OVERLAP

_SUMMARY = "Apply models, or a group of models, to tomograms, into MRC volumes."
_EXAMPLES = """\
  scseg segment tomogram.mrc --model 13.92_64_0.0261_Membrane.scnm -o results
  scseg segment 'tomos/*.mrc' more/ --model a.scnm --model b.scnm -o results
  scseg segment a.mrc b.mrc --model m.scnm --slices 15,40-50 --type mask -o results
  scseg segment tomogram.mrc --model m.scnm --averaging 8 --crop 100,899,50,849 -o results
  scseg segment tomogram.mrc --group cell.scnmgroup --rules-3d -o results
  scseg segment tomogram.mrc --starter Membrane --starter Ribosome -o results
  scseg segment tomos/ --model m.scnm --array 3/8 -o results
  scseg segment tomos/ --model m.scnm --scheduler tcp://host:8786 -o results

Slices and pixels count from 0 and ranges include both ends. With --slices, the volume holds those only;
outside of a crop it is 0. Of a folder all tomograms in it are meant. Volumes that are there already, made in
the same way, are kept; what a run that was killed has left of one goes on. One tomogram that fails does not
end the others: a table tells of all, and the exit code is 1.
"""


def add_parser(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> argparse.ArgumentParser:
    parser = kinds.add_command(commands, common, "segment", (_SUMMARY, _EXAMPLES))
    add = parser.add_argument
    add("tomograms", type=Path, nargs="+", metavar="TOMOGRAM", help="a file, a folder or a pattern")
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
        help="of the networks' products: bfloat16 is faster where the processor has it, float16 on graphics "
        "cards (auto)",
    )
    kinds.add_backend_option(add)
    _add_crop(parser)
    add(
        "--type",
        choices=("int8", "float32", "mask"),
        default="int8",
        help="int8: round(127 p); mask: 1 at the model's threshold and above",
    )
    kinds.add_tomogram_options(add)
    add("--separate", action="store_true", help="write each slice as a 2-D image of its own")
    add(
        "--array",
        type=array_share,
        metavar="I/N",
        help="do the share I of N of the volumes, counted from 1: for arrays of batch systems, such as "
        "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT",
    )
    _add_cluster(parser)
    add("--overwrite", action="store_true", help="make again what is there already")
    add("-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the volumes")
    return parser


def _add_models(parser: argparse.ArgumentParser) -> None:
    models = parser.add_mutually_exclusive_group(required=True)
    models.add_argument(
        "--model",
        type=Path,
        action="append",
        metavar="M.scnm",
        help="may be given more than once: each acts alone, into volumes of its own",
    )
    models.add_argument(
        "--group",
        type=Path,
        metavar=f"G{SUFFIX}",
        help="models with their competition and rules; each is written",
    )
    models.add_argument(
        "--starter",
        action="append",
        metavar="FEATURE",
        help="a ready network (Membrane, Ribosome, Microtubule, Carbon), taught on simulated tomograms: a "
        "draft to be mended",
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


def _add_cluster(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="have the workers of a running Dask scheduler do it, such as tcp://host:8786, or the file of "
        "its --scheduler-file",
    )
    parser.add_argument(
        "--slab",
        type=kinds.whole_number(1, 1_000_000),
        metavar="N",
        help="with --scheduler: cut tomograms into slabs of N slices, each for a worker (huge ones alone "
        "are cut)",
    )


def export_settings(arguments: argparse.Namespace) -> ExportSettings:
    """Return the settings that are told.

    Raises:
        ScsegError: they ask for what this computer cannot do, or make no sense together.
    """
    if arguments.scheduler is None:
        precision.check_possible(arguments.precision)
        if arguments.slab is not None:
            raise ScsegError("--slab goes with --scheduler: one machine needs no slabs.")
    return ExportSettings(
        slices=tuple(arguments.slices) if arguments.slices else None,
        crop=arguments.crop,
        annotated_crop=arguments.annotated_crop,
        overlap=arguments.overlap,
        mode=arguments.mode,
        averaging=arguments.averaging,
        precision=arguments.precision,
        kind=arguments.type,
        rules_3d=arguments.rules_3d,
        word=kinds.tomogram_word(arguments),
        separate=arguments.separate,
        overwrite=arguments.overwrite,
    )


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


def array_share(text: str) -> Share:
    """Parse the share of an array's job, `I/N`."""
    try:
        return share_from_text(text)
    except ScsegError as error:
        raise argparse.ArgumentTypeError(f"{error}") from error
