"""Models from and to the files of groups: saved and loaded together, with how they act on one another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions.models import files, interactions, model_list
from scseg.actions.view import view
from scseg.compute.messages import ModelRef
from scseg.interactions.group import SUFFIX, Group, open_group, save_group
from scseg.models.files import copy_model, open_model, unused_path
from scseg.state.models import Model, Weights
from scseg.state.panel_layout import Stage
from scseg.state.requests import FileToWrite, Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.base.progress import Report
    from scseg.interactions.rules import InteractionSettings
    from scseg.models.description import ModelDescription
    from scseg.state.requests import Workflow
    from scseg.state.session import Session

    Found = dict[str, ModelDescription]
    Saved = dict[str, tuple[Path, ModelDescription]]


@dataclass(frozen=True)
class Member:
    """A model as it is to be saved: what it is, where its weights are (.scnm), and what it does to others."""

    id: str
    description: ModelDescription
    source: Path
    interaction: InteractionSettings


def can_save(session: Session) -> bool:
    return any(model.weights is not None for model in session.models)


def save(session: Session) -> None:
    """Ask for a name, then save all models that have learnt something, and how they act on one another."""
    trained = [model for model in session.models if model.weights is not None]
    if trained:
        proposed = files.folder(trained[0]) / f"models{SUFFIX}"
        session.requests.append(_save(session, proposed))


def _save(session: Session, proposed: Path) -> Workflow:
    """Save a group under a name, its models beside it; from then on, they are the models of those files."""
    path: Path = yield FileToWrite("Save the models as a group", proposed)
    trained = {model.id: model.weights for model in session.models if model.weights is not None}
    members = [member(model) for model in session.models if model.weights is not None]
    run = partial(_saved_group, members, path, deep=session.settings.rules_in_3d)
    saved: Saved = yield Work(f"Saving {path.name}", run, keeps=True)
    for model in session.models:
        # A training that ended meanwhile has newer ones.
        if model.weights is not None and model.weights is trained.get(model.id):
            file, description = saved[model.id]
            model.weights = Weights(ModelRef(str(file), description.weights_sha256), description)
    session.settings = session.settings.opened(path)
    session.notify("info", f"Written: {path}")


def load(session: Session, path: Path) -> Workflow:
    """Read a group, then put its models into the list, acting on one another as it says: one step of undo."""
    read: tuple[Group, Found] = yield Work(f"Loading {path.name}", partial(_read, path))
    group, descriptions = read
    session.settings = replace(session.settings.opened(path), rules_in_3d=group.rules_3d)
    before = len(session.models)
    _put(session, group, path.parent, descriptions)
    if len(session.models) == before:
        session.notify("info", f"The models of {path.name} are open already; its rules hold now.")
    view.set_stage(session, Stage.MODELS)


def _read(path: Path, _: Report) -> tuple[Group, Found]:
    group = open_group(path)
    return group, {name: open_model(path.parent / name) for name in group.interactions}


def _put(session: Session, group: Group, folder: Path, descriptions: Found) -> None:
    """Put the models of a group into the list; one of the same file that is there gets its weights anew."""
    interactions.commit(session)
    before = interactions.models_state(session.models)
    there = {model.ref.path: model for model in session.models if model.ref is not None}
    members: dict[str, Model] = {}
    for name, description in descriptions.items():
        path = folder / name
        model = there.get(str(path)) or Model(model_list.display_of(description))
        if model.run is None:
            model_list.load(session, model, path, description)
        members[name] = model
    new = [model for model in members.values() if model not in session.models]
    session.models += new
    ids = {name: model.id for name, model in members.items()}
    for name, model in members.items():
        model.interaction = _renamed(group.interactions[name], ids)
    interactions.record_step(session, before, "load a group")


def member(model: Model) -> Member:
    """Return a model that has learnt something as it is to be saved now."""
    if model.weights is None:
        raise ValueError("a model that has learnt nothing is no member of a group")
    description = files.described(model.weights.description, model.display)
    return Member(model.id, description, Path(model.weights.ref.path), model.interaction)


def _saved_group(members: list[Member], path: Path, report: Report, *, deep: bool) -> Saved:
    """Save the models of a group and how they act on one another; return where each is, by its id."""
    saved = saved_models(members, path.parent, report)
    write_group(members, saved, path, deep=deep)
    return saved


def saved_models(members: Sequence[Member], folder: Path, report: Report) -> Saved:
    """Save the models of a group in a folder; return where each is, by its id.

    Raises:
        ScsegError: one cannot be read or written.
    """
    saved = {}
    for done, each in enumerate(members):
        report(done / len(members), each.description.name)
        saved[each.id] = _saved(each, folder)
    return saved


def write_group(members: Sequence[Member], saved: Saved, path: Path, *, deep: bool) -> None:
    """Write how models act on one another, beside their files.

    Raises:
        ScsegError: the file cannot be written.
    """
    names = {each.id: saved[each.id][0].name for each in members}
    interactions = {names[each.id]: _renamed(each.interaction, names) for each in members}
    save_group(Group(interactions, deep), path)


def _saved(member: Member, folder: Path) -> tuple[Path, ModelDescription]:
    """Save a model in a folder: as its own file if it lies there, else under a name that is free."""
    here = member.source.parent == folder
    path = member.source if here else unused_path(folder / member.description.file_name)
    return path, copy_model(member.source, path, member.description)


def _renamed(interaction: InteractionSettings, names: dict[str, str]) -> InteractionSettings:
    """Return settings whose partners go by other names, without rules for partners that have none."""
    rules = (rule for rule in interaction.rules if rule.partner in names)
    return replace(
        interaction, rules=tuple(replace(rule, partner=names[rule.partner]) for rule in rules)
    )
