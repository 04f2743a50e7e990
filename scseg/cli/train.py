"""`scseg train`: a model from a training set."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from scseg.api.training import ARCHITECTURE, TrainingChoices, train
from scseg.cli import arguments as kinds
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.description import Augmentation, Start, TrainingParameters

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from scseg.cli.console import Console
    from scseg.models.description import ModelDescription

_SUMMARY = "Train a network on a training set."
_EXAMPLES = """\
  scseg train 13.92_64_Membrane.scnt -o models
  scseg train set.scnt --architecture "UNet deep" --epochs 10 --name Membrane -o models
  scseg train more.scnt --continue models/13.92_64_0.0261_Membrane.scnm -o models
  scseg train --list-architectures

Ctrl+C stops after the batch and keeps what was learnt.
"""
_USUAL = TrainingParameters()


def add_to(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    parser = kinds.add_command(commands, common, "train", (_SUMMARY, _EXAMPLES))
    add = parser.add_argument
    add("training_set", type=Path, nargs="?", metavar="SET.scnt")
    add("--list-architectures", action="store_true", help="list all networks, and end")
    add("--architecture", metavar="NAME", help=f"({ARCHITECTURE})")
    add("--continue", dest="start_from", type=Path, metavar="M.scnm", help="train a model further")
    add("--name", help="of the model (the feature's)")
    add(
        "--keep",
        choices=("last", "best"),
        default="last",
        help="the last epoch, or the best on boxes held out (last)",
    )
    add("-o", "--output", type=Path, metavar="DIR", help="folder for the model")
    _add_parameters(add)
    parser.set_defaults(run=partial(run, parser))


def _add_parameters(add: Callable[..., object]) -> None:
    add(
        "--epochs",
        type=int,
        default=_USUAL.epochs,
        help=f"or fewer, where a starter knows the feature and so many are enough ({_USUAL.epochs})",
    )
    add(
        "--negatives",
        type=float,
        default=_USUAL.negatives,
        help=f"negatives beyond one for each positive ({_USUAL.negatives})",
    )
    add("--batch-size", type=int, default=_USUAL.batch_size, help=f"({_USUAL.batch_size})")
    add(
        "--copies",
        type=int,
        default=_USUAL.copies,
        help=f"times that an epoch shows each positive ({_USUAL.copies})",
    )
    rate = _USUAL.learning_rate
    add("--learning-rate", type=float, default=rate, help=f"({rate})")
    add(
        "--validation",
        type=kinds.number(0, 0.5),
        help="part of the boxes to hold out and judge by (0.2 if there are many boxes, else 0)",
    )
    add(
        "--augmentation",
        choices=get_args(Augmentation),
        default=_USUAL.augmentation,
        help=f"how much the samples are varied ({_USUAL.augmentation})",
    )
    add(
        "--start",
        choices=get_args(Start),
        default=_USUAL.start,
        help="what a new network begins from: weights that know simulated tomograms, where its architecture "
        f"has them, or nothing ({_USUAL.start})",
    )
    kinds.add_backend_option(add)
    add("--no-gpu", dest="gpu", action="store_false", help="compute on the processor")
    add("--seed", type=int, default=_USUAL.seed, help=f"one seed, one result ({_USUAL.seed})")


def run(parser: argparse.ArgumentParser, arguments: argparse.Namespace, console: Console) -> int:
    if arguments.list_architectures:
        return _list(console)
    if arguments.training_set is None or arguments.output is None:
        parser.error("a training set (SET.scnt) and a folder for the model (-o) are needed")
    kinds.use_backend(arguments)
    choices = _choices(arguments)
    with console.bar("Training") as report:
        done = train(arguments.training_set, arguments.output, choices, report, console.notify)
    if done.stopped:
        console.notify("Training was stopped; the model holds what was learnt until then.")
    origin = done.model.origin
    console.remark(f"It began from {f'the {origin.starter}' if origin else 'scratch'}.")
    console.say(f"{done.path}: {_scores(done.model)}")
    return 0


def _list(console: Console) -> int:
    for each in ARCHITECTURES.values():
        sizes = f"boxes in multiples of {each.divisor}"
        console.say(f"{each.name}: {each.parameters} parameters, {sizes}. {each.note}")
    return 0


def _choices(arguments: argparse.Namespace) -> TrainingChoices:
    return TrainingChoices(
        parameters=_parameters(arguments),
        architecture=arguments.architecture,
        name=arguments.name,
        start_from=arguments.start_from,
        keep=arguments.keep,
    )


def _parameters(arguments: argparse.Namespace) -> TrainingParameters:
    return TrainingParameters(
        epochs=arguments.epochs,
        negatives=arguments.negatives,
        batch_size=arguments.batch_size,
        copies=arguments.copies,
        learning_rate=arguments.learning_rate,
        seed=arguments.seed,
        validation=arguments.validation,
        augmentation=arguments.augmentation,
        gpu=arguments.gpu,
        start=arguments.start,
    )


def _scores(model: ModelDescription) -> str:
    scores = f"loss {model.loss:.4f}"
    if model.validation_loss is not None and model.validation_dice is not None:
        scores += f", validation loss {model.validation_loss:.4f}, Dice {model.validation_dice:.4f}"
    return scores
