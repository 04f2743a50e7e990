"""The window against an empty one of the same toolkit: start, idling, browsing.

Runs on a display of its own (Xvfb, software OpenGL), each figure in a fresh process.
`python -m benchmarks.bench_window MODEL.scnm` also browses while that model predicts. What is compared takes
turns in one window, some frames each, so that whatever else the machine does slows all of it alike.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import mrcfile
import numpy as np

if TYPE_CHECKING:
    from psutil import Process

    from benchmarks.turns import Turns

Run = Callable[..., dict[str, float]]

SIZE = (1500, 960)
SHAPE = (128, 928, 960)
DIFFERENT = 16
IDLE_FROM, IDLE_TO = 10.0, 30.0


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
    taken = run("still,contrast,browse", tomogram)
    print(
        f"browsing {SHAPE[1]} x {SHAPE[2]}: {compared(taken, 'browse', 'still')} of a fixed slice, "
        f"{compared(taken, 'browse', 'contrast')} of one whose contrast moves; "
        f"{100 * taken['new']:.0f} % of the frames showed the next slice"
    )
    taken = run("still,draw", tomogram)
    print(
        f"drawing with r = 40 px: {compared(taken, 'draw', 'still')} of a fixed slice; "
        f"{taken['uploaded']:.0f} bytes uploaded a step"
    )
    if model:
        taken = run("browse,predict", tomogram, *model)
        print(f"browsing with an active model: {compared(taken, 'predict', 'browse')} without")
    taken = run("browse,predict,learn", tomogram)
    print(
        f"browsing as a model learns live: {compared(taken, 'learn', 'predict')} of one that predicts, "
        f"{taken['learn'] / taken['browse']:.2f} x those without models"
    )


def compared(taken: dict[str, float], what: str, other: str) -> str:
    """Tell the frame time of one kind of frames as a multiple of another's."""
    return (
        f"frame p95 {1e3 * taken[what]:.1f} ms, {taken[what] / taken[other]:.2f} x "
        f"the {1e3 * taken[other]:.1f} ms"
    )


def write_tomogram(path: Path) -> None:
    some = np.random.default_rng(0).normal(0, 20, (DIFFERENT, *SHAPE[1:])).astype(np.int16)
    with mrcfile.new(path) as file:
        file.set_data(np.tile(some, (SHAPE[0] // DIFFERENT, 1, 1)))
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
    """Our window, watched: the first frame, an idle stretch, or kinds of frames that take turns."""

    def __init__(self, what: str, paths: list[str], started: float) -> None:
        from scseg.cli.window import start_client  # noqa: PLC0415 - as above
        from scseg.gui.window import Window  # noqa: PLC0415 - as above

        self.what, self.started = what, started
        self.window = Window(tuple(map(Path, paths)), start_client)
        self.models = len(paths) - 1
        self.swaps: list[float] = []
        self.cpu: list[float] = []
        self.turns: Turns | None = None
        self.learner: Process | None = None
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
        assert self.turns is not None
        return self.turns.result()

    def swapped(self) -> None:
        now = time.time()
        self.swaps.append(now)
        match self.what:
            case "start":
                end = True
            case "idle":
                end = self.idled(now)
            case _:
                end = self.took_turns()
        if end:
            self.window.params.app_shall_exit = True

    def idled(self, now: float) -> bool:
        if now - self.started > IDLE_FROM:
            self.cpu.append(time.process_time())
        return now - self.started > IDLE_TO

    def took_turns(self) -> bool:
        from benchmarks.turns import Turns, learning  # noqa: PLC0415 - as above

        kinds = self.what.split(",")
        if self.turns is None:
            if "learn" in kinds and self.learner is None:
                self.learner = learning(self.window.program.session)
            elif self.ready():
                self.turns = Turns(self.window, kinds, self.learner)
            return False
        return self.turns.go_on(self.swaps[-1] - self.swaps[-2])

    def ready(self) -> bool:
        """Whether the tomogram is shown and, where there is a model, its network is at work."""
        opened = self.window.program.session.active
        shown = opened is not None and opened.annotation is not None and len(self.swaps) > 30
        predicts = self.window.program.predictor.status.startswith("predicting")
        return shown and (predicts or not self.models)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main())
