"""The commands of the menu View: what is seen of a slice, and how."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.action import Action, has_tomogram
from scseg.actions.view import view
from scseg.state.settings import BESIDES

if TYPE_CHECKING:
    from scseg.state.settings import Besides

BESIDE = "Predictions on Segmentation"
_EXPLAINED: dict[Besides, str] = {
    "outline": "Only the outline of what models find, so that one sees what one draws.",
    "as on Models": "Filled, as outlines or as values, as each model is drawn on the stage Models.",
    "off": "Nothing of what models find.",
}


def _choice(how: Besides) -> Action:
    return Action(
        f"beside-{BESIDES.index(how)}",
        f"{BESIDE}: {how}",
        f"While you annotate, draw: {_EXPLAINED[how][0].lower()}{_EXPLAINED[how][1:]}",
        partial(view.set_predictions_beside, how=how),
        menu="View",
        section=1,
        submenu=BESIDE,
        checked=lambda session: session.settings.predictions_beside == how,
    )


_BESIDE = (
    *map(_choice, BESIDES),
    Action(
        "next-beside",
        f"{BESIDE}: the next of these",
        "Go from outlines to what is drawn on Models, to nothing, and back.",
        view.step_predictions_beside,
        ("O",),
        "View",
        1,
        submenu=BESIDE,
        words="overlay mask outline hide",
    ),
)

VIEW = (
    Action(
        "fit",
        "Fit slice",
        "Show the whole slice.",
        view.fit,
        ("F",),
        "View",
        enabled=has_tomogram,
        words="reset zoom whole centre home",
    ),
    Action(
        "zoom-in",
        "Zoom in",
        "Enlarge about the middle of the view. Shift + scroll zooms at the cursor.",
        partial(view.zoom, factor=view.ZOOM_STEP),
        ("+", "=", "Shift+=", "Ctrl+="),
        "View",
        enabled=has_tomogram,
        repeats=True,
        words="magnify enlarge scale bigger",
    ),
    Action(
        "zoom-out",
        "Zoom out",
        "Show more of the slice. Shift + scroll zooms at the cursor.",
        partial(view.zoom, factor=1 / view.ZOOM_STEP),
        ("-", "Ctrl+-"),
        "View",
        enabled=has_tomogram,
        repeats=True,
        words="shrink scale smaller",
    ),
    Action(
        "zoom-one-to-one",
        "Zoom 1:1",
        "One voxel for one point of the screen.",
        view.zoom_one_to_one,
        ("0",),
        "View",
        enabled=has_tomogram,
        words="100% actual size pixels",
    ),
    Action(
        "overlays",
        "All overlays",
        "Show or hide every mask over the slice.",
        view.toggle_overlays,
        ("V",),
        "View",
        1,
        checked=lambda session: session.overlays,
        words="mask hide show segmentation toggle",
    ),
    Action(
        "show-removed",
        "What rules remove",
        "Hatch what competition and rules take away from a model, or draw nothing there.",
        view.toggle_removed,
        menu="View",
        section=1,
        checked=lambda session: session.settings.shows_removed,
        words="interactions hatch competition avoid",
    ),
    Action(
        "draw-with-models",
        "Annotation on the stage Models",
        "Draw what is annotated there, too. Off, only what models find lies over the slice.",
        view.toggle_drawn,
        menu="View",
        section=1,
        checked=lambda session: session.settings.draws_with_models,
        words="mask drawn overlay",
    ),
    *_BESIDE,
    Action(
        "invert",
        "Inverted",
        "Swap black and white.",
        view.toggle_inverted,
        ("I",),
        "View",
        2,
        enabled=has_tomogram,
        checked=lambda session: session.active is not None and session.active.contrast.inverted,
        words="contrast negative black white",
    ),
    Action(
        "auto-contrast",
        "Auto contrast",
        "Set black and white by each slice's own grey values.",
        view.toggle_auto,
        ("A",),
        "View",
        2,
        enabled=has_tomogram,
        checked=lambda session: session.active is not None and session.active.contrast.auto,
        words="brightness histogram levels grey min max",
    ),
    Action(
        "interpolate",
        "Interpolate",
        "Smooth between voxels instead of showing them as squares.",
        view.toggle_interpolate,
        (),
        "View",
        2,
        enabled=has_tomogram,
        checked=lambda session: session.active is not None and session.active.contrast.interpolate,
        words="smooth pixels nearest",
    ),
)
