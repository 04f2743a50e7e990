"""Exports on the disk: a folder for each start of one, with copies of its models.

The next start of the program goes on with what is left there. Files are read for what they still say.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from scseg.base.files import json_files, regular_files
from scseg.base.files.writing import write_errors_as_sentences
from scseg.base.folders import data_folder
from scseg.base.json_values import as_dict, as_list, coerce_like, merge_known
from scseg.base.rect import Rect
from scseg.compute.messages import PredictionMode
from scseg.datasets.formats.volume import is_voxel_size
from scseg.datasets.volume_header import VoxelKind
from scseg.export.settings import ExportSettings, TomogramWord
from scseg.interactions.group import SUFFIX as GROUP_SUFFIX
from scseg.models.precision import PrecisionChoice
from scseg.state.exports import ExportedModel, QueuedExport, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

FORM = json_files.JsonFormat("scseg exports", 1, 16 << 20)
MOST_SLICES = 1_000_000
_NAME = re.compile("[0-9a-f]{32}")
_OF_MODELS = (".scnm", ".h5", GROUP_SUFFIX)


@dataclass(frozen=True)
class KeptBatch:
    """What was started at once: its folder's name, and the tomograms in their order."""

    name: str
    exports: tuple[QueuedExport, ...]


def batches_of(queue: Iterable[QueuedExport]) -> tuple[KeptBatch, ...]:
    """Return the queue as it is kept on the disk."""
    batches: dict[str, list[QueuedExport]] = {}
    for export in queue:
        batches.setdefault(export.batch, []).append(export)
    return tuple(KeptBatch(name, tuple(exports)) for name, exports in batches.items())


def batch_folder(name: str) -> Path:
    """Return the folder of a batch, whether or not it exists."""
    return data_folder() / "exports" / name


def batch_names() -> list[str]:
    """Return the names of the batches that are there, links left out; the oldest first."""
    folder = batch_folder("")
    there = list(folder.iterdir()) if folder.is_dir() else []
    found = [
        each
        for each in there
        if _NAME.fullmatch(each.name) and each.is_dir() and not each.is_symlink()
    ]
    return [each.name for each in sorted(found, key=lambda each: each.stat().st_mtime)]


def record_path(name: str) -> Path:
    """Return the file in which a batch is written down."""
    return batch_folder(name) / "exports.json"


def lock_path(name: str) -> Path:
    """Return the file that the window keeps locked whose queue a batch is in."""
    return batch_folder("") / f"{name}.lock"


def save(batch: KeptBatch) -> None:
    """Write a batch down, beside its models.

    Raises:
        ScsegError: the file cannot be written.
    """
    content = {"exports": list(map(_export_record, batch.exports))}
    json_files.write_json(content, record_path(batch.name), FORM)


def load(name: str) -> KeptBatch:
    """Read a batch; what makes no sense in it is left out.

    Raises:
        NewerError: it is of a newer version of the program.
    """
    said = as_dict(json_files.read_json(record_path(name), FORM))
    read = [_export_from(name, each) for each in as_list(said.get("exports"))]
    return KeptBatch(name, tuple(each for each in read if each is not None))


def remove(name: str) -> None:
    """Remove the folder of a batch: copies of models, all of them the program's own.

    Raises:
        ScsegError: it cannot be removed.
    """
    folder = batch_folder(name)
    with write_errors_as_sentences(folder):
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)


def remove_models(name: str) -> None:
    """Remove the copies of models of a batch, all of which are done.

    Raises:
        ScsegError: one cannot be removed.
    """
    with write_errors_as_sentences(batch_folder(name)):
        for path in batch_folder(name).iterdir():
            if path.suffix in _OF_MODELS:
                regular_files.remove(path)


