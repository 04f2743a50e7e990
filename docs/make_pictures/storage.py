"""Makes the picture of the page Storage by driving the real program, on a display of its own.

Run it on what `scseg demo` leaves behind: `xvfb-run -a python docs/make_pictures/storage.py TOMOGRAM
MODEL.scnm`.
"""

from __future__ import annotations

import gzip
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from driving import Driver, copied, drive

from scseg.datasets.tomogram import open_tomogram
from scseg.models import unsaved_models
from scseg.models.files import copy_model, open_model

SIZE = (1100, 760)
MODELS = {"Membrane": 1.5, "Ribosome": 30.0, "Microtubule": 200.0}
"""Names, and how many hours ago the model was learnt."""
EPOCHS = 4


def main(tomogram: Path, model: Path) -> None:
    with copied(tomogram) as copy:
        drive((fill(copy, model),), make_picture, SIZE)


def fill(tomogram: Path, model: Path) -> Path:
    """Leave behind what some days of work do; return the packed tomogram."""
    packed = tomogram.with_name("demo_tomogram.mrc.gz")
    packed.write_bytes(gzip.compress(tomogram.read_bytes(), 1))
    open_tomogram(packed)
    description = open_model(model)
    for number, (name, hours) in enumerate(MODELS.items(), 1):
        folder = unsaved_models.model_folder(f"{number:032x}")
        checkpoints = folder / f"{name}_checkpoints"
        checkpoints.mkdir(parents=True)
        for epoch in range(EPOCHS):
            copy_model(model, checkpoints / f"{epoch}.scnm", replace(description, name=name))
        copy_model(model, folder / f"{name}.scnm", replace(description, name=name))
        for file in folder.rglob("*.*"):
            os.utime(file, (time.time() - 3600 * hours,) * 2)
    return packed


def make_picture(driver: Driver) -> None:
    driver.ctx.menu_click("//##MainMenuBar/Settings/###storage")
    driver.wait(lambda: driver.session.disk_use.listing and not driver.session.disk_use.busy)
    driver.show("storage.png", (1000, 740))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
