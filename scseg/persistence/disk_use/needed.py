"""What of the program's own files somebody still needs: this window, another, or the next start."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.files import locks
from scseg.base.files.json_files import NewerError
from scseg.models import unsaved_models
from scseg.models.files import read_description
from scseg.persistence import last_session, settings
from scseg.state.settings import Settings, is_model

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scseg.persistence.last_models import ModelRecord
    from scseg.persistence.last_session import LastSession


@dataclass(frozen=True)
class Use:
    """Why tomograms (by path) and folders of models (by name) are needed, in a few words.

    `known` are further tomograms that may be named, `saved` the hashes of weights that the user has saved.
    Where the session is of a `newer` version, nobody knows which models it needs.
    """

    tomograms: Mapping[str, str]
    models: Mapping[str, str]
    known: tuple[str, ...] = ()
    saved: frozenset[str] = frozenset()
    newer: bool = False

    def of_model(self, folder: str) -> str:
        """Return why the folder of a model is needed, empty where it is not."""
        if self.newer:
            return "a newer version of the program may need it"
        return self.models.get(folder, "")


def found_out(here: LastSession | None) -> Use:
    """Look what is in use; `here` is what is open in this window, None without one.

    Reads some small files, also from the folders of models that the user has saved.
    """
    newer = False
    sessions = [] if here is None else [(here, "open in this window")]
    try:
        sessions += _sessions()
    except NewerError:
        newer = True
    chosen = Settings()
    with contextlib.suppress(NewerError):  # then its recent files are not known
        chosen = settings.load(settings.settings_path())
    tomograms: dict[str, str] = {}
    models: dict[str, str] = {}
    for last, why in reversed(sessions):  # so that the first word is that of this window
        tomograms |= {kept.path: why for kept in last.tomograms}
        models |= {folder: why for model in last.models for folder in _folders(model)}
    saved = frozenset(_hashes(name for name in chosen.recent if is_model(name)))
    return Use(tomograms, models, chosen.recent_files(models=False), saved, newer)


def _sessions() -> Iterator[tuple[LastSession, str]]:
    """Yield the session of the first window, or the last one, then those of other windows.

    Raises:
        NewerError: one is of a newer version of the program.
    """
    path = last_session.session_path()
    is_open = locks.is_held(last_session.lock_path(path))
    yield last_session.load(path), "open in a window" if is_open else "the next start needs it"
    for path in last_session.window_paths():
        if locks.is_held(last_session.lock_path(path)):
            yield last_session.load(path), "open in another window"


def _folders(model: ModelRecord) -> Iterator[str]:
    """Return the names of the folders in which a model has files."""
    root = unsaved_models.model_folder("")
    for path in map(Path, (model.path, model.last, model.best)):
        if path.is_relative_to(root) and path != root:
            yield path.relative_to(root).parts[0]
    if model.id:
        yield model.id


def _hashes(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        with contextlib.suppress(ScsegError):  # it is not there any more, so it is not saved
            yield read_description(Path(path)).weights_sha256
