"""The colour that reconstruction gives to a tomogram and its noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scseg.datasets.demo.scene import Floats

_KNEE = 1 / 150
"""Frequency (1/A) above which iterative reconstruction, stopped early, falls behind."""
_CUTOFF = 0.62
"""Width of the low-pass that comes with binning and interpolation, of the Nyquist frequency."""


def reconstruction_filter(k_squared: Floats, apix: float) -> Floats:
    """Return the transfer of reconstruction and binning, at most 1, for signal and noise alike."""
    iterative = _KNEE / (_KNEE + np.sqrt(k_squared))
    binned = np.exp(-0.5 * k_squared / (_CUTOFF * 0.5 / apix) ** 2)
    return np.asarray(iterative * binned, np.float32)
