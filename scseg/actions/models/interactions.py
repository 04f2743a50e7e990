"""How models act on one another: competition, and rules with partners."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.interactions.rules import InteractionSettings, Rule
from scseg.state.active_models import is_active
from scseg.state.models import ModelsEdit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scseg.state.models import Model, ModelsState
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def models_state(models: Iterable[Model]) -> ModelsState:
    """Return the list of models and their interactions as they are now."""
    return tuple((model, model.interaction) for model in models)


def restore(session: Session, edit: ModelsEdit) -> None:
    """Make models and their interactions those after an edit; models that it knows nothing of stay."""
    known = {model for model, _ in (*edit.before, *edit.after)}
    others = [model for model in session.models if model not in known]
    session.models[:] = [model for model, _ in edit.after] + others
    for model, interaction in edit.after:
        model.interaction = interaction


def change(session: Session, model: Model, interaction: InteractionSettings) -> None:
    """Let a model act in another way. Until it is settled, all changes are one step of undo: a drag is."""
    if interaction == model.interaction:
        return
    if session.models_before is None:
        session.models_before = models_state(session.models)
    model.interaction = interaction


def commit(session: Session) -> None:
    """Make a step of undo of what was changed, now that nothing is being dragged any more."""
    before, session.models_before = session.models_before, None
    if before is not None:
        record_step(session, before, "what models do to one another")


def record_step(session: Session, before: ModelsState, label: str) -> None:
    """Make a step of undo of all that was changed since the models stood like that."""
    after = models_state(session.models)
    if before != after:
        session.history.push(None, ModelsEdit(before, after, label))


def add_rule(session: Session, model: Model) -> None:
    """Let a model avoid the next one; it avoids itself if it is alone, until another is chosen."""
    others = [each for each in session.models if each is not model]
    taken = {rule.partner for rule in model.interaction.rules}
    free = [each for each in others if each.id not in taken] or others or [model]
    rule = Rule("avoid", free[0].id, threshold=max(free[0].display.threshold, 0.01))
    change(session, model, replace(model.interaction, rules=(*model.interaction.rules, rule)))


def change_rule(session: Session, model: Model, number: int, rule: Rule) -> None:
    """Put a rule in the place of one; numbers count from 0."""
    rules = list(model.interaction.rules)
    rules[number] = rule
    change(session, model, replace(model.interaction, rules=tuple(rules)))


def remove_rule(session: Session, model: Model, number: int) -> None:
    """Take a rule away; numbers count from 0."""
    rules = (*model.interaction.rules[:number], *model.interaction.rules[number + 1 :])
    change(session, model, replace(model.interaction, rules=rules))


def toggle_deep(session: Session) -> None:
    """Let rules act in three dimensions in volumes, or within slices."""
    deep = not session.settings.rules_in_3d
    session.settings = replace(session.settings, rules_in_3d=deep)


def rename_partner(session: Session, old: str, new: str) -> None:
    """Let all rules with a partner go on with another; both are ids."""
    for model in session.models:
        rules = (
            replace(rule, partner=new) if rule.partner == old else rule
            for rule in model.interaction.rules
        )
        model.interaction = replace(model.interaction, rules=tuple(rules))


def drop_rules_without_partner(session: Session) -> None:
    """Take away the rules whose partner is not in the window any more."""
    there = {model.id for model in session.models}
    for model in session.models:
        rules = tuple(rule for rule in model.interaction.rules if rule.partner in there)
        model.interaction = replace(model.interaction, rules=rules)


def partner(session: Session, rule: Rule) -> Model | None:
    """Return the model that a rule looks at."""
    return next((model for model in session.models if model.id == rule.partner), None)


def why_resting(partner: Model, opened: OpenTomogram | None) -> str:
    """Return why a rule does nothing on a tomogram with a partner that takes no part."""
    if partner.weights is None:
        return f"{partner.display.name} is not trained yet"
    return "" if is_active(partner, opened) else f"{partner.display.name} is not active"
