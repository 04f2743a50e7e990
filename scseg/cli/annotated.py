"""Annotated tomograms as they are named on the command line: by either file of the pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.annotations.feature_names import named_twice
from scseg.annotations.storage.location import SUFFIX
from scseg.annotations.storage.read_only import (
    find_annotation_file,
    read_annotation_file,
    tomogram_of,
)
from scseg.annotations.storage.side_files import unread_side_file_messages
from scseg.annotations.training_boxes import annotated_tomogram, merged_feature_names
from scseg.base.errors import ScsegError
from scseg.base.progress import sub_report
from scseg.cli import arguments as kinds
from scseg.datasets.tomogram import open_tomogram

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from scseg.annotations.contents import Contents
    from scseg.annotations.training_boxes import Choices
    from scseg.base.progress import Report
    from scseg.datasets.tomogram import Tomogram
    from scseg.datasets.training_sets.extraction import AnnotatedTomogram


@dataclass(frozen=True, eq=False)
class _Opened:
    tomogram: Tomogram
    contents: Contents


def sampled(
    arguments: argparse.Namespace, report: Report, told: list[str]
) -> list[AnnotatedTomogram]:
    """Open all that is named, without changing any of it, and choose what to sample.

    `told` gets sentences for the user on names that several features have.

    Raises:
        ScsegError: a file cannot be read, a tomogram is not found, or a feature occurs nowhere.
    """
    files = {_annotation(path): path for path in arguments.files}
    opened = [
        _opened(
            file,
            path,
            arguments,
            sub_report(report, number / len(files), (number + 1) / len(files)),
        )
        for number, (file, path) in enumerate(files.items())
    ]
    _check_names([*arguments.positive, *arguments.negative], opened)
    told += [sentence for each in opened for sentence in _equal_names(each, arguments)]
    choices: Choices = dict.fromkeys(arguments.negative, -1) | dict.fromkeys(arguments.positive, 1)
    return [annotated_tomogram(each.tomogram, each.contents, choices) for each in opened]


def notices(files: Iterable[Path]) -> list[str]:
    """Return sentences for the user on what lies beside the annotations that are named, and was not read."""
    return [notice for named in files for notice in unread_side_file_messages(_annotation(named))]


def _annotation(named: Path) -> Path:
    """Return the annotation file that is meant, so that none is sampled twice."""
    return (named if named.suffix == SUFFIX else find_annotation_file(named)).resolve()


def _opened(file: Path, named: Path, arguments: argparse.Namespace, report: Report) -> _Opened:
    tomogram = open_tomogram(
        tomogram_of(named) if named.suffix == SUFFIX else named,
        apix=arguments.tomogram_apix,
        apix_z=arguments.tomogram_apix_z,
        signed=kinds.signed(arguments),
        report=report,
    )
    return _Opened(tomogram, read_annotation_file(file, tomogram.shape))


def _equal_names(opened: _Opened, arguments: argparse.Namespace) -> list[str]:
    """Return how features of one name are told apart in a tomogram, where one of them is wanted."""
    wanted = {*arguments.positive, *arguments.negative}
    return [
        f"{opened.tomogram.path} has {len(names)} features called {name}: they go by {', '.join(names)}."
        for name, names in named_twice(opened.contents.features).items()
        if wanted.intersection(names)
    ]


def _check_names(wanted: Collection[str], opened: Sequence[_Opened]) -> None:
    known = merged_feature_names(each.contents for each in opened)
    where = opened[0].tomogram.path if len(opened) == 1 else f"any of {len(opened)} tomograms"
    for name in wanted:
        if name not in known:
            there = f"there are {', '.join(known)}" if known else "nothing is annotated there"
            raise ScsegError(f"There is no feature {name} in {where}: {there}.")
