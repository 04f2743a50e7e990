"""What a live prediction costs beyond the network itself, VGGNet with boxes of 64.

In the worker, against the bare network on the same windows; in the window, from the key that browses to the
first band and the last tile on the screen. The bare network is measured before and after, in a process of its
own. Run with `python -m benchmarks.bench_prediction`.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.bench_window import start_display
from scseg.base.rect import Rect
from scseg.compute.messages import ModelRef, PredictionMode, SliceDone, SliceRequest
from scseg.compute.prediction_client import PredictionClient
from scseg.compute.reply_waiter import ReplyWaiter
from scseg.compute.segmentation_jobs import tomogram_ref

SLICES, REPEATS = 40, 3
SHAPE = (928, 960)
CACHE = 1 << 30
CROP = Rect(232, 240, 696, 720)


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        child("model", folder, os.environ | {"SCSEG_HOME": name})
        server, display = start_display()
        environment = os.environ | {
            "DISPLAY": display,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "SCSEG_HOME": name,
        }
        try:
            print(child("worker", folder, environment)["text"], flush=True)
            for what in ("first", "tiles", "whole", "two"):
                report(what, folder, environment)
        finally:
            server.terminate()
    return 0


def report(what: str, folder: Path, environment: dict[str, str]) -> None:
    """Print what the window takes, against the bare network before and after."""
    kind = "whole" if what == "whole" else "tiles"
    before = child("bare", folder, environment | {"BENCH_MODE": kind})
    found = child(what, folder, environment)
    after = child("bare", folder, environment | {"BENCH_MODE": kind})
    bare = {key: (before[key] + after[key]) / 2 for key in before}
    if what == "first":
        seconds = found["seconds"]
        print(
            f"first mask of `scseg t.mrc m.scnm`: {seconds:.2f} s after the first frame, "
            f"{seconds / bare['first']:.2f} x the engine's import, compilation and a slice"
        )
        return
    last, times = found["last"], 2 if what == "two" else 1
    print(
        f"{'two models, tiles' if what == 'two' else what}: from key to last tile {last:.2f} s, "
        f"{last / bare['slice'] / times:.2f} x the bare network; first band {found['band']:.2f} s, "
        f"{found['band'] / bare['slice']:.2f} x; a slice seen before {1e3 * found['again']:.0f} ms; "
        f"meanwhile {found['frames']:.1f} frames/s",
        flush=True,
    )


def child(what: str, folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.bench_prediction", "--child", what, str(folder)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


# What follows runs in a process of its own.


def model(folder: Path) -> dict[str, Any]:
    """Save two networks with fresh weights, and a tomogram."""
    from benchmarks.bench_networks import saved_model, write_tomogram  # noqa: PLC0415 - Keras

    saved_model(folder / "m.scnm")
    saved_model(folder / "n.scnm")
    write_tomogram(folder / "t.mrc", SLICES)
    return {}


def bare(folder: Path) -> dict[str, float]:
    """Return what import, compilation and a slice take, and then a slice."""
    started = time.perf_counter()
    from benchmarks import bare_network  # noqa: PLC0415 - what it imports is measured
    from scseg.compute.worker.prediction.engine import chosen_engine  # noqa: PLC0415 - is measured

    trained = chosen_engine().load(folder / "m.scnm", "auto")
    mode: PredictionMode = "whole" if os.environ["BENCH_MODE"] == "whole" else "tiles"
    work = bare_network.on_a_slice(trained, SHAPE, mode)
    work()
    first = time.perf_counter() - started
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return {"first": first, "slice": statistics.median(seconds)}


class Worker:
    """The prediction worker, asked for one slice at a time."""

    def __init__(self, folder: Path) -> None:
        from scseg.models.files import open_model  # noqa: PLC0415

        path = folder / "m.scnm"
        self.ref = ModelRef(str(path), open_model(path).weights_sha256)
        self.tomogram = tomogram_ref(folder / "t.mrc")
        self.bell = ReplyWaiter()
        self.client = PredictionClient(self.bell.ring)
        self.replies = self.bell.replies(self.client)

    def seconds(
        self, z: int, mode: PredictionMode = "tiles", averaging: int = 1, region: Rect | None = None
    ) -> tuple[float, SliceDone]:
        """Return the time from the request to its last row."""
        request = SliceRequest(self.tomogram, self.ref, z, 0.2, mode, averaging, region, "auto")
        # What is wanted already is not asked again.
        self.client.want((), CACHE)
        started = time.perf_counter()
        self.client.want((request,), CACHE)
        done = next(r for r in self.replies if isinstance(r, SliceDone) and r.request == request)
        return time.perf_counter() - started, done


def worker(folder: Path) -> dict[str, str]:
    asked = Worker(folder)
    asked.seconds(0)
    asked.seconds(0, "whole")
    times: dict[str, list[float]] = {}
    for z in range(1, REPEATS + 1):
        new, done = asked.seconds(z)
        cases = {
            "to its network": new / done.network_seconds,
            "again": asked.seconds(z)[0] / new,
            "crop": asked.seconds(10 + z, region=CROP)[0] / new,
            "moved": asked.seconds(10 + z, region=CROP.moved(8, 8))[0] / new,
            "two": asked.seconds(z, averaging=2)[0] / new,
            "whole": new / asked.seconds(z, "whole")[0],
            "new": new,
        }
        for case, value in cases.items():
            times.setdefault(case, []).append(value)
    told = asked.seconds(1, "whole")[1].faster
    asked.client.close()
    m = {case: statistics.median(values) for case, values in times.items()}
    part = CROP.height * CROP.width / SHAPE[0] / SHAPE[1]
    return {
        "text": f"a new slice in the worker: {m['new']:.2f} s, {m['to its network']:.3f} x its network; "
        f"the same again: {m['again']:.3f} x\n"
        f"a crop of {part:.2f} of the slice: {m['crop']:.2f} x its time, moved by 8 pixels: "
        f"{m['moved']:.2f} x; a second orientation: {m['two']:.2f} x\n"
        f"whole-slice mode: {m['whole']:.2f} x as fast (the worker tells {told or 0:.2f})"
    }


def first(folder: Path) -> dict[str, float]:
    """Return what passes from the first frame to the last tile of the first mask."""
    watched = Watched(folder, ("m.scnm",), places=(0,))
    watched.window.run()
    return {"seconds": watched.last[0]}


def window(folder: Path, models: tuple[str, ...], mode: PredictionMode) -> dict[str, float]:
    """Browse in the real window, one slice after another, and look when the last tile is on the screen."""
    # So far apart that none is found predicted ahead.
    watched = Watched(folder, models, tuple(range(4, 4 * REPEATS + 9, 4)), mode)
    watched.window.run()
    again = watched.last[len(watched.places) // 2 + 1 :]
    new = slice(2, len(watched.places) // 2 + 1)
    return {
        "last": statistics.median(watched.last[new]),
        "band": statistics.median(watched.band[new]),
        "again": statistics.median(again),
        "frames": sum(watched.frames[new]) / sum(watched.last[new]),
    }


class Watched:
    """The real window, in which the next slice is gone to as soon as that in view is complete on screen.

    After the last of `places` it goes back through them: then all are known.
    """

    def __init__(
        self,
        folder: Path,
        models: tuple[str, ...],
        places: tuple[int, ...],
        mode: PredictionMode = "tiles",
    ) -> None:
        from scseg.cli.window import start_client  # noqa: PLC0415 - OpenGL, in this process alone
        from scseg.gui.window import Window  # noqa: PLC0415 - as above

        paths = (folder / "t.mrc", *(folder / name for name in models))
        self.window = Window(paths, start_client)
        self.program, self.mode, self.models = self.window.program, mode, len(models)
        self.places = (0, *places, *reversed(places[:-1])) if len(places) > 1 else places
        self.last: list[float] = []
        self.band: list[float] = []
        self.frames: list[int] = []
        self.drawn = 0
        self.started = self.banded = 0.0
        self.window.params.callbacks.after_swap = self.swapped

    def swapped(self) -> None:
        """Look, after a frame, whether the slice in view is on the screen with all of its tiles."""
        now = time.perf_counter()
        self.started = self.started or now
        self.drawn += 1
        opened, masks = self.program.session.active, self.program.on_screen.masks
        if opened is None or not masks or masks[0].request.z != opened.z:
            return
        self.banded = self.banded or now
        done = (m.prediction.complete and m.revision >= m.prediction.revision for m in masks)
        if len(masks) < self.models or not all(done):
            return
        self.last.append(now - self.started)
        self.band.append(self.banded - self.started)
        self.frames.append(self.drawn)
        self.go_on(now)

    def go_on(self, now: float) -> None:
        from imgui_bundle import hello_imgui  # noqa: PLC0415 - as above

        from scseg.actions.models import model_list  # noqa: PLC0415
        from scseg.actions.view.browsing import set_slice  # noqa: PLC0415

        if len(self.last) == len(self.places):
            self.window.params.app_shall_exit = True
            return
        for each in self.program.session.models:
            model_list.set_display(each, replace(each.display, mode=self.mode))
        self.started, self.banded, self.drawn = now, 0.0, 0
        set_slice(self.program.session, self.places[len(self.last)])
        hello_imgui.request_refresh()


CHILDREN = {
    "model": model,
    "bare": bare,
    "worker": worker,
    "first": first,
    "tiles": lambda folder: window(folder, ("m.scnm",), "tiles"),
    "whole": lambda folder: window(folder, ("m.scnm",), "whole"),
    "two": lambda folder: window(folder, ("m.scnm", "n.scnm"), "tiles"),
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(CHILDREN[sys.argv[2]](Path(sys.argv[3]))))
    else:
        sys.exit(main())
