"""Pictures of predictions."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from scseg.base.errors import ScsegError
from scseg.cli.overlay import save_overlay

MASK = np.zeros((4, 6), bool)
MASK[0, 1] = True


def test_masks_are_drawn_over_slices_with_row_0_at_the_bottom(tmp_path, rng):
    image = rng.normal(0, 1, (4, 6)).astype(np.float32)
    save_overlay(tmp_path / "o.png", [image, image], [((0.0, 1.0, 0.0), [MASK, MASK])])
    picture = cv2.imread(str(tmp_path / "o.png"))
    assert picture.shape == (8, 12, 3)
    changed = (picture[4:] != picture[:4]).any(axis=2)
    assert np.argwhere(changed).tolist() == [[3, 1], [3, 7]]
    assert picture[7, 1, 1] > picture[7, 1, 0]


def test_a_picture_that_the_disk_does_not_take_is_told(tmp_path):
    resource = pytest.importorskip("resource", reason="Windows has no limits of resources")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    # For this one call: what pytest itself writes between a test and its fixtures has to fit too.
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, usual[1]))
    try:
        with pytest.raises(ScsegError, match="Cannot write"):
            save_overlay(tmp_path / "o.png", [np.ones((4, 6), np.float32)], [])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert not list(tmp_path.iterdir())
