"""`scseg extract`: a training set from annotated tomograms, or from a tomogram, a mask and boxes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scseg.api.extracting import annotated_samples, annotation_notices
from scseg.base.files.folders_to_write import made_folder
from scseg.base.formatting import counted
from scseg.base.progress import sub_report
from scseg.cli import arguments as kinds
from scseg.datasets.coordinates.grid import grid_of
from scseg.datasets.coordinates.reading import read_coordinates
from scseg.datasets.mask_volume import MaskMeaning, check_shape, read_mask
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.extraction import (
    SMALLEST_BOX,
    SetParameters,
    annotated_by_mask,
    extract,
)
from scseg.datasets.training_sets.pixel_size import pixel_size_notices
from scseg.datasets.training_sets.training_set import default_file_name, save_training_set
from scseg.models.description import LARGEST_BOX, LARGEST_DEPTH, safe_name

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from scseg.base.progress import Report
    from scseg.cli.console import Console
    from scseg.datasets.training_sets.extraction import AnnotatedTomogram
    from scseg.datasets.training_sets.training_set import TrainingSet

_SUMMARY = "Cut boxes out of annotated tomograms into a training set."
_EXAMPLES = """\
  scseg extract a.mrc.scna b.mrc.scna --positive Membrane --negative Background -o sets
  scseg extract a.mrc b.mrc --positive Membrane --box-size 48 --apix 16 --depth 3 -o set.scnt
  scseg extract tomogram.mrc --mask membrane.mrc --boxes boxes.txt -o sets
  scseg extract tomogram.mrc --mask cell.mrc --label 3 --ignore-label 255 --boxes boxes.txt -o sets

A file is a tomogram or its annotation (.scna), as drawn in the window. Boxes of a positive feature
are labelled with all positive features as they are drawn; boxes of a negative one are background.
Two features of one name in a tomogram go by `Membrane` and `Membrane (2)`, as in the window.

With --mask and --boxes, annotations of other programs are taken: the mask is a volume of the
tomogram's shape, and BOXES.txt has `x y z` on each line, box centres in voxels, counted from 0; or it
is a table with names above its columns, a .star of RELION or Warp, a .tbl of Dynamo, a .mod of IMOD.
A box with no mask in it is a negative. Of a mask of two values the one that is not 0, or the larger one, is
the feature; of several labels, --label is; of scores, those from --threshold on are.
"""


def add_to(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    parser = kinds.add_command(commands, common, "extract", (_SUMMARY, _EXAMPLES))
    add = parser.add_argument
    add("files", type=Path, nargs="+", metavar="FILE", help="a tomogram, or its annotation (.scna)")
    for name, what in (("positive", "find"), ("negative", "tell apart from that")):
        add(
            f"--{name}",
            action="append",
            default=[],
            metavar="NAME",
            help=f"a feature to {what}; may be given more than once",
        )
    add("--mask", type=Path, help="label volume of any program, as .mrc or TIFF")
    add("--boxes", type=Path, help="file of box centres, with --mask")
    _add_meaning(parser)
    add("--feature", help="what the mask shows (the name of its file)")
    add(
        "--box-size",
        type=kinds.whole_number(SMALLEST_BOX, LARGEST_BOX),
        default=64,
        help="pixels (64)",
    )
    add("--apix", type=kinds.apix, help="A per pixel of the set (the tomograms')")
    add(
        "--depth",
        type=kinds.whole_number(1, LARGEST_DEPTH),
        default=1,
        help="slices of a box: its own and its neighbours (1)",
    )
    kinds.add_tomogram_options(add)
    add("-o", "--output", type=Path, required=True, help="the .scnt file, or a folder for it")
    parser.set_defaults(run=run, refuse=parser.error)


def _add_meaning(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--label", type=kinds.any_number, help="the feature's value in the mask")
    which.add_argument(
        "--threshold", type=kinds.any_number, help="values of the mask from here on are the feature"
    )
    parser.add_argument(
        "--ignore-label",
        type=kinds.any_number,
        metavar="LABEL",
        help="value of the mask that is neither feature nor background",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    _check(arguments)
    told: list[str] = []
    with console.bar("Extracting") as report:
        opening = sub_report(report, 0.0, 0.1)
        parameters = _parameters(arguments)
        sampled = (
            _annotated(arguments, parameters, opening, told)
            if arguments.positive
            else [_masked(arguments, opening, told)]
        )
        made = extract(sampled, parameters, sub_report(report, 0.1, 0.9))
        output = _target(arguments.output, made)
        save_training_set(made, output, sub_report(report, 0.9, 1.0))
    beside = annotation_notices(arguments.files) if arguments.positive else []
    for notice in (*told, *beside, *_notices(sampled, made)):
        console.notify(notice)
    positives = int(made.positive.sum())
    negatives = len(made.images) - positives
    console.say(f"{output}: {positives} positive and {counted(negatives, 'negative box')}")
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse arguments that do not belong together."""
    masks = {"--mask": arguments.mask, "--boxes": arguments.boxes}
    others = {
        "--feature": arguments.feature,
        "--label": arguments.label,
        "--threshold": arguments.threshold,
        "--ignore-label": arguments.ignore_label,
    }
    given = [name for name, value in {**masks, **others}.items() if value is not None]
    both = set(arguments.positive) & set(arguments.negative)
    if arguments.positive and given:
        arguments.refuse(f"--positive is for annotations, {given[0]} for those of other programs")
    if both:
        arguments.refuse(f"{min(both)} cannot be both --positive and --negative")
    if arguments.positive:
        return
    if not all(masks.values()) or arguments.negative:
        arguments.refuse("say with --positive what to find, or give --mask and --boxes")
    if len(arguments.files) > 1:
        arguments.refuse("--mask and --boxes belong to one tomogram")


