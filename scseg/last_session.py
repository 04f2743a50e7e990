"""The last session: what was open when the window was closed, as a file that the next start reads.

Losing it costs a user some minutes, so a file that is damaged or foreign is read for what it still says, and
never stops the program.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, cast, get_args

from scseg import filters, state_files
from scseg.arrangement import Listing, Panels, Sort, Stage
from scseg.datasets.volume import is_voxel_size
from scseg.folders import data_folder
from scseg.last_models import KeptModel, kept_model, understood_model, understood_set_plan
from scseg.open_models import SetPlan
from scseg.open_tomograms import Contrast, Kept, View
from scseg.said import entries, like, rows, understood
from scseg.session import ToolName

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.filters import Filter, Stack
    from scseg.open_tomograms import OpenTomogram
    from scseg.session import Session

FORM = state_files.Form("scseg session", 1, 16 << 20)
TOOLS = get_args(ToolName)


@dataclass(frozen=True)
class LastSession:
    """What comes back at the start. `active` is the path of the tomogram that was shown."""

    tomograms: tuple[Kept, ...] = ()
    active: str = ""
    models: tuple[KeptModel, ...] = ()
    set_plan: SetPlan = field(default_factory=SetPlan)
    overlays: bool = True
    tool: ToolName = "brush"
    listing: Listing = field(default_factory=Listing)
    panels: Panels = field(default_factory=Panels)


def session_path() -> Path:
    return data_folder() / "session.json"


def window_path(name: str) -> Path:
    """Return where a window beside the first writes what it has open, for as long as it is open."""
    return data_folder() / "windows" / f"{name}.json"


def window_paths() -> list[Path]:
    """Return what windows beside the first have written, also such as were killed."""
    return sorted((data_folder() / "windows").glob("*.json"))


def lock_path(path: Path) -> Path:
    """Return the file that a window keeps locked while it writes a session."""
    return path.with_suffix(".lock")


def remembered(session: Session) -> LastSession:
    """Return what is to come back of a session; costs microseconds for each tomogram."""
    tomograms = (*map(kept, session.tomograms), *(absent.kept for absent in session.absent))
    plan = session.set_plan
    return LastSession(
        tomograms=tomograms,
        active=session.active.ref.path if session.active else "",
        models=tuple(map(kept_model, session.models)),
        set_plan=replace(plan, left_out=plan.left_out & {each.path for each in tomograms}),
        overlays=session.overlays,
        tool=session.tool,
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
        feature=opened.feature,
    )


def save(last: LastSession, path: Path) -> None:
    """Write a session.

    Raises:
        NewerError: there is a session of a newer version of the program.
        ScsegError: the file cannot be written.
    """
    state_files.write(asdict(last), path, FORM)


def load(path: Path) -> LastSession:
    """Read a session; whatever is missing or makes no sense is left out.

    Raises:
        NewerError: it is of a newer version of the program.
    """
    said = entries(state_files.read(path, FORM))
    tomograms = {kept.path: kept for kept in map(_kept, rows(said.get("tomograms"))) if kept.path}
    models = {model.key: model for model in map(understood_model, rows(said.get("models")))}
    listing, tool = understood(Listing(), said.get("listing")), said.get("tool")
    return LastSession(
        tomograms=tuple(tomograms.values()),
        active=like("", said.get("active")),
        models=tuple(model for key, model in models.items() if key),
        set_plan=understood_set_plan(said.get("set_plan")),
        overlays=like(True, said.get("overlays")),  # noqa: FBT003 - the value if there is none
        tool=cast("ToolName", tool) if tool in TOOLS else "brush",
        listing=listing if listing.sort in get_args(Sort) else Listing(),
        panels=_panels(said.get("panels")),
    )


def _kept(said: object) -> Kept:
    told = entries(said)
    apix, signed = like(0.0, told.get("apix")), told.get("signed")
    contrast = understood(Contrast(), told.get("contrast"))
    return replace(
        understood(Kept(""), said),
        shape=_shape(told.get("shape")),
        apix=apix if is_voxel_size(apix) else None,
        signed=signed if isinstance(signed, bool) else None,
        contrast=replace(contrast, auto=contrast.auto or contrast.minimum >= contrast.maximum),
        filters=_filters(told.get("filters")),
        view=understood(View(), told.get("view")),
    )


def _shape(said: object) -> tuple[int, int, int] | None:
    match said:
        case [int(z), int(y), int(x)] if min(z, y, x) > 0:
            return z, y, x
    return None


def _filters(said: object) -> Stack:
    return tuple(one for one in map(_filter, rows(said)[:64]) if one is not None)


def _filter(said: object) -> Filter | None:
    told = entries(said)
    kind = told.get("kind")
    if not isinstance(kind, str) or kind not in filters.KINDS:
        return None
    usual = filters.usual(kind)  # type: ignore[arg-type] # it is a key of KINDS
    numbers = rows(told.get("parameters"))
    if len(numbers) != len(usual.parameters):
        return usual
    return filters.legal(
        replace(
            usual,
            parameters=tuple(map(like, usual.parameters, numbers)),
            weight=like(usual.weight, told.get("weight")),
            on=like(usual.on, told.get("on")),
        )
    )


def _panels(said: object) -> Panels:
    shut = rows(entries(said).get("shut"))
    stage = entries(said).get("stage")
    return replace(
        understood(Panels(), said),
        stage=Stage(stage) if stage in tuple(Stage) else Stage.SEGMENTATION,
        shut=frozenset(name for name in shut if isinstance(name, str)),
    )
