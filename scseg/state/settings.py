"""What the user prefers: theme, scale, size of the window, recent files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scseg.models.backends import BackendChoice
    from scseg.models.precision import PrecisionChoice

MOST_RECENT = 12
MOST_MODELS = 100
"""Model files are remembered longer than menus list them: *Bring back unsaved models* goes by them, too."""
SCALES = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
CACHES_MB = (256, 512, 1024, 2048, 4096, 8192)

Theme = Literal["dark", "light"]
Besides = Literal["outline", "as on Models", "off"]
BESIDES: tuple[Besides, ...] = ("outline", "as on Models", "off")
"""How predictions are drawn on the stage Segmentation, beside what is being annotated there."""


@dataclass(frozen=True)
class Settings:
    """`scale` multiplies the size that the monitor asks for; `window` is width and height in points.

    With `restores` the last session comes back at the start. `prediction_cache_mb` is the memory for
    predictions: half of it holds finished slices in the window, half the network's outputs in its process.
    With `rules_in_3d` rules between models act in three dimensions where volumes are written. What rules
    remove is hatched with `shows_removed`; with `draws_with_models` annotation is drawn beside predictions
    on the stage Models, and `predictions_beside` tells how predictions are drawn on the stage Segmentation.
    `precision` is that of the networks' products, and `backend` the library that trains them. `scheduler` is
    the address of a Dask scheduler, whose workers do what is exported; empty for this computer.
    """

    theme: Theme = "dark"
    scale: float = 1.0
    window: tuple[int, int] = (1500, 960)
    recent: tuple[str, ...] = ()
    restores: bool = True
    prediction_cache_mb: int = 1024
    rules_in_3d: bool = False
    shows_removed: bool = True
    draws_with_models: bool = False
    predictions_beside: Besides = "outline"
    precision: PrecisionChoice = "auto"
    scheduler: str = ""
    backend: BackendChoice = "auto"

    def opened(self, path: Path) -> Settings:
        """Return the settings with `path` at the head of the recent files."""
        others = tuple(name for name in self.recent if name != str(path))
        return replace(self, recent=latest((str(path), *others)))

    def recent_files(self, *, models: bool) -> tuple[str, ...]:
        """Return the model files, or all others, that were opened or written last, the latest first."""
        return tuple(name for name in self.recent if is_model(name) == models)[:MOST_RECENT]


def is_model(name: str) -> bool:
    return name.endswith(".scnm")


def latest(names: Iterable[str]) -> tuple[str, ...]:
    """Return names of files, the latest first, without the oldest of their kind.

    Ten tomograms opened at once are no reason to forget a model.
    """
    room = {True: MOST_MODELS, False: MOST_RECENT}
    kept = []
    for name in names:
        room[is_model(name)] -= 1
        if room[is_model(name)] >= 0:
            kept.append(name)
    return tuple(kept)
