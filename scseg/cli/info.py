"""`scseg info`: what a file holds, and what the program keeps of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scseg.base.errors import ScsegError
from scseg.cli import arguments as kinds
from scseg.cli import disk_use, system
from scseg.compute.volume_records import read_record
from scseg.datasets.padding_report import padding_in
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.source_tomogram import source_record
from scseg.datasets.training_sets.training_set import load_training_set
from scseg.datasets.written_volume import written_volume
from scseg.formats.file_kind import file_kind
from scseg.models.description import description_record
from scseg.models.files import open_model, weights_path

if TYPE_CHECKING:
    import argparse

    from scseg.cli.console import Console

_SUMMARY = (
    "Tell what a volume, training set or model file holds, what the program keeps of its own, or what "
    "this computer is."
)
_EXAMPLES = """\
  scseg info tomogram.mrc
  scseg info 13.92_64_0.0261_Membrane.scnm --json
  scseg info --system
  scseg info --storage
  scseg info --storage --remove unpacked
"""


def add_to(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    parser = kinds.add_command(commands, common, "info", (_SUMMARY, _EXAMPLES))
    about = parser.add_mutually_exclusive_group(required=True)
    about.add_argument("file", type=Path, nargs="?", metavar="FILE")
    about.add_argument(
        "--storage",
        action="store_true",
        help="list caches, logs, checkpoints and models that are not saved, with their sizes and ages",
    )
    about.add_argument(
        "--system",
        action="store_true",
        help="tell of this installation and this computer, for reports of bugs",
    )
    parser.add_argument("--json", action="store_true", help="for other programs")
    disk_use.add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.storage:
        return disk_use.run(arguments, console)
    if arguments.remove is not None:
        raise ScsegError("--remove goes with --storage: files of yours are not removed.")
    content = system.describe() if arguments.system else describe(arguments.file)
    if arguments.json:
        console.say_raw(json.dumps(content, indent=1))
        return 0
    # The record of a volume is long: each of its entries has a line of its own.
    if content.get("record"):
        content |= {f"record {key}": value for key, value in content.pop("record").items()}
    width = max(map(len, content))
    for key, value in content.items():
        console.say(f"{key.replace('_', ' '):{width}}  {_told(key, value)}")
    return 0


def describe(path: Path) -> dict[str, Any]:
    """Return what a file holds, as plain values.

    Raises:
        ScsegError: the file is missing, foreign or damaged.
    """
    describers = {"training set": _training_set, "model": _model, "weights": _weights}
    return describers.get(file_kind(path), _tomogram)(path)


def _tomogram(path: Path) -> dict[str, Any]:
    tomogram = open_tomogram(path)
    found = padding_in(tomogram)
    z, y, x = tomogram.shape
    return {
        "kind": "tomogram",
        "file": str(path),
        "slices": z,
        "height": y,
        "width": x,
        "type": str(tomogram.stored.dtype),
        "apix": tomogram.apix,
        "voxel_size_zyx": tomogram.voxel_size,
        "origin_xyz": tomogram.origin,
        "nstart_xyz": tomogram.nstart,
        "padding": None if found is None else {"part": found.part, "values": found.values},
        "warnings": list(tomogram.warnings),
        **_origin_of(path),
    }


def _origin_of(path: Path) -> dict[str, Any]:
    """Return what a volume of this program tells of where its values come from; nothing of another."""
    ours = written_volume(path)
    if ours is None:
        return {}
    told: dict[str, Any] = {
        "kind": ours.content,
        "label": ours.label,
    }
    if ours.digest is not None:
        told["digest"] = ours.digest
        told["record"] = read_record(path, ours.digest)
    return told


def _training_set(path: Path) -> dict[str, Any]:
    training_set = load_training_set(path)
    positives = int(training_set.positive.sum())
    return {
        "kind": "training set",
        "file": str(path),
        "positive_boxes": positives,
        "negative_boxes": len(training_set.images) - positives,
        "box_size": training_set.box_size,
        "depth": training_set.depth,
        "apix": training_set.apix,
        "features": list(training_set.features),
        "negative_features": list(training_set.negative_features),
        "normalisation": training_set.normalisation,
        "sources": list(map(source_record, training_set.sources)),
    }


def _model(path: Path) -> dict[str, Any]:
    description = open_model(path)
    return {
        "kind": "model",
        "file": str(path),
        "weights": str(weights_path(path)),
        "title": description.title,
        **description_record(description),
    }


def _weights(path: Path) -> dict[str, Any]:
    return _model(path.with_suffix(".scnm"))


def _told(key: str, value: object) -> str:
    """Return a value for people."""
    match key, value:
        case "padding", {"part": float(part), "values": values}:
            told = ", ".join("NaN" if each is None else f"{each:g}" for each in values)
            return f"{100 * part:.2g} % of the voxels, value {told}, left out of normalisation and contrast"
        case "padding", _:
            return "none"
        case "curve", list(epochs):
            return f"{len(epochs)} epochs"
    return _readable(value)


def _readable(value: object) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, list | tuple):
        return ", ".join(_readable(part) for part in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_readable(part)}" for key, part in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
