"""The window against an empty one of the same toolkit: start, idling, browsing.

Runs on a display of its own (Xvfb, software OpenGL), each figure in a fresh process.
`python -m benchmarks.bench_window MODEL.scnm` also browses while that model predicts.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import mrcfile
import numpy as np

Run = Callable[..., dict[str, float]]

SIZE = (1500, 960)
SHAPE = (40, 928, 960)
IDLE_FROM, IDLE_TO = 4.0, 9.0
STEPS = 60
BRUSH = 40.0


def main() -> int:
    model = sys.argv[1:2]
    with tempfile.TemporaryDirectory() as folder:
        tomogram = Path(folder) / "noise.mrc"
        write_tomogram(tomogram)
        server, display = start_display()
        environment = os.environ | {
            "DISPLAY": display,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "SCSEG_HOME": folder,
        }

        def run(what: str, *paths: str) -> dict[str, float]:
            command = [sys.executable, "-m", "benchmarks.bench_window", "--child", what, *paths]
            environment["BENCH_STARTED"] = str(time.time())
            done = subprocess.run(
                command, env=environment, check=True, capture_output=True, text=True
            )
            return json.loads(done.stdout.splitlines()[-1])

        try:
            report(run, str(tomogram), model)
        finally:
            server.terminate()
    return 0


def report(run: Run, tomogram: str, model: list[str]) -> None:
    empty = min(run("empty")["first"] for _ in range(3))
    ours = min(run("start", tomogram)["first"] for _ in range(3))
    print(f"first frame: {ours:.2f} s, {ours / empty:.2f} x an empty window ({empty:.2f} s)")
    idle = run("idle", tomogram)
    print(f"idle: {idle['frames']:.2f} redraws/s, {100 * idle['cpu']:.1f} % of a core")
    still, browsing = run("still", tomogram), run("browse", tomogram)
    print(
        f"browsing {SHAPE[1]} x {SHAPE[2]}: frame p95 {1e3 * browsing['p95']:.1f} ms, "
        f"{browsing['p95'] / still['p95']:.2f} x a still slice ({1e3 * still['p95']:.1f} ms)"
    )
    drawing = run("draw", tomogram)
    print(
        f"drawing with r = {BRUSH:.0f} px: frame p95 {1e3 * drawing['p95']:.1f} ms, "
        f"{drawing['p95'] / still['p95']:.2f} x a still slice; "
        f"{drawing['uploaded']:.0f} bytes uploaded a step"
    )
    if model:
        predicting = run("browse", tomogram, *model)
        print(
            f"browsing with an active model: frame p95 {1e3 * predicting['p95']:.1f} ms, "
            f"{predicting['p95'] / browsing['p95']:.2f} x without"
        )


def write_tomogram(path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 20, SHAPE).astype(np.int16)
    with mrcfile.new(path) as file:
        file.set_data(noise)
        file.voxel_size = 10.0


def start_display() -> tuple[subprocess.Popen[bytes], str]:
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1600x1000x24", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as numbers:
        return server, f":{numbers.readline().strip()}"


# What follows runs in a process of its own, with the window.


def child(what: str, paths: list[str]) -> None:
    started = float(os.environ["BENCH_STARTED"])
    if what == "empty":
        print(json.dumps({"first": first_frame_of_empty_window(started)}))
    else:
        print(json.dumps(Measured(what, paths, started).run()))


def first_frame_of_empty_window(started: float) -> float:
    from imgui_bundle import hello_imgui  # noqa: PLC0415 - a part of what is measured

    params = hello_imgui.RunnerParams()
    params.ini_disable = True
    params.app_window_params.window_geometry.size = SIZE
    params.renderer_backend_options.open_gl_options.anti_aliasing_samples = 0
    seconds = []

    def after_swap() -> None:
        seconds.append(time.time() - started)
        params.app_shall_exit = True

    params.callbacks.after_swap = after_swap
    hello_imgui.run(params)
    return seconds[0]


class Measured:
    """Our window, watched: the first frame, an idle stretch, or frames of a given kind."""

    def __init__(self, what: str, paths: list[str], started: float) -> None:
        from scseg.gui.app import start_client  # noqa: PLC0415 - as above
        from scseg.gui.window import Window  # noqa: PLC0415 - as above

        self.what, self.started = what, started
        self.window = Window(tuple(map(Path, paths)), start_client)
        self.session = self.window.program.session
        self.models = len(paths) - 1
        self.swaps: list[float] = []
        self.frames: list[float] = []
        self.cpu: list[float] = []
        self.whole = self.uploaded = 0
        self.window.params.callbacks.after_swap = self.swapped
        self.window.params.fps_idling.enable_idling = what == "idle"
        self.window.params.fps_idling.fps_max = 0.0

    def run(self) -> dict[str, float]:
        self.window.run()
        if self.what == "start":
            return {"first": self.swaps[0] - self.started}
        if self.what == "idle":
            seconds = IDLE_TO - IDLE_FROM
            frames = [t for t in self.swaps if IDLE_FROM <= t - self.started < IDLE_TO]
            return {
                "frames": len(frames) / seconds,
                "cpu": (self.cpu[-1] - self.cpu[0]) / (self.swaps[-1] - self.swaps[-len(self.cpu)]),
            }
        uploaded = self.uploaded / len(self.frames)
        return {"p95": float(np.percentile(self.frames, 95)), "uploaded": uploaded}

    def swapped(self) -> None:
        now = time.time()
        self.swaps.append(now)
        end = {
            "start": lambda: True,
            "idle": lambda: self.idled(now),
            "still": lambda: self.watched(now, browses=False),
            "browse": lambda: self.watched(now, browses=True),
            "draw": lambda: self.watched(now, browses=False) or self.drew(),
        }[self.what]()
        if end:
            self.window.params.app_shall_exit = True

    def idled(self, now: float) -> bool:
        if now - self.started > IDLE_FROM:
            self.cpu.append(time.process_time())
        return now - self.started > IDLE_TO

    def watched(self, now: float, *, browses: bool) -> bool:
        """Note the time between frames, stepping a slice with each; the first frames do not count."""
        from scseg.actions.tomograms import step_slice  # noqa: PLC0415 - as above

        if not self.frames and not self.ready():
            return False
        self.frames.append(now - self.swaps[-2])
        if browses:
            step_slice(self.session, 1 if len(self.frames) < STEPS // 2 else -1)
        return len(self.frames) >= STEPS

    def drew(self) -> bool:
        """Draw a step further round a circle, once there is a feature; a whole upload does not count."""
        from scseg.actions import annotation_features, annotation_strokes  # noqa: PLC0415 - as above
        from scseg.labels import FEATURE  # noqa: PLC0415 - as above

        opened = self.session.active
        painter = self.window.program.painter
        if opened is None or opened.annotation is None or painter is None:
            return False
        if not opened.features:
            annotation_features.add(self.session)
            feature = replace(opened.features[0], brush_px=BRUSH)
            annotation_features.edit(self.session, opened, feature)
        angle = 2 * math.pi * len(self.frames) / STEPS
        at = SHAPE[1] / 2 + 300 * math.sin(angle), SHAPE[2] / 2 + 300 * math.cos(angle)
        if self.session.drag is None:
            annotation_strokes.begin(self.session, at, FEATURE)
        annotation_strokes.extend(self.session, at)
        self.whole = self.whole if len(self.frames) > 1 else painter.labels.uploaded
        self.uploaded = painter.labels.uploaded - self.whole
        return False

    def ready(self) -> bool:
        """Whether the tomogram is shown and, where there is a model, its network is at work."""
        opened = self.session.active is not None and len(self.swaps) > 30
        predicts = self.window.program.predictor.status.startswith("predicting")
        return opened and (predicts or not self.models)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main())
