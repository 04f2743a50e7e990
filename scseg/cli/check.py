"""`scseg check`: how far a model can be trusted, and which labels disagree with it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.api.checking import check
from scseg.base.formatting import counted
from scseg.cli import arguments as kinds
from scseg.compute.check_tables import write_check_table
from scseg.compute.checking import CheckOptions
from scseg.models.trust.agreement import TOLERANCE

if TYPE_CHECKING:
    import argparse

    from scseg.cli.console import Console
    from scseg.compute.checking import ModelCheck
    from scseg.models.trust.calibration import Calibration

_SUMMARY = "Tell how far a model can be trusted, and which labels disagree with it."
_EXAMPLES = """\
  scseg check models/13.92_64_0.0261_Membrane.scnm 13.92_64_Membrane.scnt
  scseg check model.scnm set.scnt --rows 50 -o boxes.csv

Threshold and calibration are of the boxes that were held out from training, where the set is the model's
own and some were: from 100 boxes on, or with `scseg train --validation`. Else they are of all boxes.
Surface Dice is the share of both contours that lies within the tolerance of the other. The table begins with
the boxes whose label disagrees most with the model: is it right?
"""
_ROWS = 20
_SMALLEST_TOLERANCE, _LARGEST_TOLERANCE = 0.0, 100.0
_MOST_ROWS = 1_000_000


def add_to(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    parser = kinds.add_command(commands, common, "check", (_SUMMARY, _EXAMPLES))
    add = parser.add_argument
    add("model", type=Path, metavar="MODEL.scnm")
    add("training_set", type=Path, metavar="SET.scnt")
    add(
        "--threshold",
        type=kinds.number(0, 1),
        help="of the masks that labels are compared with (the best one)",
    )
    add(
        "--tolerance",
        type=kinds.number(_SMALLEST_TOLERANCE, _LARGEST_TOLERANCE),
        default=TOLERANCE,
        metavar="PX",
        help=f"what contours may be apart for surface Dice, in pixels of the boxes ({TOLERANCE:g})",
    )
    add(
        "--rows",
        type=kinds.whole_number(0, _MOST_ROWS),
        default=_ROWS,
        help=f"boxes that are listed ({_ROWS})",
    )
    kinds.add_backend_option(add)
    add("-o", "--output", type=kinds.table, metavar="TABLE.csv", help="a table of all boxes")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    kinds.use_backend(arguments)
    options = CheckOptions(arguments.threshold, arguments.tolerance, "auto")
    with console.bar("Checking") as report:
        found = check(arguments.model, arguments.training_set, options, report)
    console.say(f"{arguments.model.name}, judged by {found.judged_by}")
    if found.why:
        console.notify(found.why)
    if found.best is None:
        console.say("None of these boxes holds the feature, so no threshold is best.")
    else:
        console.say(f"best threshold {found.best:.2f}: Dice {found.best_dice:.4f}")
    _tell_calibration(found.calibration, console)
    _tell_boxes(found, arguments.rows, console)
    if arguments.output is not None:
        write_check_table(found, arguments.output)
        console.say(f"{arguments.output}: {counted(len(found.dice), 'box')}")
    return 0


def _tell_calibration(found: Calibration, console: Console) -> None:
    if math.isnan(found.error):
        console.say("All that is in these boxes is ignored, so nothing tells what values mean.")
        return
    console.say(f"calibration error {found.error:.4f}")
    rows = zip(found.predicted, found.shares, found.counts, strict=True)
    console.table(
        ("predicted", "is the feature", "pixels"),
        [(f"{mean:.3f}", f"{share:.3f}", f"{count}") for mean, share, count in rows if count],
    )


def _tell_boxes(found: ModelCheck, most: int, console: Console) -> None:
    """List the boxes that disagree most; places are z, y, x, counted from 0."""
    boxes, rows = found.boxes, []
    nm = found.tolerance * boxes.apix / 10.0
    for box in found.worst_first[:most].tolist():
        place = " ".join(map(str, boxes.positions[box].tolist()))
        scores = found.dice[box], found.surface_dice[box], found.disagreement[box]
        source = boxes.sources[boxes.origins[box]].tomogram
        rows.append((source, place, *("-" if math.isnan(s) else f"{s:.3f}" for s in scores)))
    if rows:
        console.remark(
            f"Boxes whose label disagrees most with the mask at {found.threshold:.2f}; surface Dice within "
            f"{found.tolerance:g} px ({nm:.1f} nm):"
        )
        console.table(("tomogram", "z y x", "Dice", "surface Dice", "disagreement"), rows)
