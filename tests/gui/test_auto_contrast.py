"""Automatic contrast, switched by key: off, the slice looks as before."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.gui


def test_switched_off_black_and_white_stay(open_window, tomogram):
    def steps(user):
        before = user.colour_at((30, 20))
        user.press("A")
        user.ctx.yield_(2)
        assert not user.session.active.contrast.auto
        assert user.colour_at((30, 20)) == before
        user.press("Right")
        user.wait_until_shown()
        # Every voxel is 10 brighter there, of 167 between black and white.
        assert user.colour_at((30, 20))[0] > before[0] + 5
        user.press("A")
        user.ctx.yield_(2)
        assert user.colour_at((30, 20)) == before

    open_window(steps, [tomogram])
