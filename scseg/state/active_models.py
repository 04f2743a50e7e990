"""Which models predict on which tomogram.

A model is active on all tomograms or on none, but for those on which the user has switched it. Where the
pixel size differs from that which it was trained for by more than a factor of 2, it waits to be switched on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.datasets.resampling import is_far_apart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scseg.state.models import Display, Model
    from scseg.state.tomograms import OpenTomogram


def is_active(model: Model, opened: OpenTomogram | None) -> bool:
    """Tell whether a model predicts on a tomogram; without one, on those that nothing is said of."""
    if opened is None:
        return model.display.active
    return model.display.active_on.get(opened.ref.path, _starts_active(model, opened))


def why_waiting(model: Model, opened: OpenTomogram) -> str:
    """Return why a model is not active on a tomogram though nobody has switched it off; empty if it is."""
    waits = model.display.active and opened.ref.path not in model.display.active_on
    description = model.description
    if not waits or description is None or not _is_far(model, opened):
        return ""
    return (
        f"Not active here: it learnt from {description.apix:.2f} A per pixel, this tomogram has "
        f"{opened.apix:.2f}. Tick active to see what it finds all the same."
    )


def switched(model: Model, opened: OpenTomogram | None, *, active: bool) -> Display:
    """Return the display of a model that is (not) active on a tomogram; without one, on all that come."""
    display = model.display
    if opened is None:
        return replace(display, active=active)
    others = {path: on for path, on in display.active_on.items() if path != opened.ref.path}
    told = {} if active == _starts_active(model, opened) else {opened.ref.path: active}
    return replace(display, active_on=others | told)


def switched_everywhere(
    model: Model, tomograms: Iterable[OpenTomogram], *, active: bool
) -> Display:
    """Return the display of a model that is (not) active on these tomograms and all that come."""
    waiting = [opened for opened in tomograms if active and _is_far(model, opened)]
    return replace(
        model.display, active=active, active_on={opened.ref.path: True for opened in waiting}
    )


def active_only_on(model: Model, opened: OpenTomogram) -> Display:
    """Return the display of a model that is active on one tomogram and no other."""
    return replace(model.display, active=False, active_on={opened.ref.path: True})


def _starts_active(model: Model, opened: OpenTomogram) -> bool:
    return model.display.active and not _is_far(model, opened)


def _is_far(model: Model, opened: OpenTomogram) -> bool:
    trained = model.description
    return (
        trained is not None and opened.apix is not None and is_far_apart(opened.apix, trained.apix)
    )
