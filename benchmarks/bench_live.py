"""Learning live must be felt: a scripted annotator draws on the demo tomogram, and its mask follows.

Run with `python -m benchmarks.bench_live [FEATURE] [SECONDS] [--architecture NAME] [--start scratch]`. It
works for so many seconds (90) on three slices. The annotator draws along the middle of what is missed in the
mask that it sees, and erases along the middle of what is wrong in it, at 150 px a second with a tremor of a
pixel, and rests a second between strokes. Timed is from the end of a stroke to a mask that has learnt from
it is complete for the next frame. Then, Dice at 0.5 on five slices that are not near, by the last model.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import mrcfile
import numpy as np
from scipy import ndimage
from skimage.morphology import skeletonize

from scseg.actions.annotation import features, strokes
from scseg.actions.models import model_list
from scseg.actions.training import live, runs
from scseg.actions.view import browsing
from scseg.annotations.feature import COLOURS, Feature
from scseg.base.labels import BACKGROUND, FEATURE
from scseg.compute.prediction_client import PredictionClient
from scseg.datasets.demo.annotation import dice, slices_to_annotate, slices_to_judge
from scseg.datasets.demo.cached import demo_tomogram
from scseg.runtime.program import Program
from scseg.runtime.saving.user_files import new_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from scseg.runtime.on_screen import ShownPrediction
    from scseg.state.models import Model

    Pixels = NDArray[np.bool_]

FRAME = 1 / 60
SPEED, PAUSE, LONGEST, BRUSH = (
    150.0,
    1.0,
    150,
    {"Membrane": 3.0, "Ribosome": 7.0, "Microtubule": 6.0},
)
BRUSH_OF_OTHERS = 5.0
STROKES_ON_A_SLICE = 8
MEDIAN_DUE, P95_DUE, DICE_DUE = 6.0, 12.0, 0.85


class Annotator:
    """Somebody who knows the truth and draws a little of it at a time."""

    def __init__(self, program: Program, model: Model, truth: Pixels, slices: list[int]) -> None:
        self._program = program
        self._session = program.session
        self._model = model
        self._truth = truth
        self._slices = slices
        self._random = np.random.default_rng(0)
        self._drawn_at = 0.0
        self._latest = ""
        self._waits: dict[str, float] = {}
        self.waited: list[float] = []
        self.strokes = 0

    def work(self, seconds: float) -> None:
        self.began = time.monotonic()
        while time.monotonic() - self.began < seconds:
            z = self._slices[self.strokes // STROKES_ON_A_SLICE % len(self._slices)]
            if self._session.active.z != z:
                browsing.set_slice(self._session, z)
                self.wait_until(lambda: self._mask() is not None or not self._model.epochs, 20)
            self._correct(z)
            self.strokes += 1
            self.idle(PAUSE)

    def idle(self, seconds: float) -> None:
        self.wait_until(lambda: False, seconds)

    def wait_until(self, what: Callable[[], bool], seconds: float) -> bool:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            began = time.monotonic()
            self._program.step()
            self._see()
            if what():
                return True
            time.sleep(max(0.0, FRAME - (time.monotonic() - began)))
        return False

    def _see(self) -> None:
        """Note when a mask that has learnt from a stroke is complete."""
        made, learnt = self._model.plan.training_set, self._model.description
        if made is not None and made.sha256 != self._latest:
            self._latest = made.sha256
            self._waits[made.sha256] = self._drawn_at
        shown = self._shown()
        if shown is None or learnt is None or shown.request.model != self._model.ref:
            return
        if learnt.training_set_sha256 in self._waits:
            for sha in list(self._waits):
                self.waited.append(time.monotonic() - self._waits.pop(sha))
                if sha == learnt.training_set_sha256:
                    break

    def _shown(self) -> ShownPrediction | None:
        for each in self._program.on_screen.masks:
            if each.model is self._model and each.prediction.complete:
                return each
        return None

    def _mask(self) -> Pixels | None:
        shown = self._shown()
        if shown is None or shown.request.z != self._session.active.z:
            return None
        return shown.prediction.values >= self._model.display.threshold

    def _correct(self, z: int) -> None:
        """Draw along the largest part that is missed, or erase along the largest that is wrong."""
        truth, mask = self._truth[z], self._mask()
        drawn = self._session.active.annotation.contents.mask(self._feature.id, z) == FEATURE
        known = self._wrong(z)
        seen = np.zeros_like(truth) if mask is None else mask
        near = ndimage.binary_dilation(truth, iterations=2)
        missed = truth & ~seen & ~ndimage.binary_dilation(drawn, iterations=2)
        false = seen & ~near & ~known
        label = FEATURE if missed.sum() >= false.sum() else BACKGROUND
        path = self._path(missed if label == FEATURE else false)
        if path is not None:
            self._stroke(path, label)

    @property
    def _feature(self) -> Feature:
        return self._session.active.features[0]

    def _wrong(self, z: int) -> Pixels:
        contents = self._session.active.annotation.contents
        others = self._session.active.features[1:]
        found = np.zeros(contents.shape[1:], np.bool_)
        for each in others:
            found |= contents.mask(each.id, z) == FEATURE
        return found

    def _path(self, area: Pixels) -> NDArray[np.int64] | None:
        """Return a line along the middle of the largest piece of an area, (n, 2) of y, x."""
        pieces, count = ndimage.label(area, np.ones((3, 3)))
        if not count:
            return None
        sizes = ndimage.sum_labels(area, pieces, np.arange(1, count + 1))
        middle = np.argwhere(skeletonize(pieces == 1 + int(np.argmax(sizes))))
        if not len(middle):
            return None
        at = middle[self._random.integers(len(middle))]
        line = [at]
        left = {tuple(each) for each in middle.tolist()} - {tuple(at.tolist())}
        while left and len(line) < LONGEST:
            y, x = line[-1]
            around = [(y + j, x + i) for j in (-1, 0, 1) for i in (-1, 0, 1)]
            following = [each for each in around if each in left]
            if not following:
                break
            left -= set(following)
            line.append(np.array(following[0]))
        return np.array(line)

    def _stroke(self, path: NDArray[np.int64], label: int) -> None:
        trembling = path + self._random.normal(0, 0.7, path.shape)
        strokes.begin(self._session, tuple(trembling[0]), label)
        for first in range(0, len(trembling), max(1, round(SPEED * FRAME))):
            strokes.extend(self._session, tuple(trembling[first]))
            self.idle(FRAME)
        strokes.end(self._session)
        self._drawn_at = time.monotonic()


def main() -> int:
    options = parsed()
    files = demo_tomogram()
    truth = mrcfile.read(files.labels[options.feature]) > 0
    with tempfile.TemporaryDirectory() as folder:
        tomogram = Path(folder) / "demo_tomogram.mrc"
        tomogram.symlink_to(files.tomogram)
        program = Program(new_session(), lambda: None, lambda: PredictionClient(lambda: None), None)
        try:
            return taught(program, tomogram, truth, options)
        finally:
            program.close()


def taught(program: Program, tomogram: Path, truth: Pixels, options: argparse.Namespace) -> int:
    session = program.session
    program.open((tomogram,))
    while session.active is None or session.active.annotation is None:
        program.step()
    brush = BRUSH.get(options.feature, BRUSH_OF_OTHERS)
    features.add(session, Feature(options.feature, COLOURS[0], brush_px=brush))
    model = model_list.new(session)
    model.plan = replace(
        model.plan,
        architecture=options.architecture,
        parameters=replace(model.plan.parameters, start=options.start),
    )
    live.begin(session, model)
    slices = slices_to_annotate(truth.astype(np.uint8))
    annotator = Annotator(program, model, truth, slices)
    annotator.idle(options.warm)
    annotator.work(options.seconds)
    runs.stop(model)
    annotator.wait_until(lambda: model.run is None, 30)
    judged = slices_to_judge(truth.astype(np.uint8), slices, 5)
    scores = []
    for z in judged:
        browsing.set_slice(session, z)
        annotator.wait_until(lambda: annotator._mask() is not None, 60)
        scores.append(dice(annotator._mask(), truth[z]))
    waited = sorted(annotator.waited)
    median, last = statistics.median(waited), waited[int(0.95 * (len(waited) - 1))]
    made = model.plan.training_set
    print(
        f"{options.feature}, {options.architecture} from {options.start}: {annotator.strokes} strokes in "
        f"{options.seconds:g} s, from their end to a mask that has learnt from them: median {median:.1f} s "
        f"({MEDIAN_DUE:g} due), 95 % within {last:.1f} s ({P95_DUE:g}); {len(waited)} of them, "
        f"{made.positives} + {made.negatives} boxes; Dice {np.mean(scores):.3f} on {len(judged)} others "
        f"({DICE_DUE} due): {', '.join(f'{each:.2f}' for each in scores)}"
    )
    return int(median > MEDIAN_DUE or last > P95_DUE or np.mean(scores) < DICE_DUE)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("feature", nargs="?", default="Membrane")
    parser.add_argument("seconds", nargs="?", type=float, default=90.0)
    parser.add_argument("--architecture", default="VGGNet")
    parser.add_argument("--start", default="starter", choices=("starter", "scratch"))
    parser.add_argument("--warm", type=float, default=10.0, help="seconds before the first stroke")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
