"""What the window remembers from one day to the next: theme, scale, size, recent files.

Losing it costs a user a few clicks, so a file that is damaged or foreign is read for what it still says,
and never stops the program.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from scseg.base.files import json_files
from scseg.base.folders import data_folder
from scseg.base.json_values import entries, like, rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MOST_RECENT = 12
MOST_MODELS = 100
"""Model files are remembered longer than menus list them: *Bring back unsaved models* goes by them, too."""
SCALES = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
CACHES_MB = (256, 512, 1024, 2048, 4096, 8192)
FORM = json_files.Form("scseg settings", 1, 1 << 20)

Theme = Literal["dark", "light"]


@dataclass(frozen=True)
class Settings:
    """`scale` multiplies the size that the monitor asks for; `window` is width and height in points.

    With `restores` the last session comes back at the start. `prediction_cache_mb` is the memory for
    predictions: half of it holds finished slices in the window, half the network's outputs in its process.
    With `rules_in_3d` rules between models act in three dimensions where volumes are written. What rules
    remove is hatched with `shows_removed`; with `draws_with_models` annotation is drawn beside predictions.
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

    def opened(self, path: Path) -> Settings:
        """Return the settings with `path` at the head of the recent files."""
        others = tuple(name for name in self.recent if name != str(path))
        return replace(self, recent=_latest((str(path), *others)))

    def recent_files(self, *, models: bool) -> tuple[str, ...]:
        """Return the model files, or all others, that were opened or written last, the latest first."""
        return tuple(name for name in self.recent if is_model(name) == models)[:MOST_RECENT]


def is_model(name: str) -> bool:
    return name.endswith(".scnm")


def settings_path() -> Path:
    return data_folder() / "window.json"


def load(path: Path) -> Settings:
    """Read settings; whatever is missing or makes no sense has its default.

    Raises:
        NewerError: they are of a newer version of the program.
    """
    return _settings_from(entries(json_files.read(path, FORM)))


def save(settings: Settings, path: Path) -> None:
    """Write settings.

    Raises:
        NewerError: there are settings of a newer version of the program.
        ScsegError: the file cannot be written.
    """
    json_files.write(_record(settings), path, FORM)


def _record(settings: Settings) -> dict[str, Any]:
    return {
        "theme": settings.theme,
        "scale": settings.scale,
        "window": settings.window,
        "recent": settings.recent,
        "restores": settings.restores,
        "prediction_cache_mb": settings.prediction_cache_mb,
        "rules_in_3d": settings.rules_in_3d,
        "shows_removed": settings.shows_removed,
        "draws_with_models": settings.draws_with_models,
    }


def _settings_from(said: dict[str, Any]) -> Settings:
    default = Settings()
    theme: Theme = "light" if said.get("theme") == "light" else "dark"
    scale = said.get("scale")
    recent = (like("", name) for name in rows(said.get("recent")))
    cache = said.get("prediction_cache_mb")
    return Settings(
        theme=theme,
        scale=scale if scale in SCALES else default.scale,
        window=_size(said.get("window"), default.window),
        recent=_latest(filter(None, recent)),
        restores=said.get("restores") is not False,
        prediction_cache_mb=cache if cache in CACHES_MB else default.prediction_cache_mb,
        rules_in_3d=said.get("rules_in_3d") is True,
        shows_removed=said.get("shows_removed") is not False,
        draws_with_models=said.get("draws_with_models") is True,
    )


def _latest(names: Iterable[str]) -> tuple[str, ...]:
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


def _size(said: object, default: tuple[int, int]) -> tuple[int, int]:
    match said:
        case [int(width), int(height)] if 640 <= width <= 16384 and 480 <= height <= 16384:
            return width, height
    return default
