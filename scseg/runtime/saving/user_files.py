"""What the user keeps from one day to the next: read at the start, written when it changes."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from scseg.base.errors import ScsegError
from scseg.base.files.json_files import NewerError
from scseg.persistence import feature_library, settings
from scseg.runtime.saving.autosave import AutoSavedFile
from scseg.state.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator


def new_session() -> Session:
    """Return a session with the settings of the last time and the features that the user keeps."""
    session = Session()
    with _told(session):
        session.settings = settings.load(settings.settings_path())
    with _told(session):
        session.library = feature_library.load(feature_library.library_path())
    return session


def autosaved_files(session: Session) -> tuple[AutoSavedFile[Any], ...]:
    """Return the files of the user that follow the session, whichever window it is of."""
    return (
        AutoSavedFile(
            "the settings",
            "Settings and recent files are not kept for the next start.",
            lambda: session.settings,
            lambda it: settings.save(it, settings.settings_path()),
        ),
        AutoSavedFile(
            "the library",
            "The features that you keep for every project are not kept for the next start.",
            lambda: session.library,
            lambda it: feature_library.save(it, feature_library.library_path()),
        ),
    )


@contextlib.contextmanager
def _told(session: Session) -> Iterator[None]:
    """Go on without what cannot be read, as where there is no folder for it; tell of a newer version's."""
    try:
        yield
    except NewerError as error:
        session.notify("warning", str(error))
    except ScsegError:
        return
