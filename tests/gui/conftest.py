"""The real window on a display of its own, with a user who has real keys and a real mouse."""

from __future__ import annotations

import ctypes
import itertools
import os
import signal
import time
from pathlib import Path

import cv2
import glfw
import numpy as np
import pytest
from imgui_bundle import hello_imgui, imgui
from imgui_bundle.immapp import testing

from scseg.compute.training_client import TrainingClient
from scseg.gui.shortcuts import parsed
from scseg.gui.window import Window, add_ons
from scseg.runtime.display import camera
from tests.fakes.client import FakeClient
from tests.fakes.gradient import gradient, write_volume

SECONDS = 10.0
SIZE = (860, 760)
FRAMES_PER_PICTURE = 25
MINIMISED = imgui.ViewportFlags_.is_minimized.value


@pytest.fixture
def volume():
    """Grey values that tell slice, row and column apart, from 0 to 208."""
    return gradient()


@pytest.fixture
def tomogram(tmp_path, volume):
    return write_volume(tmp_path / "gradient.mrc", volume)


def start_training(request):
    """Start a run in a process of its own, without Keras."""
    return TrainingClient(request, hello_imgui.request_refresh, "tests.fakes.worker")


class Rasteriser:
    """Has one frame in 25 drawn by OpenGL, or all while `every`; in software that costs most of a frame.

    Whatever comes before that happens in all: the program's step, the layout, the slice view's picture.
    """

    def __init__(self):
        self.every = False

    def before_drawing(self):
        if not self.every and imgui.get_frame_count() % FRAMES_PER_PICTURE:
            imgui.get_main_viewport().flags |= MINIMISED

    def after_drawing(self):
        imgui.get_main_viewport().flags &= ~MINIMISED


class User:
    """What a person does at the window, and sees there."""

    def __init__(self, ctx, window):
        self.imgui = imgui
        self.ctx = ctx
        self.window = window
        self.session = window.program.session
        self.on_main_thread = []

    def capture(self, path):
        """Write a picture of the window into a file."""
        self.rasteriser.every = True
        testing.capture(self.ctx, str(path))
        self.rasteriser.every = False

    def wait_for(self, what, seconds=SECONDS):
        """Let frames pass until something is so."""
        deadline = time.monotonic() + seconds
        pause = 0.002
        while not what():
            assert not self.ctx.is_error(), "the test engine could not do what was asked"
            frame = self.imgui.get_frame_count()
            self.ctx.yield_()
            assert self.imgui.get_frame_count() > frame, "the test was aborted"
            assert time.monotonic() < deadline, "it never came to be so"
            time.sleep(pause)
            pause = min(1.2 * pause, 0.03)

    def wait_until_shown(self):
        """Wait until the slice in view is the one that is wanted."""
        self.wait_for(lambda: self.shown_z() == self.session.active.z)
        self.ctx.yield_(2)

    def shown_z(self):
        shown = self.window.program.on_screen.shown
        if shown is None or shown.opened is not self.session.active:
            return None
        return shown.image.key.z

    def press(self, key, times=1):
        modifiers, code = parsed(key)
        self.ctx.key_press(modifiers | int(code), times)
        self.ctx.yield_()

    def place(self, voxel=None):
        """Return where a voxel (x, y) is on the screen; without one, the middle of the view."""
        item = self.ctx.item_info("//View/###slice").rect_full
        if voxel is None:
            return (item.min.x + item.max.x) / 2, (item.min.y + item.max.y) / 2
        port = camera.Viewport(item.max.x - item.min.x, item.max.y - item.min.y)
        x, y = camera.to_screen(self.session.active.view, port, voxel)
        return item.min.x + x, item.min.y + y

    def point_at(self, voxel=None):
        self.ctx.mouse_move_to_pos(self.place(voxel))
        self.ctx.yield_()

    def do(self, function):
        """Run a function where the window's own code runs, and return its result."""
        results = []
        self.on_main_thread.append(lambda: results.append(function()))
        self.wait_for(lambda: results)
        return results[0]

    def drop(self, path):
        """Drop a file on the window, as GLFW tells it."""
        names = (ctypes.c_char_p * 1)(os.fsencode(path))
        self.do(lambda: self.window.drop(None, 1, names))

    def picture(self):
        """Return what the slice view holds, (y, x, RGBA), row 0 at the top."""
        return self.do(self.window.frame.painter.picture.pixels)[::-1]

    def colour_at(self, voxel):
        """Return the red, green and blue that the slice view shows for a voxel (x, y)."""
        item = self.ctx.item_info("//View/###slice").rect_full
        x, y = self.place(voxel)
        return tuple(
            int(v) for v in self.picture()[round(y - item.min.y), round(x - item.min.x), :3]
        )


@pytest.fixture
def open_window(monkeypatch, tmp_path):
    """Return a function that opens the window on files and lets a test function use it as a user."""
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))

    def opened(steps, paths=(), *, ready=True, idles=False, client=FakeClient):
        clients = []

        def start(wake):
            clients.append(client(wake))
            return clients[-1]

        window = Window(tuple(Path(path) for path in paths), start)
        window.dialogs.native = False
        window.program.trainer.start = start_training
        window.params.fps_idling.enable_idling = idles
        window.params.app_window_params.window_geometry.size = SIZE
        users = []
        rasteriser = Rasteriser()

        def on_main_thread():
            while users and users[0].on_main_thread:
                users[0].on_main_thread.pop(0)()
            rasteriser.before_drawing()

        window.params.callbacks.before_imgui_render = on_main_thread
        window.params.callbacks.before_swap = rasteriser.after_drawing

        def test(ctx):
            users.append(User(ctx, window))
            # The test engine takes a pipe to a dead worker for a crash and ends the process.
            users[0].do(lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN))
            users[0].clients = clients
            users[0].rasteriser = rasteriser
            users[0].monkeypatch = monkeypatch
            ctx.yield_(2)
            if paths and ready:
                users[0].wait_for(lambda: users[0].session.active is not None)
                users[0].wait_until_shown()
            steps(users[0])

        window.run(
            lambda params: testing.run(
                test_function=test, runner_params=params, add_ons_params=add_ons()
            )
        )
        return window

    return opened


@pytest.fixture
def screen(tmp_path):
    """Return a function that takes a picture of the window.

    That tells how many pixels near a voxel (x, y), 7 x 7, are nearly of a colour (0..1).
    """

    taken_so_far = itertools.count()

    def taken(user):
        path = tmp_path / f"screen_{next(taken_so_far)}.png"
        user.capture(path)
        pixels = cv2.imread(str(path))

        def count(voxel, colour):
            x, y = (round(each) for each in user.place(voxel))
            near = pixels[y - 3 : y + 4, x - 3 : x + 4, ::-1].astype(float)
            return int((abs(near - 255 * np.array(colour)).max(axis=2) < 60).sum())

        return count

    return taken


@pytest.fixture(scope="module")
def _graphics(_display):
    """A context such as the window's, without the window's loop."""
    assert glfw.init()
    glfw.default_window_hints()
    for hint, value in (
        (glfw.VISIBLE, False),
        (glfw.CONTEXT_VERSION_MAJOR, 3),
        (glfw.CONTEXT_VERSION_MINOR, 3),
        (glfw.OPENGL_PROFILE, glfw.OPENGL_CORE_PROFILE),
        (glfw.OPENGL_FORWARD_COMPAT, True),
    ):
        glfw.window_hint(hint, value)
    window = glfw.create_window(32, 32, "graphics", None, None)
    glfw.make_context_current(window)
    yield
    glfw.destroy_window(window)
