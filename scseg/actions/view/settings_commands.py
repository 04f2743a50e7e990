"""The commands of the menu Settings."""

from __future__ import annotations

from functools import partial

from scseg.actions.action import Action
from scseg.actions.view import view
from scseg.state.settings import CACHES_MB, SCALES

MEMORY = "Memory for predictions"


def _memory(megabytes: int) -> Action:
    size = f"{megabytes // 1024} GB" if megabytes >= 1024 else f"{megabytes} MB"
    return Action(
        f"memory-{megabytes}",
        f"{MEMORY}: {size}",
        f"Keep up to {size} of what models have predicted: half as finished slices, half for the networks.",
        partial(view.set_prediction_cache, megabytes=megabytes),
        menu="Settings",
        section=3,
        submenu=MEMORY,
        checked=lambda session: session.settings.prediction_cache_mb == megabytes,
    )


SETTINGS = (
    Action(
        "dark",
        "Dark theme",
        "Light text on dark, easy on the eye in a dim room.",
        partial(view.set_theme, theme="dark"),
        menu="Settings",
        checked=lambda session: session.settings.theme == "dark",
        words="night black colour appearance",
    ),
    Action(
        "light",
        "Light theme",
        "Dark text on light, for bright rooms and figures.",
        partial(view.set_theme, theme="light"),
        menu="Settings",
        checked=lambda session: session.settings.theme == "light",
        words="day white colour appearance",
    ),
    Action(
        "larger",
        "Larger text and controls",
        "Enlarge everything in the window but the slice.",
        partial(view.step_scale, by=1),
        ("Ctrl+Shift+=",),
        "Settings",
        1,
        enabled=lambda session: session.settings.scale < SCALES[-1],
        words="font scale ui zoom size",
    ),
    Action(
        "smaller",
        "Smaller text and controls",
        "Shrink everything in the window but the slice.",
        partial(view.step_scale, by=-1),
        ("Ctrl+Shift+-",),
        "Settings",
        1,
        enabled=lambda session: session.settings.scale > SCALES[0],
        words="font scale ui zoom size",
    ),
    Action(
        "restores",
        "Open the last session at the start",
        "Bring back tomograms, slices, models and panels as they were. Files given at the start open alone.",
        view.toggle_restores,
        menu="Settings",
        section=2,
        checked=lambda session: session.settings.restores,
        words="restore resume continue startup",
    ),
    *map(_memory, CACHES_MB),
)
