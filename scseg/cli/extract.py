"""`scseg extract`: a training set from a tomogram, a mask and boxes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scseg.cli import arguments as kinds
from scseg.datasets import resampling
from scseg.datasets.extraction import SMALLEST_BOX, SetParameters, extract, with_mask
from scseg.datasets.points import read_points
from scseg.datasets.tomogram import known_apix, open_tomogram
from scseg.datasets.training_set import default_name, save_training_set
from scseg.models.description import LARGEST_BOX, safe_name

if TYPE_CHECKING:
    import argparse

    from scseg.cli.console import Console

_SUMMARY = "Cut boxes out of a tomogram and a mask into a training set."
_EXAMPLES = """\
  scseg extract tomogram.mrc --mask membrane.mrc --boxes boxes.txt -o sets
  scseg extract tomogram.mrc --mask m.mrc --boxes b.txt --box-size 48 --apix 16 -o set.scnt

BOXES.txt has `x y z` on each line: box centres in voxels, counted from 0. A box with no mask
in it is a negative. The mask is a volume of the tomogram's shape, 0 where the feature is not.
"""


def add_to(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    parser = kinds.add_command(commands, common, "extract", (_SUMMARY, _EXAMPLES))
    add = parser.add_argument
    add("tomogram", type=Path, metavar="TOMOGRAM")
    add("--mask", type=Path, required=True, help="label volume of any program, as .mrc or TIFF")
    add("--boxes", type=Path, required=True, help="text file of box centres")
    add(
        "--box-size",
        type=kinds.whole_number(SMALLEST_BOX, LARGEST_BOX),
        default=64,
        help="pixels (64)",
    )
    add("--apix", type=kinds.apix, help="A per pixel of the set (the tomogram's)")
    kinds.add_tomogram_options(add)
    add("--feature", help="what the mask shows (the name of its file)")
    add("-o", "--output", type=Path, required=True, help="the .scnt file, or a folder for it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    with console.bar("Extracting") as report:
        tomogram = open_tomogram(
            arguments.tomogram,
            apix=arguments.tomogram_apix,
            signed=kinds.signed(arguments),
            report=report,
        )
        mask = open_tomogram(arguments.mask, report=report)
        boxes = np.floor(read_points(arguments.boxes) + 0.5).astype(np.int64)
        feature = arguments.feature or arguments.mask.name.split(".")[0]
        parameters = SetParameters(arguments.box_size, arguments.apix, (feature,))
        training_set = extract([with_mask(tomogram, mask, boxes)], parameters, report)
        output: Path = arguments.output
        if output.suffix != ".scnt":
            name = default_name(training_set.apix, training_set.box_size, (safe_name(feature),))
            output = kinds.made_folder(output) / name
        save_training_set(training_set, output)
    for warning in tomogram.warnings:
        console.notify(warning)
    native = known_apix(tomogram)
    if concern := resampling.concern(native, training_set.apix):
        console.notify(
            f"{concern}: boxes of {training_set.apix:.2f} A per pixel are resampled from {native:.2f}."
        )
    positives = int(training_set.positive.sum())
    negatives = len(training_set.images) - positives
    console.say(f"{output}: {positives} positive and {negatives} negative boxes")
    return 0
