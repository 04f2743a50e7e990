"""A model applied to a tomogram, slice by slice, into a volume or into single images."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from scseg import __version__
from scseg.compute.client import WORKER, PredictionClient
from scseg.compute.messages import (
    Band,
    Failed,
    ModelRef,
    Reply,
    SliceDone,
    SliceRequest,
    TomogramRef,
)
from scseg.compute.waiting import Bell, failure
from scseg.datasets.mrc_writer import Kind, VolumeWriter, write_slice
from scseg.datasets.unpack import PACKED_SUFFIXES
from scseg.models.description import safe_name
from scseg.progress import Report, part, silent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.compute.messages import Mode, Region
    from scseg.datasets.tomogram import Tomogram
    from scseg.models.description import ModelDescription

_AHEAD = 3
"""Slices that the worker is told of at once: it never waits, and results never pile up."""


@dataclass(frozen=True, eq=False)
class Segmentation:
    """What to predict, and how to store it. `slices` ascend, counted from 0.

    `mode`, `averaging` and `region` are as in a `SliceRequest`; outside of the region the result is 0.
    """

    tomogram: Tomogram
    tomogram_ref: TomogramRef
    model: ModelDescription
    model_ref: ModelRef
    slices: Sequence[int]
    overlap: float
    kind: Kind
    mode: Mode = "tiles"
    averaging: int = 1
    region: Region | None = None

    @property
    def label(self) -> str:
        """Return the line for the header: program, settings, model; what may be long comes last."""
        settings = "whole slices" if self.mode == "whole" else f"overlap {self.overlap:.2f}"
        if self.averaging > 1:
            settings += f" averaging {self.averaging}"
        if self.region is not None:
            y0, y1, x0, x1 = self.region
            settings += f" crop {x0},{x1 - 1},{y0},{y1 - 1}"
        if self.kind == "mask":
            settings += f" threshold {self.threshold:.2f}"
        return f"scseg {__version__} {settings}: {self.model.name} {self.model.title}"

    @property
    def threshold(self) -> float:
        return self.model.display.threshold

    def requests(self, z: int) -> tuple[SliceRequest, ...]:
        """Return what has to be predicted for a slice."""
        request = SliceRequest(
            self.tomogram_ref,
            self.model_ref,
            z,
            self.overlap,
            self.mode,
            self.averaging,
            self.region,
        )
        return (request,)

    def volume_name(self) -> str:
        return f"{_stem(self.tomogram.path)}__{safe_name(self.model.name)}.mrc"

    def slice_name(self, z: int) -> str:
        return f"{_stem(self.tomogram.path)}__{safe_name(self.model.name)}_slice_{z}.mrc"


class Segmenter:
    """A prediction worker that does one segmentation after another. Use as a context manager.

    After a segmentation that failed or was cancelled, make another: of its slice, bands are under way.
    """

    def __init__(self, module: str = WORKER) -> None:
        self._bell = Bell()
        self._client = PredictionClient(self._bell.ring, module)
        self.notices: list[str] = []

    def __enter__(self) -> Segmenter:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def write_volume(self, job: Segmentation, folder: Path, report: Report = silent) -> Path:
        """Predict the slices of a job into one volume; return its path.

        Raises:
            ScsegError: prediction failed, or the file cannot be written; an older one is intact.
        """
        path = folder / job.volume_name()
        with VolumeWriter(
            path, job.tomogram, job.slices, job.kind, job.label, job.threshold
        ) as writer:
            for _, (values,) in self._predicted(job, report):
                writer.write(values)
        return path

    def write_slices(self, job: Segmentation, folder: Path, report: Report = silent) -> list[Path]:
        """Predict the slices of a job into a 2-D image each; return their paths.

        Raises:
            ScsegError: prediction failed, or a file cannot be written.
        """
        paths = []
        for z, (values,) in self._predicted(job, report):
            paths.append(folder / job.slice_name(z))
            write_slice(
                paths[-1], job.tomogram, z, values, job.kind, job.label, threshold=job.threshold
            )
        return paths

    def _predicted(
        self, job: Segmentation, report: Report
    ) -> Iterator[tuple[int, list[NDArray[np.float32]]]]:
        """Yield (z, the predictions (y, x) that it takes) in the order of the slices."""
        report(0.0, "starting the network")
        replies = self._bell.replies(self._client)
        wanted = [job.requests(z) for z in job.slices]
        for done, z in enumerate(job.slices):
            self._client.want(tuple(chain.from_iterable(wanted[done : done + _AHEAD])))
            text = f"slice {z} ({done + 1} of {len(job.slices)})"
            this = part(report, done / len(job.slices), (done + 1) / len(job.slices))
            images: list[NDArray[np.float32]] = []
            for request in wanted[done]:
                image = np.zeros(job.tomogram.shape[1:], np.float32)
                # Told band by band: a large slice takes minutes, and only a report can cancel.
                for fraction in self._filled(image, request, replies):
                    this((len(images) + fraction) / len(wanted[done]), text)
                images.append(image)
            yield z, images
        self._client.want(())

    def _filled(
        self, image: NDArray[np.float32], request: SliceRequest, replies: Iterator[Reply]
    ) -> Iterator[float]:
        """Fill in the prediction (y, x) of a request, yielding the part of its rows that has come.

        A worker that dies begins the slice again; one slice may cost it that once.

        Raises:
            ScsegError: the worker told that the request failed, or died of this slice twice.
        """
        y0, y1, x0, x1 = request.region or (0, image.shape[0], 0, image.shape[1])
        died = False
        for reply in replies:
            if isinstance(reply, Failed):
                if died:
                    raise failure(reply)
                died = True
                self.notices.append(reply.sentence)
            elif isinstance(reply, Band) and reply.request == request:
                stop = reply.y + len(reply.values)
                image[reply.y : stop, x0:x1] = reply.values
                yield (stop - y0) / (y1 - y0)
            elif isinstance(reply, SliceDone) and reply.request == request:
                self.notices.extend(n for n in reply.notices if n not in self.notices)
                return


def tomogram_ref(
    path: Path, *, apix: float | None = None, signed: bool | None = None
) -> TomogramRef:
    """Return how workers are told of a tomogram file; `apix` and `signed` are the user's word."""
    return TomogramRef(str(path.resolve()), apix, signed, path.stat().st_mtime_ns)


def _stem(path: Path) -> str:
    """Return a file's name without its endings, `.mrc.gz` being two."""
    return path.with_suffix("").stem if path.suffix.lower() in PACKED_SUFFIXES else path.stem
