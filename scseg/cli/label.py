"""`scseg label`: the objects of a mask, numbered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scseg.base.progress import sub_report
from scseg.cli import arguments as kinds
from scseg.cli import feature_volumes
from scseg.objects.components import find_objects
from scseg.objects.feature_volume import enough_memory, whole_mask
from scseg.objects.label_files import write_objects
from scseg.objects.picking import voxel_size_of

if TYPE_CHECKING:
    import argparse

    from scseg.base.progress import Report
    from scseg.cli.console import Console

_SUMMARY = (
    "Number the objects of masks or predictions: parts that hang together in three dimensions."
)
_EXAMPLES = f"""\
  scseg label tomogram__Membrane.mrc -o vesicles.mrc
  scseg label tomogram__Ribosome.mrc --split --smallest 3000 -o ribosomes.mrc
  scseg label a__Membrane.mrc b__Membrane.mrc --fill-holes --leave-border -o labels

{feature_volumes.WHAT_IS_READ}
Labels are int16 (float32 where there are more than 32767 objects), 0 for background, counted from 1.
"""


def add_to(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    parser = kinds.add_command(commands, common, "label", (_SUMMARY, _EXAMPLES))
    feature_volumes.add_volumes(parser)
    add = parser.add_argument
    feature_volumes.add_smallest(parser)
    add("--fill-holes", action="store_true", help="first fill what is enclosed on all sides")
    add("--split", action="store_true", help="part objects that touch, where the neck is narrow")
    add("--leave-border", action="store_true", help="leave out objects that the volume's faces cut")
    add(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="LABELS.mrc",
        help="the volume of labels, or a folder for several",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    written = feature_volumes.targets(arguments.volumes, arguments.output, "_objects.mrc")

    def work(path: Path, report: Report) -> None:
        _label(arguments, path, written[path], console, report)

    return feature_volumes.each_volume(arguments.volumes, console, work)


def _label(
    arguments: argparse.Namespace, path: Path, target: Path, console: Console, report: Report
) -> None:
    feature = feature_volumes.open_feature(arguments, path, console, sub_report(report, 0.0, 0.2))
    size = voxel_size_of(feature.volume)
    with enough_memory(path):
        objects = find_objects(
            whole_mask(feature, sub_report(report, 0.2, 0.4)),
            size,
            fill_holes=arguments.fill_holes,
            split=arguments.split,
            report=sub_report(report, 0.4, 0.8),
        )
        kept = objects.kept(arguments.smallest, border=not arguments.leave_border)
        write_objects(target, feature.volume, objects, kept, sub_report(report, 0.8, 1.0))
    count = int(kept.sum())
    left_out = f", {objects.count - count} left out" if count < objects.count else ""
    console.say(f"{target}: {count} objects{left_out}")
