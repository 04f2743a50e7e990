"""How predictions are drawn on the stage Segmentation: the commands for that, in the menu View."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.action import Action
from scseg.actions.view import view
from scseg.state.settings import BESIDES

if TYPE_CHECKING:
    from scseg.state.settings import Besides

TITLE = "Predictions on Segmentation"
_EXPLAINED: dict[Besides, str] = {
    "outline": "Only the outline of what models find, so that one sees what one draws.",
    "as on Models": "Filled, as outlines or as values, as each model is drawn on the stage Models.",
    "off": "Nothing of what models find.",
}


def _choice(how: Besides) -> Action:
    return Action(
        f"beside-{BESIDES.index(how)}",
        f"{TITLE}: {how}",
        f"While you annotate, draw: {_EXPLAINED[how][0].lower()}{_EXPLAINED[how][1:]}",
        partial(view.set_predictions_beside, how=how),
        menu="View",
        section=1,
        submenu=TITLE,
        checked=lambda session: session.settings.predictions_beside == how,
    )


BESIDE_COMMANDS = (
    *map(_choice, BESIDES),
    Action(
        "next-beside",
        f"{TITLE}: the next of these",
        "Go from outlines to what is drawn on Models, to nothing, and back.",
        view.step_predictions_beside,
        ("O",),
        "View",
        1,
        submenu=TITLE,
    ),
)
