"""What a worker of a cluster is asked to do, and what it answers: plain data, written as JSON."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scseg import __version__
from scseg.base.json_values import parse_json
from scseg.base.rect import Rect
from scseg.export.planning import ExportItem
from scseg.export.settings import ExportSettings, TomogramWord

if TYPE_CHECKING:
    from scseg.models.precision import Precision


@dataclass(frozen=True)
class Way:
    """How a process predicts: two of one way write the same bytes.

    Attributes:
        program: its version of this program.
        engine: what runs its networks, with its version.
        precision: of the networks' products.
    """

    program: str
    engine: str
    precision: Precision


@dataclass(frozen=True)
class ClusterTask:
    """Volumes of an item that a worker is to write.

    Attributes:
        item: the tomogram and its models, by absolute paths.
        folder: where the volumes go, an absolute path.
        settings: all told: slices and crop as they were found.
        way: the job's.
        digests: of the volumes, by model: a worker that finds others does not see the same files.
        mark: a file in the job's folder, by which a worker knows that folder.
        parts: folders of slabs, one after another, that are joined; none if it is to be predicted.
    """

    item: ExportItem
    folder: Path
    settings: ExportSettings
    way: Way
    digests: dict[str, str]
    mark: Path
    parts: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What came of a task.

    Attributes:
        written: volumes that were made.
        kept: volumes that were there already, just as they would be made.
        error: why there are no more.
        refused: why this worker does not do it, though another may.
        stopped: whether the worker was told to end, or not wanted any more.
        notices: sentences for the user.
    """

    written: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    error: str = ""
    refused: str = ""
    stopped: bool = False
    notices: tuple[str, ...] = ()


def unseen(task: ClusterTask) -> Path | None:
    """Return the first of the files of a task that is not to be seen from here, whatever the reason."""
    files = task.mark, task.item.tomogram, task.item.models
    # Path.exists raises an error where a folder may not be entered, or a disk does not answer.
    return next((file for file in files if not os.path.exists(file)), None)  # noqa: PTH110


def way_text(way: Way, *, gpu: bool) -> str:
    """Return what a worker tells of itself; all versions of this program understand it."""
    return json.dumps({**_way_record(way), "gpu": gpu})


def way_from_text(text: str) -> tuple[Way, bool]:
    """Return how a worker predicts, and whether it lends a GPU by Dask's resource of that name."""
    said = parse_json(text)
    return _way_from_record(said), bool(said["gpu"])


def task_text(task: ClusterTask) -> str:
    return json.dumps(
        {
            "way": _way_record(task.way),
            "tomogram": str(task.item.tomogram),
            "models": str(task.item.models),
            "only": task.item.only,
            "folder": str(task.folder),
            "settings": _settings_record(task.settings),
            "digests": task.digests,
            "mark": str(task.mark),
            "parts": list(map(str, task.parts)),
        }
    )


def is_of_this_program(text: str) -> bool:
    """Tell whether a task was written by this version, so that all of it can be read."""
    return bool(parse_json(text)["way"]["program"] == __version__)


def task_from_text(text: str) -> ClusterTask:
    said = parse_json(text)
    return ClusterTask(
        item=ExportItem(Path(said["tomogram"]), Path(said["models"]), tuple(said["only"])),
        folder=Path(said["folder"]),
        settings=_settings_from_record(said["settings"]),
        way=_way_from_record(said["way"]),
        digests=said["digests"],
        mark=Path(said["mark"]),
        parts=tuple(map(Path, said["parts"])),
    )


def answer_text(answer: Answer) -> str:
    return json.dumps(asdict(answer))


def answer_from_text(text: str) -> Answer:
    said = parse_json(text)
    for name in ("written", "kept", "notices"):
        said[name] = tuple(said[name])
    return Answer(**said)


def _way_record(way: Way) -> dict[str, str]:
    return {"program": way.program, "engine": way.engine, "precision": way.precision}


def _way_from_record(said: dict[str, Any]) -> Way:
    return Way(str(said["program"]), str(said["engine"]), said["precision"])


def _settings_record(settings: ExportSettings) -> dict[str, Any]:
    return {
        **vars(settings),
        "crop": None if settings.crop is None else list(settings.crop),
        "word": asdict(settings.word),
    }


def _settings_from_record(said: dict[str, Any]) -> ExportSettings:
    slices, crop = said["slices"], said["crop"]
    changes = {
        "slices": None if slices is None else tuple(slices),
        "crop": None if crop is None else Rect(*crop),
        "word": TomogramWord(**said["word"]),
    }
    return ExportSettings(**(said | changes))
