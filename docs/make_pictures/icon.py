"""Draws the program's icon, res/icon.png: a vesicle in the ice, half of it segmented.

Run with `python docs/make_pictures/icon.py` from the root of the repository.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

SIDE, FINER = 256, 4
MINT, ICE, INK = (160, 200, 70), (92, 84, 80), (33, 29, 27)


def main() -> None:
    size = SIDE * FINER
    image = np.zeros((size, size, 4), np.uint8)
    corner = int(0.22 * size)
    for box in (((corner, 0), (size - corner, size)), ((0, corner), (size, size - corner))):
        cv2.rectangle(image, *box, (*INK, 255), -1)
    for x in (corner, size - corner):
        for y in (corner, size - corner):
            cv2.circle(image, (x, y), corner, (*INK, 255), -1)
    middle, radius, wide = (size // 2, size // 2), int(0.29 * size), int(0.085 * size)
    cv2.circle(image, middle, radius, (*ICE, 255), wide)
    cv2.ellipse(image, middle, (radius, radius), 0, -60, 120, (*MINT, 255), wide)
    cv2.circle(image, middle, int(0.09 * size), (*MINT, 255), -1)
    small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(Path("res") / "icon.png"), small)


if __name__ == "__main__":
    main()
