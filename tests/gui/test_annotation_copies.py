"""A copy of the annotation under another name."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.annotations.storage.reading import read_database
from tests.fakes.gradient import SHAPE
from tests.gui.drawing import annotation, begin, drag, is_enabled, mask, save_as

pytestmark = pytest.mark.gui


def test_a_copy_holds_what_is_drawn_and_stays_as_it_is(open_window, tomogram):
    path = tomogram.parent / "mine.scna"

    def steps(user):
        begin(user)
        drag(user, [(10, 10), (40, 25)])
        drawn = mask(user)
        user.press("Ctrl+Shift+S")
        save_as(user, "mine")
        user.wait_for(lambda: any("mine.scna" in each.sentence for each in user.session.notices))
        drag(user, [(30, 5)])
        contents, _ = read_database(path, SHAPE)
        feature = annotation(user).contents.features[0].id
        assert np.array_equal(contents.mask(feature, 6), drawn)

    open_window(steps, [tomogram])


def test_a_copy_cannot_be_the_annotation_itself(open_window, tomogram):
    def steps(user):
        begin(user)
        user.press("Ctrl+Shift+S")
        save_as(user, f"{tomogram}.scna")
        # There is such a file, so it asks.
        user.ctx.item_click("//###files/###save")
        user.wait_for(lambda: user.session.notices)
        assert "another name" in user.session.notices[0].sentence

    open_window(steps, [tomogram])


def test_m_where_nothing_can_be_interpolated_says_what_is_missing(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(20, 20), (30, 20)])
        user.press("M")
        user.ctx.yield_(2)
        assert "before and on one after" in user.session.notices[-1].sentence

    open_window(steps, [tomogram])


def test_a_folder_is_made_where_a_file_is_to_be_saved(open_window, tomogram):
    folder = tomogram.parent / "masks"

    def steps(user):
        begin(user)
        user.press("Ctrl+Shift+S")
        user.wait_for(lambda: user.ctx.item_exists("//###files/###new-folder"))
        user.ctx.item_click("//###files/###new-folder")
        user.ctx.yield_(2)
        assert not is_enabled(user, "//###files/###make-folder")
        user.ctx.yield_(2)
        user.ctx.key_chars_append("../up")
        user.ctx.yield_(2)
        assert not is_enabled(user, "//###files/###make-folder")
        user.ctx.key_chars_replace_enter("masks")
        user.wait_for(folder.is_dir)
        user.ctx.yield_(3)
        # Enter beside the fields saves; what is there already is not replaced by it.
        user.wait_for(lambda: is_enabled(user, "//###files/###save"))
        user.press("Enter")
        user.wait_for(lambda: not user.ctx.item_exists("//###files/###save"))
        user.wait_for(lambda: user.session.notices and list(folder.iterdir()))

    open_window(steps, [tomogram])
