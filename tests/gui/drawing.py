"""What tests of the annotation in the window do and look at."""

from __future__ import annotations

import numpy as np

from scseg.annotations.storage.reading import read_database
from tests.fakes.gradient import SHAPE


def annotation(user):
    return user.session.active.annotation


def begin(user, brush=3.5, alpha=1.0):
    """Add a feature with its button, and a brush of a known size."""
    user.wait_for(lambda: annotation(user) is not None)
    user.ctx.item_click("//Panels/**/###add-feature")
    user.ctx.yield_()
    user.ctx.item_input_value("//Panels/**/##brush", brush)
    user.ctx.item_input_value("//Panels/**/##alpha", alpha)
    settled(user)


def settled(user):
    """Wait until nothing is being changed and everything is on the disk."""
    opened = user.session.active
    user.wait_for(lambda: opened.draft is None and opened.cropping is None)
    user.wait_for(lambda: opened.annotated.state.waiting == 0)


def drag(user, places, button=0):
    """Drag the mouse over voxels (x, y)."""
    user.point_at(places[0])
    user.ctx.mouse_down(button)
    user.ctx.yield_()
    for place in places[1:]:
        user.point_at(place)
    user.ctx.mouse_up(button)
    user.ctx.yield_(2)


def save_as(user, name=None):
    """Write to the name that the dialog proposes, or to another."""
    user.wait_for(lambda: user.ctx.item_exists("//###files/###name"))
    if name is not None:
        user.ctx.item_click("//###files/###name")
        user.ctx.key_chars_replace(name)
    user.wait_for(lambda: is_enabled(user, "//###files/###save"))
    user.ctx.item_click("//###files/###save")
    user.ctx.yield_(2)


def is_enabled(user, item):
    disabled = user.imgui.ItemFlags_.disabled
    return not user.ctx.item_info(item).item_flags & disabled


def mask(user, number=0, z=None):
    contents = annotation(user).contents
    return contents.mask(contents.features[number].id, user.session.active.z if z is None else z)


def in_file(user, shape=SHAPE):
    """Return what the file holds, read anew."""
    settled(user)
    contents, _ = read_database(user.session.active.annotated.path, shape)
    return contents


def capsule(start, end, radius):
    """Return the pixels less than `radius` from a line between two voxels (x, y)."""
    y, x = np.indices(SHAPE[1:]).astype(float)
    a, b = np.array(start, float), np.array(end, float)
    line = b - a
    length = max(float(line @ line), 1e-12)
    along = np.clip(((x - a[0]) * line[0] + (y - a[1]) * line[1]) / length, 0, 1)
    return np.hypot(x - a[0] - along * line[0], y - a[1] - along * line[1]) < radius


def nearly(found, wanted, pixels=12):
    """The mouse moves by whole points of the screen, so pixels on the very edge may differ."""
    return np.count_nonzero((found > 0) != wanted) <= pixels
