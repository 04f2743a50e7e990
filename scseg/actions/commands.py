"""The commands that a user can name: menus, keys, the command list and the help page read this table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scseg.actions import notices, opening, undo
from scseg.actions.action import Action, Gesture, has_tomogram
from scseg.actions.annotation import commands
from scseg.actions.exports.commands import EXPORTS
from scseg.actions.models import comparing
from scseg.actions.models.commands import MODELS
from scseg.actions.objects.commands import OBJECTS, PICKING
from scseg.actions.tomograms import closing, demo, listing
from scseg.actions.training.commands import TRAINING
from scseg.actions.view import browsing, disk_use, view
from scseg.actions.view.commands import VIEW
from scseg.actions.view.settings_commands import SETTINGS
from scseg.state.requests import Quit, RestartPrediction

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.state.session import Session


def _choose_tomograms(session: Session) -> None:
    opening.ask(session, "tomogram")


def _close_active(session: Session) -> None:
    if session.active is not None:
        closing.close(session, session.active)


def _quit(session: Session) -> None:
    session.requests.append(Quit())


def _restart_prediction(session: Session) -> None:
    session.requests.append(RestartPrediction())


def _clear(session: Session) -> None:
    notices.dismiss_all(session)
    comparing.stop(session)


def _last_slice(session: Session) -> None:
    if session.active is not None:
        browsing.set_slice(session, session.active.shape[0] - 1)


_FILE = (
    Action(
        "open",
        "Open…",
        "Open tomograms: .mrc, .rec, .map, .st, .ali, TIFF stacks, also packed as .gz or .bz2.",
        _choose_tomograms,
        ("Ctrl+O",),
        "File",
        words="load import read tomogram volume mrc rec tiff file",
    ),
    Action(
        "demo",
        "Try the demo",
        "Open a simulated tomogram with a membrane drawn on three slices, to try everything on. The first "
        "time it is made, in about a minute.",
        demo.open_demo,
        (),
        "File",
        enabled=demo.can_open,
        words="example sample data tutorial learn start begin first",
    ),
    *MODELS,
    *EXPORTS,
    Action(
        "close",
        "Close tomogram",
        "Take the shown tomogram out of the window; its file is not touched.",
        _close_active,
        ("Ctrl+W",),
        "File",
        1,
        enabled=has_tomogram,
        words="remove",
    ),
    Action(
        "close-all",
        "Close all tomograms",
        "Take every tomogram out of the window; files are not touched.",
        closing.close_all,
        (),
        "File",
        1,
        enabled=has_tomogram,
        words="remove",
    ),
    commands.COPY,
    Action(
        "quit",
        "Quit",
        "Close the program.",
        _quit,
        ("Ctrl+Q",),
        "File",
        2,
        words="exit end leave",
    ),
)


def _browse(name: str, label: str, key: str, run: Callable[[Session], None]) -> Action:
    return Action(
        name, label, "", run, (key,), enabled=has_tomogram, repeats=key not in ("Home", "End")
    )


_BROWSE = (
    _browse("next-slice", "Next slice", "Right", partial(browsing.step_slice, by=1)),
    _browse("previous-slice", "Previous slice", "Left", partial(browsing.step_slice, by=-1)),
    _browse("ten-up", "Ten slices up", "PageUp", partial(browsing.step_slice, by=10)),
    _browse("ten-down", "Ten slices down", "PageDown", partial(browsing.step_slice, by=-10)),
    _browse("first-slice", "First slice", "Home", partial(browsing.set_slice, z=0)),
    _browse("last-slice", "Last slice", "End", _last_slice),
    _browse("next-tomogram", "Next tomogram", "Down", partial(listing.step_tomogram, by=1)),
    _browse("previous-tomogram", "Previous tomogram", "Up", partial(listing.step_tomogram, by=-1)),
)

_HELP = (
    Action(
        "storage",
        "Storage…",
        "What the program keeps of its own on the disk: copies of packed tomograms, logs, checkpoints, and "
        "models that are not saved. See how much it is, and remove it.",
        disk_use.open_page,
        menu="Settings",
        section=3,
        words="disk space cache clean up free remove delete logs",
    ),
    Action(
        "restart-prediction",
        "Restart prediction",
        "Start the process that predicts anew, after it stopped or where it hangs.",
        _restart_prediction,
        menu="Settings",
        section=3,
        enabled=lambda session: bool(session.models),
        words="network hangs stuck process worker",
    ),
    Action(
        "commands",
        "Find a command…",
        "Search everything that the program can do, and do it.",
        partial(view.show_page, page="commands"),
        ("F1", "Ctrl+Shift+P"),
        "Help",
        words="search",
    ),
    Action(
        "shortcuts",
        "Keys and gestures",
        "What the mouse and the keys do.",
        partial(view.show_page, page="shortcuts"),
        ("Shift+F1",),
        "Help",
        words="help keyboard hotkeys mouse manual",
    ),
    Action(
        "messages",
        "Messages",
        "All that the program has said since it was started, with the time.",
        partial(view.show_page, page="messages"),
        menu="Help",
        words="log errors warnings notices history",
    ),
    Action(
        "about",
        "About scSegmentation",
        "Version and licence.",
        partial(view.show_page, page="about"),
        menu="Help",
        section=1,
        words="help version licence",
    ),
    Action(
        "dismiss-notices",
        "Dismiss all notices, stop comparing",
        "Clear the messages at the corner of the view, and show masks as they are, not compared.",
        _clear,
        ("Escape",),
        enabled=lambda session: bool(session.notices) or session.comparison is not None,
        words="close hide warnings errors",
    ),
)

_UNDO = (
    Action(
        "undo",
        "Undo",
        "Take back the latest change to an annotation, and show its slice.",
        undo.undo,
        ("Ctrl+Z",),
        "Edit",
        enabled=undo.can_undo,
        repeats=True,
        words="back revert mistake",
    ),
    Action(
        "redo",
        "Redo",
        "Make the change again that was taken back last.",
        undo.redo,
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        "Edit",
        enabled=undo.can_redo,
        repeats=True,
        words="again repeat forward",
    ),
)

ACTIONS = (
    *_FILE,
    *_UNDO,
    *commands.EDIT,
    *TRAINING,
    *OBJECTS,
    *commands.TOOLS,
    *VIEW,
    *commands.STAGES,
    *_BROWSE,
    *commands.KEYS,
    *SETTINGS,
    *_HELP,
)
"""Every command, in the order of menus and lists."""

_BY_ID = {action.id: action for action in ACTIONS}


def action(name: str) -> Action:
    return _BY_ID[name]


GESTURES = (
    *commands.GESTURES,
    *PICKING,
    Gesture("Scroll", "Next or previous slice"),
    Gesture("Shift + scroll", "Zoom at the cursor"),
    Gesture("Middle drag, Space + drag", "Move the slice"),
    Gesture("Ctrl + click on a slider", "Type the value of a slider"),
    Gesture("Right click on a slider", "Set it back to its usual value"),
    Gesture("Tab, Escape", "Enter and leave the panels by keyboard"),
    Gesture("Drop files on the window", "Open tomograms and models"),
)
