"""Written volumes over their tomogram: a click shows one, beside what models find or in its place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions.objects import source
from scseg.actions.tomograms import tomogram_list
from scseg.base.errors import ScsegError
from scseg.base.formatting import counted
from scseg.compute.segmentation_jobs import tomogram_ref
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.written_volume import own_content
from scseg.state.models import Display
from scseg.state.requests import OpenPaths, Work
from scseg.state.volume_overlays import VolumeOverlay

if TYPE_CHECKING:
    from scseg.base.progress import Report
    from scseg.state.exports import QueuedExport
    from scseg.state.requests import Workflow
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

STEPS = 127.0
"""Of predictions that are stored in one byte: so many make 1."""


def find(session: Session, path: str) -> VolumeOverlay | None:
    """Return the overlay of a volume, if it is open."""
    return next((o for o in session.volumes.open if str(o.volume.path) == path), None)


def toggle(session: Session, export: QueuedExport, number: int) -> None:
    """Show a volume that an export has written over its tomogram, which is opened if need be, or close it."""
    path, model = export.volumes[number], export.models[number]
    shown = find(session, path)
    if shown is not None:
        close(session, shown)
        return
    display = Display(model.name, model.colour, threshold=model.threshold)
    session.requests.append(_show(session, export.tomogram, Path(path), display))


def close(session: Session, overlay: VolumeOverlay) -> None:
    session.volumes.open = [each for each in session.volumes.open if each is not overlay]


def why_no_objects(session: Session, export: QueuedExport) -> str:
    """Return why the objects of a volume cannot be looked for; "" if they can."""
    if _below(session, export.tomogram) is None:
        return "Its tomogram is not open: tick the volume, which opens it."
    return ""


def take_for_objects(session: Session, export: QueuedExport, number: int) -> None:
    """Take a volume that was written for the source of the stage Objects, and go there."""
    opened = _below(session, export.tomogram)
    if opened is not None:
        tomogram_list.activate(session, opened)
        path, shown = Path(export.volumes[number]), find(session, export.volumes[number])
        seen = export.models[number].threshold if shown is None else shown.display.threshold
        source.use_volume(session, opened, path, seen)


def set_display(overlay: VolumeOverlay, display: Display) -> None:
    overlay.display = display


def set_alone(session: Session, *, alone: bool) -> None:
    """Let models draw nothing on a tomogram that a volume is shown over, or draw beside it."""
    session.volumes.alone = alone


def of_active(session: Session) -> list[VolumeOverlay]:
    """Return the volumes that are shown over the tomogram in view."""
    return [] if session.active is None else session.volumes.over(session.active.ref.path)


def _show(session: Session, tomogram: str, path: Path, display: Display) -> Workflow:
    overlay: VolumeOverlay = yield Work(
        f"Opening {path.name}", lambda report: _read(tomogram, path, display, report)
    )
    if find(session, str(path)) is None:
        session.volumes.open = [*session.volumes.open, overlay]
    opened = _below(session, tomogram)
    if opened is None:
        session.requests.append(OpenPaths((Path(tomogram),)))
    else:
        tomogram_list.activate(session, opened)


def _below(session: Session, tomogram: str) -> OpenTomogram | None:
    return next((each for each in session.tomograms if each.ref.path == tomogram), None)


def _read(tomogram: str, path: Path, display: Display, report: Report) -> VolumeOverlay:
    """Read the headers of a volume and of its tomogram.

    Raises:
        ScsegError: one cannot be read, the volume is none of predictions, or lies elsewhere.
    """
    volume, below = open_tomogram(path), open_tomogram(Path(tomogram), report=report)
    content = own_content(volume)
    if content not in ("prediction", "mask"):
        raise ScsegError(f"{path} is no volume of predictions that this program has written.")
    first = volume.nstart[2] - below.nstart[2]
    depth, height, width = volume.shape
    if (height, width) != below.shape[1:] or not 0 <= first <= below.shape[0] - depth:
        raise ScsegError(
            f"{path} does not lie on {below.path.name}: it has {counted(depth, 'slice')} of "
            f"{width} x {height} voxels, from slice {first} on."
        )
    in_bytes = content == "prediction" and volume.stored.dtype.itemsize == 1
    return VolumeOverlay(
        tomogram, volume, tomogram_ref(path), display, 1 / STEPS if in_bytes else 1.0, first
    )
