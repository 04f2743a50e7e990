"""The same tomogram opened anew: from another file, with another sign, in the next session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions.tomograms import closing
from scseg.actions.view import view
from scseg.persistence.last_session import record_of_tomogram
from scseg.state.requests import OpenPaths
from scseg.state.tomograms import MissingTomogram, OpenTomogram

if TYPE_CHECKING:
    from scseg.compute.messages import TomogramRef
    from scseg.datasets.tomogram import Tomogram
    from scseg.state.session import Session

WAITS = "waits to be opened"


def reopen(opened: OpenTomogram, tomogram: Tomogram, ref: TomogramRef) -> bool:
    """Take in the same file read anew, keeping what belongs to it; return whether its shape allows that."""
    if tomogram.shape != opened.shape:
        return False
    if ref.signed != opened.ref.signed:
        # Values read with another sign have other limits.
        opened.contrast = replace(opened.contrast, auto=True)
    opened.tomogram, opened.ref = tomogram, replace(ref, apix=opened.ref.apix)
    opened.vanished = False
    return True


def put_in_place(
    session: Session, row: OpenTomogram | MissingTomogram, tomogram: Tomogram, ref: TomogramRef
) -> OpenTomogram:
    """Replace a row by a tomogram with what the user had set there, where it makes sense."""
    before = record_of_tomogram(row) if isinstance(row, OpenTomogram) else row.kept
    opened = OpenTomogram(
        tomogram,
        replace(ref, apix=before.apix),
        z=tomogram.shape[0] // 2,
        apix_z=before.apix_z,
        apix_asked=before.apix_asked,
        filters=before.filters,
        feature=before.feature,
    )
    if opened.shape == before.shape:
        opened.z = max(0, min(before.z, opened.shape[0] - 1))
        view.set_view(opened, before.view)
        opened.contrast, opened.filters = before.contrast, before.filters
        opened.export_slices = before.export_slices
    place = len(session.tomograms)
    if isinstance(row, OpenTomogram):
        place = session.tomograms.index(row)
    _follow(session, before.path, ref.path)
    # Before the other goes: what is shown over it stays.
    session.tomograms.insert(place, opened)
    closing.close_tomogram(session, row)
    if session.active is row:
        session.active = opened
    return opened


def _follow(session: Session, before: str, after: str) -> None:
    """Let what was said of a tomogram by its path be said of where it is now."""
    for model in session.models:
        active_on = dict(model.display.active_on)
        if before in active_on:
            active_on[after] = active_on.pop(before)
            model.display = replace(model.display, active_on=active_on)
    plan, exported = session.set_plan, session.exports.plan
    if before in plan.left_out:
        session.set_plan = replace(plan, left_out=plan.left_out - {before} | {after})
    if before in exported.left_out:
        left_out = exported.left_out - {before} | {after}
        session.exports.plan = replace(exported, left_out=left_out)
    for overlay in session.volumes.over(before):
        overlay.tomogram = after


def open_missing(session: Session, absent: MissingTomogram) -> None:
    """Look for the file of an absent tomogram again."""
    session.requests.append(OpenPaths((Path(absent.kept.path),), absent.kept.signed))


def row_of(session: Session, path: str) -> OpenTomogram | MissingTomogram | None:
    """Return what the list has of a file, if anything."""
    for opened in session.tomograms:
        if opened.ref.path == path:
            return opened
    return next((absent for absent in session.missing if absent.kept.path == path), None)
