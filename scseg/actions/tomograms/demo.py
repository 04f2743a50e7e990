"""The demo tomogram opened; made first where it is not there, or not whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions.training import new_set
from scseg.annotations.storage.location import is_annotated
from scseg.compute.demo import PlaceError, make_demo
from scseg.datasets.demo.places import ANNOTATED, demo_folder, is_whole, users_tomogram
from scseg.state.requests import FileToWrite, OpenPaths, Work

if TYPE_CHECKING:
    from scseg.base.progress import Report
    from scseg.state.requests import Workflow
    from scseg.state.session import Session

MAKING = "Making the demo tomogram"


@dataclass(frozen=True)
class _Demo:
    """Where the demo tomogram is, whether it was made just now, and why it could not be."""

    tomogram: Path
    is_new: bool = False
    trouble: str = ""


def can_open(session: Session) -> bool:
    """Return whether it is not being made at this moment."""
    return all(job.title != MAKING for job in session.jobs)


def open_demo(session: Session) -> None:
    """Open the demo tomogram; where it cannot be made, ask for another place."""
    session.requests.append(_opened(session))


def _opened(session: Session) -> Workflow:
    recent = tuple(map(Path, session.settings.recent_files(models=False)))
    found: _Demo = yield Work(MAKING, partial(_found_or_made, recent))
    while found.trouble:
        session.notify("error", found.trouble)
        title = "Another place for the demo tomogram"
        chosen: Path = yield FileToWrite(title, Path.home() / found.tomogram.name)
        found = yield Work(MAKING, partial(_made, chosen.absolute()))
    session.requests.append(OpenPaths((found.tomogram,)))
    if found.is_new:
        new_set.choose(session, ANNOTATED, 1)
        session.notify("info", _next_steps(found.tomogram)).stays = True


def _found_or_made(recent: tuple[Path, ...], report: Report) -> _Demo:
    """Find the demo tomogram that the user has annotated, maybe where he had it made, or make it."""
    own = [path for path in recent if path.parent != demo_folder() and _is_ready(path)]
    return _Demo(own[0]) if own else _made(users_tomogram(), report)


def _made(tomogram: Path, report: Report) -> _Demo:
    if _is_ready(tomogram):
        return _Demo(tomogram)
    try:
        make_demo(tomogram, report)
    except PlaceError as error:
        return _Demo(tomogram, trouble=str(error))
    return _Demo(tomogram, is_new=True)


def _is_ready(tomogram: Path) -> bool:
    return is_whole(tomogram) and is_annotated(tomogram)


def _next_steps(tomogram: Path) -> str:
    return (
        f"The demo is a simulated tomogram. {ANNOTATED} is drawn on three of its slices, with boxes to "
        "learn from (the keys . and , go to them); draw more if you like. To train a network on it, go to "
        "the stage Models (key 2), click Generate set, then train. "
        f"It lies in {tomogram.parent}; what you draw is saved there, too."
    )
