"""A fault in one panel must not take the window down: it becomes a notice, and the frame goes on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.runtime.faults import reported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scseg.state.session import Session


@contextmanager
def guarded(session: Session, what: str) -> Iterator[None]:
    """Turn what goes wrong inside into a notice. ImGui's stacks are put back as they were."""
    before = imgui.internal.ErrorRecoveryState()
    imgui.internal.error_recovery_store_state(before)
    with reported(session, what):
        yield
        return
    io = imgui.get_io()
    asserts, shows = io.config_error_recovery_enable_assert, io.config_error_recovery_enable_tooltip
    io.config_error_recovery_enable_assert = io.config_error_recovery_enable_tooltip = False
    imgui.internal.error_recovery_try_to_recover_state(before)
    io.config_error_recovery_enable_assert = asserts
    io.config_error_recovery_enable_tooltip = shows
