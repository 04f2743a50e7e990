"""The tomograms that are meant by names, folders and patterns."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.datasets.formats.checked_reading import read_errors_as_sentences
from scseg.datasets.tomogram import has_tomogram_name
from scseg.formats.file_kind import file_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def tomograms_among(named: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Return the tomograms that are named, each once, and what was left out of them.

    Of a folder all files are meant that are called as tomograms are, those in folders within it not. `*`, `?`
    and `[…]` are patterns, which some shells leave to the program: of them the same. Of several files, those
    that this program has written are left out: a shell's `*` names them, too.

    Raises:
        ScsegError: a folder or pattern holds no tomogram, or a folder cannot be read.
    """
    found = [path for each in named for path in _expanded(each)]
    found = list(dict.fromkeys(found))
    if len(found) == 1 and found == list(named):
        return found, []
    left_out = [path for path in found if _is_ours(path)]
    kept = [path for path in found if path not in left_out]
    if not kept:
        raise ScsegError(
            f"{_listed(named)}: there are only files that this program has written; name a tomogram."
        )
    return kept, left_out


def _expanded(named: Path) -> Iterable[Path]:
    if named.is_dir():
        with read_errors_as_sentences(named):
            found = sorted(path for path in named.iterdir() if _is_tomogram(path))
    elif glob.has_magic(str(named)) and not named.exists():
        # A pathlib pattern would have to be relative.
        found = [path for path in map(Path, sorted(glob.glob(str(named)))) if _is_tomogram(path)]  # noqa: PTH207
    else:
        return [named]
    if not found:
        raise ScsegError(f"There is no tomogram in {named}: check the folder or the pattern.")
    return found


def _is_tomogram(path: Path) -> bool:
    return has_tomogram_name(path) and not path.name.startswith(".") and path.is_file()


def _is_ours(path: Path) -> bool:
    try:
        return file_kind(path) in ("prediction", "mask", "objects", "record")
    except ScsegError:  # which is told when it is to be opened
        return False


def _listed(named: Sequence[Path]) -> str:
    return ", ".join(map(str, named[:3])) + (", …" if len(named) > 3 else "")
