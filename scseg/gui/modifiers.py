"""The modifier keys that count for what was pressed in this frame."""

from __future__ import annotations

from imgui_bundle import imgui

_ALL = (imgui.Key.mod_ctrl, imgui.Key.mod_shift, imgui.Key.mod_alt, imgui.Key.mod_super)


def held() -> int:
    """Return the modifiers that are down, or were until this frame.

    Of a quick Ctrl+Z, Z's press and Ctrl's release may come within one frame.
    """
    released = sum(int(modifier) for modifier in _ALL if imgui.is_key_released(modifier))
    return imgui.get_io().key_mods | released


def shift_held() -> bool:
    return bool(held() & int(imgui.Key.mod_shift))
