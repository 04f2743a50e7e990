"""`scseg segment`: models, or a group of them, applied to tomograms."""

from __future__ import annotations

import contextlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from scseg.api import (
    ClusterExporter,
    Exporter,
    ExportItem,
    Outcome,
    check_names,
    check_names_of_items,
    check_space,
    estimated,
    planned,
    tomograms_among,
)
from scseg.api.extracting import annotation_notices
from scseg.base.errors import ScsegError, SuspendedError
from scseg.base.files.folders_to_write import made_folder
from scseg.base.formatting import counted, format_bytes
from scseg.base.progress import sub_report
from scseg.cli import arguments as kinds
from scseg.cli.ready_networks import ready_items
from scseg.cli.segment_options import add_parser, export_settings
from scseg.compute.prediction_rates import PredictionRates
from scseg.export.cluster.marks import lent_folder

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from scseg.api import Estimate, ExportSettings, Share
    from scseg.cli.console import Console
    from scseg.compute.segmentation_jobs import JointSegmentation


def add_to(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    add_parser(commands, common).set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    kinds.use_backend(arguments)
    with _own_folder(arguments) as folder:
        items = _items(arguments, Path(folder), console)
        if arguments.array is not None:
            items = _share(items, arguments, console)
        return _run(arguments, items, console) if items else 0


def _own_folder(arguments: argparse.Namespace) -> contextlib.AbstractContextManager[str | Path]:
    """Return a folder that is there for as long as the command runs."""
    if arguments.scheduler and arguments.starter:
        # What workers on other machines read lies where they write.
        return lent_folder(made_folder(arguments.output))
    return TemporaryDirectory(prefix="scseg_")


def _share(
    items: list[ExportItem], arguments: argparse.Namespace, console: Console
) -> list[ExportItem]:
    """Return what this job of several does.

    Raises:
        ScsegError: any two of all jobs would write one file.
    """
    check_names_of_items(items, arguments.output)
    share: Share = arguments.array
    chosen = share.of(items)
    console.remark(
        f"Share {share.number} of {share.count}: {len(chosen)} of {counted(len(items), 'volume')}."
    )
    return chosen


def _run(arguments: argparse.Namespace, items: list[ExportItem], console: Console) -> int:
    settings = export_settings(arguments)
    plans, failed = _planned(items, settings, console)
    check_names(plans.values(), arguments.output)
    made_folder(arguments.output)
    outcomes = [*failed]
    do = _exported if arguments.scheduler is None else _exported_by_cluster
    for outcome in do(plans, settings, arguments, console):
        _tell(outcome, console, alone=len(items) == 1)
        outcomes.append(outcome)
    if len(items) > 1:
        outcomes.sort(key=lambda outcome: items.index(outcome.item))
        console.table(("tomogram", "model", "result"), map(_row, outcomes))
    return 1 if any(outcome.error for outcome in outcomes) else 0


def _exported(
    plans: Mapping[ExportItem, JointSegmentation],
    settings: ExportSettings,
    arguments: argparse.Namespace,
    console: Console,
) -> Iterator[Outcome]:
    """Do it in this process, one after the other."""
    with Exporter(arguments.output, settings) as exporter:
        if plans:
            _tell_estimate(exporter.estimate(plans.values()), arguments.output, console)
        for item in plans:
            with _told_that_it_goes_on(console), console.bar(_title(item, arguments)) as report:
                outcome = exporter.export(item, report)
            yield outcome
    for notice in exporter.notices:
        console.notify(notice)


def _exported_by_cluster(
    plans: Mapping[ExportItem, JointSegmentation],
    settings: ExportSettings,
    arguments: argparse.Namespace,
    console: Console,
) -> Iterator[Outcome]:
    """Have the workers of a scheduler do it."""
    if not plans:
        return
    estimate = estimated(
        plans.values(), arguments.output, PredictionRates(), separate=settings.separate
    )
    _tell_estimate(estimate, arguments.output, console)
    exporter = ClusterExporter(arguments.scheduler, arguments.output, settings, arguments.slab)
    try:
        with _told_that_it_goes_on(console), console.bar("On the cluster") as report:
            yield from exporter.export_all(plans, report)
    finally:
        for notice in dict.fromkeys(exporter.notices):
            console.notify(notice)


@contextlib.contextmanager
def _told_that_it_goes_on(console: Console) -> Iterator[None]:
    try:
        yield
    except SuspendedError:
        console.remark("The volume that was begun is kept: the same command goes on with it.")
        raise


def _items(arguments: argparse.Namespace, folder: Path, console: Console) -> list[ExportItem]:
    """Return what is to be done; ready networks are written into `folder`."""
    tomograms, left_out = tomograms_among(arguments.tomograms)
    if left_out:
        names = ", ".join(path.name for path in left_out[:3]) + ("…" if len(left_out) > 3 else "")
        files = counted(len(left_out), "file")
        console.remark(f"{files} that this program has written: left out ({names}).")
    if arguments.starter:
        return ready_items(tomograms, arguments.starter, kinds.tomogram_word(arguments), folder)
    models = list(dict.fromkeys(arguments.model or [arguments.group]))
    return [ExportItem(tomogram, model) for tomogram in tomograms for model in models]


def _planned(
    items: Sequence[ExportItem], settings: ExportSettings, console: Console
) -> tuple[dict[ExportItem, JointSegmentation], list[Outcome]]:
    """Look at all that can be wrong before hours of work begin; return what can be done, and what cannot.

    Raises:
        ScsegError: there is one item alone, and it cannot be done.
    """
    plans, failed = {}, []
    with console.bar("Looking at the files") as report:
        for number, item in enumerate(items):
            this = sub_report(report, number / len(items), (number + 1) / len(items))
            this(0.0, item.tomogram.name)
            try:
                plans[item] = planned(item, settings, this)
            except ScsegError as error:
                if len(items) == 1:
                    raise
                failed.append(Outcome(item, error=error))
    opened = {item.tomogram: plan.first.tomogram for item, plan in plans.items()}
    for path, tomogram in opened.items():
        for warning in tomogram.warnings:
            console.notify(f"{path}: {warning}")
        for notice in annotation_notices([path]) if settings.annotated_crop else ():
            console.notify(notice)
    for sentence in dict.fromkeys(str(outcome.error) for outcome in failed):
        console.complain(sentence)
    return plans, failed


def _tell_estimate(estimate: Estimate, folder: Path, console: Console) -> None:
    check_space(estimate, folder)
    files, free = counted(estimate.files, "file"), format_bytes(estimate.free)
    console.remark(f"{files}, {format_bytes(estimate.nbytes)} in all, into {folder} ({free} free).")


def _tell(outcome: Outcome, console: Console, *, alone: bool) -> None:
    """Tell what came of an item.

    Raises:
        ScsegError: it failed, and there is no other.
    """
    for path in (*outcome.written, *outcome.kept):
        console.say(f"{path}")
    for path in outcome.kept:
        console.remark(
            f"{path.name} is there already, made in the same way, and was kept (--overwrite makes it anew)."
        )
    if outcome.error is not None:
        if alone:
            raise outcome.error
        console.complain(f"{outcome.error}")


def _title(item: ExportItem, arguments: argparse.Namespace) -> str:
    several = len(arguments.model or arguments.starter or ()) > 1
    return f"{item.tomogram.name}, {item.models.name}" if several else item.tomogram.name


def _row(outcome: Outcome) -> tuple[str, str, str]:
    if outcome.error is not None:
        result = f"failed: {outcome.error}"
    elif outcome.written:
        result = f"{counted(len(outcome.written), 'file')} written"
    else:
        result = "there already"
    return str(outcome.item.tomogram), outcome.item.models.name, result
