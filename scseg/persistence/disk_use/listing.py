"""Finds all that the program keeps of its own: what it is, its size and age, and whether it is in use."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.annotations.storage import writing
from scseg.annotations.storage.location import SUFFIX, fallback_folder
from scseg.base.files import locks
from scseg.base.files.temporary_files import lock_path, lock_path_of_temporary
from scseg.base.folders import log_folder
from scseg.base.progress import silent
from scseg.compute import logs
from scseg.datasets.demo.places import demo_folder, files_of, seed_of
from scseg.datasets.formats.unpack import cache_key, unpacked_folder
from scseg.persistence import feature_library, kept_exports, last_session, settings
from scseg.persistence.disk_use.model_folders import models
from scseg.persistence.disk_use.needed import Use, found_out
from scseg.persistence.disk_use.walk import Walk, entry
from scseg.state.disk_use import StoredItems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scseg.base.progress import Report
    from scseg.persistence.last_session import LastSession
    from scseg.state.disk_use import StoredItem
    from scseg.state.exports import QueuedExport

_UNPACKED = re.compile(r"([0-9a-f]{24})-[0-9a-f]+-[0-9a-f]+\.\w+")
_WRITTEN = "it is being written"


def listed(here: LastSession | None = None, report: Report = silent) -> StoredItems:
    """List all that is there; `here` is what is open in this window, None without one.

    Raises:
        ScsegError: a folder cannot be read.
        CancelledError: from `report`.
    """
    walk, use = Walk(report), found_out(here)
    entries = [
        *_unpacked(walk, use),
        *_demo(walk, use),
        *_logs(walk),
        *models(walk, use),
        *_exports(walk),
        *_annotations(walk),
        *_settings(walk),
    ]
    return StoredItems(tuple(entries), walk.whole)


def _unpacked(walk: Walk, use: Use) -> Iterator[StoredItem]:
    names = {cache_key(Path(path)): path for path in (*use.known, *use.tomograms)}
    for found in walk.files(unpacked_folder()):
        writer = lock_path_of_temporary(found.path)
        if writer is not None:
            left = entry("unpacked", "Left by a run that was stopped", found.path, [found])
            yield replace(left, in_use=_WRITTEN if locks.is_held(writer) else "")
        elif match := _UNPACKED.fullmatch(found.path.name):
            name = names.get(match[1], "")
            what = Path(name).name or "Of a tomogram that is in no list"
            unpacked = entry("unpacked", what, found.path, [found])
            yield replace(unpacked, in_use=use.tomograms.get(name, ""))


def _demo(walk: Walk, use: Use) -> Iterator[StoredItem]:
    needed = {Path(path): why for path, why in use.tomograms.items()}
    found = {each.path: each for each in walk.files(demo_folder())}
    for tomogram in sorted(found):
        seed = seed_of(tomogram)
        if seed is None:
            continue
        files = files_of(tomogram.parent, seed)
        paths = (tomogram, *files.labels.values(), files.ribosome_centres)
        there = [found[path] for path in paths if path in found]
        what = "Demo tomogram" if seed == 0 else f"Demo tomogram of seed {seed}"
        why = _WRITTEN if locks.is_held(lock_path(tomogram)) else ""
        why = next((needed[path] for path in paths if path in needed), why)
        yield replace(entry("demo", what, tomogram, there), in_use=why)


def _logs(walk: Walk) -> Iterator[StoredItem]:
    for path in logs.list_logs(log_folder()):
        found = walk.file(path)
        if found is not None:
            why = "its process runs" if locks.is_held(logs.lock_path(path)) else ""
            yield replace(entry("logs", path.name, path, [found]), in_use=why)


def _exports(walk: Walk) -> Iterator[StoredItem]:
    for name in kept_exports.batch_names():
        files = list(walk.files(kept_exports.batch_folder(name)))
        if files:
            exports = kept_exports.load(name).exports
            found = entry("exports", _named(exports), kept_exports.batch_folder(name), files)
            waits = any(each.status == "waiting" for each in exports)
            why = "the next start goes on with it" if waits else ""
            held = locks.is_held(kept_exports.lock_path(name))
            yield replace(found, in_use="in the queue of a window" if held else why)


def _named(exports: tuple[QueuedExport, ...]) -> str:
    names = ", ".join(Path(each.tomogram).name for each in exports[:2])
    return (
        names + ("…" if len(exports) > 2 else "")
        if exports
        else "Left by a start that was cut short"
    )


def _annotations(walk: Walk) -> Iterator[StoredItem]:
    for found in walk.files(fallback_folder()):
        if found.path.suffix != SUFFIX:
            continue
        # The name begins with a number that tells tomograms of the same name apart.
        what = found.path.stem.partition("_")[2]
        why = "open for editing" if locks.is_held(writing.lock_path(found.path)) else ""
        yield replace(entry("annotations", what, found.path, [found]), in_use=why)


def _settings(walk: Walk) -> Iterator[StoredItem]:
    paths = [
        ("Settings and recent files", settings.settings_path()),
        ("Features kept for every project", feature_library.library_path()),
        ("The last session", last_session.session_path()),
        *(("Session of another window", path) for path in last_session.window_paths()),
    ]
    for what, path in paths:
        found = walk.file(path)
        if found is not None:
            yield entry("settings", what, path, [found])
