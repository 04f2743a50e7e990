"""Boxes and masks to files beside the tomogram, and masks of other programs from theirs."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from scseg.actions import annotation
from scseg.annotations import masks_io
from scseg.session import ChangeInThread, ChooseMask, WriteInThread

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.annotations.feature import Feature
    from scseg.progress import Report
    from scseg.session import OpenTomogram, Session


def export_boxes(session: Session, opened: OpenTomogram, feature: Feature) -> None:
    """Write the centres of a feature's boxes as lines `x y z`."""
    if opened.annotation is not None:
        path = _beside(opened, feature, "boxes.txt")
        boxes = opened.annotation.boxes(feature.id)

        def write(_: Report) -> None:
            masks_io.write_boxes(path, boxes)

        session.effects.append(WriteInThread(path, write))


def export_slice(session: Session, opened: OpenTomogram, feature: Feature) -> None:
    """Write the mask of a feature on the slice in view as a single image."""
    if opened.annotation is not None:
        path = _beside(opened, feature, f"annotation_slice_{opened.z}.mrc")
        contents, z = opened.annotation.contents.snapshot(), opened.z

        def write(_: Report) -> None:
            masks_io.write_slice_mask(path, opened.tomogram, contents, feature.id, z)

        session.effects.append(WriteInThread(path, write))


def export_volume(session: Session, opened: OpenTomogram, feature: Feature) -> None:
    """Write the masks of a feature on all slices as one volume."""
    if opened.annotation is not None:
        path = _beside(opened, feature, "annotation.mrc")
        contents = opened.annotation.contents.snapshot()

        def write(report: Report) -> None:
            masks_io.write_volume_mask(path, opened.tomogram, contents, feature.id, report)

        session.effects.append(WriteInThread(path, write))


def choose_import(session: Session, opened: OpenTomogram, feature: Feature) -> None:
    """Ask for a mask volume of another program, to be added to a feature."""
    if annotation.may_change(session, opened):
        session.effects.append(ChooseMask(opened, feature.id))


def import_mask(session: Session, asked: ChooseMask, path: Path) -> None:
    """Add what a mask volume holds to the feature that it was asked for."""
    opened = asked.opened
    if opened.annotation is not None:
        contents = opened.annotation.contents.snapshot()
        work = partial(masks_io.import_volume, path, contents, asked.feature)
        session.effects.append(ChangeInThread(opened, f"Importing {path.name}", work))


def _beside(opened: OpenTomogram, feature: Feature, what: str) -> Path:
    name = re.sub(r"[^\w.-]+", "_", feature.name)
    return opened.tomogram.path.with_name(f"{opened.tomogram.path.stem}__{name}_{what}")
