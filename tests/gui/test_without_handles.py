"""The window where it may open no file, and where a drawing fails: never black, and nothing is lost."""

from __future__ import annotations

import contextlib
import os

import numpy as np
import psutil
import pytest
from OpenGL import GL

from scseg.annotations.storage.read_only import read_annotation
from scseg.base.files.handle_limit import REMEDY
from scseg.gui.gl.labels import LabelLayers
from tests.fakes.gradient import SHAPE
from tests.gui.drawing import begin, drag, mask


@contextlib.contextmanager
def no_handles():
    """Leave this process nothing that it could open a file with."""
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (psutil.Process().num_fds() + 50, before[1]))
    taken = []
    try:
        with contextlib.suppress(OSError):
            while True:
                taken.append(os.dup(0))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        for each in taken:
            os.close(each)


def draws_into_the_window(user):
    return user.do(lambda: int(GL.glGetIntegerv(GL.GL_DRAW_FRAMEBUFFER_BINDING))) == 0


def shows(user, voxel):
    """Tell whether the slice shows the feature at a voxel (x, y)."""
    wanted = 255 * np.array(user.session.active.features[0].colour)
    return abs(np.array(user.colour_at(voxel)) - wanted).max() < 3


@pytest.mark.gui
def test_without_handles_the_window_shows_what_is_drawn_and_saves_it_later(open_window, tomogram):
    def steps(user):
        begin(user)
        with no_handles():
            drag(user, [(10, 10), (50, 30)])
            user.ctx.yield_(3)
            assert draws_into_the_window(user)
            assert mask(user)[20, 30] == 1
            assert shows(user, (30, 20))
            user.wait_for(lambda: REMEDY in (user.session.active.annotated.state.problem or ""))
        user.wait_for(lambda: user.session.active.annotated.state.waiting == 0)
        assert not [each for each in user.session.messages if "bug" in each.sentence]

    open_window(steps, [tomogram])
    contents = read_annotation(tomogram, SHAPE)
    assert contents.mask(contents.features[0].id, 6)[20, 30] == 1


@pytest.mark.gui
def test_a_drawing_that_fails_does_not_leave_the_window_black(open_window, tomogram):
    def steps(user):
        begin(user)
        with user.monkeypatch.context() as patch:
            patch.setattr(LabelLayers, "paint", lambda *_: 1 / 0)
            drag(user, [(10, 10), (50, 30)])
            user.wait_for(lambda: any("division" in each.sentence for each in user.session.notices))
            assert draws_into_the_window(user)
        user.ctx.yield_(2)
        assert shows(user, (30, 20))

    open_window(steps, [tomogram])