def _parameters(arguments: argparse.Namespace) -> SetParameters:
    return SetParameters(
        box_size=arguments.box_size,
        apix=arguments.apix,
        features=tuple(dict.fromkeys(arguments.positive or [_shown(arguments)])),
        negative_features=tuple(dict.fromkeys(arguments.negative)),
        depth=arguments.depth,
    )


def _shown(arguments: argparse.Namespace) -> str:
    name: str = arguments.feature or arguments.mask.name.split(".")[0]
    return name


def _annotated(
    arguments: argparse.Namespace, parameters: SetParameters, report: Report, told: list[str]
) -> list[AnnotatedTomogram]:
    """Open what is annotated; `told` gets which names features go by."""
    word = kinds.tomogram_word(arguments)
    found = annotated_samples(arguments.files, parameters, word, report)
    told += [sentence for each in found for sentence in each.told]
    return [each.sampled for each in found]


def _masked(arguments: argparse.Namespace, report: Report, told: list[str]) -> AnnotatedTomogram:
    """Open tomogram, mask and boxes; `told` gets what the mask is taken for."""
    tomogram = open_tomogram(
        arguments.files[0],
        apix=arguments.tomogram_apix,
        apix_z=arguments.tomogram_apix_z,
        signed=kinds.signed(arguments),
        report=sub_report(report, 0.0, 0.3),
    )
    volume = open_tomogram(arguments.mask, report=sub_report(report, 0.3, 0.6))
    check_shape(volume, tomogram.shape, str(tomogram.path))
    said = MaskMeaning(arguments.label, arguments.threshold, arguments.ignore_label)
    mask = read_mask(volume, said, sub_report(report, 0.6, 1.0))
    told.append(mask.told)
    coordinates = read_coordinates(arguments.boxes, grid_of(tomogram))
    told.append(coordinates.told)
    boxes = np.floor(coordinates.positions + 0.5).astype(np.int64)
    return annotated_by_mask(tomogram, mask, boxes)


def _target(output: Path, made: TrainingSet) -> Path:
    if output.suffix == ".scnt":
        return output
    names = tuple(safe_name(name) for name in made.features)
    return made_folder(output) / default_file_name(made.apix, made.box_size, names, made.depth)


def _notices(sampled: Sequence[AnnotatedTomogram], made: TrainingSet) -> list[str]:
    tomograms = [each.tomogram for each in sampled if each.boxes]
    notices = [f"{each.path}: {warning}" for each in tomograms for warning in each.warnings]
    notices += [
        f"{each.tomogram.path} has no boxes of these features, and is left out."
        for each in sampled
        if not each.boxes
    ]
    return [*notices, *pixel_size_notices(tomograms, made.apix)]
