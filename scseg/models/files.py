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

from scseg.errors import ScsegError
from scseg.files import explained, flush, flush_folder, replaced
from scseg.models.description import ModelDescription, from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LARGEST_DESCRIPTION = 1 << 20
_ATTEMPTS = 4


def save_model(
    description: ModelDescription, write_weights: Callable[[Path], object], path: Path
) -> ModelDescription:
    """Save a pair as `path` (.scnm) and the .h5 beside it; return the description with its hash.

    `write_weights` writes the weights to the path it is given.

    Raises:
        ScsegError: the files cannot be written, or weights of something else are there; what stood there
            before is intact.
    """
    fresh = _fresh_weights_path(path)
    if weights_path(path).exists() and not path.exists():
        raise ScsegError(
            f"{weights_path(path)} is there already and belongs to no model {path.name}: choose another "
            "name."
        )
    with explained(path):
        try:
            write_weights(fresh)
            flush(fresh)
            described = description.with_weights(sha256_of(fresh))
            content = to_json(described)
            with replaced(path) as temporary:
                temporary.write_text(content, encoding="utf-8")
        except BaseException:
            _discard(fresh, path)
            raise
        # Whoever opened the model in between has found the weights under this name and renamed them.
        with contextlib.suppress(FileNotFoundError):
            fresh.replace(weights_path(path))
        flush_folder(path.parent)
    return described


def open_model(path: Path) -> ModelDescription:
    """Read a description and make sure that its weights are there; finish a save cut short.

    Costs one reading of the weights file.

    Raises:
        ScsegError: either file is missing, foreign, damaged, or not of the other.
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
    """Remove a pair; what another program holds open is left."""
    # The description first: weights alone are no model, a description alone would be a damaged one.
    for file in (path, weights_path(path), _fresh_weights_path(path)):
        with contextlib.suppress(OSError):
            file.unlink()


def copy_model(
    path: Path, target: Path, description: ModelDescription | None = None
) -> ModelDescription:
    """Copy a pair, as `target` (.scnm) and the .h5 beside it, perhaps described in other words.

    Raises:
        ScsegError: the model is damaged, its weights are not those that the words are about, or the copy
            cannot be written.
    """
    found = open_model(path)
    if description is not None and description.weights_sha256 != found.weights_sha256:
        raise ScsegError(
            f"{path} holds other weights than when it was loaded, because it was saved anew: load it again."
        )
    weights = weights_path(path)
    return save_model(description or found, lambda fresh: shutil.copyfile(weights, fresh), target)


def unused(path: Path) -> Path:
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
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fresh_weights_path(path: Path) -> Path:
    return path.with_name(f"{path.stem}.new.h5")


def _discard(fresh: Path, path: Path) -> None:
    """Remove weights whose save failed, unless a description on disk already names them."""
    if fresh.is_file() and path.is_file():
        named = path.read_text(encoding="utf-8", errors="replace")
        if sha256_of(fresh) in named:
            return
    fresh.unlink(missing_ok=True)


def _has_weights(path: Path, description: ModelDescription) -> bool:
    """Tell whether the weights of a description are there; rename them if a save was cut short."""
    weights, fresh = weights_path(path), _fresh_weights_path(path)
    if _holds(weights, description.weights_sha256):
        return True
    if not _holds(fresh, description.weights_sha256):
        return False
    # Whoever saves them may do so at this moment.
    with explained(weights), contextlib.suppress(FileNotFoundError):
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
        with path.open("rb") as file:
            content = file.read(_LARGEST_DESCRIPTION + 1)
    except FileNotFoundError as error:
        raise ScsegError(f"There is no model {path}.") from error
    except IsADirectoryError as error:
        raise ScsegError(f"{path} is a folder: give a model file (.scnm).") from error
    except OSError as error:
        raise ScsegError(f"Cannot read {path}: {error.strerror}.") from error
    try:
        if len(content) <= _LARGEST_DESCRIPTION:
            return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    raise ScsegError(f"{path} is not a model of this program: choose a .scnm file that it saved.")
