"""`scseg pick`: positions of particles and filaments, for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from scseg.base.progress import sub_report
from scseg.cli import arguments as kinds
from scseg.cli import feature_volumes
from scseg.datasets.coordinates.grid import grid_of
from scseg.datasets.coordinates.writing import (
    JOINT,
    SUFFIXES,
    Particles,
    StarKind,
    Style,
    write_coordinates,
)
from scseg.objects.picking import Method, PickSettings, pick, with_diameter

if TYPE_CHECKING:
    import argparse

    from scseg.base.progress import Report
    from scseg.cli.console import Console

_SUMMARY = "Pick particles, or points along filaments, from predictions or masks."
_EXAMPLES = f"""\
  scseg pick tomogram__Ribosome.mrc --diameter 270 -o ribosomes.star
  scseg pick a__Ribosome.mrc b__Ribosome.mrc --star relion4 --binning 4 -o ribosomes.star
  scseg pick tomogram__Ribosome.mrc --method centres --split --smallest 3000 -o ribosomes.csv
  scseg pick tomogram__Microtubule.mrc --method filaments --diameter 250 --spacing 82 -o mt.star

{feature_volumes.WHAT_IS_READ}
The suffix of FILE tells what is written: .star for RELION 5 (or what --star says), .txt with `x y z` in
voxels from 0 on each line, .csv also with scores and directions, .mod for IMOD. Positions of several
volumes go into one .star or .csv file, or into a .star file each where -o is a folder.
"""


def add_to(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    parser = kinds.add_command(commands, common, "pick", (_SUMMARY, _EXAMPLES))
    feature_volumes.add_volumes(parser)
    add = parser.add_argument
    length = kinds.number(0, 1e6)
    add(
        "--method",
        choices=get_args(Method),
        default="peaks",
        help="peaks of the smoothed prediction, centres of objects, or along filaments (peaks)",
    )
    add("--diameter", type=kinds.number(1, 1e6), metavar="A", help="of a particle or filament")
    add(
        "--spacing",
        type=length,
        metavar="A",
        help="between particles at least (three quarters of the diameter for peaks), along filaments "
        "exactly (the diameter)",
    )
    add("--margin", type=length, default=0.0, metavar="A", help="from the volume's faces (0)")
    _add_objects(parser)
    add("--star", choices=get_args(StarKind), default="relion5", help="what .star is for (relion5)")
    add(
        "--binning",
        type=kinds.number(0.01, 1000),
        default=1.0,
        help="of the tomogram against its tilt series, for --star relion4 (1)",
    )
    add("-o", "--output", type=Path, required=True, metavar="FILE", help=", ".join(SUFFIXES))
    parser.set_defaults(run=run, refuse=parser.error)


def _add_objects(parser: argparse.ArgumentParser) -> None:
    feature_volumes.add_smallest(parser, "smaller objects have no centre")
    parser.add_argument(
        "--split", action="store_true", help="part objects that touch, for their centres"
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    suffix = "" if arguments.output.is_dir() else arguments.output.suffix.lower()
    joint = suffix in JOINT
    if suffix and suffix not in SUFFIXES:
        arguments.refuse(f"-o {arguments.output}: the suffix must be one of {', '.join(SUFFIXES)}")
    if arguments.spacing == 0 and arguments.method == "filaments":
        arguments.refuse("--spacing must be above 0 along filaments")
    written = {} if joint else feature_volumes.targets(arguments.volumes, arguments.output, ".star")
    found: list[Particles] = []

    def work(path: Path, report: Report) -> None:
        particles, style = _picked(arguments, path, console, report)
        if not joint:
            write_coordinates(written[path], [particles], style)
            console.say(f"{written[path]}: {_count(particles)}")
        found.append(particles)

    code = feature_volumes.each_volume(arguments.volumes, console, work)
    if joint and found:
        write_coordinates(arguments.output, found, _style(arguments, 0.0))
        total = sum(len(particles.positions) for particles in found)
        of = f" of {len(found)} volumes" if len(found) > 1 else ""
        what = _count(found[0]) if len(found) == 1 else f"{total} positions"
        console.say(f"{arguments.output}: {what}{of}")
    return code


def _picked(
    arguments: argparse.Namespace, path: Path, console: Console, report: Report
) -> tuple[Particles, Style]:
    feature = feature_volumes.open_feature(arguments, path, console, sub_report(report, 0.0, 0.2))
    settings = PickSettings(
        arguments.method,
        arguments.diameter,
        arguments.spacing,
        arguments.margin,
        arguments.smallest,
        arguments.split,
    )
    settings = with_diameter(feature, settings, sub_report(report, 0.2, 0.4))
    if arguments.diameter is None and settings.diameter:
        console.notify(
            f"The typical object of {path.name} is as large as a ball of {settings.diameter:.0f} A: that is "
            "taken for the diameter; say another with --diameter."
        )
    picks = pick(feature, settings, sub_report(report, 0.4, 1.0))
    particles = Particles(
        grid_of(feature.volume), picks.positions, picks.scores, picks.directions, picks.filaments
    )
    return particles, _style(arguments, (settings.diameter or 0.0) / 2)


def _style(arguments: argparse.Namespace, radius: float) -> Style:
    return Style(arguments.star, arguments.binning, radius)


def _count(particles: Particles) -> str:
    count = len(particles.positions)
    if particles.filaments is None:
        return f"{count} particles"
    return f"{count} points on {len(set(particles.filaments.tolist()))} filaments"
