"""Tomograms of the last session: what is written of each, and read for what it still says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scseg.base.json_values import as_dict, as_list, coerce_like, merge_known
from scseg.datasets.formats.volume import is_voxel_size
from scseg.state import filters
from scseg.state.filters import Filter
from scseg.state.tomograms import Contrast, TomogramRecord, View

if TYPE_CHECKING:
    from scseg.state.filters import Stack

MOST_FILTERS = 64


def tomogram_record(kept: TomogramRecord) -> dict[str, Any]:
    """Return what stands of a tomogram in the file."""
    return {
        "path": kept.path,
        "shape": kept.shape,
        "apix": kept.apix,
        **({} if kept.apix_z is None else {"apix_z": kept.apix_z}),
        "signed": kept.signed,
        "apix_asked": kept.apix_asked,
        "z": kept.z,
        "contrast": contrast_record(kept.contrast),
        "filters": list(map(_filter_record, kept.filters)),
        "view": _view_record(kept.view),
        "feature": kept.feature,
        **({} if kept.export_slices is None else {"export_slices": list(kept.export_slices)}),
    }


def tomogram_from(said: object) -> TomogramRecord:
    """Return the tomogram of a record, as far as that makes sense; without a path if it does not."""
    told, given = merge_known(tomogram_record(TomogramRecord("")), said), as_dict(said)
    apix, apix_z = (coerce_like(0.0, given.get(key)) for key in ("apix", "apix_z"))
    signed = given.get("signed")
    return TomogramRecord(
        path=told["path"],
        shape=_shape_from(given.get("shape")),
        apix=apix if is_voxel_size(apix) else None,
        apix_z=apix_z if is_voxel_size(apix_z) else None,
        signed=signed if isinstance(signed, bool) else None,
        apix_asked=told["apix_asked"],
        z=told["z"],
        contrast=_contrast_from(given.get("contrast")),
        filters=_filters_from(given.get("filters")),
        view=_view_from(given.get("view")),
        feature=told["feature"],
        export_slices=_span_from(given.get("export_slices")),
    )


def contrast_record(contrast: Contrast) -> dict[str, Any]:
    """Return what stands of a contrast in files: that of the session, and annotations."""
    return {
        "minimum": contrast.minimum,
        "maximum": contrast.maximum,
        "auto": contrast.auto,
        "inverted": contrast.inverted,
        "interpolate": contrast.interpolate,
    }


def _contrast_from(said: object) -> Contrast:
    told = merge_known(contrast_record(Contrast()), said)
    return Contrast(
        minimum=told["minimum"],
        maximum=told["maximum"],
        auto=told["auto"] or told["minimum"] >= told["maximum"],
        inverted=told["inverted"],
        interpolate=told["interpolate"],
    )


def _view_record(view: View) -> dict[str, Any]:
    return {"x": view.x, "y": view.y, "zoom": view.zoom, "fit": view.fit}


def _view_from(said: object) -> View:
    told = merge_known(_view_record(View()), said)
    return View(x=told["x"], y=told["y"], zoom=told["zoom"], fit=told["fit"])


def _shape_from(said: object) -> tuple[int, int, int] | None:
    match said:
        case [int(z), int(y), int(x)] if min(z, y, x) > 0:
            return z, y, x
    return None


def _span_from(said: object) -> tuple[int, int] | None:
    match said:
        case [int(first), int(last)] if 0 <= first <= last:
            return first, last
    return None


def _filter_record(one: Filter) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "parameters": one.parameters,
        "weight": one.weight,
        "on": one.on,
    }


def _filters_from(said: object) -> Stack:
    return tuple(one for one in map(_filter_from, as_list(said)[:MOST_FILTERS]) if one is not None)


def _filter_from(said: object) -> Filter | None:
    given = as_dict(said)
    kind = given.get("kind")
    if not isinstance(kind, str) or kind not in filters.KINDS:
        return None
    usual = filters.usual(kind)  # type: ignore[arg-type] # it is a key of KINDS
    numbers = as_list(given.get("parameters"))
    if len(numbers) != len(usual.parameters):
        return usual
    told = merge_known(_filter_record(usual), said)
    parameters = tuple(map(coerce_like, usual.parameters, numbers))
    return filters.legal(
        Filter(usual.kind, parameters=parameters, weight=told["weight"], on=told["on"])
    )
