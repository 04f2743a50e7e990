"""What users do on the stage Objects."""

from __future__ import annotations


def to_stage(user, part=None):
    """Show the stage Objects, with nothing of the panels above it; of its parts, one may be alone."""
    user.ctx.item_click("//Panels/stages/Objects")
    for header in ("Datasets", "Filters"):
        user.ctx.item_close(f"//Panels/{header}")
    user.ctx.yield_(2)
    parts = ("Source", "Find objects", "Picks", "Measurements")
    for each in parts if part else ():
        way = user.ctx.item_open if each == part else user.ctx.item_close
        way(f"//Panels/**/{each}")
    user.ctx.yield_(2)


def choose_volume(user, path):
    """Choose a volume as the source by the dialog."""
    user.ctx.item_click("//Panels/**/###browse")
    choose_file(user, path)
    user.wait_for(lambda: user.session.active.objects.source is not None)


def choose_file(user, path):
    """Choose a file of the folder that the program was started in."""
    user.wait_for(lambda: user.ctx.item_exists(f"//###files/**/###{path.name}"))
    user.ctx.item_click(f"//###files/**/###{path.name}")
    user.ctx.item_click("//###files/###open")
    user.ctx.yield_(2)
