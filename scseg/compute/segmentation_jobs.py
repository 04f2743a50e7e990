"""What is to be predicted of a tomogram, by one model or by several that act on one another."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scseg import __version__
from scseg.base.file_names import fit_file_name
from scseg.compute.messages import ModelRef, SliceRequest, TomogramRef
from scseg.datasets.formats.unpack import PACKED_SUFFIXES
from scseg.datasets.tomogram import require_apix
from scseg.interactions.rules import (
    InteractionSettings,
    largest_radius,
    models_needed,
    without_resting_rules,
)
from scseg.interactions.slice_interactions import radius_px
from scseg.interactions.volume_interactions import VoxelSize
from scseg.models.description import safe_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from scseg.base.rect import Rect
    from scseg.compute.messages import PredictionMode
    from scseg.datasets.tomogram import Tomogram
    from scseg.datasets.volume_header import VoxelKind
    from scseg.interactions.rules import SettingsByModel
    from scseg.models.description import ModelDescription
    from scseg.models.precision import Precision, PrecisionChoice


@dataclass(frozen=True, eq=False)
class SegmentationJob:
    """What to predict of a tomogram with one model, and how to store it.

    Attributes:
        tomogram: what is predicted.
        tomogram_ref: the same, as workers are told of it.
        model: its description.
        model_ref: its file, as workers are told of it.
        slices: which are predicted, ascending, counted from 0.
        overlap: of tiles, 0 to 0.67 of their size.
        kind: how voxels are stored.
        mode: in tiles, or in whole slices.
        averaging: the number of orientations that are averaged, 1 to 8.
        region: a `Rect`; outside of it the result is 0. None is the whole slice.
        precision: of the network's products; `auto` until it is known what predicts.
        interaction: how the model acts on the others of a `JointSegmentation`.
        rules_3d: whether its rules act in three dimensions.
    """

    tomogram: Tomogram
    tomogram_ref: TomogramRef
    model: ModelDescription
    model_ref: ModelRef
    slices: Sequence[int]
    overlap: float
    kind: VoxelKind
    mode: PredictionMode = "tiles"
    averaging: int = 1
    region: Rect | None = None
    interaction: InteractionSettings = field(default_factory=InteractionSettings)
    rules_3d: bool = False
    precision: PrecisionChoice = "float32"

    @property
    def label(self) -> str:
        """Return the line for the header: program, settings, model; what may be long comes last."""
        settings = "whole slices" if self.mode == "whole" else f"overlap {self.overlap:.2f}"
        if self.averaging > 1:
            settings += f" averaging {self.averaging}"
        if self.region is not None:
            y0, x0, y1, x1 = self.region
            settings += f" crop {x0},{x1 - 1},{y0},{y1 - 1}"
        settings += f"{self._acting} {self.precision}"
        if self.kind == "mask":
            settings += f" threshold {self.threshold:.2f}"
        return f"scseg {__version__} {settings}: {self.model.name} {self.model.title}"

    @property
    def threshold(self) -> float:
        return self.model.display.threshold

    @property
    def _acting(self) -> str:
        """Return how the model gives way to others, for the header."""
        absorbing = " absorbing" if self.interaction.absorb else ""
        if not self.interaction.rules:
            return absorbing
        return (
            f"{absorbing} rules {len(self.interaction.rules)}{' in 3-D' if self.rules_3d else ''}"
        )

    def request(self, z: int, region: Rect | None) -> SliceRequest:
        """Return how a part of a slice is asked for."""
        return SliceRequest(
            self.tomogram_ref,
            self.model_ref,
            z,
            self.overlap,
            self.mode,
            self.averaging,
            region,
            self.precision,
        )

    def volume_name(self) -> str:
        return volume_name(self.tomogram.path, self.model.name)

    def slice_name(self, z: int) -> str:
        model = safe_name(self.model.name)
        return fit_file_name(_stem(self.tomogram.path), f"__{model}_slice_{z}.mrc")


@dataclass(frozen=True, eq=False)
class JointSegmentation:
    """Segmentations of the same part of one tomogram by models that act on one another, by their ids.

    Those `written` are wanted; of the others, what they need is predicted. Partners of rules are predicted
    as far around the part as radii reach.
    """

    jobs: dict[str, SegmentationJob]
    written: tuple[str, ...]

    @property
    def first(self) -> SegmentationJob:
        """A job, for what all have in common."""
        return next(iter(self.jobs.values()))

    @property
    def interactions(self) -> SettingsByModel:
        """Return the interactions of the models that have to be predicted."""
        acting = without_resting_rules({model: job.interaction for model, job in self.jobs.items()})
        wanted = models_needed(self.written, acting)
        # Of an emitter, rules do not matter: nobody has to know its partners.
        return without_resting_rules(
            {model: each for model, each in acting.items() if model in wanted}
        )

    @property
    def scale(self) -> VoxelSize:
        """Return the voxel, as far as rules look at it."""
        apix, rules_3d = require_apix(self.first.tomogram), self.first.rules_3d
        size = self.first.tomogram.voxel_size
        return VoxelSize(apix, (size[0] if size else apix) if rules_3d else None)

    @property
    def predicted_slices(self) -> Sequence[int]:
        """Return the slices that have to be predicted: without gaps where rules reach across them."""
        slices, reached = (
            self.first.slices,
            self.scale.slices_within(largest_radius(self.interactions)),
        )
        if not reached:
            return slices
        depth = self.first.tomogram.shape[0]
        return range(max(0, slices[0] - reached), min(depth, slices[-1] + reached + 1))

    def requests(self, z: int) -> dict[str, SliceRequest]:
        """Return what has to be predicted of a slice."""
        interactions = self.interactions
        region = self._grown(radius_px(largest_radius(interactions), self.scale.apix))
        return {model: self.jobs[model].request(z, region) for model in interactions}

    def after(self, count: int) -> JointSegmentation:
        """Return what is left when the first `count` of the slices are done."""
        left = {model: replace(job, slices=job.slices[count:]) for model, job in self.jobs.items()}
        return replace(self, jobs=left)

    def with_written(self, models: Iterable[str]) -> JointSegmentation:
        """Return the same with only some of the models wanted."""
        return replace(self, written=tuple(models))

    def in_precision(self, precision: Precision) -> JointSegmentation:
        """Return the same in a precision of the networks' products."""
        jobs = {model: replace(job, precision=precision) for model, job in self.jobs.items()}
        return replace(self, jobs=jobs)

    def _grown(self, margin: float) -> Rect | None:
        if self.first.region is None:
            return None
        return self.first.region.grown(math.ceil(margin)).clipped(self.first.tomogram.shape[1:])


def single_model(job: SegmentationJob) -> JointSegmentation:
    """Return the ensemble of a single model."""
    return JointSegmentation({"": job}, ("",))


def volume_name(tomogram: Path, model: str) -> str:
    """Return what the volume is called that a model of a name makes of a tomogram."""
    return fit_file_name(_stem(tomogram), f"__{safe_name(model)}.mrc")


def tomogram_ref(
    path: Path, *, apix: float | None = None, signed: bool | None = None
) -> TomogramRef:
    """Return how workers are told of a tomogram file; `apix` and `signed` are the user's word."""
    return TomogramRef(str(path.resolve()), apix, signed, path.stat().st_mtime_ns)


def _stem(path: Path) -> str:
    """Return a file's name without its endings, `.mrc.gz` being two."""
    return path.with_suffix("").stem if path.suffix.lower() in PACKED_SUFFIXES else path.stem
