"""A process that makes the demo tomogram: it takes a gigabyte, and the window none of it.

It begins here, not in `main`, and so knows no Keras.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scseg.annotations import steps
from scseg.annotations.edits import FeaturesEdit, Step
from scseg.annotations.feature import Feature
from scseg.annotations.storage.location import is_annotated
from scseg.annotations.storage.opening import open_annotation
from scseg.base.errors import CancelledError, ScsegError
from scseg.base.progress import Report, sub_report
from scseg.compute.demo_messages import DemoMade, DemoProgress, DemoRequest
from scseg.compute.worker.failures import report_failure
from scseg.compute.worker.parent import ParentConnection
from scseg.datasets.demo.annotation import (
    BOX_SIZE,
    BOXES,
    COLOUR,
    place_boxes,
    slices_to_annotate,
)
from scseg.datasets.demo.cached import make_files
from scseg.datasets.demo.places import ANNOTATED, DemoFiles, files_beside, stamp_of
from scseg.datasets.demo.simulate import DEFAULT, Specimen
from scseg.datasets.tomogram import open_tomogram

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from numpy.typing import NDArray

    from scseg.annotations.contents import Contents
    from scseg.annotations.edits import Edit

_BRUSH_PX = 3.0
_SECONDS_TO_SAVE = 60.0
_SECONDS_BETWEEN = 0.1
"""Of two messages: the simulation tells of every protein."""


def main(connection: Connection) -> None:
    """Make what the first command asks for, unless another follows or the parent is gone."""
    with contextlib.suppress(EOFError, ConnectionError, CancelledError):
        request = connection.recv()
        if isinstance(request, DemoRequest):
            parent = ParentConnection(connection)
            with report_failure(connection, request):
                make(request, _telling(parent))
                parent.tell(DemoMade())


def make(request: DemoRequest, report: Report) -> None:
    """Make the files that are not there or not whole, and an annotation where there is none.

    Raises:
        ScsegError: they cannot be written, or would take the place of what is no demo.
        CancelledError: from `report`.
    """
    files = files_beside(Path(request.tomogram))
    _spare_others(files)
    specimen = DEFAULT if request.shape is None else Specimen(request.shape)
    make_files(files, specimen, sub_report(report, 0.0, 0.97))
    if not is_annotated(files.tomogram):
        report(0.97, "annotation")
        _annotate(files)


def _telling(parent: ParentConnection) -> Report:
    told = 0.0

    def report(fraction: float, text: str) -> None:
        nonlocal told
        if parent.gone or parent.wants_an_end:
            raise CancelledError
        if time.monotonic() - told > _SECONDS_BETWEEN:
            told = time.monotonic()
            parent.tell(DemoProgress(fraction, text))

    return report


def _spare_others(files: DemoFiles) -> None:
    for path in (files.tomogram, *files.labels.values()):
        if os.path.lexists(path) and not stamp_of(path):
            raise ScsegError(
                f"{path} is there already and is not of the demo: move it away, or choose another name."
            )


def _annotate(files: DemoFiles) -> None:
    """Draw the feature on a few slices and place boxes there, in what is the user's own file from then on."""
    label = np.asarray(open_tomogram(files.labels[ANNOTATED]).voxels).astype(np.uint8)
    z, y, x = label.shape
    opened = open_annotation(files.tomogram, (z, y, x))
    try:
        # Where another program has it open by now, it is that one's to draw.
        if not opened.read_only and not opened.annotation.contents.features:
            opened.apply(_drawn(label, opened.annotation.contents))
            if not opened.flush(_SECONDS_TO_SAVE):
                raise ScsegError(opened.state.problem or f"Cannot write {opened.path}.")
    finally:
        opened.close()


def _drawn(label: NDArray[np.uint8], contents: Contents) -> Step:
    """Return the step that draws a feature on an empty annotation; `label` is 0 and 1, (z, y, x)."""
    feature = Feature(ANNOTATED, COLOUR, brush_px=_BRUSH_PX, box_size=BOX_SIZE)
    # The middle one is shown when the tomogram is opened.
    slices = slices_to_annotate(label, first=len(label) // 2)
    boxes = place_boxes(label, slices, BOXES, BOX_SIZE)
    masks = steps.change_masks(contents, feature.id, {z: label[z] for z in slices}, "")
    placed = steps.change_boxes(contents, feature.id, add=[(z, y, x) for z, y, x in boxes])
    edits: list[Edit] = [FeaturesEdit(before=(), after=(feature,))]
    for step in (masks, placed):
        edits += step.edits if step is not None else ()
    return Step(tuple(edits), "demo")
