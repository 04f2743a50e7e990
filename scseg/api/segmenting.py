"""Models applied to whole tomograms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.files.folders_to_write import made_folder
from scseg.base.progress import Report, silent, sub_report
from scseg.export.estimate import check_space
from scseg.export.exporter import Exporter, Outcome
from scseg.export.planning import ExportItem, check_names, planned
from scseg.export.settings import ExportSettings
from scseg.export.tomogram_files import tomograms_among

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.compute.segmentation_jobs import JointSegmentation

    Files = Path | str | Sequence[Path | str]

_USUAL = ExportSettings()


def segment(
    tomograms: Files,
    models: Files,
    folder: Path | str,
    settings: ExportSettings = _USUAL,
    report: Report = silent,
) -> list[Outcome]:
    """Apply models to tomograms, into MRC volumes; the same bytes as `scseg segment` writes.

    Volumes that are there already, made in the same way, are kept; what a process that was killed has left of
    one goes on. All is done slice by slice, so memory does not depend on the number of slices. A
    megapixel takes VGGNet 0.3 to 0.7 s on two cores.

    Args:
        tomograms: files, folders (all tomograms in them) or patterns such as `tomos/*.mrc`; of several files,
            volumes that this program has written are left out.
        models: models (.scnm), each of which acts alone, or groups (.scnmgroup), whose models act together.
        folder: for the volumes, `TOMOGRAM__MODEL.mrc`; it is made if need be.
        settings: slices, crop, type and so on.
        report: is told the progress over all; its text names the slice.

    Returns:
        What came of each tomogram with each model or group, in order: one that fails does not end the others,
        and its `error` tells why.

    Raises:
        ScsegError: two volumes would have one name, the disk has too little space, the folder cannot be made,
            or the settings ask for what this computer cannot do. Nothing is written then.
        CancelledError: from `report`; finished volumes stay, nothing unfinished does.
    """
    found, _ = tomograms_among(_paths(tomograms))
    items = [ExportItem(tomogram, model) for tomogram in found for model in _paths(models)]
    outcomes: dict[ExportItem, Outcome] = {}
    plans: dict[ExportItem, JointSegmentation] = {}
    for item in items:
        try:
            plans[item] = planned(item, settings, report)
        except ScsegError as error:
            outcomes[item] = Outcome(item, error=error)
    check_names(plans.values(), Path(folder))
    with Exporter(made_folder(Path(folder)), settings) as exporter:
        check_space(exporter.estimate(plans.values()), Path(folder))
        for number, item in enumerate(plans):
            stage = sub_report(report, number / len(plans), (number + 1) / len(plans))
            outcomes[item] = exporter.export(item, stage)
    return [outcomes[item] for item in items]


def _paths(files: Files) -> list[Path]:
    named = [files] if isinstance(files, str | Path) else files
    return list(dict.fromkeys(map(Path, named)))
