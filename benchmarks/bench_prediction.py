"""What a live prediction costs beyond the network itself, VGGNet with boxes of 64.

In the worker, against the bare network on the same tiles; in the window, from the key that browses to the
last tile on the screen, against the time that the worker spent in the network for it. Run with
`python -m benchmarks.bench_prediction`.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import mrcfile
import numpy as np

from benchmarks.bench_window import start_display
from scseg.base.rect import Rect
from scseg.compute.client import PredictionClient
from scseg.compute.messages import ModelRef, PredictionMode, SliceDone, SliceRequest
from scseg.compute.reply_waiter import ReplyWaiter
from scseg.compute.segmentation_jobs import tomogram_ref

SHAPE, BOX, REPEATS = (40, 928, 960), 64, 5
CACHE = 1 << 30
CROP = Rect(232, 240, 696, 720)


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tomogram(folder / "t.mrc")
        children = ("start", "worker", "window")
        model = child("model", folder, os.environ | {"SCSEG_HOME": name})["path"]
        server, display = start_display()
        environment = os.environ | {
            "DISPLAY": display,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "SCSEG_HOME": name,
            "BENCH_MODEL": str(model),
        }
        try:
            for what in children:
                print(child(what, folder, environment)["text"], flush=True)
        finally:
            server.terminate()
    return 0


def child(what: str, folder: Path, environment: dict[str, str]) -> dict[str, str]:
    command = [sys.executable, "-m", "benchmarks.bench_prediction", "--child", what, str(folder)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def write_tomogram(path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 20, SHAPE).astype(np.int16)
    with mrcfile.new(path) as file:
        file.set_data(noise)
        file.voxel_size = 10.0


# What follows runs in a process of its own.


def model(folder: Path) -> dict[str, str]:
    """Save a network with fresh weights."""
    from dataclasses import replace  # noqa: PLC0415

    from scseg.models.files import save_model  # noqa: PLC0415 - Keras, in this process alone
    from scseg.models.networks.architectures import build  # noqa: PLC0415
    from scseg.models.networks.weights import as_hdf5  # noqa: PLC0415
    from tests.fakes.models import DESCRIPTION  # noqa: PLC0415

    network = build("VGGNet", BOX, 1)
    description = replace(DESCRIPTION, box_size=BOX)
    save_model(description, lambda file: file.write(as_hdf5(network)), folder / "m.scnm")
    return {"path": str(folder / "m.scnm")}


class Worker:
    """The prediction worker, asked for one slice at a time."""

    def __init__(self, folder: Path) -> None:
        from scseg.models.files import open_model  # noqa: PLC0415

        path = Path(os.environ["BENCH_MODEL"])
        self.ref = ModelRef(str(path), open_model(path).weights_sha256)
        self.tomogram = tomogram_ref(folder / "t.mrc")
        self.bell = ReplyWaiter()
        self.client = PredictionClient(self.bell.ring)
        self.replies = self.bell.replies(self.client)

    def seconds(
        self, z: int, mode: PredictionMode = "tiles", averaging: int = 1, region: Rect | None = None
    ) -> tuple[float, SliceDone]:
        """Return the time from the request to its last row."""
        request = SliceRequest(self.tomogram, self.ref, z, 0.2, mode, averaging, region)
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
    part = CROP.height * CROP.width / SHAPE[1] / SHAPE[2]
    return {
        "text": f"a new slice in the worker: {m['new']:.2f} s, {m['to its network']:.3f} x its network; "
        f"the same again: {m['again']:.3f} x\n"
        f"a crop of {part:.2f} of the slice: {m['crop']:.2f} x its time, moved by 8 pixels: "
        f"{m['moved']:.2f} x; a second orientation: {m['two']:.2f} x\n"
        f"whole-slice mode: {m['whole']:.2f} x as fast (the worker tells {told or 0:.2f})"
    }


def start(folder: Path) -> dict[str, str]:
    """Return what the first prediction takes, against importing Keras and compiling the network bare."""
    code = (
        "import time; t = time.perf_counter(); import numpy as np;"
        "from scseg.models.networks import backend; backend.prepare();"
        "from scseg.models.networks.architectures import build;"
        "from scseg.models.networks.prediction import predictor;"
        f"predictor(build('VGGNet', {BOX}, 1))(np.zeros((16, {BOX}, {BOX}, 1), 'f4'));"
        "print(time.perf_counter() - t)"
    )
    ratios, firsts = [], []
    for _ in range(REPEATS):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        bare = time.perf_counter() - started
        started = time.perf_counter()
        asked = Worker(folder)
        asked.seconds(0, region=Rect(0, 0, 64, 64))
        firsts.append(time.perf_counter() - started)
        ratios.append(firsts[-1] / bare)
        asked.client.close()
    return {
        "text": f"first prediction after start: {statistics.median(firsts):.2f} s, "
        f"{statistics.median(ratios):.2f} x import and one compile"
    }


def window(folder: Path) -> dict[str, str]:
    """Browse in the real window, one slice after another, and look when the last tile is on the screen."""
    from scseg.cli.window import start_client  # noqa: PLC0415 - OpenGL, in this process alone
    from scseg.gui.window import Window  # noqa: PLC0415

    watched = Watched(Window((folder / "t.mrc", Path(os.environ["BENCH_MODEL"])), start_client))
    watched.window.run()
    seconds = [each for each, _ in watched.new[1:]]
    ratios = [each / network for each, network in watched.new[1:]]
    return {
        "text": f"from key to last tile on the screen: {statistics.median(seconds):.2f} s, "
        f"{statistics.median(ratios):.3f} x the network's time beside the window; "
        f"a slice seen before: {1e3 * statistics.median(watched.again):.0f} ms"
    }


class Watched:
    """The real window, in which the next slice is gone to as soon as that in view is complete on screen."""

    # So far apart that none is found predicted ahead.
    PLACES = tuple(range(4, 4 * REPEATS + 9, 4))

    def __init__(self, window: Any) -> None:  # noqa: ANN401 - its libraries are imported here alone
        self.window = window
        self.program = window.program
        self.new: list[tuple[float, float]] = []
        self.again: list[float] = []
        self.network = self.started = 0.0
        self.left = [*self.PLACES, *reversed(self.PLACES[:-1])]
        self.take = self.program.predictor._take
        self.program.predictor._take = self.noted
        window.params.callbacks.after_swap = self.swapped

    def noted(self, reply: object) -> None:
        opened = self.program.session.active
        if isinstance(reply, SliceDone) and opened and reply.request.z == opened.z:
            self.network = reply.network_seconds
        self.take(reply)

    def swapped(self) -> None:
        """Look, after a frame, whether the slice in view is on the screen with all of its tiles."""
        opened, masks = self.program.session.active, self.program.on_screen.masks
        if opened is None or not masks or masks[0].request.z != opened.z:
            return
        prediction = masks[0].prediction
        if not prediction.complete or masks[0].revision < prediction.revision:
            return
        now = time.perf_counter()
        if self.started and len(self.new) < len(self.PLACES):
            self.new.append((now - self.started, self.network))
        elif self.started:
            self.again.append(now - self.started)
        self.go_on(now)

    def go_on(self, now: float) -> None:
        from scseg.actions.view.browsing import set_slice  # noqa: PLC0415 - as above

        if self.left:
            self.started = now
            set_slice(self.program.session, self.left.pop(0))
            self.wake()
        else:
            self.window.params.app_shall_exit = True

    def wake(self) -> None:
        """Ask for a frame, as a key does."""
        from imgui_bundle import hello_imgui  # noqa: PLC0415 - as above

        hello_imgui.request_refresh()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        work = {"model": model, "start": start, "worker": worker, "window": window}[sys.argv[2]]
        print(json.dumps(work(Path(sys.argv[3]))))
    else:
        sys.exit(main())
