"""Boxes and masks to files that the user names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scseg.actions import writing
from scseg.annotations import import_export
from scseg.base.file_names import fit_file_name
from scseg.models.description import safe_name

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.annotations.feature import Feature
    from scseg.base.progress import Report
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def export_boxes(session: Session, opened: OpenTomogram, feature: Feature) -> None:
    """Ask for a name, then write the centres of a feature's boxes as lines `x y z`."""
    if opened.annotation is not None:
        boxes = opened.annotation.boxes(feature.id)

        def write(path: Path, _: Report) -> None:
            import_export.write_boxes(path, boxes)

        proposed = _beside(opened, feature, "boxes.txt")
        writing.ask(session, f"Export the boxes of {feature.name}", proposed, write)


def export_slice(session: Session, opened: OpenTomogram, feature: Feature) -> None:
    """Ask for a name, then write the mask of a feature on the slice in view as a single image."""
    if opened.annotation is not None:
        contents, z = opened.annotation.contents.snapshot(), opened.z
        like = opened.as_told

        def write(path: Path, _: Report) -> None:
            import_export.write_slice_mask(path, like, contents, feature.id, z)

        proposed = _beside(opened, feature, f"annotation_slice_{z}.mrc")
        writing.ask(session, f"Export the mask of {feature.name} on slice {z + 1}", proposed, write)


def export_volume(session: Session, opened: OpenTomogram, feature: Feature) -> None:
    """Ask for a name, then write the masks of a feature on all slices as one volume."""
    if opened.annotation is not None:
        contents, like = opened.annotation.contents.snapshot(), opened.as_told

        def write(path: Path, report: Report) -> None:
            import_export.write_volume_mask(path, like, contents, feature.id, report)

        proposed = _beside(opened, feature, "annotation.mrc")
        writing.ask(session, f"Export the masks of {feature.name}", proposed, write)


def _beside(opened: OpenTomogram, feature: Feature, what: str) -> Path:
    path, name = opened.tomogram.path, re.sub(r"[^\w.-]+", "_", feature.name)
    return path.with_name(fit_file_name(path.stem, f"__{safe_name(name)}_{what}"))
