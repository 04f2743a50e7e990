"""The menu bar, made from the table of commands."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.action import MENUS
from scseg.actions.commands import ACTIONS
from scseg.actions.view import view
from scseg.gui.widgets import text_field, tooltip
from scseg.runtime.display import labels
from scseg.state.requests import OpenPaths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scseg.actions.action import Action, Menu
    from scseg.gui.ui import Ui
    from scseg.state.session import Session

RECENT = {"open": "Open recent", "load-model": "Load recent model"}
"""Below which command files of the same kind are offered again."""


def draw(session: Session, ui: Ui) -> None:  # noqa: ARG001 - as every panel
    if not imgui.begin_main_menu_bar():
        return
    for menu in MENUS:
        if imgui.begin_menu(menu):
            _draw_menu(session, menu)
            if menu == "Settings":
                _draw_cluster(session)
            imgui.end_menu()
    imgui.end_main_menu_bar()


def _draw_menu(session: Session, menu: Menu) -> None:
    of_menu = sorted(
        (action for action in ACTIONS if action.menu == menu), key=lambda each: each.section
    )
    section = of_menu[0].section
    for (number, submenu), together in groupby(of_menu, lambda each: (each.section, each.submenu)):
        if number != section:
            imgui.separator()
            section = number
        if not submenu:
            _draw_items(session, together)
        elif imgui.begin_menu(submenu):
            _draw_items(session, together)
            imgui.end_menu()


def _draw_items(session: Session, together: Iterable[Action]) -> None:
    for action in together:
        _draw_item(session, action)
        if action.id in RECENT:
            _draw_recent(session, RECENT[action.id], models=action.id == "load-model")


def _draw_item(session: Session, action: Action) -> None:
    shortcut = action.shortcuts[0] if action.shortcuts else ""
    checked = action.checked is not None and action.checked(session)
    label = action.label.removeprefix(f"{action.submenu}: ")
    clicked, _ = imgui.menu_item(
        f"{label}###{action.id}", shortcut, checked, action.enabled(session)
    )
    tooltip(action.tooltip)
    if clicked:
        action.run(session)


def _draw_cluster(session: Session) -> None:
    """Draw where exports are done: the one setting that is typed."""
    if not imgui.begin_menu("Cluster"):
        return
    imgui.text_unformatted("Exports are done by the workers of a Dask scheduler at")
    imgui.set_next_item_width(-1)
    before = session.settings.scheduler
    _, after = text_field("###scheduler", before, hint="no address: by this computer")
    tooltip(
        "Such as tcp://host:8786, or the scheduler file. Each tomogram is cut into slabs for all workers. "
        "They must see the tomograms, the folder for volumes and the program's own folder by the same paths."
    )
    if after != before:
        view.set_scheduler(session, after)
    imgui.end_menu()


def _draw_recent(session: Session, label: str, *, models: bool) -> None:
    recent = session.settings.recent_files(models=models)
    if not imgui.begin_menu(label, bool(recent)):
        return
    for index, name in enumerate(recent):
        if imgui.menu_item_simple(labels.label(Path(name).name, f"recent {index}")):
            session.requests.append(OpenPaths((Path(name),)))
        tooltip(name)
    imgui.end_menu()
