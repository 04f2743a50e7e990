"""Features that the user keeps for every project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.state.feature_library import Template, with_template, without

if TYPE_CHECKING:
    from scseg.annotations.feature import Feature
    from scseg.state.session import Session


def keep(session: Session, feature: Feature) -> None:
    """Offer a feature like this whenever one is added."""
    session.library = with_template(session.library, Template.of(feature))
    session.notify("info", f"{feature.name} is in the library now: Add feature offers it.")


def forget(session: Session, name: str) -> None:
    session.library = without(session.library, name)
