"""Where the program keeps what belongs to the user and not to a tomogram."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from scseg.base.files.writing import write_errors_as_sentences


def cache_folder() -> Path:
    """Return the folder for what can be made again: unpacked tomograms, the demo tomogram."""
    return _made("cache", platformdirs.user_cache_path("scseg", appauthor=False))


def data_folder() -> Path:
    """Return the folder for what cannot be made again: unsaved models, settings, the last session."""
    return _made("data", platformdirs.user_data_path("scseg", appauthor=False))


def log_folder() -> Path:
    """Return the folder for what worker processes print."""
    return _made("log", platformdirs.user_log_path("scseg", appauthor=False))


def documents_folder() -> Path:
    """Return the folder for files that are the user's own; it may not be there yet."""
    home = os.environ.get("SCSEG_HOME")
    return Path(home) / "documents" if home else platformdirs.user_documents_path()


def _made(name: str, default: Path) -> Path:
    """Return the folder, created; `SCSEG_HOME` puts all of them into one place (tests, clusters)."""
    home = os.environ.get("SCSEG_HOME")
    folder = Path(home) / name if home else default
    with write_errors_as_sentences(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder
