"""Make docs/pictures/demo_tomogram.png: the demo tomogram with and without labels, and cut along the beam.

Run from the checkout: .venv/bin/python docs/make_pictures/demo_tomogram.py
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from scseg.datasets.demo.simulate import DEFAULT, Simulation, simulate

PICTURE = Path(__file__).parents[1] / "pictures" / "demo_tomogram.png"
COLOURS = {  # blue, green, red
    "Membrane": (90, 210, 90),
    "Carbon": (0, 200, 240),
    "Ribosome": (255, 120, 60),
    "Microtubule": (230, 60, 230),
}
SLICE, ROW, WIDTH, GAP = 72, 330, 400, 6


def main() -> None:
    simulation = simulate(DEFAULT)
    low, high = np.percentile(simulation.tomogram, (0.5, 99.5))
    grey = np.clip((simulation.tomogram - low) / (high - low) * 255, 0, 255).astype(np.uint8)
    panels = [
        np.vstack([panel(grey, simulation, where, labelled=labelled), gap((GAP, WIDTH))])
        for where in ((SLICE, slice(WIDTH), slice(WIDTH)), (slice(None), ROW, slice(WIDTH)))
        for labelled in (False, True)
    ]
    left, right = np.vstack(panels[::2]), np.vstack(panels[1::2])
    picture = np.hstack([left, gap((len(left), GAP)), right])[:-GAP]
    cv2.imwrite(str(PICTURE), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])


def panel(grey: np.ndarray, simulation: Simulation, where: tuple, *, labelled: bool) -> np.ndarray:
    """Return one cut in colour, row 0 at the bottom as the program shows it."""
    picture = cv2.cvtColor(grey[where], cv2.COLOR_GRAY2BGR)
    for name, colour in COLOURS.items() if labelled else ():
        mask = simulation.labels[name][where] == 1
        picture[mask] = (0.55 * picture[mask] + 0.45 * np.array(colour)).astype(np.uint8)
    return picture[::-1]


def gap(shape: tuple[int, int]) -> np.ndarray:
    return np.full((*shape, 3), 255, np.uint8)


if __name__ == "__main__":
    main()
