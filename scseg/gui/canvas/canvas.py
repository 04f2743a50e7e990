"""The slice view: the slice, what the mouse does on it, the scale bar and the slider under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions.annotation import contrast, features
from scseg.actions.view import browsing, view
from scseg.base.printable import printable
from scseg.gui.canvas import slice_slider, welcome
from scseg.gui.canvas.tools.crop import CropFrame
from scseg.gui.canvas.tools.dispatcher import ToolDispatcher
from scseg.gui.canvas.tools.picks import PickTool
from scseg.gui.canvas.tools.surface import Surface
from scseg.gui.theme import packed
from scseg.runtime.display import boxes, camera
from scseg.runtime.display.camera import Viewport
from scseg.runtime.display.scene import Screen, scene_of
from scseg.state.panel_layout import Stage

if TYPE_CHECKING:
    from scseg.gui.gl.painter import SlicePainter
    from scseg.gui.ui import Ui
    from scseg.runtime.display.scene import Scene
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

WHEEL_ZOOM = 1.15
BAR_LONGEST = 180.0
TEXT_WIDTH = 480.0


class Canvas:
    """Keeps what outlives a frame: the part of a turn of the wheel that is not a whole slice, the tools."""

    def __init__(self) -> None:
        self._turned = 0.0
        self._crop = CropFrame()
        self._picks = PickTool()
        self._cropping = False
        self._tools: ToolDispatcher | None = None

    def draw(self, session: Session, ui: Ui, painter: SlicePainter | None) -> None:
        """Draw the slice and the slider under it into the window that was begun."""
        ui.hovered, ui.hint = None, ""
        opened = session.active
        if opened is None or painter is None:
            welcome.draw(session, ui)
            return
        free = imgui.get_content_region_avail()
        low = imgui.get_frame_height_with_spacing()
        port = Viewport(max(1.0, free.x), max(1.0, free.y - low))
        place, size = imgui.get_cursor_screen_pos(), ImVec2(port.width, port.height)
        if opened.view.fit:
            view.set_view(opened, camera.fitted(port, opened.shape[1:]))
        imgui.invisible_button("###slice", size, _BUTTONS)
        self._browse(session, opened, place, port)
        surface = Surface(opened.view, port, place)
        ui.in_view = surface.region(opened.shape[1:])
        self._use_tools(session, opened, ui, surface)
        _hover(opened, ui, surface)
        pointed = ui.hovered and (ui.hovered.y, ui.hovered.x)
        view.note_looked_at(opened, ui.in_view, pointed)
        scene = _scene(session, ui, port)
        if scene is not None:
            _show(scene, painter, place, size)
            self._draw_on_slice(session, opened, ui, surface)
            _draw_scale_bar(opened, ui, place, size)
        elif ui.on_screen.unreadable:
            _tell(ui.on_screen.unreadable, ui, place, size)
        slice_slider.draw(session, opened, ui)
        if not imgui.is_any_item_active():
            features.commit_all(session, rested=True)
            contrast.commit_all(session)

    def _use_tools(self, session: Session, opened: OpenTomogram, ui: Ui, surface: Surface) -> None:
        """Let the mouse act on the crop, or else with the tool in hand."""
        self._tools = self._tools or ToolDispatcher(session, ui.on_screen)
        self._cropping = self._crop.act(session, opened, ui, surface)
        if session.stage == Stage.SEGMENTATION and not self._cropping:
            self._tools.act(session, opened, ui, surface)
        elif session.stage == Stage.OBJECTS and session.overlays and not self._cropping:
            self._picks.act(session, opened, ui, surface)

    def _draw_on_slice(
        self, session: Session, opened: OpenTomogram, ui: Ui, surface: Surface
    ) -> None:
        """Draw the crop, boxes and the cursor."""
        shown, port = ui.on_screen.shown, surface.port
        if shown is None:
            return
        end = surface.corner + ImVec2(port.width, port.height)
        imgui.push_clip_rect(surface.corner, end, True)  # noqa: FBT003 - ImGui's
        self._crop.draw(opened, shown.image.key.z, ui, surface)
        for box in boxes.on_slice(session, shown) if session.overlays else ():
            surface.draw_box(box, ui.scale)
        if session.stage == Stage.SEGMENTATION and self._tools is not None:
            self._tools.draw(session, ui, surface, shows_cursor=not self._cropping)
        elif session.stage == Stage.OBJECTS and session.overlays:
            self._picks.draw(shown.opened, shown.image.key.z, ui, surface)
        imgui.pop_clip_rect()

    def _browse(
        self, session: Session, opened: OpenTomogram, place: ImVec2, port: Viewport
    ) -> None:
        io = imgui.get_io()
        if imgui.is_item_active() and _pans():
            delta = (io.mouse_delta.x, io.mouse_delta.y)
            moved = camera.panned(opened.view, delta)
            if delta != (0.0, 0.0):
                view.set_view(opened, camera.kept_near(moved, opened.shape[1:]))
        if not imgui.is_item_hovered():
            self._turned = 0.0
            return
        # macOS turns a shifted wheel sideways, others do not.
        turned = io.mouse_wheel or io.mouse_wheel_h
        if not turned:
            return
        if io.key_shift:
            point = (io.mouse_pos.x - place.x, io.mouse_pos.y - place.y)
            view.set_view(opened, camera.zoomed(opened.view, port, point, WHEEL_ZOOM**turned))
        elif not io.key_ctrl:
            self._turned += turned
            steps = int(self._turned)
            self._turned -= steps
            browsing.step_slice(session, steps)


_BUTTONS = (
    imgui.ButtonFlags_.mouse_button_left
    | imgui.ButtonFlags_.mouse_button_middle
    | imgui.ButtonFlags_.mouse_button_right
)


def _pans() -> bool:
    return imgui.is_mouse_down(imgui.MouseButton_.middle) or (
        imgui.is_key_down(imgui.Key.space) and imgui.is_mouse_down(imgui.MouseButton_.left)
    )


def _hover(opened: OpenTomogram, ui: Ui, surface: Surface) -> None:
    if imgui.is_item_hovered():
        mouse = imgui.get_io().mouse_pos
        point = mouse.x - surface.corner.x, mouse.y - surface.corner.y
        ui.hovered = camera.voxel_at(surface.view, surface.port, point, opened.shape[1:])


def _scene(session: Session, ui: Ui, port: Viewport) -> Scene | None:
    pixels = imgui.get_io().display_framebuffer_scale.x
    screen = Screen((port.width, port.height), pixels, ui.scale, ui.palette.surroundings)
    return scene_of(session, ui.on_screen, screen)


def _show(scene: Scene, painter: SlicePainter, place: ImVec2, size: ImVec2) -> None:
    painter.paint(scene)
    texture = imgui.ImTextureRef(painter.picture.texture)
    draw = imgui.get_window_draw_list()
    # The picture's first row is its lowest.
    draw.add_image(texture, place, place + size, ImVec2(0, 1), ImVec2(1, 0))


def _tell(sentence: str, ui: Ui, place: ImVec2, size: ImVec2) -> None:
    """Write, in the middle of the view, why there is no slice in it."""
    text = printable(sentence)
    width = min(size.x * 0.7, TEXT_WIDTH * ui.scale)
    needed = imgui.calc_text_size(text, wrap_width=width)
    corner = ImVec2(place.x + (size.x - needed.x) / 2, place.y + (size.y - needed.y) / 2)
    draw, font = imgui.get_window_draw_list(), imgui.get_font()
    colour = packed(ui.palette.warning)
    draw.add_text(font, imgui.get_font_size(), corner, colour, text, wrap_width=width)


def _draw_scale_bar(opened: OpenTomogram, ui: Ui, place: ImVec2, size: ImVec2) -> None:
    if opened.apix is None:
        return
    nm_per_point = opened.apix / 10 / opened.view.zoom
    length, name = camera.scale_bar(nm_per_point, min(BAR_LONGEST * ui.scale, size.x / 3))
    text = imgui.calc_text_size(name)
    pad, thick = 10 * ui.scale, 4 * ui.scale
    right, low = place.x + size.x - 14 * ui.scale, place.y + size.y - 14 * ui.scale
    width = max(length, text.x)
    corner = ImVec2(right - width - 2 * pad, low - text.y - thick - 2.4 * pad)
    draw = imgui.get_window_draw_list()
    draw.add_rect_filled(corner, ImVec2(right, low), packed((0, 0, 0), 0.55), 6 * ui.scale)
    white = packed((1, 1, 1), 0.95)
    middle = right - pad - width / 2
    bar = ImVec2(middle - length / 2, low - pad - thick)
    draw.add_rect_filled(bar, bar + ImVec2(length, thick), white, thick / 2)
    draw.add_text(ImVec2(middle - text.x / 2, corner.y + pad * 0.7), white, name)