def _export_record(export: QueuedExport) -> dict[str, Any]:
    return {
        "id": export.id,
        "group": export.group,
        "tomogram": export.tomogram,
        "models": [
            {
                "file": each.file,
                "name": each.name,
                "colour": list(each.colour),
                "threshold": each.threshold,
            }
            for each in export.models
        ],
        "folder": export.folder,
        "settings": _settings_record(export.settings),
        "status": export.status,
        "told": export.told,
        "volumes": list(export.volumes),
    }


def _export_from(batch: str, said: object) -> QueuedExport | None:
    given = as_dict(said)
    names = ("id", "group", "tomogram", "folder", "status", "told")
    text = {name: coerce_like("", given.get(name)) for name in names}
    models = [_model_from(each) for each in as_list(given.get("models"))]
    known = tuple(model for model in models if model is not None)
    is_whole = known and text["tomogram"] and text["folder"] and _is_plain(text["group"])
    if not (is_whole and _NAME.fullmatch(text["id"]) and text["status"] in get_args(Status)):
        return None
    return QueuedExport(
        id=text["id"],
        batch=batch,
        group=text["group"],
        tomogram=text["tomogram"],
        models=known,
        folder=text["folder"],
        settings=_settings_from(given.get("settings")),
        status=text["status"],
        told=text["told"],
        volumes=tuple(v for v in as_list(given.get("volumes")) if isinstance(v, str)),
    )


def _model_from(said: object) -> ExportedModel | None:
    usual = {"file": "", "name": "", "threshold": 0.5}
    told, colour = merge_known(usual, said), as_list(as_dict(said).get("colour"))
    numbers = [coerce_like(1.0, each) for each in colour]
    if not _is_plain(told["file"]) or len(numbers) != 3:
        return None
    red, green, blue = numbers
    return ExportedModel(told["file"], told["name"], (red, green, blue), told["threshold"])


def _is_plain(name: str) -> bool:
    """Tell whether a name is of a file in the folder, not a way to elsewhere."""
    return bool(name) and Path(name).name == name


def _settings_record(settings: ExportSettings) -> dict[str, Any]:
    slices, word = settings.slices, settings.word
    return {
        "slices": None if slices is None else [slices[0], slices[-1]],
        "crop": None if settings.crop is None else list(settings.crop),
        "mode": settings.mode,
        "averaging": settings.averaging,
        "precision": settings.precision,
        "type": settings.kind,
        "apix": word.apix,
        "apix_z": word.apix_z,
        "signed": word.signed,
    }


def _settings_from(said: object) -> ExportSettings:
    given, usual = as_dict(said), ExportSettings()
    signed = given.get("signed")
    apix, apix_z = (coerce_like(0.0, given.get(key)) for key in ("apix", "apix_z"))
    averaging = coerce_like(usual.averaging, given.get("averaging"))
    return ExportSettings(
        slices=_slices_from(given.get("slices")),
        crop=_crop_from(given.get("crop")),
        mode=_word(given.get("mode"), get_args(PredictionMode), usual.mode),
        averaging=averaging if 1 <= averaging <= 8 else 1,
        precision=_word(given.get("precision"), get_args(PrecisionChoice), usual.precision),
        kind=_word(given.get("type"), get_args(VoxelKind), usual.kind),
        word=TomogramWord(
            apix if is_voxel_size(apix) else None,
            apix_z if is_voxel_size(apix_z) else None,
            signed if isinstance(signed, bool) else None,
        ),
    )


def _word(said: object, words: tuple[Any, ...], usual: Any) -> Any:  # noqa: ANN401 - one of the words
    return said if said in words else usual


def _slices_from(said: object) -> tuple[int, ...] | None:
    match said:
        case [int(first), int(last)] if 0 <= first <= last < MOST_SLICES:
            return tuple(range(first, last + 1))
    return None


def _crop_from(said: object) -> Rect | None:
    match said:
        case [int(y0), int(x0), int(y1), int(x1)] if 0 <= y0 < y1 and 0 <= x0 < x1:
            return Rect(y0, x0, y1, x1)
    return None
