"""What a command is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.state.session import Session

Menu = Literal["File", "Edit", "View", "Settings", "Help"]
MENUS: tuple[Menu, ...] = ("File", "Edit", "View", "Settings", "Help")


def always(_: Session) -> bool:
    return True


def has_tomogram(session: Session) -> bool:
    return session.active is not None


@dataclass(frozen=True)
class Action:
    """A command. `section` groups it within its menu; `checked` tells the state of one that toggles.

    Those of one `submenu` follow one another in the table; their labels begin with its name and ": ".

    A shortcut is written as it is read: modifiers Ctrl, Shift, Alt, joined by "+" to the key's name. The
    first one is shown in menus. With `repeats`, a held key goes on. `words` are others by which people look
    for the command.
    """

    id: str
    label: str
    tooltip: str
    run: Callable[[Session], None]
    shortcuts: tuple[str, ...] = ()
    menu: Menu | None = None
    section: int = 0
    enabled: Callable[[Session], bool] = always
    checked: Callable[[Session], bool] | None = None
    repeats: bool = False
    submenu: str = ""
    words: str = ""


@dataclass(frozen=True)
class Gesture:
    """Something that the mouse does; the canvas carries it out, the help page shows it."""

    how: str
    what: str
