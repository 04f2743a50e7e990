"""What the stage Export says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions.exports import planning
from scseg.base.formatting import counted, format_bytes, format_seconds

if TYPE_CHECKING:
    from scseg.state.exports import QueuedExport
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def estimate(session: Session) -> tuple[list[str], str]:
    """Return lines on what the planned export will take, and what speaks against it."""
    found = session.exports.estimated
    known = found.estimate
    if known is None:
        return [], found.trouble
    time = "on the cluster" if session.settings.scheduler else _time(known.seconds)
    told = [
        f"{counted(known.files, 'volume')}, {format_bytes(known.nbytes)} "
        f"({format_bytes(known.free)} free), {time}"
    ]
    if known.there:
        names = "One volume is" if known.there == 1 else f"{known.there} volumes are"
        told.append(f"{names} there already: kept if made in the same way, else replaced.")
    if known.needed <= known.free:
        return told, ""
    return told, "The disk has too little space: free some, or choose a folder on another disk."


def replaced(session: Session) -> str:
    """Return a sentence on volumes of the queue that the planned export would replace; "" without any."""
    names = planning.in_the_way(session)
    if not names:
        return ""
    which = names[0] if len(names) == 1 else f"{counted(len(names), 'volume')} of the queue"
    return f"This replaces {which}, made in another way: choose another folder to keep both."


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "time not known until each model has predicted a whole slice in this way"
    return f"about {format_seconds(seconds)}"


def part(session: Session, opened: OpenTomogram) -> str:
    """Return what of a tomogram is exported, where that is not all; slices as the slider counts them."""
    chosen, region = planning.slices(session, opened), planning.region(session, opened)
    told = []
    if len(chosen) < opened.shape[0]:
        told.append(f"slices {chosen[0] + 1} to {chosen[-1] + 1}")
    if region is not None:
        told.append(f"{region.width} x {region.height} of its pixels")
    return ", ".join(told)


KINDS = {"int8": "values, 1 byte", "float32": "values, 4 bytes", "mask": "mask"}


def what(export: QueuedExport) -> str:
    """Return in few words what of a tomogram an export writes, which tells it from others of the same."""
    settings = export.settings
    told = [KINDS[settings.kind]]
    if settings.slices is not None:
        told.append(f"slices {settings.slices[0] + 1} to {settings.slices[-1] + 1}")
    if settings.crop is not None:
        told.append("within the crop")
    if settings.averaging > 1:
        told.append(f"mean of {settings.averaging}")
    return ", ".join(told)


def about(export: QueuedExport) -> str:
    """Return all that there is to know of an export, for its tooltip."""
    ways = {"tiles": "in tiles", "whole": "in whole slices"}
    lines = [
        export.tomogram,
        ", ".join(model.name for model in export.models),
        f"{what(export)}, {ways[export.settings.mode]}",
        f"into {export.folder}",
        export.told,
    ]
    return "\n".join(line for line in lines if line)


def status(export: QueuedExport) -> str:
    """Return how an export stands that is not being written; of one that is done, what is not as usual."""
    if export.status == "done":
        return export.told
    return {"waiting": "waits", "failed": export.told, "cancelled": "cancelled"}[export.status]


def name(export: QueuedExport) -> str:
    return Path(export.tomogram).name
