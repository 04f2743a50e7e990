"""Models that were trained and not saved yet: a folder for each in the user's data folder."""

from __future__ import annotations

import contextlib
import shutil
import time
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.files import regular_files
from scseg.base.files.writing import atomic_file, write_errors_as_sentences
from scseg.base.folders import data_folder
from scseg.models.files import read_description, remove_model, weights_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

DAYS_KEPT = 14.0
"""A folder that no session knows any more is kept so long: another window may have it."""


def model_folder(model_id: str) -> Path:
    """Return the folder of a model, whether or not it exists."""
    return data_folder() / "models" / model_id


def model_folders() -> list[Path]:
    """Return the existing folders of models, links left out; each is named by the id of its model."""
    folder = data_folder() / "models"
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    return [each for each in there if each.is_dir() and not each.is_symlink()]


def newest_model(model_id: str, since: float = -1.0) -> Path | None:
    """Return the latest model file in the folder of a model, if it is newer than `since` (s)."""
    found = [
        path for path in model_folder(model_id).rglob("*.scnm") if weights_path(path).is_file()
    ]
    path = max(found, key=modified_time, default=None)
    return path if path is not None and modified_time(path) > since else None


def best_model(model_id: str, since: float) -> Path | None:
    """Return the model file with the lowest validation loss among those newer than `since` (s), if any."""
    judged = []
    for path in model_folder(model_id).rglob("*.scnm"):
        with contextlib.suppress(ScsegError):
            loss = read_description(path).validation_loss
            if loss is not None and modified_time(path) > since:
                judged.append((loss, path))
    return min(judged)[1] if judged else None


def modified_time(path: Path | None) -> float:
    """Return when a file was last written, in seconds since 1970; 0 for None."""
    return path.stat().st_mtime if path is not None else 0.0


def import_model(model_id: str, path: Path) -> Path:
    """Link a model file and its weights into the folder of a model; return its path there.

    Where the disk cannot link, they are copied.

    Raises:
        ScsegError: it cannot be written.
    """
    folder = model_folder(model_id)
    if path.resolve().is_relative_to(folder.resolve()):
        return path
    with write_errors_as_sentences(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _link_pair(path, folder / path.name)
    return folder / path.name


def pin_checkpoint(model_id: str, path: Path) -> Path | None:
    """Link a checkpoint to a second name, so that it stays when its run removes it; return that path.

    The latest two pinned checkpoints are kept. Return None where the checkpoint is gone already.

    Raises:
        ScsegError: it cannot be written.
    """
    folder = model_folder(model_id) / "shown"
    target = folder / f"{path.parent.name}_{path.name}"
    with write_errors_as_sentences(folder):
        folder.mkdir(parents=True, exist_ok=True)
        before = sorted(folder.glob("*.scnm"), key=modified_time)
        for old in before[:-1]:
            remove_model(old)
        try:
            _link_pair(path, target)
        except FileNotFoundError:
            return None
    return target


def remove_all_but(model_id: str, kept: Collection[Path]) -> None:
    """Remove all models but those of `kept` from the folder of a model, and folders left empty.

    Raises:
        ScsegError: a file cannot be removed.
    """
    # The user's folder may be known under another name than today's.
    folder, wanted = model_folder(model_id), {path.resolve() for path in kept}
    if folder.is_symlink():
        return
    with write_errors_as_sentences(folder):
        for path in folder.rglob("*.scnm"):
            if path.resolve() not in wanted:
                remove_model(path)
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
                path.rmdir()


def remove_forgotten(known: Iterable[str]) -> None:
    """Remove the folders of models that are not `known` (ids) and were not touched for two weeks."""
    ids = set(known)
    latest = time.time() - DAYS_KEPT * 86400
    for each in model_folders():
        if each.name not in ids and _touched(each) < latest:
            shutil.rmtree(each, ignore_errors=True)  # which follows no link


def _link_pair(path: Path, target: Path) -> None:
    try:
        for source in (path, weights_path(path)):
            _link(source, target.with_suffix(source.suffix))
    except (OSError, ScsegError):
        # Half of a copy would be taken for the newest model.
        remove_model(target)
        raise


def _link(source: Path, target: Path) -> None:
    regular_files.remove(target)
    try:
        target.hardlink_to(source.resolve())
    except FileNotFoundError:
        raise
    except OSError:  # not on this disk
        with regular_files.open_to_read(source) as content, atomic_file(target) as copy:
            shutil.copyfileobj(content, copy)


def _touched(folder: Path) -> float:
    """Return when anything in a folder was last written."""
    return max(path.lstat().st_mtime for path in (folder, *folder.rglob("*")))
