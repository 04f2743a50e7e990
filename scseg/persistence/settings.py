"""The file of the user's settings.

Losing it costs a user a few clicks, so a file that is damaged or foreign is read for what it still says,
and never stops the program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scseg.base.files import json_files
from scseg.base.folders import data_folder
from scseg.base.json_values import as_dict, as_list, coerce_like
from scseg.models import backends
from scseg.models.precision import CHOICES
from scseg.state.settings import BESIDES, CACHES_MB, SCALES, Settings, latest

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.state.settings import Theme

FORM = json_files.JsonFormat("scseg settings", 1, 1 << 20)


def settings_path() -> Path:
    return data_folder() / "window.json"


def load(path: Path) -> Settings:
    """Read settings; whatever is missing or makes no sense has its default.

    Raises:
        NewerError: they are of a newer version of the program.
    """
    return _settings_from(as_dict(json_files.read_json(path, FORM)))


def save(settings: Settings, path: Path) -> None:
    """Write settings.

    Raises:
        NewerError: there are settings of a newer version of the program.
        ScsegError: the file cannot be written.
    """
    json_files.write_json(_record(settings), path, FORM)


def _record(settings: Settings) -> dict[str, Any]:
    # Written only where the user has changed them, so that files of before are written as they were.
    later = ("predictions_beside", "precision", "scheduler", "backend")
    given = {key: getattr(settings, key) for key in later}
    changed = {key: value for key, value in given.items() if value != getattr(Settings(), key)}
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
        **changed,
    }


def _settings_from(said: dict[str, Any]) -> Settings:
    default = Settings()
    theme: Theme = "light" if said.get("theme") == "light" else "dark"
    scale = said.get("scale")
    recent = (coerce_like("", name) for name in as_list(said.get("recent")))
    cache = said.get("prediction_cache_mb")
    beside, precision = said.get("predictions_beside"), said.get("precision")
    backend = said.get("backend")
    return Settings(
        theme=theme,
        scale=scale if scale in SCALES else default.scale,
        window=_size(said.get("window"), default.window),
        recent=latest(filter(None, recent)),
        restores=said.get("restores") is not False,
        prediction_cache_mb=cache if cache in CACHES_MB else default.prediction_cache_mb,
        rules_in_3d=said.get("rules_in_3d") is True,
        shows_removed=said.get("shows_removed") is not False,
        draws_with_models=said.get("draws_with_models") is True,
        predictions_beside=beside if beside in BESIDES else default.predictions_beside,
        precision=precision if precision in CHOICES else default.precision,
        scheduler=coerce_like("", said.get("scheduler")),
        backend=backend if backend in backends.CHOICES else default.backend,
    )


def _size(said: object, default: tuple[int, int]) -> tuple[int, int]:
    match said:
        case [int(width), int(height)] if 640 <= width <= 16384 and 480 <= height <= 16384:
            return width, height
    return default
