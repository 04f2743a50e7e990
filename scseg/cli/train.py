"""`scseg train`: a model from a training set."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from scseg.cli import arguments as kinds
from scseg.compute.messages import TrainingRequest
from scseg.compute.training import train_and_wait
from scseg.datasets.training_sets.training_set import load_training_set
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.compatibility import check_can_continue
from scseg.models.description import Augmentation, TrainingParameters
from scseg.models.files import copy_model, open_model, remove_model, unused_path

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from scseg.cli.console import Console
    from scseg.compute.messages import TrainingDone
    from scseg.models.description import ModelDescription

_SUMMARY = "Train a network on a training set."
_EXAMPLES = """\
  scseg train 13.92_64_Membrane.scnt -o models
  scseg train set.scnt --architecture "UNet deep" --epochs 10 --name Membrane -o models
  scseg train more.scnt --continue models/13.92_64_0.0261_Membrane.scnm -o models
  scseg train --list-architectures

Ctrl+C stops after the batch and keeps what was learnt.
"""
_ARCHITECTURE = "VGGNet"
_COLOUR = (0.26, 0.83, 0.64)
_USUAL = TrainingParameters()


def add_to(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    parser = kinds.add_command(commands, common, "train", (_SUMMARY, _EXAMPLES))
    add = parser.add_argument
    add("training_set", type=Path, nargs="?", metavar="SET.scnt")
    add("--list-architectures", action="store_true", help="list all networks, and end")
    add("--architecture", metavar="NAME", help=f"({_ARCHITECTURE})")
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
    add("--epochs", type=int, default=_USUAL.epochs, help=f"({_USUAL.epochs})")
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
    add("--no-gpu", dest="gpu", action="store_false", help="compute on the processor")
    add("--seed", type=int, default=_USUAL.seed, help=f"one seed, one result ({_USUAL.seed})")


def run(parser: argparse.ArgumentParser, arguments: argparse.Namespace, console: Console) -> int:
    if arguments.list_architectures:
        return _list(console)
    if arguments.training_set is None or arguments.output is None:
        parser.error("a training set (SET.scnt) and a folder for the model (-o) are needed")
    request = _request(arguments)
    with console.bar("Training") as report:
        done = train_and_wait(request, report, console.notify)
    if done.stopped:
        console.notify("Training was stopped; the model holds what was learnt until then.")
    kept = Path(done.model.path)
    if arguments.keep == "best":
        kept = _best(done, Path(request.folder), console)
    console.say(f"{kept}: {_scores(open_model(kept))}")
    return 0


def _list(console: Console) -> int:
    for each in ARCHITECTURES.values():
        sizes = f"boxes in multiples of {each.divisor}"
        console.say(f"{each.name}: {each.parameters} parameters, {sizes}. {each.note}")
    return 0


def _request(arguments: argparse.Namespace) -> TrainingRequest:
    """Return what to train; what is wrong with it is told here, before a process is started."""
    parameters = TrainingParameters(
        epochs=arguments.epochs,
        negatives=arguments.negatives,
        batch_size=arguments.batch_size,
        copies=arguments.copies,
        learning_rate=arguments.learning_rate,
        seed=arguments.seed,
        validation=arguments.validation,
        augmentation=arguments.augmentation,
        gpu=arguments.gpu,
    )
    found = load_training_set(arguments.training_set)
    start = open_model(arguments.start_from) if arguments.start_from else None
    architecture = arguments.architecture or (start.architecture if start else _ARCHITECTURE)
    if start:
        check_can_continue(start, architecture, found)
    names = (arguments.name, start and start.name, "+".join(found.features), "model")
    return TrainingRequest(
        training_set=str(arguments.training_set.resolve()),
        folder=str(kinds.made_folder(arguments.output).resolve()),
        name=next(name for name in names if name),
        colour=start.colour if start else _COLOUR,
        architecture=architecture,
        parameters=parameters,
        start_from=str(arguments.start_from.resolve()) if start else None,
    )


def _best(done: TrainingDone, folder: Path, console: Console) -> Path:
    """Put the best epoch's model in the place of the last one, and return it."""
    last = Path(done.model.path)
    if done.best is None:
        console.notify("No epoch was judged on boxes held out, so the last model is kept.")
        return last
    checkpoint = Path(done.best.path)
    best = folder / open_model(checkpoint).file_name
    if best != last:
        best = unused_path(best)
    copy_model(checkpoint, best)
    if best != last:
        remove_model(last)
    return best


def _scores(model: ModelDescription) -> str:
    scores = f"loss {model.loss:.4f}"
    if model.validation_loss is not None and model.validation_dice is not None:
        scores += f", validation loss {model.validation_loss:.4f}, Dice {model.validation_dice:.4f}"
    return scores
