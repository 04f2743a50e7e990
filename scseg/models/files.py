"""Model files: a description (.scnm) and the weights beside it (.h5), always a matching pair.

The description names the SHA-256 of its weights. Saving writes new weights under another name,
renames the description over the old one and then the weights. Whichever step a crash comes after,
the description's hash tells which of the two weight files belongs to it.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.files import regular_files
from scseg.base.files.writing import (
    atomic_file,
    atomic_write,
    flush_folder,
    write_errors_as_sentences,
    write_lock,
)
from scseg.models.description import ModelDescription, from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import BufferedReader
    from pathlib import Path

    from _typeshed import SupportsWrite

    WriteWeights = Callable[[SupportsWrite[bytes]], object]

_LARGEST_DESCRIPTION = 1 << 20
_ATTEMPTS = 4


def save_model(
    description: ModelDescription, write_weights: WriteWeights, path: Path
) -> ModelDescription:
    """Save a model: the description as `path`, and its weights beside it.

    The weights on the disk are read again and compared before anything is renamed.

    Args:
        description: of the model; its `weights_sha256` is not used.
        write_weights: is given an open file, and writes the content of the .h5 from beginning to end.
        path: the model file, .scnm; the weights go to the .h5 file of the same name.

    Returns:
        The description with the hash of the weights.

    Raises:
        ScsegError: the files cannot be written, or something else is there. What stood there before is
            intact; only where the last renaming fails, the new pair is there, and opening it finishes that.
    """
    weights, fresh = weights_path(path), _fresh_weights_path(path)
    with write_errors_as_sentences(path):
        for file in (path, weights, fresh):
            regular_files.check_to_write(file)
        with write_lock(weights) as was_cut_off:
            _finish_earlier(path)
            _check_names(path, is_fresh_ours=was_cut_off)
            try:
                described = description.with_weights(_write_weights(write_weights, path))
                atomic_write(path, to_json(described).encode())
            except BaseException:
                _discard(fresh, path)
                raise
            # Whoever opened the model in between has found the weights under this name and renamed them.
            with contextlib.suppress(FileNotFoundError):
                fresh.replace(weights)
            flush_folder(path.parent)
    return described


def open_model(path: Path) -> ModelDescription:
    """Read the description of a model, and check that the weights beside it are those it was saved with.

    Reads the whole weights file once, for its hash. Finishes the last save where that was cut off.

    Args:
        path: the model file, .scnm; its weights are the .h5 file of the same name.

    Returns:
        The description.

    Raises:
        ScsegError: either file is missing, foreign or damaged, or they do not belong together.
    """
    # While somebody saves under the same name, the description read may be older or newer than the weights.
    for _ in range(_ATTEMPTS):
        description = read_description(path)
        if _has_weights(path, description):
            return description
    weights = weights_path(path)
    if not weights.is_file():
        raise ScsegError(
            f"The weights {weights} of the model are missing: keep the .scnm and .h5 files together."
        )
    raise ScsegError(
        f"{weights} does not hold the weights that {path.name} was saved with: copy both files again, "
        "or train the model anew."
    )


def remove_model(path: Path) -> None:
    """Remove a pair; what another program holds open is left, and links are."""
    # The description first: weights alone are no model, a description alone would be a damaged one.
    fresh = _fresh_weights_path(path)
    for file in (path, weights_path(path), *([] if _is_of_another_model(fresh) else [fresh])):
        with contextlib.suppress(OSError):
            regular_files.remove(file)


def copy_model(
    path: Path, target: Path, description: ModelDescription | None = None
) -> ModelDescription:
    """Copy a model file and its weights.

    Args:
        path: the model file, .scnm.
        target: where the copy goes, .scnm; its weights go to the .h5 file of the same name.
        description: of the copy, where it differs from that in `path`.

    Returns:
        The description of the copy.

    Raises:
        ScsegError: the model is damaged, its weights are not those of `description`, or the copy
            cannot be written.
    """
    found = open_model(path)
    if description is None:
        description = found
    with (
        write_errors_as_sentences(target),
        regular_files.open_to_read(weights_path(path)) as weights,
    ):
        # From here on this very file is read, whatever comes in its place.
        if _sha256(weights) != description.weights_sha256:
            raise ScsegError(
                f"{path} holds other weights than when it was loaded, because it was saved anew: load it "
                "again."
            )
        weights.seek(0)
        return save_model(description, lambda file: _copy(weights, file), target)


def unused_path(path: Path) -> Path:
    """Return `path`, or the first of `name_2`, `name_3`, … of which neither file of a pair exists."""
    candidate, number = path, 1
    while candidate.exists() or weights_path(candidate).exists():
        number += 1
        candidate = path.with_name(f"{path.stem}_{number}{path.suffix}")
    return candidate


def read_description(path: Path) -> ModelDescription:
    """Read a description alone, without looking at its weights: a few hundred bytes.

    Raises:
        ScsegError: the file is missing, foreign or damaged.
    """
    return from_json(_read_text(path), str(path))


def weights_path(path: Path) -> Path:
    """Return where the weights of the model file `path` lie."""
    return path.with_name(f"{path.stem}.h5")


def sha256_of(path: Path) -> str:
    with regular_files.open_to_read(path) as file:
        return _sha256(file)


def _copy(content: BufferedReader, file: SupportsWrite[bytes]) -> None:
    with content:  # closed before anything takes its place: Windows would not have it otherwise
        shutil.copyfileobj(content, file)


def _sha256(file: BufferedReader) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()


def _fresh_weights_path(path: Path) -> Path:
    return path.with_name(f"{path.stem}.new.h5")


def _is_of_another_model(fresh: Path) -> bool:
    """Tell whether `m.new.h5` holds the weights of a model that is called `m.new`."""
    return fresh.with_suffix(".scnm").exists()


def _finish_earlier(path: Path) -> None:
    """Finish a save that was cut off after its description: the next one would take the weights' place."""
    if not _fresh_weights_path(path).exists():
        return
    try:
        description = read_description(path)
    except ScsegError:  # none, or a damaged one: there is nothing to finish
        return
    _has_weights(path, description)


