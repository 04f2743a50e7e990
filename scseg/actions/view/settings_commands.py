"""The commands of the menu Settings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.action import Action
from scseg.actions.view import view
from scseg.models import backends, precision
from scseg.state.settings import CACHES_MB, SCALES

if TYPE_CHECKING:
    from scseg.models.backends import BackendChoice
    from scseg.models.precision import PrecisionChoice

PRECISION = "Precision of predictions"
MEMORY = "Memory for predictions"
BACKEND = "Library for networks"


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


_PRECISIONS: dict[PrecisionChoice, tuple[str, str]] = {
    "auto": (
        "automatic",
        "The fastest on this computer, in the window and in what is written.",
    ),
    "float32": ("float32", "As networks were trained, and the same on every computer."),
    "bfloat16": (
        "bfloat16",
        "Faster, on processors that multiply bfloat16 by themselves; a mask differs in a few pixels.",
    ),
    "float16": (
        "float16",
        "Faster, on graphics cards that multiply float16; a mask differs in a few pixels.",
    ),
}


def _precision(choice: PrecisionChoice) -> Action:
    name, tooltip = _PRECISIONS[choice]
    return Action(
        f"precision-{choice}",
        f"{PRECISION}: {name}",
        tooltip,
        partial(view.set_precision, precision=choice),
        menu="Settings",
        section=3,
        submenu=PRECISION,
        checked=lambda session: session.settings.precision == choice,
        enabled=lambda session: precision.is_possible(choice, session.fast_precision),
    )


_BACKENDS: dict[BackendChoice, tuple[str, str]] = {
    "auto": ("automatic", "The first of these that is installed."),
    "tensorflow": ("TensorFlow", "Trains on processors, and on NVIDIA's graphics cards on Linux."),
    "torch": (
        "torch",
        "Trains on processors, and on graphics cards of NVIDIA, AMD and Apple, on Windows too.",
    ),
    "jax": ("JAX", "Trains on processors, and on NVIDIA's graphics cards on Linux."),
}


def _backend(choice: BackendChoice) -> Action:
    name, tooltip = _BACKENDS[choice]
    return Action(
        f"backend-{choice}",
        f"{BACKEND}: {name}",
        f"{tooltip} It is used from the next training on.",
        partial(view.set_backend, backend=choice),
        menu="Settings",
        section=3,
        submenu=BACKEND,
        checked=lambda session: (backends.told() or session.settings.backend) == choice,
        # What is said in the environment counts, and cannot be changed from here.
        enabled=lambda _: not backends.told() and backends.can_be_chosen(choice),
        words="backend keras pytorch gpu cuda graphics card",
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
    *map(_precision, precision.CHOICES),
    *map(_backend, backends.CHOICES),
)
