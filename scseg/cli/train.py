"""`scseg train`: a model from a training set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scseg.cli import arguments as kinds
from scseg.compute.messages import TrainingRequest
from scseg.compute.training import train_and_wait
from scseg.datasets.training_set import load_training_set
from scseg.models.description import TrainingParameters

if TYPE_CHECKING:
    import argparse

    from scseg.cli.console import Console

_SUMMARY = "Train a network on a training set."
_EXAMPLES = """\
  scseg train 13.92_64_Membrane.scnt -o models
  scseg train set.scnt --architecture "UNet deep" --epochs 10 --name Membrane -o models

Ctrl+C stops after the batch and keeps what was learnt.
"""
_COLOUR = (0.26, 0.83, 0.64)


def add_to(
    commands: kinds.Commands[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    usual = TrainingParameters()
    parser = kinds.add_command(commands, common, "train", (_SUMMARY, _EXAMPLES))
    add = parser.add_argument
    add("training_set", type=Path, metavar="SET.scnt")
    add("--architecture", default="VGGNet", help="VGGNet (default) or 'UNet deep'")
    add("--epochs", type=int, default=usual.epochs, help=f"({usual.epochs})")
    add(
        "--negatives",
        type=float,
        default=usual.negatives,
        help=f"negatives beyond one for each positive ({usual.negatives})",
    )
    add("--batch-size", type=int, default=usual.batch_size, help=f"({usual.batch_size})")
    add(
        "--copies",
        type=int,
        default=usual.copies,
        help=f"times that an epoch shows each positive ({usual.copies})",
    )
    add("--learning-rate", type=float, default=usual.learning_rate, help=f"({usual.learning_rate})")
    add("--seed", type=int, default=usual.seed, help="one seed, one result (0)")
    add("--name", help="of the model (the feature's)")
    add("-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the model")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    parameters = TrainingParameters(
        epochs=arguments.epochs,
        negatives=arguments.negatives,
        batch_size=arguments.batch_size,
        copies=arguments.copies,
        learning_rate=arguments.learning_rate,
        seed=arguments.seed,
    )
    # Read here too: what is wrong with it is told before a process is started.
    features = load_training_set(arguments.training_set).features
    request = TrainingRequest(
        training_set=str(arguments.training_set.resolve()),
        folder=str(kinds.made_folder(arguments.output).resolve()),
        name=arguments.name or "+".join(features) or "model",
        colour=_COLOUR,
        architecture=arguments.architecture,
        parameters=parameters,
    )
    with console.bar("Training") as report:
        done = train_and_wait(request, report, console.notify)
    if done.stopped:
        console.notify("Training was stopped; the model holds what was learnt until then.")
    console.say(f"{done.model.path}: loss {done.loss:.4f}")
    return 0
