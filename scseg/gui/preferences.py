"""What the user keeps from one day to the next, read at the start."""

from __future__ import annotations

from scseg import settings
from scseg.annotations import library
from scseg.errors import ScsegError


def load_library() -> library.Library:
    """Return the features that the user keeps; none, where there is no folder for them."""
    try:
        return library.load(library.library_path())
    except ScsegError:
        return ()


def load_settings() -> settings.Settings:
    """Return the settings of the last time; none, where the user has no folder for them."""
    try:
        return settings.load(settings.settings_path())
    except ScsegError:
        return settings.Settings()
