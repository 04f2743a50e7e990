"""Training sets from annotated tomograms, which are named by either file of the pair."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
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
from scseg.base.progress import Report, silent, sub_report
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.extraction import extract as _cut_out
from scseg.export.settings import TomogramWord

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from scseg.annotations.contents import Contents
    from scseg.annotations.training_boxes import Choice
    from scseg.datasets.tomogram import Tomogram
    from scseg.datasets.training_sets.extraction import AnnotatedTomogram, SetParameters
    from scseg.datasets.training_sets.training_set import TrainingSet

_UNSAID = TomogramWord()


@dataclass(frozen=True, eq=False)
class _Opened:
    tomogram: Tomogram
    contents: Contents


def extract(
    files: Sequence[Path | str],
    parameters: SetParameters,
    word: TomogramWord = _UNSAID,
    report: Report = silent,
) -> TrainingSet:
    """Cut the boxes of features out of annotated tomograms into a training set.

    Each slice with boxes is read once; the set is held in memory: 32 kB for a box of 64 pixels.

    Args:
        files: tomograms or their annotations (.scna), as drawn in the window or by `annotate`.
        parameters: box size, A per pixel, positive and negative features, depth.
        word: what the user knows better than the headers of the tomograms.
        report: is told the progress.

    Returns:
        The training set; `save_training_set` writes it.

    Raises:
        ScsegError: a file cannot be read, a feature occurs nowhere, or there are no boxes or no positives.
        CancelledError: from `report`.
    """
    sampled = annotated_samples(
        tuple(map(Path, files)), parameters, word, sub_report(report, 0.0, 0.1)
    )
    return _cut_out([each.sampled for each in sampled], parameters, sub_report(report, 0.1, 1.0))


@dataclass(frozen=True, eq=False)
class Sampled:
    """What is sampled of an annotated tomogram; `told` are sentences for the user on names it has twice."""

    sampled: AnnotatedTomogram
    told: tuple[str, ...]


def annotated_samples(
    files: Sequence[Path],
    parameters: SetParameters,
    word: TomogramWord = _UNSAID,
    report: Report = silent,
) -> list[Sampled]:
    """Open all annotated tomograms that are named, without changing any, and choose what to sample.

    Raises:
        ScsegError: a file cannot be read, a tomogram is not found, or a feature occurs nowhere.
    """
    named = {_annotation(path): path for path in files}
    opened = [
        _opened(
            file, path, word, sub_report(report, number / len(named), (number + 1) / len(named))
        )
        for number, (file, path) in enumerate(named.items())
    ]
    wanted = (*parameters.features, *parameters.negative_features)
    _check_names(wanted, opened)
    negative, positive = parameters.negative_features, parameters.features
    choices: dict[str, Choice] = dict.fromkeys(negative, -1)
    choices.update(dict.fromkeys(positive, 1))
    return [
        Sampled(
            annotated_tomogram(each.tomogram, each.contents, choices), _equal_names(each, wanted)
        )
        for each in opened
    ]


def annotation_notices(files: Iterable[Path]) -> list[str]:
    """Return sentences for the user on what lies beside the annotations that are named, and was not read."""
    return [notice for named in files for notice in unread_side_file_messages(_annotation(named))]


def _annotation(named: Path) -> Path:
    """Return the annotation file that is meant, so that none is sampled twice."""
    return (named if named.suffix == SUFFIX else find_annotation_file(named)).resolve()


def _opened(file: Path, named: Path, word: TomogramWord, report: Report) -> _Opened:
    tomogram = open_tomogram(
        tomogram_of(named) if named.suffix == SUFFIX else named,
        apix=word.apix,
        apix_z=word.apix_z,
        signed=word.signed,
        report=report,
    )
    return _Opened(tomogram, read_annotation_file(file, tomogram.shape))


def _equal_names(opened: _Opened, wanted: Collection[str]) -> tuple[str, ...]:
    """Return how features of one name are told apart in a tomogram, where one of them is wanted."""
    return tuple(
        f"{opened.tomogram.path} has {len(names)} features called {name}: they go by {', '.join(names)}."
        for name, names in named_twice(opened.contents.features).items()
        if set(wanted).intersection(names)
    )


def _check_names(wanted: Collection[str], opened: Sequence[_Opened]) -> None:
    known = merged_feature_names(each.contents for each in opened)
    where = opened[0].tomogram.path if len(opened) == 1 else f"any of {len(opened)} tomograms"
    for name in wanted:
        if name not in known:
            there = f"there are {', '.join(known)}" if known else "nothing is annotated there"
            raise ScsegError(f"There is no feature {name} in {where}: {there}.")
