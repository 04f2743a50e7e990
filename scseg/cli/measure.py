"""`scseg measure`: a table of objects, with their volumes, surfaces, lengths and so on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scseg.base.progress import sub_report
from scseg.cli import arguments as kinds
from scseg.cli import feature_volumes
from scseg.datasets.mask_volume import check_shape
from scseg.datasets.written_volume import own_content
from scseg.objects.components import find_objects, named_objects
from scseg.objects.feature_volume import enough_memory, whole_labels, whole_mask
from scseg.objects.measuring import Measured, OtherFeature, measure, write_table
from scseg.objects.picking import voxel_size_of

if TYPE_CHECKING:
    import argparse

    from scseg.base.progress import Report
    from scseg.cli.console import Console
    from scseg.datasets.tomogram import Tomogram
    from scseg.objects.components import Objects

_SUMMARY = "Measure the objects of masks, predictions or labels: a table with a row for each."
_EXAMPLES = f"""\
  scseg measure tomogram__Membrane.mrc -o membranes.csv
  scseg measure ribosomes.mrc --labels --to tomogram__Membrane.mrc -o distances.csv
  scseg measure a__Ribosome.mrc b__Ribosome.mrc --smallest 3000 -o ribosomes.csv

{feature_volumes.WHAT_IS_READ}
Volumes of labels are known if `scseg label` wrote them; of others, --labels tells. Where the faces of a
volume cut an object, it has no surface there.
"""


def add_to(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    parser = kinds.add_command(commands, common, "measure", (_SUMMARY, _EXAMPLES))
    feature_volumes.add_volumes(parser)
    add = parser.add_argument
    add("--labels", action="store_true", help="each value of the volumes is an object")
    feature_volumes.add_smallest(parser)
    add(
        "--to",
        type=Path,
        nargs="+",
        default=[],
        metavar="OTHER",
        help="also measure how far each object is from this feature; one for each volume",
    )
    add("-o", "--output", type=kinds.table, required=True, metavar="TABLE.csv")
    parser.set_defaults(run=run, refuse=parser.error)


def run(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.to and len(arguments.to) != len(arguments.volumes):
        arguments.refuse(f"--to names {len(arguments.to)} volumes for {len(arguments.volumes)}")
    if arguments.labels and (arguments.threshold is not None or arguments.label is not None):
        arguments.refuse("--labels goes with neither --threshold nor --label")
    others = dict(zip(arguments.volumes, arguments.to, strict=False))
    rows: list[tuple[str, Measured]] = []
    done: list[Path] = []

    def work(path: Path, report: Report) -> None:
        rows.extend(_measured(arguments, path, others.get(path), console, report))
        done.append(path)

    code = feature_volumes.each_volume(arguments.volumes, console, work)
    if done:
        write_table(arguments.output, rows)
        of = f" of {len(done)} volumes" if len(done) > 1 else ""
        console.say(f"{arguments.output}: {len(rows)} objects{of}")
    return code


def _measured(
    arguments: argparse.Namespace,
    path: Path,
    to: Path | None,
    console: Console,
    report: Report,
) -> list[tuple[str, Measured]]:
    volume = feature_volumes.open_volume(arguments, path, sub_report(report, 0.0, 0.1))
    size = voxel_size_of(volume)
    with enough_memory(path):
        objects = _objects(arguments, volume, console, sub_report(report, 0.1, 0.3))
        other = None
        if to is not None:
            feature = feature_volumes.open_feature(
                arguments, to, console, sub_report(report, 0.3, 0.35)
            )
            check_shape(feature.volume, volume.shape, str(path))
            other = OtherFeature(whole_mask(feature, sub_report(report, 0.35, 0.4)), size)
        kept = objects.kept(arguments.smallest)
        found = measure(objects, kept, other, sub_report(report, 0.4, 1.0))
        return [(path.name, row) for row in found]


def _objects(
    arguments: argparse.Namespace, volume: Tomogram, console: Console, report: Report
) -> Objects:
    size = voxel_size_of(volume)
    if arguments.labels or own_content(volume) == "objects":
        feature_volumes.tell_of(volume, console)
        return named_objects(whole_labels(volume, report), size)
    feature = feature_volumes.open_feature(
        arguments, volume.path, console, sub_report(report, 0.0, 0.3)
    )
    mask = whole_mask(feature, sub_report(report, 0.3, 0.7))
    return find_objects(mask, size, report=sub_report(report, 0.7, 1.0))
