"""Which OpenGL there is, asked without a window that anybody sees."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.gui

ASK = "from scseg.gui.gl.driver import opengl_driver; print(opengl_driver())"


def told(**trouble):
    """Ask in a process of its own: the driver reads its environment once."""
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env=os.environ | trouble,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


def test_version_renderer_and_vendor_are_told():
    version, *rest = told().split(", ")
    assert float(version[:3]) >= 3.3
    assert len(rest) >= 2


@pytest.mark.skipif(sys.platform != "linux", reason="X is what windows use there")
def test_what_does_not_do_is_told():
    assert told(DISPLAY=":987") == "the display does not answer"
    assert told(MESA_GL_VERSION_OVERRIDE="2.1") == "there is no OpenGL 3.3"
