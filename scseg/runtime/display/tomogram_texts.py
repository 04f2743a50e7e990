"""What panels say of tomograms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scseg.base.printable import printable
from scseg.state.tomograms import OpenTomogram

if TYPE_CHECKING:
    from scseg.annotations.feature import Feature
    from scseg.state.tomograms import MissingTomogram


def short_folder(path: Path) -> str:
    """Return the folder of a file, with ~ for the user's own."""
    folder, home = path.parent, Path.home()
    if folder.is_relative_to(home):
        folder = Path("~") / folder.relative_to(home)
    return printable(str(folder))


def trouble(entry: OpenTomogram | MissingTomogram) -> str:
    """Return why a tomogram cannot be read; nothing where it can."""
    if not isinstance(entry, OpenTomogram):
        return entry.reason
    return "its file is not there any more" if entry.vanished else ""


def annotated_features(opened: OpenTomogram) -> list[Feature]:
    """Return the features of which something is drawn or boxed."""
    annotation = opened.annotation
    if annotation is None:
        return []
    return [
        feature
        for feature in opened.features
        if annotation.slices(feature.id) or annotation.boxes(feature.id)
    ]


def about(entry: OpenTomogram | MissingTomogram, trouble: str) -> str:
    """Return what the tooltip of a row says."""
    if not isinstance(entry, OpenTomogram):
        return f"{printable(entry.kept.path)}\n{printable(trouble)}. Click to look for it again."
    slices, rows, columns = entry.shape
    size = entry.tomogram.stored.nbytes / 1e6
    apix = f"{entry.apix:.4g} A per pixel" if entry.apix else "A per pixel unknown"
    facts = f"{columns} x {rows} x {slices} voxels, {apix}\n{entry.tomogram.stored.dtype}, {size:,.1f} MB"
    found = ", ".join(feature.name for feature in annotated_features(entry))
    annotated = f"annotated: {found}" if found else ""
    path, told = printable(entry.ref.path), (padding(entry), annotated, trouble)
    return "\n".join([path, facts, *(printable(each) for each in told if each)])


def padding(opened: OpenTomogram) -> str:
    """Tell what of the slice in view is no specimen; nothing where all of it is."""
    if not opened.padded:
        return ""
    return (
        f"padding: {100 * opened.padded:.2g} % of slice {opened.z + 1}, of one exact value along the border; "
        "left out of contrast and normalisation, and nothing is found there"
    )
