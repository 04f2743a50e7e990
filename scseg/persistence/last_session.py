"""The last session: what was open when the window was closed, as a file that the next start reads.

Losing it costs a user some minutes, so a file that is damaged or foreign is read for what it still says, and
never stops the program.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast, get_args

from scseg.base.files import json_files
from scseg.base.folders import data_folder
from scseg.base.json_values import as_dict, as_list, coerce_like, merge_known
from scseg.persistence.last_export import export_plan_from, export_plan_record, on_these
from scseg.persistence.last_models import (
    ModelRecord,
    model_from,
    model_record,
    record_of_model,
    set_plan_from,
    set_plan_record,
)
from scseg.persistence.last_tomograms import tomogram_from, tomogram_record
from scseg.state.exports import ExportPlan
from scseg.state.models import SetPlan
from scseg.state.panel_layout import PanelLayout, Sort, Stage, TomogramOrder
from scseg.state.session import ToolName
from scseg.state.tomograms import TomogramRecord

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

FORM = json_files.JsonFormat("scseg session", 1, 16 << 20)
TOOLS = get_args(ToolName)
_STAGES = {
    Stage.SEGMENTATION: "Segmentation",
    Stage.MODELS: "Models",
    Stage.EXPORT: "Export",
    Stage.OBJECTS: "Objects",
}


@dataclass(frozen=True)
class LastSession:
    """What comes back at the start. `active` is the path of the tomogram that was shown."""

    tomograms: tuple[TomogramRecord, ...] = ()
    active: str = ""
    models: tuple[ModelRecord, ...] = ()
    set_plan: SetPlan = field(default_factory=SetPlan)
    overlays: bool = True
    tool: ToolName = "brush"
    listing: TomogramOrder = field(default_factory=TomogramOrder)
    panels: PanelLayout = field(default_factory=PanelLayout)
    export_plan: ExportPlan = field(default_factory=ExportPlan)


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


def record_of_session(session: Session) -> LastSession:
    """Return what is to come back of a session; costs microseconds for each tomogram."""
    tomograms = (
        *map(record_of_tomogram, session.tomograms),
        *(absent.kept for absent in session.missing),
    )
    plan, paths = session.set_plan, {each.path for each in tomograms}
    return LastSession(
        tomograms=tomograms,
        active=session.active.ref.path if session.active else "",
        models=tuple(record_of_model(model, paths) for model in session.models),
        set_plan=replace(plan, left_out=plan.left_out & paths),
        overlays=session.overlays,
        tool=session.tool,
        listing=replace(session.tomogram_order, words=""),
        panels=session.panels,
        export_plan=on_these(
            session.exports.plan, {model.id for model in session.models}, frozenset(paths)
        ),
    )


def record_of_tomogram(opened: OpenTomogram) -> TomogramRecord:
    """Return what is to be known of a tomogram to open it again as it is now."""
    ref = opened.ref
    return TomogramRecord(
        path=ref.path,
        shape=opened.shape,
        apix=ref.apix,
        apix_z=opened.apix_z,
        signed=ref.signed,
        apix_asked=opened.apix_asked,
        z=opened.z,
        contrast=opened.contrast,
        filters=opened.filters,
        view=opened.view,
        feature=opened.feature,
        export_slices=opened.export_slices,
    )


def save(last: LastSession, path: Path) -> None:
    """Write a session.

    Raises:
        NewerError: there is a session of a newer version of the program.
        ScsegError: the file cannot be written.
    """
    json_files.write_json(_record(last), path, FORM)


def load(path: Path) -> LastSession:
    """Read a session; whatever is missing or makes no sense is left out.

    Raises:
        NewerError: it is of a newer version of the program.
    """
    return _last_session_from(as_dict(json_files.read_json(path, FORM)))


def _record(last: LastSession) -> dict[str, Any]:
    return {
        "tomograms": list(map(tomogram_record, last.tomograms)),
        "active": last.active,
        "models": list(map(model_record, last.models)),
        "set_plan": set_plan_record(last.set_plan),
        "overlays": last.overlays,
        "tool": last.tool,
        "listing": _listing_record(last.listing),
        "panels": _panels_record(last.panels),
        # Only where it is not the usual one, so that files of before are written as they were.
        **(
            {"export": export_plan_record(last.export_plan)}
            if last.export_plan != ExportPlan()
            else {}
        ),
    }


def _last_session_from(said: dict[str, Any]) -> LastSession:
    tomograms = {each.path: each for each in map(tomogram_from, as_list(said.get("tomograms")))}
    models = {model.key: model for model in map(model_from, as_list(said.get("models")))}
    tool = said.get("tool")
    return LastSession(
        tomograms=tuple(kept for path, kept in tomograms.items() if path),
        active=coerce_like("", said.get("active")),
        models=tuple(model for key, model in models.items() if key),
        set_plan=set_plan_from(said.get("set_plan")),
        overlays=coerce_like(True, said.get("overlays")),  # noqa: FBT003 - the value if there is none
        tool=cast("ToolName", tool) if tool in TOOLS else "brush",
        listing=_listing_from(said.get("listing")),
        panels=_panels_from(said.get("panels")),
        export_plan=export_plan_from(said.get("export")),
    )


def _listing_record(listing: TomogramOrder) -> dict[str, Any]:
    return {"words": listing.words, "sort": listing.sort, "backwards": listing.backwards}


def _listing_from(said: object) -> TomogramOrder:
    told = merge_known(_listing_record(TomogramOrder()), said)
    if told["sort"] not in get_args(Sort):
        return TomogramOrder()
    return TomogramOrder(words=told["words"], sort=told["sort"], backwards=told["backwards"])


def _panels_record(panels: PanelLayout) -> dict[str, Any]:
    return {
        "stage": _STAGES[panels.stage],
        "shut": sorted(panels.shut),
        "width": panels.width,
        # Only where there are some, so that files of before are written as they were.
        **({"folded": sorted(panels.folded)} if panels.folded else {}),
    }


def _panels_from(said: object) -> PanelLayout:
    given, usual = as_dict(said), PanelLayout()
    stages = (stage for stage, word in _STAGES.items() if word == given.get("stage"))
    return PanelLayout(
        stage=next(stages, usual.stage),
        shut=_names(given.get("shut")),
        width=coerce_like(usual.width, given.get("width")),
        folded=_names(given.get("folded")),
    )


def _names(said: object) -> frozenset[str]:
    return frozenset(name for name in as_list(said) if isinstance(name, str))
