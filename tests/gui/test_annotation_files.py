"""Annotations and their files in the real window: closed, opened again, held by others, damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from scseg.annotations.storage.opening import open_annotation
from tests.fakes.gradient import SHAPE
from tests.gui.drawing import annotation, begin, drag, mask, settled

pytestmark = pytest.mark.gui


def test_a_closed_tomogram_comes_back_with_its_annotation(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(10, 10), (50, 30)])
        drawn = mask(user)
        user.press("Ctrl+W")
        user.ctx.yield_(2)
        assert user.session.active is None
        user.window.program.open((tomogram,))
        user.wait_for(lambda: user.session.active is not None)
        user.wait_for(lambda: annotation(user) is not None)
        assert np.array_equal(mask(user), drawn)
        assert not [each.sentence for each in user.session.notices]
        user.wait_until_shown()
        drag(user, [(40, 5)])
        settled(user)

    open_window(steps, [tomogram])


def test_an_annotation_open_elsewhere_is_shown_but_not_changed(open_window, tomogram):
    other = open_annotation(tomogram, SHAPE)

    def steps(user):
        user.wait_for(lambda: annotation(user) is not None)
        user.wait_for(lambda: user.session.notices)
        assert "close it there" in user.session.notices[0].sentence
        user.ctx.item_click("//Panels/**/###add-feature")
        drag(user, [(30, 20)])
        assert not annotation(user).contents.features

    try:
        open_window(steps, [tomogram])
    finally:
        other.close()


def test_a_damaged_annotation_is_named_and_left_as_it_is(open_window, tomogram):
    damaged = Path(f"{tomogram}.scna")
    damaged.write_bytes(b"SQLite format 3\0" + bytes(4000))

    def steps(user):
        user.wait_for(lambda: user.session.active.trouble)
        user.ctx.yield_(2)
        assert damaged.name in user.session.notices[0].sentence
        drag(user, [(30, 20)])
        assert user.session.drag is None

    open_window(steps, [tomogram])
    assert damaged.read_bytes() == b"SQLite format 3\0" + bytes(4000)


def test_masks_of_a_tomogram_off_screen_are_packed(open_window, tomogram):
    other = tomogram.with_name("other.mrc")
    shutil.copy(tomogram, other)

    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 2)
        first = user.session.active
        begin(user)
        drag(user, [(30, 20)])
        feature = annotation(user).contents.features[0].id
        unpacked = annotation(user).mask(feature, 6)
        assert annotation(user).mask(feature, 6) is unpacked
        user.press("Down")
        user.wait_until_shown()
        user.press("Ctrl+Z")
        user.wait_until_shown()
        assert user.session.active is first
        user.press("Ctrl+Shift+Z")
        user.press("Down")
        user.wait_until_shown()
        assert first.annotation.mask(feature, 6) is not unpacked
        assert np.array_equal(first.annotation.mask(feature, 6).values, unpacked.values)

    open_window(steps, [tomogram, other])
