"""The window itself: Hello ImGui's runner around the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import glfw_utils, hello_imgui, imgui, immapp

from scseg.actions.view import view
from scseg.gui import glfw_window
from scseg.gui.file_dialogs.dialogs import Dialogs
from scseg.gui.frame import Frame
from scseg.gui.waker import Waker
from scseg.runtime.faults import reported
from scseg.runtime.program import Program
from scseg.runtime.saving.user_files import new_session
from scseg.runtime.signals import ended_by_signals
from scseg.runtime.typed_keys import TypedKeys

# After imgui_bundle: it makes glfw load the library that the window was made with.
import glfw  # isort: skip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.gui.glfw_window import KeyCallback, MouseCallbacks
    from scseg.runtime.models.predictor import Client
    from scseg.state.session import Session

MOUSE_BUTTONS = range(5)
TITLE = "scSegmentation"
FONT = "fonts/Roboto/Roboto-Regular.ttf"
FONT_SIZE = 15.0
IDLE_FRAMES_PER_SECOND = 0.7
AWAKE_SECONDS = 0.7
"""The window goes on drawing for so long after a key or the mouse: tooltips appear within it."""


class Window:
    """Opens with `run`, which returns when the user closes it. Its attributes serve tests."""

    def __init__(
        self,
        paths: tuple[Path, ...],
        start_client: Callable[[Callable[[], None]], Client],
    ) -> None:
        session = new_session()
        self._waker = Waker()
        wake = self._waker.wake
        self.dialogs = Dialogs()
        self.program = Program(session, wake, lambda: start_client(wake), self.dialogs)
        self.frame = Frame(self.program, self.dialogs)
        self.program.open(paths)
        self.params = self._params(session)
        self.last_words: tuple[str, ...] = ()
        self.drop: object = None
        self.mouse: MouseCallbacks | None = None
        self.key: KeyCallback | None = None
        self._typed = TypedKeys()

    def run(self, runner: Callable[[hello_imgui.RunnerParams], None] | None = None) -> None:
        """Show the window until it is closed; processes and threads end with it, whatever happens.

        `last_words` are what went wrong then, for there is no window any more to tell it in.
        """
        with ended_by_signals(self.program.quit):
            try:
                if runner is not None:
                    runner(self.params)
                else:
                    immapp.run(self.params, add_ons())
            finally:
                notices = self.frame.close()
                self.last_words = tuple(each.sentence for each in notices if each.level != "info")

    def restore(self) -> None:
        """Bring the last session back, unless the user does not want that."""
        if self.program.session.settings.restores:
            self.program.restore()
        else:
            self.tell_unsaved()

    def tell_unsaved(self) -> None:
        """Begin another session; tell of models of the last one that nobody has saved."""
        self.program.tell_unsaved()

    @property
    def is_open(self) -> bool:
        """Whether the window has come to be."""
        return self.frame.painter is not None

    def _params(self, session: Session) -> hello_imgui.RunnerParams:
        params = hello_imgui.RunnerParams()
        params.app_window_params.window_title = TITLE
        params.app_window_params.window_geometry.size = session.settings.window
        kind = hello_imgui.DefaultImGuiWindowType.no_default_window
        params.imgui_window_params.default_imgui_window_type = kind
        params.ini_disable = True
        params.wheel_session = False
        params.fps_idling.fps_idle = IDLE_FRAMES_PER_SECOND
        params.fps_idling.time_active_after_last_event = AWAKE_SECONDS
        params.fps_idling.fps_max = 120.0
        _choose_opengl(params.renderer_backend_options.open_gl_options)
        calls = params.callbacks
        calls.default_icon_font = hello_imgui.DefaultIconFont.font_awesome6
        calls.load_additional_fonts = _load_font
        calls.setup_imgui_style = _leave_style
        calls.post_init = self._begin
        calls.pre_new_frame = self.frame.prepare
        calls.show_gui = self._draw
        calls.before_exit = self._end
        return params

    def _begin(self) -> None:
        self.drop = glfw_window.catch_drops(self._dropped)
        self.mouse = glfw_window.record_pointer(self.frame.ui.trail, self._typed)
        self.key = glfw_window.leave_out_typed_keys(self._typed)
        glfw_window.set_icon()
        self._waker.begin()
        self.frame.start_graphics()

    def _dropped(self, paths: tuple[Path, ...]) -> None:
        self.program.open(paths)

    def _draw(self) -> None:
        scale = hello_imgui.dpi_window_size_factor()
        size = imgui.get_io().display_size
        view.set_window_size(self.program.session, (round(size.x / scale), round(size.y / scale)))
        presses = sum(imgui.is_mouse_clicked(button) for button in MOUSE_BUTTONS)
        is_down = any(imgui.is_mouse_down(button) for button in MOUSE_BUTTONS)
        self.frame.ui.trail.next_frame(presses, is_down=is_down)
        self._typed.next_frame()
        self.frame.draw(scale)
        self._close_or_stay()

    def _close_or_stay(self) -> None:
        """Close when the program is ready to; until then, the window's own cross only asks for it."""
        if self.params.app_shall_exit and not self.program.quits:
            self.program.quit()
        self.params.app_shall_exit = self.program.quits
        if not self.program.quits:
            glfw.set_window_should_close(glfw_utils.glfw_window_hello_imgui(), False)  # noqa: FBT003

    def _end(self) -> None:
        self._waker.end()
        with reported(self.program.session, "Clearing the screen"):
            self.frame.end_graphics()


def add_ons() -> immapp.AddOnsParams:
    return immapp.AddOnsParams(with_implot=True)


def _choose_opengl(options: hello_imgui.OpenGlOptions) -> None:
    """Ask for OpenGL 3.3 core, which macOS has too; multi-sampling would double the cost of a frame."""
    options.major_version, options.minor_version = 3, 3
    options.use_core_profile = options.use_forward_compat = True
    options.glsl_version = "330"
    options.anti_aliasing_samples = 0


def _load_font() -> None:
    hello_imgui.load_font_ttf_with_font_awesome_icons(FONT, FONT_SIZE)


def _leave_style() -> None:
    """Leave the style to the program, which sets it before the first frame."""
