"""A fault in one panel must not take the window down: it becomes a notice, and the frame goes on."""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.base.errors import ScsegError
from scseg.base.files import handle_limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scseg.state.session import Session


@contextmanager
def guarded(session: Session, what: str) -> Iterator[None]:
    """Turn what goes wrong inside into a notice. ImGui's stacks are put back as they were."""
    before = imgui.internal.ErrorRecoveryState()
    imgui.internal.error_recovery_store_state(before)
    with told(session, what):
        yield
        return
    io = imgui.get_io()
    asserts, shows = io.config_error_recovery_enable_assert, io.config_error_recovery_enable_tooltip
    io.config_error_recovery_enable_assert = io.config_error_recovery_enable_tooltip = False
    imgui.internal.error_recovery_try_to_recover_state(before)
    io.config_error_recovery_enable_assert = asserts
    io.config_error_recovery_enable_tooltip = shows


@contextmanager
def told(session: Session, what: str) -> Iterator[None]:
    """Turn what goes wrong inside into a notice: the sentence of a user error, the traceback of a bug."""
    try:
        yield
    except ScsegError as error:
        session.notify("error", str(error))
    except Exception as error:  # noqa: BLE001 - every bug of a frame is shown, none may end the program
        session.notify("error", _sentence(what, error), traceback.format_exc())


def _sentence(what: str, error: Exception) -> str:
    if handle_limit.are_used_up(error):
        return f"{what} failed: {handle_limit.REMEDY}."
    return f"{what} failed: {str(error) or type(error).__name__}. This is a bug in the program."
