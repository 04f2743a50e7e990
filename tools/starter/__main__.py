"""Train a starter: `python -m tools.starter VGGNet --batches 20000`; started again, it goes on."""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

from scseg.datasets.simulation.simulated import VERSION
from scseg.models.networks import backend
from tools.starter.export import ship
from tools.starter.learning import Learning, log
from tools.starter.pool import Pool

FOLDER = Path(__file__).parents[2] / "build" / "starter"
_KEEP, _JUDGE = 50, 400


def main() -> None:
    options = _parsed()
    if options.simulate:
        pool = Pool(options.folder, options.batch_size, options.seed)
        for seed in range(options.simulate):
            pool.boxes(seed)
        return
    backend.prepare()
    folder = options.folder / options.architecture.replace(" ", "_")
    folder.mkdir(parents=True, exist_ok=True)
    learning = Learning(options.architecture, folder, options.batch_size, options.seed)
    if options.ship:
        loss = json.loads((folder / "log.jsonl").read_text().splitlines()[-1])["loss"]
        print(ship(learning, loss, VERSION, options.ship))
        return
    ends = time.monotonic() + 60 * options.minutes
    losses = []
    while learning.batches < options.batches and time.monotonic() < ends:
        losses.append(learning.step())
        if learning.batches % _KEEP == 0:
            learning.keep()
            mean, losses = sum(losses) / len(losses), []
            line = {"batches": learning.batches, "loss": round(mean, 4), "cpu": time.process_time()}
            if learning.batches % _JUDGE == 0:
                line |= {name: round(score, 3) for name, score in learning.judged().items()}
            log(folder, **line)
            print(line, flush=True)
    learning.keep()


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.starter", description=__doc__)
    parser.add_argument("architecture", nargs="?", default="VGGNet")
    parser.add_argument("--batches", type=int, default=20_000, help="where training ends")
    parser.add_argument(
        "--minutes", type=float, default=math.inf, help="end after so long, to go on later"
    )
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where all is kept meanwhile")
    parser.add_argument(
        "--ship", type=Path, metavar="FOLDER", help="only write what was kept, as res/starters"
    )
    parser.add_argument(
        "--simulate", type=int, metavar="N", help="only make the boxes of N tomograms"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
