"""The last session: what was open when the window was closed, as a file that the next start reads.

Losing it costs a user some minutes, so a file that is damaged, foreign or from another version is read for
what it still says, and never stops the program.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from scseg import filters
from scseg.arrangement import Listing, Panels, Sort
from scseg.compute.messages import Mode
from scseg.datasets.volume import is_voxel_size
from scseg.files import replaced
from scseg.folders import data_folder
from scseg.open_models import Display, Look
from scseg.session import Contrast, Kept, View

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.filters import Filter, Stack
    from scseg.session import OpenTomogram, Session

MOST_BYTES = 16 << 20
MOST_ROWS = 10_000
LARGEST = 1e12
LONGEST_TEXT = 4096

Value = TypeVar("Value", Contrast, View, Kept, Display, Listing, Panels)


@dataclass(frozen=True)
class KeptModel:
    path: str
    display: Display = field(default_factory=lambda: Display("", (0.3, 0.8, 0.6)))


@dataclass(frozen=True)
class LastSession:
    """What comes back at the start. `active` is the path of the tomogram that was shown."""

    tomograms: tuple[Kept, ...] = ()
    active: str = ""
    models: tuple[KeptModel, ...] = ()
    overlays: bool = True
    listing: Listing = field(default_factory=Listing)
    panels: Panels = field(default_factory=Panels)


def session_path() -> Path:
    return data_folder() / "session.json"


def remembered(session: Session) -> LastSession:
    """Return what is to come back of a session; costs microseconds for each tomogram."""
    return LastSession(
        tomograms=(
            *map(kept, session.tomograms),
            *(absent.kept for absent in session.absent),
        ),
        active=session.active.ref.path if session.active else "",
        models=tuple(
            KeptModel(model.ref.path, model.display) for model in session.models if model.ref
        ),
        overlays=session.overlays,
        listing=replace(session.listing, words=""),
        panels=session.panels,
    )


def kept(opened: OpenTomogram) -> Kept:
    """Return what is to be known of a tomogram to open it again as it is now."""
    ref = opened.ref
    return Kept(
        path=ref.path,
        shape=opened.shape,
        apix=ref.apix,
        signed=ref.signed,
        apix_asked=opened.apix_asked,
        z=opened.z,
        contrast=opened.contrast,
        filters=opened.filters,
        view=opened.view,
    )


def save(last: LastSession, path: Path) -> None:
    """Write a session.

    Raises:
        ScsegError: the file cannot be written.
    """
    with replaced(path) as temporary:
        temporary.write_text(json.dumps(asdict(last), default=sorted), encoding="utf-8")


def load(path: Path) -> LastSession:
    """Read a session; whatever is missing or makes no sense is left out."""
    said = _fields(_read(path))
    tomograms = {kept.path: kept for kept in map(_kept, _rows(said.get("tomograms"))) if kept.path}
    models = {model.path: model for model in map(_model, _rows(said.get("models"))) if model.path}
    listing = _understood(Listing(), said.get("listing"))
    return LastSession(
        tomograms=tuple(tomograms.values()),
        active=_like("", said.get("active")),
        models=tuple(models.values()),
        overlays=_like(True, said.get("overlays")),  # noqa: FBT003 - the value if there is none
        listing=listing if listing.sort in get_args(Sort) else Listing(),
        panels=_panels(said.get("panels")),
    )


def _read(path: Path) -> object:
    try:
        with path.open("rb") as file:
            return json.loads(file.read(MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return None


def _kept(said: object) -> Kept:
    told = _fields(said)
    apix, signed = _like(0.0, told.get("apix")), told.get("signed")
    contrast = _understood(Contrast(), told.get("contrast"))
    return replace(
        _understood(Kept(""), said),
        shape=_shape(told.get("shape")),
        apix=apix if is_voxel_size(apix) else None,
        signed=signed if isinstance(signed, bool) else None,
        contrast=replace(contrast, auto=contrast.auto or contrast.minimum >= contrast.maximum),
        filters=_filters(told.get("filters")),
        view=_understood(View(), told.get("view")),
    )


def _shape(said: object) -> tuple[int, int, int] | None:
    match said:
        case [int(z), int(y), int(x)] if min(z, y, x) > 0:
            return z, y, x
    return None


def _filters(said: object) -> Stack:
    return tuple(one for one in map(_filter, _rows(said)[:64]) if one is not None)


def _filter(said: object) -> Filter | None:
    told = _fields(said)
    kind = told.get("kind")
    if not isinstance(kind, str) or kind not in filters.KINDS:
        return None
    usual = filters.usual(kind)  # type: ignore[arg-type] # it is a key of KINDS
    numbers = _rows(told.get("parameters"))
    if len(numbers) != len(usual.parameters):
        return usual
    return filters.legal(
        replace(
            usual,
            parameters=tuple(map(_like, usual.parameters, numbers)),
            weight=_like(usual.weight, told.get("weight")),
            on=_like(usual.on, told.get("on")),
        )
    )


def _model(said: object) -> KeptModel:
    told = _fields(said)
    usual = KeptModel(_like("", told.get("path")))
    display = _understood(usual.display, told.get("display"))
    if display.look not in get_args(Look) or display.mode not in get_args(Mode):
        display = replace(display, look="filled", mode="tiles")
    match _fields(told.get("display")).get("colour"):
        case [red, green, blue]:
            colour = _part(red), _part(green), _part(blue)
            display = replace(display, colour=colour)
    return replace(usual, display=display)


def _panels(said: object) -> Panels:
    shut = _rows(_fields(said).get("shut"))
    panels = _understood(Panels(), said)
    return replace(panels, shut=frozenset(name for name in shut if isinstance(name, str)))


def _part(said: object) -> float:
    part: float = _like(0.0, said)
    return max(0.0, min(part, 1.0))


def _understood(usual: Value, said: object) -> Value:
    """Return a value with what was said of its plain fields, where that is of their kind."""
    told = _fields(said)
    plain: dict[str, Any] = {each.name: getattr(usual, each.name) for each in fields(usual)}
    return replace(
        usual,
        **{
            name: _like(value, told.get(name))
            for name, value in plain.items()
            if isinstance(value, bool | int | float | str)
        },
    )


def _like(usual: Any, said: object) -> Any:  # noqa: ANN401 - the kind of `usual`
    """Return what was said if it is of the kind of `usual`, a whole number for a real one too."""
    if isinstance(usual, bool) != isinstance(said, bool):
        return usual
    match said:
        case bool():
            return said
        case str() if isinstance(usual, str) and len(said) < LONGEST_TEXT and "\0" not in said:
            return said
        case int() | float() if not isinstance(usual, str) and abs(said) <= LARGEST:
            return type(usual)(said)
    return usual


def _fields(said: object) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}


def _rows(said: object) -> list[Any]:
    return said[:MOST_ROWS] if isinstance(said, list) else []
