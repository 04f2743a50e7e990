"""The commands of the stage Objects, a part of the table of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.actions.action import Action, Gesture
from scseg.actions.objects import finding, measuring, picking, positions
from scseg.actions.objects import source as sources
from scseg.actions.view import view
from scseg.state.panel_layout import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

    Run = Callable[[Session, OpenTomogram], None]
    Obstacle = Callable[[Session, OpenTomogram], str]


def _command(name: str, label: str, explained: str, words: str, run: Run, why: Obstacle) -> Action:
    """Return a command that shows the stage, and does something there."""

    def act(session: Session) -> None:
        if session.active is not None:
            view.set_stage(session, Stage.OBJECTS)
            run(session, session.active)

    def enabled(session: Session) -> bool:
        return session.active is not None and not why(session, session.active)

    return Action(name, label, explained, act, enabled=enabled, words=words)


def _no_picks(_: Session, opened: OpenTomogram) -> str:
    return "" if len(picking.picks_of(opened).kept) else "No pick is left."


OBJECTS = (
    _command(
        "objects-source",
        "Take objects from a volume…",
        "Choose a mask or prediction, of this or another program, to find objects and particles in.",
        "mask prediction labels volume segmentation imported",
        sources.choose_volume,
        lambda _, __: "",
    ),
    _command(
        "find-objects",
        "Find objects",
        "Number the parts of the source that hang together in three dimensions.",
        "connected components label instances islands dust size count",
        finding.find,
        lambda _, opened: finding.obstacle(opened),
    ),
    _command(
        "pick-particles",
        "Pick particles",
        "Find particles or filaments in the source; they take the place of the picks that there are.",
        "picking coordinates positions subtomogram template peaks centres filaments microtubules",
        picking.start,
        picking.obstacle,
    ),
    _command(
        "open-positions",
        "Open positions…",
        "Take positions of a file for picks: of RELION, Warp, Dynamo, IMOD, napari, or text.",
        "coordinates star particles tbl mod import load points picks",
        positions.choose,
        picking.may_not_change,
    ),
    _command(
        "save-positions",
        "Save positions…",
        "Write the picks for RELION, Warp, IMOD, or as text.",
        "coordinates star particles export write relion warp imod picks",
        positions.save,
        _no_picks,
    ),
    _command(
        "measure-objects",
        "Measure objects",
        "Volume, surface, length, thickness and curvature of each object, as a table.",
        "measurements statistics table csv volume area distance histogram",
        measuring.start,
        lambda _, opened: measuring.obstacle(opened),
    ),
)

PICKING = (
    Gesture("Click on a pick", "Remove the pick, on the stage Objects"),
    Gesture("Shift + click there", "Add a pick, on the stage Objects"),
)
