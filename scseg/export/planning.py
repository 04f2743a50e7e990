"""From files and settings to what is to be predicted, with all looked at that can be wrong."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scseg.annotations.storage.read_only import read_annotation
from scseg.base.errors import ScsegError
from scseg.base.progress import Report, silent
from scseg.compute.messages import ModelRef
from scseg.compute.segmentation_jobs import (
    JointSegmentation,
    SegmentationJob,
    single_model,
    tomogram_ref,
    volume_name,
)
from scseg.datasets.resampling import step_between
from scseg.datasets.tomogram import open_tomogram, require_apix
from scseg.formats.file_kind import file_kind
from scseg.interactions.group import open_group
from scseg.models.compatibility import check_slice
from scseg.models.files import open_model

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from scseg.annotations.crop import Crop
    from scseg.base.rect import Rect
    from scseg.datasets.tomogram import Tomogram
    from scseg.export.settings import ExportSettings


@dataclass(frozen=True)
class ExportItem:
    """A tomogram, and the model (.scnm) or the group of models (.scnmgroup) that is applied to it.

    Of a group, those models are written whose files are named in `only`, or all: others only act on them.
    """

    tomogram: Path
    models: Path
    only: tuple[str, ...] = ()


def planned(
    item: ExportItem, settings: ExportSettings, report: Report = silent
) -> JointSegmentation:
    """Return what is to be done for an item. Reads headers, and each weights file once for its hash.

    Raises:
        ScsegError: the tomogram, a model or the group cannot be read, or does not do.
        CancelledError: from `report`, while a packed tomogram is unpacked.
    """
    tomogram = open_tomogram(
        item.tomogram,
        apix=settings.word.apix,
        apix_z=settings.word.apix_z,
        signed=settings.word.signed,
        report=report,
    )
    if file_kind(item.models) != "group":
        return single_model(_job(tomogram, item.models, settings))
    group = open_group(item.models)
    rules_3d = group.rules_3d if settings.rules_3d is None else settings.rules_3d
    jobs = {
        name: replace(
            _job(tomogram, item.models.parent / name, settings),
            interaction=interaction,
            rules_3d=rules_3d,
        )
        for name, interaction in group.interactions.items()
    }
    return JointSegmentation(jobs, item.only or tuple(jobs))


def check_names(plans: Iterable[JointSegmentation], folder: Path) -> None:
    """Refuse plans whose volumes would take each other's place, or that of a tomogram.

    Raises:
        ScsegError: two would.
    """
    _check_names(
        [
            (plan.first.tomogram.path, plan.jobs[model].volume_name())
            for plan in plans
            for model in plan.written
        ],
        folder,
    )


def check_names_of_items(items: Iterable[ExportItem], folder: Path) -> None:
    """Refuse what `check_names` refuses, before plans are made; of tomograms, no file is looked at.

    Raises:
        ScsegError: two volumes would have one name.
    """
    by_models: dict[Path, list[ExportItem]] = {}
    for item in items:
        by_models.setdefault(item.models, []).append(item)
    named = []
    for models, those in by_models.items():
        # What cannot be read is told when it is to be used.
        with contextlib.suppress(ScsegError):
            names = _model_names(models)
            named += [
                (each.tomogram, volume_name(each.tomogram, name))
                for each in those
                for file, name in names.items()
                if file in each.only or not each.only
            ]
    _check_names(named, folder)


def _model_names(models: Path) -> dict[str, str]:
    """Return the names of a model, or of those of a group, by their files."""
    if file_kind(models) != "group":
        return {"": open_model(models).name}
    return {file: open_model(models.parent / file).name for file in open_group(models).interactions}


def _check_names(volumes: Iterable[tuple[Path, str]], folder: Path) -> None:
    """Refuse names of volumes, each with its tomogram, that `check_names` refuses."""
    seen: dict[str, Path] = {}
    tomograms: set[Path] = set()
    for path, name in volumes:
        tomograms.add(path.resolve())
        if name in seen:
            raise ScsegError(
                f"{seen[name]} and {path} would both be written as {name}: give them one at a time, "
                "with different folders, or give the models different names."
            )
        seen[name] = path
    for name, path in seen.items():
        if (folder / name).resolve() in tomograms:
            raise ScsegError(
                f"The prediction of {path} would replace {folder / name}, which is to be segmented "
                "too: leave that out, or choose another folder."
            )


def _job(tomogram: Tomogram, model_path: Path, settings: ExportSettings) -> SegmentationJob:
    native = require_apix(tomogram)
    model = open_model(model_path)
    step = step_between(native, model.apix)
    check_slice(model, tomogram.shape[1:], step, settings.mode)
    slices, wanted = _part(tomogram, settings)
    word = settings.word
    return SegmentationJob(
        tomogram=tomogram,
        tomogram_ref=tomogram_ref(tomogram.path, apix=word.apix, signed=word.signed),
        model=model,
        model_ref=ModelRef(str(model_path.resolve()), model.weights_sha256),
        slices=slices,
        overlap=model.display.overlap if settings.overlap is None else settings.overlap,
        kind=settings.kind,
        mode=settings.mode,
        averaging=settings.averaging,
        region=wanted,
        precision=settings.precision,
    )


def _part(tomogram: Tomogram, settings: ExportSettings) -> tuple[Sequence[int], Rect | None]:
    """Return the slices, and the part of each, that are to be predicted."""
    depth, height, width = tomogram.shape
    slices: Sequence[int] = settings.slices or range(depth)
    wanted = settings.crop
    if slices[-1] >= depth:
        raise ScsegError(
            f"{tomogram.path} has the slices 0 to {depth - 1}, not {slices[-1]}: choose others."
        )
    if wanted is not None and (wanted.y1 > height or wanted.x1 > width):
        raise ScsegError(
            f"{tomogram.path} has the columns 0 to {width - 1} and the rows 0 to {height - 1}: "
            "choose a crop inside."
        )
    if settings.annotated_crop:
        crop = _annotated_crop(tomogram)
        slices = settings.slices or range(crop.z0, crop.z1)
        wanted = crop.rect
    return slices, wanted


def _annotated_crop(tomogram: Tomogram) -> Crop:
    crop = read_annotation(tomogram.path, tomogram.shape).crop
    if not crop.enabled:
        raise ScsegError(
            f"No crop is switched on in the annotation of {tomogram.path}: draw one in the window, "
            "or give --crop X0,X1,Y0,Y1."
        )
    return crop
