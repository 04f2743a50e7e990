"""Which tool is in the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.state.session import Session, ToolName


def choose(session: Session, tool: ToolName) -> None:
    session.tool = tool


def is_chosen(session: Session, tool: ToolName) -> bool:
    return session.tool == tool


def set_sensitivity(session: Session, sensitivity: float) -> None:
    """Set how alike a voxel must be for the fill brush: 0 takes all, 1 only what is equal."""
    session.sensitivity = max(0.0, min(sensitivity, 1.0))