def _check_names(path: Path, *, is_fresh_ours: bool) -> None:
    """Refuse to write over what belongs to no model of that name.

    Raises:
        ScsegError: such a file is there.
    """
    weights, fresh = weights_path(path), _fresh_weights_path(path)
    others = [weights] if not path.exists() else []
    if not is_fresh_ours or _is_of_another_model(fresh):
        others.append(fresh)
    for other in others:
        if other.exists():
            raise ScsegError(
                f"{other} is there already and belongs to no model {path.name}: choose another name."
            )


def _write_weights(write_weights: WriteWeights, path: Path) -> str:
    """Write the fresh weights of `path`, and return their SHA-256 once it is that of what is on the disk."""
    fresh = _fresh_weights_path(path)
    with atomic_file(fresh, path) as file:
        hashed = _Hashed(file)
        write_weights(hashed)
    sha256 = hashed.digest.hexdigest()
    if sha256_of(fresh) != sha256:
        raise ScsegError(
            f"Cannot write {path}: its disk keeps other bytes than it was given; check it."
        )
    return sha256


class _Hashed:
    """A file that is written from its beginning to its end, and the hash of what was."""

    def __init__(self, file: SupportsWrite[bytes]) -> None:
        self.digest = hashlib.sha256()
        self._file = file

    def write(self, content: bytes) -> None:
        self.digest.update(content)
        self._file.write(content)


def _discard(fresh: Path, path: Path) -> None:
    """Remove weights whose save failed, unless a description on disk already names them."""
    with contextlib.suppress(OSError, ScsegError):
        if path.exists() and sha256_of(fresh) == read_description(path).weights_sha256:
            return
    with contextlib.suppress(OSError):
        regular_files.remove(fresh)


def _has_weights(path: Path, description: ModelDescription) -> bool:
    """Tell whether the weights of a description are there; rename them if a save was cut short."""
    weights, fresh = weights_path(path), _fresh_weights_path(path)
    if _holds(weights, description.weights_sha256):
        return True
    if not _holds(fresh, description.weights_sha256):
        return False
    # Whoever saves them may do so at this moment.
    with write_errors_as_sentences(weights), contextlib.suppress(FileNotFoundError):
        fresh.replace(weights)
    return True


def _holds(weights: Path, sha256: str) -> bool:
    if not weights.is_file():
        return False
    try:
        return sha256_of(weights) == sha256
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ScsegError(f"Cannot read {weights}: {error.strerror}.") from error


def _read_text(path: Path) -> str:
    try:
        with regular_files.open_to_read(path) as file:
            content = file.read(_LARGEST_DESCRIPTION + 1)
    except FileNotFoundError as error:
        raise ScsegError(f"There is no model {path}.") from error
    except OSError as error:
        raise ScsegError(f"Cannot read {path}: {error.strerror}.") from error
    try:
        if len(content) <= _LARGEST_DESCRIPTION:
            return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    raise ScsegError(f"{path} is not a model of this program: choose a .scnm file that it saved.")
