"""Picks by hand: one is removed, added or shown, and a score from which on they count."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scseg.actions.annotation import changes
from scseg.actions.objects.picking import drop_draft, picks_of
from scseg.actions.view import browsing, view
from scseg.annotations import steps
from scseg.objects.picks import Picks

if TYPE_CHECKING:
    from scseg.annotations.picked import PickedParticles
    from scseg.drawing.region import Point
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

SAME = 1e-6
SURE = 1.0
"""The least score of a pick that the user has placed."""


def remove(session: Session, opened: OpenTomogram, number: int) -> None:
    """Remove a pick by its number among all."""
    picked = picks_of(opened)
    if not 0 <= number < len(picked):
        return
    stays = np.ones(len(picked), np.bool_)
    stays[number] = False
    z = round(picked.all.positions[number, 0])
    opened.objects.pick = None
    _change(session, opened, picked.with_picks(picked.all.subset(stays)), "remove pick", z)


def add(session: Session, opened: OpenTomogram, at: Point) -> None:
    """Add a pick at a place (y, x) on the slice in view; along filaments, to the one that is nearest."""
    _, rows, columns = opened.shape
    if not (-0.5 <= at[0] <= rows - 0.5 and -0.5 <= at[1] <= columns - 0.5):
        return
    picked = picks_of(opened)
    place = np.array([[opened.z, *at]], np.float64)
    picked = picked.with_picks(_with(picked.all, place))
    _change(session, opened, picked, "add pick", opened.z)


def clear(session: Session, opened: OpenTomogram) -> None:
    """Remove all picks."""
    picked = picks_of(opened)
    none = picked.all.subset(np.zeros(len(picked), np.bool_))
    drop_draft(opened)
    _change(session, opened, replace(picked.with_picks(none), least=None), "remove all picks", None)


def show(session: Session, opened: OpenTomogram, number: int) -> None:
    """Choose a pick, go to its slice, and bring it into view."""
    z, y, x = picks_of(opened).all.positions[number].tolist()
    opened.objects.pick = number
    bring_into_view(session, opened, (z, y, x))


def bring_into_view(session: Session, opened: OpenTomogram, at: tuple[float, float, float]) -> None:
    """Go to the slice of a place (z, y, x), and move that to the middle where it is not in view."""
    browsing.set_slice(session, math.floor(at[0] + 0.5))
    seen = opened.in_view
    if seen is None or not (seen.y0 <= at[1] < seen.y1 and seen.x0 <= at[2] < seen.x1):
        view.set_view(opened, replace(opened.view, x=at[2], y=at[1], fit=False))


def set_least(opened: OpenTomogram, score: float) -> None:
    """Show only picks of a score from here on; `commit` keeps it.

    Sliders count in 32 bits: at their ends the lowest or the highest pick is meant.
    """
    scores = picks_of(opened).all.scores
    for end in (float(scores.min()), float(scores.max())):
        if math.isclose(score, end, rel_tol=SAME, abs_tol=SAME * float(np.ptp(scores))):
            score = end
    opened.objects.least = score


def set_diameter(opened: OpenTomogram, diameter: float) -> None:
    """Show the picked particles as so large, in A; `commit` keeps it."""
    opened.objects.diameter = max(0.0, diameter)


def commit(session: Session, opened: OpenTomogram) -> None:
    """Keep what was dragged of the picks, once the hand is off the slider."""
    state = opened.objects
    if state.least is None and state.diameter is None:
        return
    label = "size of picks" if state.least is None else "least score of picks"
    picked = picks_of(opened)
    state.least = state.diameter = None
    _change(session, opened, picked, label, None)


def _change(
    session: Session, opened: OpenTomogram, picked: PickedParticles, label: str, z: int | None
) -> None:
    if opened.annotation is not None:
        step = steps.change_picks(opened.annotation.contents, picked, label, z)
        changes.apply_step(session, opened, step)


def _with(picks: Picks, place: np.ndarray) -> Picks:
    """Return picks and one more at a place (1, 3), which no score leaves out."""
    score = np.array([max(SURE, picks.scores.max(initial=SURE))])
    if picks.directions is None or picks.filaments is None or not len(picks):
        positions = np.concatenate([picks.positions, place])
        return Picks(positions, np.concatenate([picks.scores, score]))
    nearest = int(np.square(picks.positions - place).sum(axis=1).argmin())
    here = nearest + 1
    return Picks(
        np.insert(picks.positions, here, place[0], axis=0),
        np.insert(picks.scores, here, score[0]),
        np.insert(picks.directions, here, picks.directions[nearest], axis=0),
        np.insert(picks.filaments, here, picks.filaments[nearest]),
    )
