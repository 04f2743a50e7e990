"""Measurements as the columns of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.runtime.display.columns import Column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.state.objects import Measurements

_COLUMNS = (
    ("object", "label", ".0f", "Its number."),
    ("volume nm³", "volume_nm3", ".6g", "Number of voxels times their size."),
    (
        "area nm²",
        "area_nm2",
        ".5g",
        "Of the surface; where a face of the volume cuts it, there is none.",
    ),
    (
        "length nm",
        "length_nm",
        ".4g",
        "Of a filament along its line; of all else between its farthest ends.",
    ),
    (
        "thickness nm",
        "thickness_nm",
        ".3g",
        "From surface to surface: of a membrane, of a tube its width.",
    ),
    (
        "curvature /nm",
        "mean_curvature_per_nm",
        ".3g",
        "Mean over the surface; above 0 where it bulges.",
    ),
    ("slice", "z", ".0f", "Of its middle, counted from 1."),
    ("x", "x", ".0f", "Of its middle, voxels from the left."),
    ("y", "y", ".0f", "Of its middle, voxels from below."),
    ("at border", "at_border", ".0f", "1 where a face of the volume cuts it."),
)


def columns_of(measured: Measurements, numbers: NDArray[np.int64]) -> tuple[Column, ...]:
    """Return the columns of some of the measurements; the distance to another feature if it was measured."""
    rows = [measured.rows[number] for number in numbers.tolist()]
    columns = [
        Column(name, np.array([float(getattr(row, key)) for row in rows]), form, explained)
        for name, key, form, explained in _COLUMNS
    ]
    columns[6] = Column("slice", np.floor(columns[6].values + 0.5) + 1, *_COLUMNS[6][2:])
    if measured.to:
        nearest = [np.nan if row.nearest_nm is None else row.nearest_nm for row in rows]
        explained = f"From its surface to that of {measured.to}; 0 where they touch."
        columns.insert(2, Column("nearest nm", np.array(nearest, np.float64), ".4g", explained))
    return tuple(columns)
