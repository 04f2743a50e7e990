"""How a model is called, drawn and applied, as it stands in the file of the last session."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

from scseg.base.json_values import as_dict, coerce_like, merge_known
from scseg.compute.messages import PredictionMode
from scseg.state.models import Display, Look

if TYPE_CHECKING:
    from collections.abc import Container

    from scseg.state.models import Colour

USUAL = Display("", (0.3, 0.8, 0.6))


def on_these(display: Display, tomograms: Container[str]) -> Display:
    """Return a display that says nothing of other tomograms than these, which are paths."""
    known = {path: on for path, on in display.active_on.items() if path in tomograms}
    return replace(display, active_on=known)


def display_record(display: Display) -> dict[str, Any]:
    """Return what stands of a display in the file."""
    return {
        "name": display.name,
        "colour": display.colour,
        "active": display.active,
        "show": display.show,
        "blend": display.blend,
        "alpha": display.alpha,
        "overlap": display.overlap,
        "threshold": display.threshold,
        "look": display.look,
        "averaging": display.averaging,
        "mode": display.mode,
        **({"active_on": dict(display.active_on)} if display.active_on else {}),
    }


def display_from(said: object) -> Display:
    """Return the display of a record, as far as that makes sense."""
    told = merge_known(display_record(USUAL), said)
    makes_sense = told["look"] in get_args(Look) and told["mode"] in get_args(PredictionMode)
    return Display(
        name=told["name"],
        colour=_colour_from(as_dict(said).get("colour"), USUAL.colour),
        active=told["active"],
        show=told["show"],
        blend=told["blend"],
        alpha=told["alpha"],
        overlap=told["overlap"],
        threshold=told["threshold"],
        look=told["look"] if makes_sense else USUAL.look,
        averaging=told["averaging"],
        mode=told["mode"] if makes_sense else USUAL.mode,
        active_on={
            path: active
            for path, active in as_dict(as_dict(said).get("active_on")).items()
            if isinstance(active, bool)
        },
    )


def _colour_from(said: object, usual: Colour) -> Colour:
    match said:
        case [red, green, blue]:
            return _part(red), _part(green), _part(blue)
    return usual


def _part(said: object) -> float:
    part: float = coerce_like(0.0, said)
    return max(0.0, min(part, 1.0))
