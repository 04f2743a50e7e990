"""Paddings of all shapes, for tests."""

from __future__ import annotations

import numpy as np


def outside(kind, fraction, height, width):
    """Return where a slice (y, x) is padded, bool: `fraction` of it, as nearly as pixels allow."""
    y = np.abs(np.linspace(-1, 1, height))[:, None]
    x = np.abs(np.linspace(-1, 1, width))[None, :]
    depth = {
        "corners": y + x,
        "top": np.linspace(0, 1, height)[:, None] + 0 * x,
        "left": np.linspace(1, 0, width)[None, :] + 0 * y,
        "bottom": np.linspace(1, 0, height)[:, None] + 0 * x,
        "right": np.linspace(0, 1, width)[None, :] + 0 * y,
        "frame": np.maximum(y, x),
        "disc": np.hypot(y, x),
        "one corner": np.linspace(0, 1, height)[:, None] + np.linspace(0, 1, width)[None, :],
    }[kind]
    return depth > np.quantile(depth, 1 - fraction)


KINDS = ("corners", "top", "left", "bottom", "right", "frame", "disc", "one corner")
