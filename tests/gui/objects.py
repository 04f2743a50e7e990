"""What users do on the stage Objects."""

from __future__ import annotations

import numpy as np

STAGE = "//Panels/stages/Objects"
"""Lists to choose from are found by their whole path alone."""
PARTS = ("Source", "Find objects", "Picks", "Measurements")


def state(user):
    return user.session.active.objects


def picks(user):
    return user.session.active.annotation.contents.picks


def to_stage(user, *parts):
    """Show the stage Objects with these of its parts open, and nothing of the panels above it."""
    user.wait_for(lambda: user.session.active.annotation is not None)
    user.ctx.item_click("//Panels/stages/Objects")
    for header in ("Datasets", "Filters"):
        user.ctx.item_close(f"//Panels/{header}")
    user.ctx.yield_(2)
    for each in PARTS:
        way = user.ctx.item_open if each in parts else user.ctx.item_close
        way(f"//Panels/**/{each}")
    user.ctx.yield_(2)


def choose_volume(user, path):
    """Choose a volume as the source, by the dialog."""
    before = state(user).source
    user.ctx.item_click("//Panels/**/###browse")
    choose_file(user, path)
    user.wait_for(lambda: state(user).source is not before)
    user.ctx.yield_(2)


def choose_file(user, path):
    """Choose a file of the folder that the program was started in."""
    user.wait_for(lambda: user.ctx.item_exists(f"//###files/**/###{path.name}"))
    user.ctx.item_click(f"//###files/**/###{path.name}")
    user.ctx.item_click("//###files/###open")
    user.ctx.yield_(2)


def find(user):
    """Find the objects of the source."""
    before = state(user).found
    user.ctx.item_click("//Panels/**/###find")
    user.wait_for(lambda: state(user).found is not before and not state(user).at_work)
    user.ctx.yield_(2)


def show(user, z):
    """Show a slice."""
    user.session.active.z = z
    user.wait_until_shown()
    user.ctx.yield_(2)


def place_by_hand(user, *voxels):
    """Add picks at voxels (x, y) of the slice in view."""
    for voxel in voxels:
        user.point_at(voxel)
        user.ctx.key_down(user.imgui.Key.mod_shift)
        user.ctx.mouse_click(0)
        user.ctx.key_up(user.imgui.Key.mod_shift)
        user.ctx.yield_(2)


def distances(found, wanted):
    """Return how far each place is from the nearest of those that are wanted."""
    return np.linalg.norm(found[:, None] - wanted[None], axis=2).min(axis=1)
