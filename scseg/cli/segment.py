"""`scseg segment`: models, or a group of them, applied to tomograms."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, get_args

from scseg.api import (
    Exporter,
    ExportItem,
    ExportSettings,
    Outcome,
    check_names,
    check_space,
    planned,
    tomograms_among,
)
from scseg.api.extracting import annotation_notices
from scseg.base.errors import ScsegError, SuspendedError
from scseg.base.files.folders_to_write import made_folder
from scseg.base.formatting import counted, format_bytes
from scseg.base.progress import sub_report
from scseg.base.rect import Rect
from scseg.cli import arguments as kinds
from scseg.cli.ready_networks import ready_items
from scseg.compute.messages import PredictionMode
from scseg.interactions.group import SUFFIX
from scseg.models import precision
from scseg.models.tiling import orientations
from scseg.models.tiling.tiles import MAX_OVERLAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.api import Estimate
    from scseg.cli.console import Console
    from scseg.compute.segmentation_jobs import JointSegmentation

_SUMMARY = "Apply models, or a group of models, to tomograms, into MRC volumes."
_EXAMPLES = """\
  scseg segment tomogram.mrc --model 13.92_64_0.0261_Membrane.scnm -o results
  scseg segment 'tomos/*.mrc' more/ --model a.scnm --model b.scnm -o results
  scseg segment a.mrc b.mrc --model m.scnm --slices 15,40-50 --type mask -o results
  scseg segment tomogram.mrc --model m.scnm --averaging 8 --crop 100,899,50,849 -o results
  scseg segment tomogram.mrc --group cell.scnmgroup --rules-3d -o results
  scseg segment tomogram.mrc --starter Membrane --starter Ribosome -o results

Slices and pixels count from 0 and ranges include both ends. With --slices, the volume holds those only;
outside of a crop it is 0. Of a folder all tomograms in it are meant. Volumes that are there already, made in
the same way, are kept; what a run that was killed has left of one goes on. One tomogram that fails does not
end the others: a table tells of all, and the exit code is 1.
"""


def add_to(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
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
        help="of the networks' products: bfloat16 is faster, where the processor has it (auto)",
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
    add("--overwrite", action="store_true", help="make again what is there already")
    add("-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the volumes")
    parser.set_defaults(run=run)


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
        help="a ready network (Membrane, Ribosome, Carbon), taught on simulated tomograms: a "
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


def run(arguments: argparse.Namespace, console: Console) -> int:
    kinds.use_backend(arguments)
    with TemporaryDirectory(prefix="scseg_") as folder:
        return _run(arguments, _items(arguments, Path(folder), console), console)


def _run(arguments: argparse.Namespace, items: list[ExportItem], console: Console) -> int:
    settings = _settings(arguments)
    plans, failed = _planned(items, settings, console)
    folder = arguments.output
    check_names(plans.values(), folder)
    with Exporter(made_folder(folder), settings) as exporter:
        outcomes = list(failed)
        if plans:
            _tell_estimate(exporter.estimate(plans.values()), folder, console)
        for item in plans:
            try:
                with console.bar(_title(item, arguments)) as report:
                    outcomes.append(exporter.export(item, report))
            except SuspendedError:
                console.remark(
                    "The volume that was begun is kept: the same command goes on with it."
                )
                raise
            _tell(outcomes[-1], console, alone=len(items) == 1)
    for notice in exporter.notices:
        console.notify(notice)
    if len(items) > 1:
        outcomes.sort(key=lambda outcome: items.index(outcome.item))
        console.table(("tomogram", "model", "result"), map(_row, outcomes))
    return 1 if any(outcome.error for outcome in outcomes) else 0


def _settings(arguments: argparse.Namespace) -> ExportSettings:
    precision.check_possible(arguments.precision)
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


def _items(arguments: argparse.Namespace, folder: Path, console: Console) -> list[ExportItem]:
    """Return what is to be done; ready networks are written into `folder`."""
    tomograms, left_out = tomograms_among(arguments.tomograms)
    if left_out:
        names = ", ".join(path.name for path in left_out[:3]) + ("…" if len(left_out) > 3 else "")
        files = counted(len(left_out), "file")
        console.remark(f"{files} that this program has written: left out ({names}).")
    if arguments.starter:
        return ready_items(tomograms, arguments.starter, kinds.tomogram_word(arguments), folder)
    models = list(dict.fromkeys(arguments.model or [arguments.group]))
    return [ExportItem(tomogram, model) for tomogram in tomograms for model in models]


def _planned(
    items: Sequence[ExportItem], settings: ExportSettings, console: Console
) -> tuple[dict[ExportItem, JointSegmentation], list[Outcome]]:
    """Look at all that can be wrong before hours of work begin; return what can be done, and what cannot.

    Raises:
        ScsegError: there is one item alone, and it cannot be done.
    """
    plans, failed = {}, []
    with console.bar("Looking at the files") as report:
        for number, item in enumerate(items):
            this = sub_report(report, number / len(items), (number + 1) / len(items))
            this(0.0, item.tomogram.name)
            try:
                plans[item] = planned(item, settings, this)
            except ScsegError as error:
                if len(items) == 1:
                    raise
                failed.append(Outcome(item, error=error))
    opened = {item.tomogram: plan.first.tomogram for item, plan in plans.items()}
    for path, tomogram in opened.items():
        for warning in tomogram.warnings:
            console.notify(f"{path}: {warning}")
        for notice in annotation_notices([path]) if settings.annotated_crop else ():
            console.notify(notice)
    for sentence in dict.fromkeys(str(outcome.error) for outcome in failed):
        console.complain(sentence)
    return plans, failed


def _tell_estimate(estimate: Estimate, folder: Path, console: Console) -> None:
    check_space(estimate, folder)
    files, free = counted(estimate.files, "file"), format_bytes(estimate.free)
    console.remark(f"{files}, {format_bytes(estimate.nbytes)} in all, into {folder} ({free} free).")


def _tell(outcome: Outcome, console: Console, *, alone: bool) -> None:
    """Tell what came of an item.

    Raises:
        ScsegError: it failed, and there is no other.
    """
    for path in (*outcome.written, *outcome.kept):
        console.say(f"{path}")
    for path in outcome.kept:
        console.remark(
            f"{path.name} is there already, made in the same way, and was kept (--overwrite makes it anew)."
        )
    if outcome.error is not None:
        if alone:
            raise outcome.error
        console.complain(f"{outcome.error}")


def _title(item: ExportItem, arguments: argparse.Namespace) -> str:
    several = len(arguments.model or arguments.starter or ()) > 1
    return f"{item.tomogram.name}, {item.models.name}" if several else item.tomogram.name


def _row(outcome: Outcome) -> tuple[str, str, str]:
    if outcome.error is not None:
        result = f"failed: {outcome.error}"
    elif outcome.written:
        result = f"{counted(len(outcome.written), 'file')} written"
    else:
        result = "there already"
    return str(outcome.item.tomogram), outcome.item.models.name, result


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
