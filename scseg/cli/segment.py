"""`scseg segment`: a model applied to tomograms."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.cli import arguments as kinds
from scseg.compute.messages import ModelRef
from scseg.compute.segmentation import Segmentation, Segmenter, tomogram_ref
from scseg.datasets.tomogram import known_apix, open_tomogram
from scseg.errors import ScsegError
from scseg.models.files import open_model
from scseg.models.tiling import MAX_OVERLAP
from scseg.progress import Report, silent

if TYPE_CHECKING:
    from scseg.cli.console import Console

_SUMMARY = "Apply a model to tomograms, slice by slice, into MRC volumes."
_EXAMPLES = """\
  scseg segment tomogram.mrc --model 13.92_64_0.0261_Membrane.scnm -o results
  scseg segment a.mrc b.mrc --model m.scnm --slices 15,40-50 --type mask -o results

Slices count from 0 and ranges include both ends. With --slices, the volume holds those only.
"""


def add_to(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    parser = kinds.add_command(commands, common, "segment", (_SUMMARY, _EXAMPLES))
    add = parser.add_argument
    add("tomograms", type=Path, nargs="+", metavar="TOMOGRAM")
    add("--model", type=Path, required=True, metavar="M.scnm")
    add("--slices", type=ranges, help="such as 15,40-50 (all)")
    add(
        "--overlap",
        type=kinds.number(0, MAX_OVERLAP),
        help="of tiles, 0 to 0.67 (the model's, usually 0.2)",
    )
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


def run(arguments: argparse.Namespace, console: Console) -> int:
    _check_all(arguments, console)
    folder = kinds.made_folder(arguments.output)
    with Segmenter() as segmenter:
        for path in arguments.tomograms:
            job = _job(path, arguments)
            with console.bar(path.name) as report:
                if arguments.separate:
                    paths = segmenter.write_slices(job, folder, report)
                else:
                    paths = [segmenter.write_volume(job, folder, report)]
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


def _check_all(arguments: argparse.Namespace, console: Console) -> None:
    """Look at all that can be wrong before hours of work begin.

    Nothing is kept open: hundreds of tomograms are more files than some systems allow a process.
    """
    seen: dict[str, Path] = {}
    for path in arguments.tomograms:
        with console.bar(path.name) as report:
            job = _job(path, arguments, report)
        for warning in job.tomogram.warnings:
            console.notify(f"{path}: {warning}")
        name = job.volume_name()
        if name in seen:
            raise ScsegError(
                f"{seen[name]} and {path} would both be written as {name}: give them one at a time, "
                "with different folders."
            )
        seen[name] = path
    tomograms = {path.resolve() for path in arguments.tomograms}
    for name, path in seen.items():
        if (arguments.output / name).resolve() in tomograms:
            raise ScsegError(
                f"The prediction of {path} would replace {arguments.output / name}, which is to be segmented "
                "too: leave that out, or choose another folder."
            )


def _job(path: Path, arguments: argparse.Namespace, report: Report = silent) -> Segmentation:
    apix, signed = arguments.tomogram_apix, kinds.signed(arguments)
    tomogram = open_tomogram(path, apix=apix, signed=signed, report=report)
    known_apix(tomogram)
    model = open_model(arguments.model)
    depth = tomogram.shape[0]
    slices = arguments.slices or list(range(depth))
    if slices[-1] >= depth:
        raise ScsegError(
            f"{path} has the slices 0 to {depth - 1}, not {slices[-1]}: choose others."
        )
    overlap = model.display.overlap if arguments.overlap is None else arguments.overlap
    return Segmentation(
        tomogram=tomogram,
        tomogram_ref=tomogram_ref(path, apix=apix, signed=signed),
        model=model,
        model_ref=ModelRef(str(arguments.model.resolve()), model.weights_sha256),
        slices=slices,
        overlap=overlap,
        kind=arguments.type,
    )
