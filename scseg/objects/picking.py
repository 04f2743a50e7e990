"""Picking the particles of a feature: one entry for the window and the command line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from scseg.base.errors import ScsegError
from scseg.base.progress import Report, silent, sub_report
from scseg.objects.centres import pick_centres
from scseg.objects.components import find_objects
from scseg.objects.feature_volume import enough_memory, whole_mask
from scseg.objects.filaments import pick_filaments
from scseg.objects.peaks import find_peaks
from scseg.objects.picks import Picks, apart, numbered_anew, sorted_by_score, within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.datasets.formats.volume import Triple
    from scseg.datasets.tomogram import Tomogram
    from scseg.objects.feature_volume import FeatureSlices

Method = Literal["peaks", "centres", "filaments"]

PEAK_SPACING = 0.75
"""Of a diameter: peaks that are closer belong to one particle, unless the user says otherwise."""


@dataclass(frozen=True)
class PickSettings:
    """How particles are picked.

    Attributes:
        method: peaks of the smoothed prediction, centres of objects, or points along filaments.
        diameter: A, of a particle or filament; None finds out that of particles.
        spacing: A, between particles at least, or exactly along filaments; None: three quarters of a diameter
            for peaks, any for centres, a diameter along filaments.
        margin: A, from every face of the volume at least.
        smallest_nm3: smaller objects have no centre.
        split: part objects that touch, for their centres.
    """

    method: Method = "peaks"
    diameter: float | None = None
    spacing: float | None = None
    margin: float = 0.0
    smallest_nm3: float = 0.0
    split: bool = False


def voxel_size_of(volume: Tomogram) -> Triple:
    """Return the voxel size of a volume in A, (z, y, x).

    Raises:
        ScsegError: it is not known.
    """
    if volume.voxel_size is None:
        raise ScsegError(
            f"{volume.path} does not tell its voxel size; give it with --tomogram-apix, in A, for example "
            "--tomogram-apix 13.92."
        )
    return volume.voxel_size


def pick(feature: FeatureSlices, settings: PickSettings, report: Report = silent) -> Picks:
    """Return the particles of a feature, the best first; those of filaments in their order along each.

    Raises:
        ScsegError: the voxel size is not known, nothing tells a diameter, the file is gone, or the memory
            does not suffice.
        CancelledError: from `report`.
    """
    size = voxel_size_of(feature.volume)
    match settings.method:
        case "peaks":
            picks = _peaks(feature, settings, size, report)
        case "centres":
            picks = _centres(feature, settings, size, report)
        case "filaments":
            picks = _filaments(feature, settings, size, report)
    return numbered_anew(within(picks, feature.volume.shape, settings.margin, size))


def typical_diameter(mask: NDArray[np.bool_], voxel_size: Triple) -> float:
    """Return the diameter in A of a ball as large as the object in which the typical voxel lies; or 0.

    So dust does not count, however much of it there is.
    """
    objects = find_objects(mask, voxel_size)
    volumes = np.sort(objects.volumes_nm3[1:])
    if not len(volumes):
        return 0.0
    middle = np.searchsorted(np.cumsum(volumes), volumes.sum() / 2)
    return float(10 * (6 * volumes[middle] / np.pi) ** (1 / 3))


def with_diameter(
    feature: FeatureSlices, settings: PickSettings, report: Report = silent
) -> PickSettings:
    """Return settings with a diameter, found out where peaks need one and the user has not said it.

    Raises:
        ScsegError: as `pick`.
        CancelledError: from `report`.
    """
    if settings.diameter is not None or settings.method == "centres":
        return settings
    if settings.method == "filaments":
        raise ScsegError(
            "Say how thick the filaments are, in A, with --diameter: 250 for microtubules."
        )
    with enough_memory(feature.volume.path):
        mask = whole_mask(feature, report)
        return replace(settings, diameter=typical_diameter(mask, voxel_size_of(feature.volume)))


def _peaks(feature: FeatureSlices, settings: PickSettings, size: Triple, report: Report) -> Picks:
    if settings.diameter is None:
        settings = with_diameter(feature, settings, sub_report(report, 0.0, 0.3))
        report = sub_report(report, 0.3, 1.0)
    diameter = settings.diameter
    if not diameter:
        return Picks(np.empty((0, 3)), np.empty(0))
    spacing = PEAK_SPACING * diameter if settings.spacing is None else settings.spacing
    return apart(find_peaks(feature, diameter, size, report), spacing, size)


def _centres(feature: FeatureSlices, settings: PickSettings, size: Triple, report: Report) -> Picks:
    with enough_memory(feature.volume.path):
        mask = whole_mask(feature, sub_report(report, 0.0, 0.3))
        objects = find_objects(
            mask, size, split=settings.split, report=sub_report(report, 0.3, 0.7)
        )
        kept = objects.kept(settings.smallest_nm3)
        picks = pick_centres(objects, kept, feature, sub_report(report, 0.7, 1.0))
    return (
        sorted_by_score(picks) if settings.spacing is None else apart(picks, settings.spacing, size)
    )


def _filaments(
    feature: FeatureSlices, settings: PickSettings, size: Triple, report: Report
) -> Picks:
    diameter = with_diameter(feature, settings).diameter or 0.0
    spacing = diameter if settings.spacing is None else settings.spacing
    return pick_filaments(feature, diameter, spacing, size, report)
