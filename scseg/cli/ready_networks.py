"""Ready networks on the command line: files for as long as a command runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.datasets.tomogram import open_tomogram, require_apix
from scseg.export.planning import ExportItem
from scseg.models.starters.ready import USUAL_APIX, write_ready

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scseg.export.settings import TomogramWord


def ready_items(
    tomograms: Sequence[Path], features: Sequence[str], word: TomogramWord, folder: Path
) -> list[ExportItem]:
    """Return each tomogram with each ready network, as files in `folder` for the pixel size of each.

    Raises:
        ScsegError: there is no ready network for a feature, or it cannot be written.
    """
    written: dict[tuple[str, float], Path] = {}
    items = []
    for tomogram in tomograms:
        apix = round(_apix(tomogram, word), 2)
        for feature in dict.fromkeys(features):
            if (feature, apix) not in written:
                written[feature, apix] = write_ready(feature, apix, folder)
            items.append(ExportItem(tomogram, written[feature, apix]))
    return items


def _apix(tomogram: Path, word: TomogramWord) -> float:
    """Return the pixel size of a tomogram in A; the usual one of what cannot be read, which is told later."""
    try:
        return require_apix(open_tomogram(tomogram, apix=word.apix, signed=word.signed))
    except ScsegError:
        return USUAL_APIX
