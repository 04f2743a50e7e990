"""Ready networks: models that come with the program, added to the list as any others."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.annotation.known_names import known_looks
from scseg.actions.models import model_list
from scseg.actions.view import view
from scseg.models import unsaved_models
from scseg.models.files import read_description
from scseg.models.starters.ready import COLOURS, USUAL_APIX, write_ready
from scseg.state.models import Display, Model
from scseg.state.panel_layout import Stage
from scseg.state.requests import Work

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.base.progress import Report
    from scseg.models.description import ModelDescription
    from scseg.state.requests import Workflow
    from scseg.state.session import Session


def add(session: Session, feature: str) -> None:
    """Add the ready network of a feature, for the pixel size of the tomogram in view; it predicts at once."""
    opened = session.active
    apix = opened.apix if opened is not None else None
    model = Model(Display(feature, COLOURS[feature]))
    run = partial(_written, feature, apix or USUAL_APIX, unsaved_models.model_folder(model.id))
    session.requests.append(_add(session, model, Work(f"Adding the network for {feature}", run)))


def _add(session: Session, model: Model, work: Work[tuple[Path, ModelDescription]]) -> Workflow:
    path, description = yield work
    model_list.load(session, model, path, description, kept=False)
    colour = known_looks(session).get(model.display.name, model.display.colour)
    model.display = replace(model.display, colour=colour)
    model_list.change(session, [*session.models, model], f"add {model.display.name}")
    view.set_stage(session, Stage.MODELS)


def _written(feature: str, apix: float, folder: Path, _: Report) -> tuple[Path, ModelDescription]:
    path = write_ready(feature, apix, folder)
    return path, read_description(path)
