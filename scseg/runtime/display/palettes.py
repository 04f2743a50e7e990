"""The colours of the window: a calm dark palette and a light one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.state.models import Colour
    from scseg.state.settings import Theme


@dataclass(frozen=True)
class Palette:
    """The few colours that the rest is made of. `surroundings` is what lies around the slice."""

    window: Colour
    panel: Colour
    card: Colour
    frame: Colour
    header: Colour
    border: Colour
    text: Colour
    faint: Colour
    accent: Colour
    on_accent: Colour
    warning: Colour
    error: Colour
    surroundings: Colour


def _hex(code: str) -> Colour:
    red, green, blue = (int(code[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return red, green, blue


DARK = Palette(
    window=_hex("1b1d20"),
    panel=_hex("212327"),
    card=_hex("292c31"),
    frame=_hex("363a41"),
    header=_hex("2e3238"),
    border=_hex("3c4149"),
    text=_hex("e6e7e8"),
    faint=_hex("989ea6"),
    accent=_hex("46c8a0"),
    on_accent=_hex("0d2019"),
    warning=_hex("e8b44c"),
    error=_hex("ef6f6c"),
    surroundings=_hex("131416"),
)
LIGHT = Palette(
    window=_hex("efefec"),
    panel=_hex("f5f5f2"),
    card=_hex("fcfcfa"),
    frame=_hex("e3e3d9"),
    header=_hex("dadacb"),
    border=_hex("c8c8bb"),
    text=_hex("20211f"),
    faint=_hex("6a6b63"),
    accent=_hex("1f9a76"),
    on_accent=_hex("ffffff"),
    warning=_hex("b3760a"),
    error=_hex("c63a36"),
    surroundings=_hex("e9e9e6"),
)
PALETTES: dict[Theme, Palette] = {"dark": DARK, "light": LIGHT}


def mixed(one: Colour, other: Colour, part: float) -> Colour:
    """Return `one` with `part` of `other` in it."""
    red, green, blue = (a + (b - a) * part for a, b in zip(one, other, strict=True))
    return red, green, blue
