"""What the user keeps from one day to the next, read at the start."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from scseg import settings
from scseg.annotations import library
from scseg.errors import ScsegError
from scseg.session import Session
from scseg.state_files import NewerError

if TYPE_CHECKING:
    from collections.abc import Iterator


def new_session() -> Session:
    """Return a session with the settings of the last time and the features that the user keeps."""
    session = Session()
    with _told(session):
        session.settings = settings.load(settings.settings_path())
    with _told(session):
        session.library = library.load(library.library_path())
    return session


@contextlib.contextmanager
def _told(session: Session) -> Iterator[None]:
    """Go on without what cannot be read, as where there is no folder for it; tell of a newer version's."""
    try:
        yield
    except NewerError as error:
        session.notify("warning", str(error))
    except ScsegError:
        return
