"""All that a predicted volume depends on, as a record beside it, and the digest of that in its header.

Nothing of paths or dates is in it: equal work has equal digests, wherever it is done.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from scseg import __version__
from scseg.base.errors import ScsegError
from scseg.base.files import regular_files
from scseg.base.files.writing import atomic_write, os_errors_as_sentences
from scseg.base.json_values import parse_json
from scseg.datasets.content_identity import content_identity
from scseg.interactions.rules import interaction_record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scseg.compute.segmentation_jobs import JointSegmentation, SegmentationJob
    from scseg.datasets.tomogram import Tomogram
    from scseg.interactions.rules import InteractionSettings

    Record = dict[str, Any]

FORMAT = "scseg volume record"
VERSION = 1
_LARGEST = 1 << 20


def volume_records(ensemble: JointSegmentation, engine: str) -> dict[str, Record]:
    """Return the record of each volume that is to be written, by model; its `digest` is of all the rest.

    Reads up to 16 MB of the tomogram. `engine` is what runs the networks.

    Raises:
        ScsegError: the tomogram is gone, is another one by now, or cannot be read.
    """
    tomogram = _tomogram_record(ensemble.first.tomogram)
    return {
        model: _record(ensemble.with_written((model,)), tomogram, engine)
        for model in ensemble.written
    }


def record_path(volume: Path) -> Path:
    """Return where the record of a volume lies."""
    return volume.with_name(f"{volume.name}.json")


def write_record(volume: Path, record: Record) -> None:
    """Write the record of a volume, unless it stands there already.

    Raises:
        ScsegError: something else lies in its place, or it cannot be written.
    """
    text = json.dumps(record, indent=1).encode("ascii")
    path = record_path(volume)
    check_record_place(volume)
    if not path.exists() or path.read_bytes() != text:
        atomic_write(path, text)


def check_record_place(volume: Path) -> None:
    """Refuse a file of another program in the place of a record.

    Raises:
        ScsegError: such a file is there.
    """
    path = record_path(volume)
    if path.exists() and _read(path) is None:
        raise ScsegError(
            f"{path} was not written by this program, and the record of {volume.name} belongs there: move it "
            "away, or choose another folder."
        )


def read_record(volume: Path, digest: str) -> Record | None:
    """Return the record of a volume whose header has a digest; None where it is missing or of another."""
    path = record_path(volume)
    record = _read(path) if path.exists() else None
    return record if record is not None and record.get("digest") == digest else None


def _read(path: Path) -> Record | None:
    """Return what a file holds, None if it is no record."""
    with os_errors_as_sentences("read", path, {}), regular_files.open_to_read(path) as file:
        text = file.read(_LARGEST + 1)
    try:
        content = parse_json(text) if len(text) <= _LARGEST else None
    except ValueError:
        return None
    return content if isinstance(content, dict) and content.get("format") == FORMAT else None


def _record(ensemble: JointSegmentation, tomogram: Record, engine: str) -> Record:
    """Return the record of the one volume that an ensemble writes."""
    (written,) = ensemble.written
    job, interactions = ensemble.jobs[written], ensemble.interactions
    models = [model for model in ensemble.jobs if model in interactions]
    names = _told_apart([ensemble.jobs[model] for model in models])
    ids = dict(zip(models, names, strict=True))
    with_rules = any(interaction.rules for interaction in interactions.values())
    content = {
        "program": f"scseg {__version__}",
        "engine": engine,
        "precision": job.precision,
        "tomogram": tomogram,
        "slices": _runs(job.slices),
        "crop_x0_x1_y0_y1": job.region and [
            job.region.x0, job.region.x1 - 1, job.region.y0, job.region.y1 - 1
        ],
        "mode": job.mode,
        "averaging": job.averaging,
        "type": job.kind,
        "threshold": job.threshold if job.kind == "mask" else None,
        "rules_in_3d": job.rules_3d and with_rules,
        "model": ids[written],
        "models": {
            ids[model]: _model_record(ensemble.jobs[model], interactions[model], ids)
            for model in sorted(models, key=ids.__getitem__)
        },
    }  # fmt: skip
    content = {key: value for key, value in content.items() if value is not None}
    named = {**content, "tomogram": {**tomogram, "file": ensemble.first.tomogram.path.name}}
    return {"format": FORMAT, "version": VERSION, "digest": _digest(content), **named}


def _digest(content: Record) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _tomogram_record(tomogram: Tomogram) -> Record:
    return {
        "content": content_identity(tomogram),
        "shape_zyx": tomogram.shape,
        "type": tomogram.stored.dtype.str,
        "voxel_size_zyx": tomogram.voxel_size,
        "origin_xyz": tomogram.origin,
        "nstart_xyz": tomogram.nstart,
    }


def _model_record(
    job: SegmentationJob, interaction: InteractionSettings, ids: dict[str, str]
) -> Record:
    acting = interaction_record(interaction)
    for rule in acting["rules"]:
        rule["partner"] = ids[rule["partner"]]
    model = job.model
    overlap = {"overlap": job.overlap} if job.mode == "tiles" else {}
    return {
        "name": model.name,
        "weights_sha256": job.model_ref.weights_sha256,
        "architecture": model.architecture,
        "title": model.title,
        "box_size": model.box_size,
        "depth": model.depth,
        "apix": model.apix,
        "normalisation": model.normalisation,
        **overlap,
        **acting,
    }


def _told_apart(jobs: Sequence[SegmentationJob]) -> list[str]:
    """Return names by which models go, whatever their files are called: their own, numbered if need be."""
    names: list[str] = []
    for job in jobs:
        name, number = job.model.name, 1
        while name in names:
            number += 1
            name = f"{job.model.name} ({number})"
        names.append(name)
    return names


def _runs(slices: Sequence[int]) -> str:
    """Return slices as the command line takes them, such as `15,40-50`."""
    runs: list[list[int]] = []
    for z in slices:
        if runs and z == runs[-1][-1] + 1:
            runs[-1][1:] = [z]
        else:
            runs.append([z])
    return ",".join("-".join(map(str, run)) for run in runs)
