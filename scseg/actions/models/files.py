"""Models from and to their files."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions.models import model_list
from scseg.actions.view import view
from scseg.base.errors import ScsegError
from scseg.compute.messages import ModelRef
from scseg.models import unsaved_models
from scseg.models.display_settings import DisplaySettings
from scseg.models.files import copy_model, open_model, read_description
from scseg.state.models import Display, Model, Weights
from scseg.state.panel_layout import Stage
from scseg.state.requests import FilesToOpen, FileToWrite, Work
from scseg.state.settings import is_model

if TYPE_CHECKING:
    from scseg.base.progress import Report
    from scseg.models.description import ModelDescription
    from scseg.state.requests import Workflow
    from scseg.state.session import Session

    Found = list[tuple[Model, Path, ModelDescription]]


def choose(session: Session, model: Model) -> None:
    """Ask for a model file, to be loaded in place of what a model has learnt."""
    session.requests.append(_choose(session, model))


def _choose(session: Session, model: Model) -> Workflow:
    title = f"Choose what {model.display.name} has learnt"
    chosen: tuple[Path, ...] = yield FilesToOpen("model", title)
    yield from load(session, model, chosen[0])


def load(session: Session, model: Model, path: Path) -> Workflow:
    """Read a model file, then give its weights to a model of the window."""
    path = path.absolute()
    description: ModelDescription = yield Work(f"Loading {path.name}", lambda _: open_model(path))
    if model.unloaded is not None and model.unloaded.path == str(path):
        model_list.add(session, path, description)
    elif model.run is None:
        taking = model_list.replaceable(session, model)
        model_list.load(session, taking, path, description)


def save(session: Session, model: Model) -> None:
    """Ask for a name, then save a model with its looks: a pair of files, .scnm and .h5."""
    if model.weights is None:
        return
    proposed = folder(model) / described(model.weights.description, model.display).file_name
    session.requests.append(_save(session, model, proposed))


def _save(session: Session, model: Model, proposed: Path) -> Workflow:
    path: Path = yield FileToWrite(f"Save the model {model.display.name}", proposed)
    yield from write(session, model, path)


def write(session: Session, model: Model, path: Path) -> Workflow:
    """Save a model under a name; from then on, it is the model of that file."""
    weights = model.weights
    if weights is None:
        return
    description = described(weights.description, model.display)
    source = Path(weights.ref.path)

    def run(_: Report) -> ModelDescription:
        return copy_model(source, path, description)

    saved: ModelDescription = yield Work(f"Saving {path.name}", run, keeps=True)
    if model.weights is weights:
        model_list.show_weights(model, Weights(ModelRef(str(path), saved.weights_sha256), saved))
    session.settings = session.settings.opened(path)
    session.notify("info", f"Written: {path}")


def described(description: ModelDescription, display: Display) -> ModelDescription:
    """Return what a model is to be saved as: called and drawn as it is now."""
    looks = DisplaySettings(display.alpha, display.threshold, display.overlap)
    return replace(description, name=display.name, colour=display.colour, display=looks)


def folder(model: Model) -> Path:
    """Return where a model is likely to be saved: beside its file, else beside its training set."""
    if model.weights is not None and model.weights.kept:
        return Path(model.weights.ref.path).parent
    found = model.plan.training_set
    return Path(found.path).parent if found is not None else Path.cwd()


def bring_back(session: Session) -> None:
    """Load the newest of what every model in the session's folder has learnt, that nobody has saved."""
    there = {model.id for model in session.models}
    shown = {model.ref.weights_sha256 for model in session.models if model.ref is not None}
    saved = [Path(each) for each in session.settings.recent if is_model(each)]
    run = partial(_unsaved_but, there, shown, saved)
    session.requests.append(_bring_back(session, Work("Looking for unsaved models", run)))


def _bring_back(session: Session, looking: Work[tuple[Found, list[str]]]) -> Workflow:
    result: tuple[Found, list[str]] = yield looking
    found, failures = result
    for sentence in failures:
        session.notify("warning", sentence)
    for model, path, description in found:
        model_list.load(session, model, path, description, kept=False)
        model_list.change(session, [*session.models, model], f"bring back {model.display.name}")
    if found:
        view.set_stage(session, Stage.MODELS)
    elif not failures:
        session.notify("info", "Every model that was not saved is in the list already.")


def _unsaved_but(
    there: set[str], shown: set[str], saved: list[Path], _: Report
) -> tuple[Found, list[str]]:
    """Return the newest of every model but those in the list and those known, and what cannot be read.

    `there` are ids; known are those whose weights have the hash of one that is `shown` or lies in `saved`.

    As new models: the one whose folder it is may be open in another window, which goes on to use that.
    """
    known = shown | _hashes(saved)
    found, failures = [], []
    for folder in unsaved_models.model_folders():
        path = None if folder.name in there else unsaved_models.newest_model(folder.name)
        try:
            description = open_model(path) if path is not None else None
            if path is not None and description and description.weights_sha256 not in known:
                model = Model(model_list.display_of(description))
                found.append((model, unsaved_models.import_model(model.id, path), description))
                known = known | {description.weights_sha256}
        except ScsegError as error:
            failures.append(str(error))
    return found, failures


def _hashes(paths: list[Path]) -> set[str]:
    """Return the hashes of the weights of model files, as far as these are there."""
    hashes = set()
    for path in paths:
        with contextlib.suppress(ScsegError):
            hashes.add(read_description(path).weights_sha256)
    return hashes
