"""The training sets of models that learn live: what is drawn and boxed, written whenever that changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions.training import live
from scseg.annotations.live_material import has_material, live_material, wrong_name
from scseg.base.files.regular_files import open_to_read
from scseg.base.files.writing import atomic_file, write_errors_as_sentences
from scseg.datasets.resampling import step_between
from scseg.datasets.tomogram import open_tomogram, require_apix
from scseg.datasets.training_sets.extraction import SMALLEST_BOX, SetParameters, extract
from scseg.datasets.training_sets.summary import TrainingSetSummary, summarise
from scseg.datasets.training_sets.training_set import default_file_name, save_training_set
from scseg.models import unsaved_models
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.compatibility import nearest_box_sizes
from scseg.models.description import safe_name
from scseg.state.requests import FileToWrite, Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.annotations.contents import Contents
    from scseg.base.progress import Report
    from scseg.compute.messages import TomogramRef
    from scseg.datasets.training_sets.extraction import AnnotatedTomogram
    from scseg.state.models import Model
    from scseg.state.requests import Workflow
    from scseg.state.session import Session

SET_NAME = "live.scnt"
_COPIED_AT_ONCE = 1 << 20


@dataclass(frozen=True, eq=False)
class _Part:
    """A tomogram, and its annotation as it is now."""

    ref: TomogramRef
    contents: Contents


def set_path(model: Model) -> Path:
    """Return where the set of a model that learns live is kept."""
    return unsaved_models.model_folder(model.id) / SET_NAME


def keep_written(session: Session) -> None:
    """Write the set of each model that learns live, if what is drawn has changed since."""
    for model in session.models:
        live.follow_renaming(session, model)
        run = model.run
        if run is None or run.live is None or run.stopping or run.live.writing:
            continue
        state = drawn_state(session, run.live.name)
        if state != run.live.of and session.drag is None:
            model.run = replace(run, live=replace(run.live, of=state, writing=True))
            session.requests.append(_renewed(session, model, run.live.name))


def _renewed(session: Session, model: Model, name: str) -> Workflow:
    """Write the set anew and have the run told of it."""
    parts, written = _parts(session, name), False
    try:
        if parts:
            parameters = _parameters(session, model, name)
            run = partial(_written, parts, parameters, set_path(model))
            made: TrainingSetSummary = yield Work(f"Learning {name}", run)
            model.plan = replace(model.plan, training_set=made)
        written = True
    finally:
        if model.run is not None and model.run.live is not None:
            known = replace(model.run.live, writing=False)
            if written:
                known = replace(known, sets=known.sets + 1, empty=not parts)
            model.run = replace(model.run, live=known)


def _parts(session: Session, name: str) -> list[_Part]:
    return [
        _Part(each.ref, each.annotation.contents.snapshot())
        for each in live.taught_by(session, name)
        if each.annotation is not None and has_material(each.annotation.contents, name)
    ]


def _parameters(session: Session, model: Model, name: str) -> SetParameters:
    """Return how the set is made: as the model knows it, else with boxes as large as the feature's."""
    features, negatives = (name,), (wrong_name(name),)
    known = model.description
    if known is not None:
        return SetParameters(known.box_size, known.apix, features, negatives, known.depth)
    taught = live.taught_by(session, name)
    drawn = [each.box_size for opened in taught for each in opened.features if each.name == name]
    divisor = ARCHITECTURES[model.plan.architecture].divisor
    size = nearest_box_sizes(divisor, max(*drawn, SMALLEST_BOX))[0]
    return SetParameters(max(size, SMALLEST_BOX), taught[0].apix, features, negatives)


def _written(
    parts: Sequence[_Part], parameters: SetParameters, path: Path, report: Report
) -> TrainingSetSummary:
    """Cut out all boxes and write them."""
    (name,) = parameters.features
    known: list[AnnotatedTomogram] = []
    for each in parts:
        ref = each.ref
        tomogram = open_tomogram(Path(ref.path), apix=ref.apix, signed=ref.signed)
        apix = require_apix(tomogram)
        size = round(parameters.box_size * step_between(apix, parameters.apix or apix))
        known += live_material(tomogram, each.contents, name, size)
    made = extract(known, parameters, report)
    with write_errors_as_sentences(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    save_training_set(made, path)
    return summarise(made, path)


def drawn_state(session: Session, name: str) -> object:
    """Return a value that changes whenever the set of a feature may."""
    return tuple(
        (opened.ref.path, opened.apix, id(opened.annotation), opened.annotation.revision)
        for opened in live.taught_by(session, name)
        if opened.annotation is not None
    )


def save_set(session: Session, model: Model) -> None:
    """Ask where to keep the set that a model has learnt live, and copy it there."""
    found = model.plan.training_set
    if found is None:
        return
    name = default_file_name(
        found.apix, found.box_size, tuple(map(safe_name, found.features)), found.depth
    )
    folder = next((each.tomogram.path.parent for each in session.tomograms), Path.home())
    session.requests.append(_save_set(session, model, folder / name))


def _save_set(session: Session, model: Model, proposed: Path) -> Workflow:
    path: Path = yield FileToWrite("Save the training set", proposed)
    source = set_path(model)
    yield Work(f"Saving {path.name}", partial(_copied, source, path), keeps=True)
    session.notify("info", f"Written: {path}.")
    found = model.plan.training_set
    if model.run is None and found is not None and Path(found.path) == source:
        model.plan = replace(model.plan, training_set=replace(found, path=str(path)))


def _copied(source: Path, path: Path, _: Report) -> None:
    with open_to_read(source) as content, atomic_file(path) as copy:
        while some := content.read(_COPIED_AT_ONCE):
            copy.write(some)


def has_live_set(model: Model) -> bool:
    """Tell whether the set of a model is the one that it has learnt live, which nobody has saved."""
    found = model.plan.training_set
    if found is None:
        return False
    # By its name: panels ask in every frame, which must not look at the disk.
    path = Path(found.path)
    return (path.parent.name, path.name) == (model.id, SET_NAME)
