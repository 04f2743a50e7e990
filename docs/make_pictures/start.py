"""Makes the picture of the first start by driving the real program, on a display of its own.

`xvfb-run -a python docs/make_pictures/start.py`
"""

from __future__ import annotations

import os
import tempfile

from driving import Driver, drive

SIZE = (1000, 620)


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        # As that of somebody who has never started the program; the picture tells where the demo goes.
        os.environ["HOME"] = home
        for name in ("SCSEG_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            os.environ.pop(name, None)
        drive((), make_picture, SIZE)


def make_picture(driver: Driver) -> None:
    driver.ctx.yield_(10)
    driver.show("start.png", (900, 560))


if __name__ == "__main__":
    main()
