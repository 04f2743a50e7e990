"""Folders of models that were learnt in the window: what is not saved yet, and what was learnt before it."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.models import unsaved_models
from scseg.models.files import read_description, weights_path
from scseg.persistence.disk_use.walk import entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scseg.models.description import ModelDescription
    from scseg.persistence.disk_use.needed import Use
    from scseg.persistence.disk_use.walk import Found, Walk
    from scseg.state.disk_use import StoredItem


def models(walk: Walk, use: Use) -> Iterator[StoredItem]:
    """Yield each folder that has something in it: its newest and best, then what it had learnt before."""
    for folder in unsaved_models.model_folders():
        files = sorted(walk.files(folder, deep=True), key=lambda each: each.path)
        if not files:
            continue
        why = use.of_model(folder.name)
        kept, before = _parted(folder.name, files)
        description = _described(folder.name)
        is_saved = description is not None and description.weights_sha256 in use.saved
        name = "What a training has left" if description is None else description.name or "Unnamed"
        found = entry("models", f"{name}, also saved" if is_saved else name, folder, kept)
        yield replace(found, in_use=why, unsaved=not is_saved)
        if before:
            yield replace(entry("checkpoints", name, folder, before), in_use=why)


def _parted(model_id: str, files: list[Found]) -> tuple[list[Found], list[Found]]:
    """Return the files of the newest and the best pair of a model, and all others."""
    pairs = [unsaved_models.newest_model(model_id), unsaved_models.best_model(model_id, since=-1.0)]
    needed = {file for path in pairs if path is not None for file in (path, weights_path(path))}
    kept = [each for each in files if each.path in needed]
    before = [each for each in files if each.path not in needed]
    # Without a whole pair, nobody can tell what is worth keeping.
    return (kept, before) if kept else (files, [])


def _described(model_id: str) -> ModelDescription | None:
    with contextlib.suppress(ScsegError):
        path: Path | None = unsaved_models.newest_model(model_id)
        return None if path is None else read_description(path)
    return None
