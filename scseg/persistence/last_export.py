"""The plan of the next export: what is written of it in the last session, and read for what it still says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from scseg.base.json_values import as_dict, as_list, merge_known
from scseg.compute.messages import PredictionMode
from scseg.datasets.volume_header import VoxelKind
from scseg.state.exports import ExportPlan

if TYPE_CHECKING:
    from collections.abc import Container


def on_these(plan: ExportPlan, models: Container[str], tomograms: frozenset[str]) -> ExportPlan:
    """Return a plan without what it says of models (ids) and tomograms (paths) that do not come back."""
    return ExportPlan(
        models={model: told for model, told in plan.models.items() if model in models},
        left_out=plan.left_out & tomograms,
        within_crop=plan.within_crop,
        kind=plan.kind,
        mode=plan.mode,
        averaging=plan.averaging,
        folder=plan.folder,
    )


def export_plan_record(plan: ExportPlan) -> dict[str, Any]:
    """Return what stands of a plan in the file."""
    return {
        "models": dict(plan.models),
        "left_out": sorted(plan.left_out),
        "within_crop": plan.within_crop,
        "type": plan.kind,
        "mode": plan.mode,
        "averaging": plan.averaging,
        "folder": plan.folder,
    }


def export_plan_from(said: object) -> ExportPlan:
    """Return the plan of a record, as far as that makes sense."""
    usual = ExportPlan()
    told, given = merge_known(export_plan_record(usual), said), as_dict(said)
    models = as_dict(given.get("models"))
    return ExportPlan(
        models={model: told for model, told in models.items() if isinstance(told, bool)},
        left_out=frozenset(p for p in as_list(given.get("left_out")) if isinstance(p, str)),
        within_crop=told["within_crop"],
        kind=told["type"] if told["type"] in get_args(VoxelKind) else usual.kind,
        mode=told["mode"] if told["mode"] in get_args(PredictionMode) else usual.mode,
        averaging=max(1, min(told["averaging"], 8)),
        folder=told["folder"],
    )
