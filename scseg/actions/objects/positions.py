"""Positions of picks to and from files of other programs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from scseg.actions import writing
from scseg.actions.annotation import changes
from scseg.actions.objects import picking
from scseg.actions.objects import source as sources
from scseg.actions.view import view
from scseg.annotations import steps
from scseg.annotations.picked import PickedParticles
from scseg.base.errors import ScsegError
from scseg.base.formatting import counted
from scseg.datasets.coordinates.grid import grid_of
from scseg.datasets.coordinates.reading import read_coordinates
from scseg.datasets.coordinates.writing import Particles, StarKind, Style, write_coordinates
from scseg.objects.picks import Picks
from scseg.state.panel_layout import Stage
from scseg.state.requests import FilesToOpen, Work

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.annotations.feature import Feature
    from scseg.base.progress import Report
    from scseg.datasets.coordinates.coordinates import Coordinates
    from scseg.state.objects import FormatName
    from scseg.state.requests import Workflow
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


READ = (".star", ".txt", ".csv", ".tsv", ".coords", ".tbl", ".mod")


@dataclass(frozen=True)
class PositionFormat:
    """A file of positions: what it is called, its suffix, what stands in it, and for whom a STAR file is."""

    label: str
    suffix: str
    written: str
    star: StarKind = "relion5"


FORMATS: dict[FormatName, PositionFormat] = {
    "relion5": PositionFormat(
        "RELION 5 (.star)",
        ".star",
        "rlnTomoName and centred coordinates, in A from the middle of the tomogram.",
    ),
    "relion4": PositionFormat(
        "RELION 4 (.star)",
        ".star",
        "rlnTomoName and rlnCoordinateX, Y, Z in pixels of the tilt series: voxels times the binning.",
        "relion4",
    ),
    "warp": PositionFormat(
        "Warp, M (.star)",
        ".star",
        "rlnMicrographName and rlnCoordinateX, Y, Z in pixels of this tomogram.",
        "warp",
    ),
    "text": PositionFormat("Text (.txt)", ".txt", "x y z on each line, in voxels from 0."),
    "table": PositionFormat(
        "Table (.csv)",
        ".csv",
        "volume, x, y, z in voxels from 0, score; along filaments directions.",
    ),
    "imod": PositionFormat(
        "IMOD (.mod)",
        ".mod",
        "A model for 3dmod: points with spheres, or a line for each filament.",
    ),
}


def set_format(opened: OpenTomogram, name: FormatName) -> None:
    opened.objects.written = name


def set_binning(opened: OpenTomogram, binning: float) -> None:
    """Say how often the tomogram is binned against its tilt series."""
    opened.objects.binning = max(0.01, binning)


def save(session: Session, opened: OpenTomogram) -> None:
    """Ask for a name, then write the picks that count."""
    chosen, picked = FORMATS[opened.objects.written], picking.picks_of(opened)
    kept = picked.kept
    particles = Particles(
        grid_of(opened.as_told), kept.positions, kept.scores, kept.directions, kept.filaments
    )
    style = Style(chosen.star, opened.objects.binning, picked.diameter / 2)

    def write(path: Path, _: Report) -> None:
        write_coordinates(path, [particles], style)

    proposed = sources.proposed_name(opened, picked.of, f"_picks{chosen.suffix}")
    writing.ask(
        session, f"Save {counted(len(kept), 'position')} for {chosen.label}", proposed, write
    )


def choose(session: Session, opened: OpenTomogram) -> None:
    """Ask for a list of positions, to be the picks of a tomogram."""
    if changes.may_change(session, opened):
        session.requests.append(_open(session, opened))


def can_read(path: Path) -> bool:
    """Tell whether a file is called as a list of positions is."""
    return path.suffix.lower() in READ


def drop(session: Session, opened: OpenTomogram, path: Path) -> None:
    """Let the positions of a file that was dropped on the window be the picks."""
    view.set_stage(session, Stage.OBJECTS)
    if changes.may_change(session, opened):
        session.requests.append(open_file(session, opened, path))


def choose_boxes(session: Session, opened: OpenTomogram, feature: Feature) -> None:
    """Ask for a list of positions, to be boxes of a feature."""
    if changes.may_change(session, opened):
        session.requests.append(_open_boxes(session, opened, feature))


def open_file(session: Session, opened: OpenTomogram, path: Path) -> Workflow:
    """Let the positions of a file be the picks; what was taken for what is told."""
    read: Coordinates = yield Work(f"Reading {path.name}", partial(_read, opened, path))
    if opened not in session.tomograms:
        return
    scores = np.ones(len(read.positions)) if read.scores is None else read.scores
    diameter = opened.objects.picking.diameter or 0.0
    about = PickedParticles(diameter=diameter, of=path.stem)
    picking.put(session, opened, Picks(read.positions, scores), about)
    session.notify("info", f"{counted(len(scores), 'position')}. {read.told}")


def _open(session: Session, opened: OpenTomogram) -> Workflow:
    chosen: tuple[Path, ...] = yield FilesToOpen("positions", f"Open positions in {opened.name}")
    yield from open_file(session, opened, chosen[0])


def _open_boxes(session: Session, opened: OpenTomogram, feature: Feature) -> Workflow:
    title = f"Open positions as boxes of {feature.name}"
    chosen: tuple[Path, ...] = yield FilesToOpen("positions", title)
    read: Coordinates = yield Work(f"Reading {chosen[0].name}", partial(_read, opened, chosen[0]))
    if opened not in session.tomograms or opened.annotation is None:
        return
    if feature.id not in {each.id for each in opened.annotation.contents.features}:
        session.notify("warning", f"{feature.name} was removed meanwhile: no boxes were placed.")
        return
    boxes = [(z, y, x) for z, y, x in np.rint(read.positions).astype(int).tolist()]
    step = steps.change_boxes(opened.annotation.contents, feature.id, add=boxes)
    changes.apply_step(session, opened, step)
    session.notify("info", f"{counted(len(boxes), 'box')} of {feature.name}. {read.told}")


def _read(opened: OpenTomogram, path: Path, report: Report) -> Coordinates:
    """Read positions; those outside of the tomogram are left out, which is told.

    Raises:
        ScsegError: the file cannot be read, or none of its positions lies in the tomogram.
    """
    report(0.0, path.name)
    read = read_coordinates(path, grid_of(opened.as_told))
    shape = np.asarray(opened.shape)
    inside = np.all((read.positions >= -0.5) & (read.positions < shape - 0.5), axis=1)
    if not inside.any():
        raise ScsegError(
            f"None of the {len(inside)} positions of {path.name} lies in {opened.name}: they are of another "
            f"tomogram, or of one that is binned otherwise. {read.told}"
        )
    scores = None if read.scores is None else read.scores[inside]
    return replace(read, positions=read.positions[inside], scores=scores)
