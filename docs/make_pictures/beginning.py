"""Makes the picture of what a new model begins from, by driving the real program on the demo tomogram.

Run it on a display of its own: `xvfb-run -a python docs/make_pictures/beginning.py`.
"""

from __future__ import annotations

from driving import Driver, copied, drive

from scseg.actions.commands import action
from scseg.actions.view import browsing, view
from scseg.datasets.demo.cached import demo_tomogram

SLICE = 50
LAST_ABOVE = "//Panels/**/use the graphics card"
SECONDS_UNTIL_TOLD = 1.0


def main() -> None:
    with copied(demo_tomogram().tomogram) as copy:
        drive((copy,), make_picture)


def make_picture(driver: Driver) -> None:
    session, ctx = driver.session, driver.ctx
    for header in ("Datasets", "Filters", "Create a training dataset"):
        view.set_header(session, header, opened=False)
    browsing.set_slice(session, SLICE)
    view.fit(session)
    action("add-model").run(session)
    ctx.yield_(5)
    ctx.item_click("//Panels/**/more")
    ctx.item_click(LAST_ABOVE)
    ctx.item_click(LAST_ABOVE)
    above = ctx.item_info(LAST_ABOVE).rect_full
    ctx.mouse_move_to_pos((above.min.x + 60, above.max.y + 18))
    ctx.sleep_no_skip(SECONDS_UNTIL_TOLD, 0.05)
    driver.show("beginning.png")


if __name__ == "__main__":
    main()
