"""Keys of the table of commands: how they are written, and when they act."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.commands import ACTIONS

if TYPE_CHECKING:
    from scseg.actions.action import Action
    from scseg.state.session import Session

_MODIFIERS = {"Ctrl": imgui.Key.mod_ctrl, "Shift": imgui.Key.mod_shift, "Alt": imgui.Key.mod_alt}
_MODIFIER_KEYS = (imgui.Key.mod_ctrl, imgui.Key.mod_shift, imgui.Key.mod_alt, imgui.Key.mod_super)
_KEYS = {
    "Left": imgui.Key.left_arrow,
    "Right": imgui.Key.right_arrow,
    "Up": imgui.Key.up_arrow,
    "Down": imgui.Key.down_arrow,
    "PageUp": imgui.Key.page_up,
    "PageDown": imgui.Key.page_down,
    "Home": imgui.Key.home,
    "End": imgui.Key.end,
    "Escape": imgui.Key.escape,
    "=": imgui.Key.equal,
    "-": imgui.Key.minus,
    "+": imgui.Key.keypad_add,
    "[": imgui.Key.left_bracket,
    "]": imgui.Key.right_bracket,
    ",": imgui.Key.comma,
    ".": imgui.Key.period,
    **{str(digit): getattr(imgui.Key, f"_{digit}") for digit in range(10)},
}


@cache
def parsed(shortcut: str) -> tuple[int, imgui.Key]:
    """Return the modifiers and the key of a shortcut such as "Ctrl+Shift+P".

    Raises:
        KeyError: it names a key that does not exist.
    """
    *modifiers, name = shortcut.rsplit("+", 1) if shortcut != "+" else ("+",)
    mask = 0
    for modifier in "+".join(modifiers).split("+") if modifiers else ():
        mask |= int(_MODIFIERS[modifier])
    if name in _KEYS:
        return mask, _KEYS[name]
    try:
        return mask, getattr(imgui.Key, name.lower())
    except AttributeError as error:
        raise KeyError(shortcut) from error


def act(session: Session) -> None:
    """Do the commands whose keys were pressed in this frame."""
    _enter_or_leave_panels()
    if imgui.is_popup_open("", imgui.PopupFlags_.any_popup):
        _leave_menus()
        return
    for action in ACTIONS:
        if any(_pressed(shortcut, action) for shortcut in action.shortcuts) and action.enabled(
            session
        ):
            action.run(session)


def held() -> int:
    """Return the modifiers that are down, or were until this frame.

    Of a quick Ctrl+Z, Z's press and Ctrl's release may come within one frame.
    """
    released = sum(int(modifier) for modifier in _MODIFIER_KEYS if imgui.is_key_released(modifier))
    return imgui.get_io().key_mods | released


def shift_held() -> bool:
    return bool(held() & int(imgui.Key.mod_shift))


def _leave_menus() -> None:
    """Let Escape close menus, lists and colour pickers; dialogs see to themselves.

    ImGui does so only where its keyboard control is on.
    """
    if imgui.is_key_pressed(imgui.Key.escape) and not imgui.get_io().want_text_input:
        imgui.internal.close_popups_except_modals()


def _pressed(shortcut: str, action: Action) -> bool:
    modifiers, key = parsed(shortcut)
    io = imgui.get_io()
    if held() != modifiers or not imgui.is_key_pressed(key, repeat=action.repeats):
        return False
    # A key without Ctrl belongs to the widget that has the focus; so does all that is typed into one.
    plain = not modifiers & int(imgui.Key.mod_ctrl)
    return not io.want_text_input and not (plain and _in_panels())


def keys_are_free() -> bool:
    """Tell whether plain keys are for the slice: no menu is open, no panel has the keyboard."""
    menu = imgui.is_popup_open("", imgui.PopupFlags_.any_popup)
    return not (menu or imgui.get_io().want_text_input or _in_panels())


def _in_panels() -> bool:
    return bool(imgui.get_io().config_flags & imgui.ConfigFlags_.nav_enable_keyboard)


def _enter_or_leave_panels() -> None:
    """Let Tab bring the keyboard into the panels, and Escape or a click take it back to the slice.

    ImGui's keyboard control is off outside of that, because it would take the arrow keys.
    """
    io = imgui.get_io()
    flag = int(imgui.ConfigFlags_.nav_enable_keyboard)
    if _in_panels():
        clicked = imgui.is_mouse_clicked(imgui.MouseButton_.left)
        if clicked or (imgui.is_key_pressed(imgui.Key.escape) and not imgui.is_any_item_active()):
            io.config_flags &= ~flag
            imgui.set_window_focus("View")
    elif imgui.is_key_pressed(imgui.Key.tab) and not io.want_text_input and io.key_mods == 0:
        io.config_flags |= flag
        imgui.set_window_focus("Panels")
