"""Picking particles from the source, in a thread; what is found takes the place of the picks before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scseg.actions.annotation import changes, strokes
from scseg.actions.objects import finding
from scseg.actions.objects import source as sources
from scseg.annotations import steps
from scseg.annotations.picked import NO_PICKS, PickedParticles
from scseg.base.formatting import counted
from scseg.base.progress import sub_report
from scseg.objects.centres import centres
from scseg.objects.components import named_objects
from scseg.objects.feature_volume import enough_memory, whole_labels
from scseg.objects.picking import PickSettings, pick, with_diameter
from scseg.objects.picks import Picks, within
from scseg.state.objects import VolumeSource
from scseg.state.requests import Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.base.progress import Report
    from scseg.state.objects import Source
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

    Found = tuple[Picks, PickSettings]


def picks_of(opened: OpenTomogram) -> PickedParticles:
    """Return the picks of a tomogram, as they are to be seen now."""
    if opened.annotation is None:
        return NO_PICKS
    picks, least, diameter = (
        opened.annotation.contents.picks,
        opened.objects.least,
        opened.objects.diameter,
    )
    if least is not None:
        picks = replace(picks, least=least)
    return picks if diameter is None else replace(picks, diameter=diameter)


def obstacle(session: Session, opened: OpenTomogram) -> str:
    """Return why nothing can be picked now; nothing where it can."""
    settings = opened.objects.picking
    if why := finding.obstacle(opened) or may_not_change(session, opened):
        return why
    if settings.method == "filaments" and not settings.diameter:
        return "Say how thick the filaments are: 250 A for microtubules."
    return ""


def may_not_change(session: Session, opened: OpenTomogram) -> str:
    """Return why picks cannot be changed now; nothing where they can."""
    if opened.annotation is None:
        return opened.trouble or "The annotation is not open yet."
    return changes.read_only(session)


def set_picking(opened: OpenTomogram, settings: PickSettings) -> None:
    opened.objects.picking = settings


def start(session: Session, opened: OpenTomogram) -> None:
    """Pick the particles of the chosen source.

    Raises:
        ScsegError: the values of a volume cannot mean what was said.
    """
    source = sources.current(opened)
    if source is None or obstacle(session, opened) or not changes.may_change(session, opened):
        return
    name = sources.name_of(opened, source)
    automatic = opened.objects.picking.diameter is None

    def done(found: Found) -> None:
        picks, settings = found
        put(session, opened, picks, PickedParticles(diameter=settings.diameter or 0.0, of=name))
        told = f"{counted(len(picks), 'pick')} of {name}."
        if automatic and settings.diameter:
            told += (
                f" The typical object is as large as a ball of {settings.diameter:.0f} A: that was taken for "
                "the diameter."
            )
        session.notify("info", told)

    work = Work(f"Picking {name}", _picker(opened, source))
    session.requests.append(finding.working(session, opened, work, done))


def put(session: Session, opened: OpenTomogram, picks: Picks, about: PickedParticles) -> None:
    """Let picks take the place of those before; undo brings these back.

    Raises:
        ScsegError: there are too many.
    """
    if opened.annotation is None:
        return
    strokes.end_on(session, opened)
    before, after = opened.annotation.contents.picks, about.with_picks(picks)
    drop_draft(opened)
    label = f"picks of {about.of}" if len(before) == 0 else f"new picks of {about.of}"
    step = steps.change_picks(opened.annotation.contents, after, label)
    changes.apply_step(session, opened, step)


def drop_draft(opened: OpenTomogram) -> None:
    """Forget what is being dragged of the picks, and which of them is chosen."""
    opened.objects.pick = opened.objects.least = opened.objects.diameter = None


def _picker(opened: OpenTomogram, source: Source) -> Callable[[Report], Found]:
    """Return what picks in a thread; objects for centres are parted and sized as the stage has it."""
    state = opened.objects
    settings = replace(
        state.picking, smallest_nm3=state.keeping.smallest, split=state.finding.split
    )
    if isinstance(source, VolumeSource) and source.are_objects:
        return _centres_of_labels(opened, source, settings)
    feature = sources.feature_slices(opened, source)

    def run(report: Report) -> Found:
        known = with_diameter(feature, settings, sub_report(report, 0.0, 0.3))
        return pick(feature, known, sub_report(report, 0.3, 1.0)), known

    return run


def _centres_of_labels(
    opened: OpenTomogram, source: VolumeSource, settings: PickSettings
) -> Callable[[Report], Found]:
    volume, size = source.volume, opened.voxel_size or (1.0, 1.0, 1.0)

    def run(report: Report) -> Found:
        with enough_memory(volume.path):
            objects = named_objects(whole_labels(volume, report), size)
            kept = objects.kept(settings.smallest_nm3)
            picks = Picks(centres(objects)[kept], np.ones(int(kept.sum())))
        return within(picks, volume.shape, settings.margin, size), settings

    return run
