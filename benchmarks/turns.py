"""Kinds of frames of the window that take turns, so that all of them meet the same noise."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import psutil

from scseg.actions.annotation import features, strokes
from scseg.actions.models import model_list
from scseg.actions.tomograms import tomogram_list
from scseg.actions.training import live_switch
from scseg.actions.view import browsing
from scseg.base.labels import FEATURE

if TYPE_CHECKING:
    from scseg.gui.gl.painter import SlicePainter
    from scseg.gui.window import Window
    from scseg.state.session import Session

ROUNDS, TURN, SETTLING = 10, 20, 4
"""Each kind of frames has so many turns of so many frames, of which the first do not count."""

BRUSH = 40.0


def learning(session: Session) -> psutil.Process | None:
    """Let a model learn a stroke live; return its process once it does."""
    opened = session.active
    if opened is None or opened.annotation is None:
        return None
    if not session.models:
        features.add(session)
        live_switch.switch_chosen(session)
        strokes.begin(session, (100.0, 100.0), FEATURE)
        strokes.extend(session, (100.0, 300.0))
        strokes.end(session)
    if not any(model.epochs for model in session.models):
        return None
    here = psutil.Process()
    (learner,) = (each for each in here.children() if each.nice() > here.nice())
    return learner


class Turns:
    """Kinds of frames that take turns: each frame was asked for after the one before, then timed.

    A `learner` is the process of a model that learns live: it works in frames of the kind "learn" alone.
    """

    def __init__(
        self, window: Window, kinds: list[str], learner: psutil.Process | None = None
    ) -> None:
        self.window, self.session = window, window.program.session
        self.kinds, self.learner = kinds, learner
        self.frames: dict[str, list[float]] = {kind: [] for kind in kinds}
        self.number = 0
        self.painted = self.new = 0
        self.uploaded = [0]
        self.act(self.kind)

    @property
    def kind(self) -> str:
        return self.kinds[self.number // TURN % len(self.kinds)]

    def go_on(self, seconds: float) -> bool:
        """Take in a frame and ask for the next; True after the last."""
        if self.number % TURN >= SETTLING:
            self.frames[self.kind].append(seconds)
            self.new += self.kind == "browse" and self.painter.paintings > self.painted
        self.painted = self.painter.paintings
        self.number += 1
        if self.number == ROUNDS * TURN * len(self.kinds):
            if self.learner is not None:
                self.learner.resume()
            return True
        self.act(self.kind)
        return False

    def result(self) -> dict[str, float]:
        found = {kind: float(np.percentile(each, 95)) for kind, each in self.frames.items()}
        found["new"] = self.new / len(self.frames.get("browse", [0]))
        found["uploaded"] = float(np.median(np.diff(self.uploaded))) if "draw" in self.kinds else 0
        return found

    @property
    def painter(self) -> SlicePainter:
        assert self.window.frame.painter is not None
        return self.window.frame.painter

    def act(self, kind: str) -> None:
        """Do what makes the next frame one of its kind."""
        if self.number % TURN == 0:
            self.begin(kind)
        match kind:
            case "contrast":
                self.move_contrast()
            case "browse" | "predict" | "learn":
                self.step()
            case "draw":
                self.draw()

    def begin(self, kind: str) -> None:
        strokes.end(self.session)
        opened = self.session.active
        assert opened is not None
        tomogram_list.set_contrast(self.session, replace(opened.contrast, auto=True))
        for model in self.session.models:
            active = kind in ("predict", "learn")
            model_list.set_display(model, replace(model.display, active=active))
        if self.learner is not None:
            (self.learner.resume if kind == "learn" else self.learner.suspend)()

    def move_contrast(self) -> None:
        assert self.session.active is not None
        moved = replace(self.session.active.contrast, minimum=-50.0 - self.number % 7, maximum=50.0)
        tomogram_list.set_contrast(self.session, replace(moved, auto=False))

    def step(self) -> None:
        """Go to the next slice; when all have been seen, the first ones are forgotten again."""
        opened = self.session.active
        assert opened is not None
        browsing.set_slice(self.session, (opened.z + 1) % opened.shape[0])

    def draw(self) -> None:
        """Draw a step further round a circle with the brush of a feature."""
        opened = self.session.active
        assert opened is not None
        if not opened.features:
            features.add(self.session)
            feature = replace(opened.features[0], brush_px=BRUSH)
            features.edit(self.session, opened, feature)
        angle = 2 * math.pi * (self.number % (2 * TURN)) / TURN
        _, rows, columns = opened.shape
        at = rows / 2 + 300 * math.sin(angle), columns / 2 + 300 * math.cos(angle)
        if self.session.drag is None:
            strokes.begin(self.session, at, FEATURE)
        strokes.extend(self.session, at)
        self.uploaded.append(self.painter.labels.uploaded)
