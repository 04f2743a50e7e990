"""Train starters: `python -m tools.starter`; killed and started again, it goes on. Ready ones are shipped."""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

from scseg.models.networks import backend
from scseg.models.starters.simulated_boxes import boxes_path
from scseg.models.starters.starter import find_starter
from tools.starter.course import Course
from tools.starter.export import ship, ship_boxes
from tools.starter.learning import Learning, log
from tools.starter.pool import Pool

ROOT = Path(__file__).parents[2]
FOLDER, SHIPPED = ROOT / "build" / "starter", ROOT / "res" / "starters"
_KEEP, _JUDGE = 50, 400


def main() -> None:
    options = _parsed()
    if options.simulate:
        pool = Pool(options.folder, options.batch_size, options.seed)
        for seed in range(options.simulate):
            pool.boxes(seed)
        return
    backend.prepare()
    ends = time.monotonic() + 60 * options.minutes
    for architecture in options.architectures:
        folder = options.folder / architecture.replace(" ", "_")
        folder.mkdir(parents=True, exist_ok=True)
        shipped = find_starter(architecture) if options.from_shipped else None
        learning = Learning(architecture, folder, options.batch_size, options.seed, shipped)
        if not options.ship:
            _learn(learning, folder, Course(options.batches, options.settling, ends))
        if options.ship or learning.batches >= options.batches:
            _ship(learning, folder, options)


def _learn(learning: Learning, folder: Path, course: Course) -> None:
    """Learn until so many batches were seen, or until a time."""
    losses = []
    while learning.batches < course.batches and time.monotonic() < course.pause:
        losses.append(learning.step(course.settled(learning.batches)))
        if learning.batches % _KEEP == 0:
            learning.keep()
            mean, losses = sum(losses) / len(losses), []
            line = {"batches": learning.batches, "loss": round(mean, 4), "cpu": time.process_time()}
            if learning.batches % _JUDGE == 0:
                line |= {name: round(score, 3) for name, score in learning.judged().items()}
            log(folder, **line)
            print(learning.architecture, line, flush=True)
    learning.keep()
    if learning.batches == course.batches:
        learning.keep_settled()


def _ship(learning: Learning, folder: Path, options: argparse.Namespace) -> None:
    """Write what was learnt to where starters are shipped from, and print the hash of its weights."""
    if not learning.batches:
        raise SystemExit(f"{learning.architecture} has learnt nothing yet in {folder}.")
    if options.mean_of:
        try:
            learning.mix(options.mean_of)
        except FileNotFoundError as missing:
            raise SystemExit(
                f"No settling has ended there: {missing.filename} is not there."
            ) from missing
    options.into.mkdir(parents=True, exist_ok=True)
    if not boxes_path(options.into).exists():
        ship_boxes(Pool(options.folder, options.batch_size, options.seed), options.into)
    loss = json.loads((folder / "log.jsonl").read_text().splitlines()[-1])["loss"]
    digest = ship(learning, loss, options.into)
    print(learning.architecture, digest, flush=True)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.starter", description=__doc__)
    parser.add_argument("architectures", nargs="*", default=["VGGNet", "UNet BN"])
    parser.add_argument("--batches", type=int, default=20_000, help="where training ends")
    parser.add_argument(
        "--settling", type=int, default=6_000, help="the last batches, of ever smaller steps"
    )
    parser.add_argument(
        "--minutes", type=float, default=math.inf, help="end after so long, to go on later"
    )
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where all is kept meanwhile")
    parser.add_argument(
        "--from-shipped",
        action="store_true",
        help="where nothing is kept, go on from what is shipped",
    )
    parser.add_argument("--ship", action="store_true", help="ship what was learnt until now")
    parser.add_argument(
        "--mean-of",
        nargs="+",
        type=int,
        metavar="BATCHES",
        help="ship the mean of what was learnt by each of these ends",
    )
    parser.add_argument("--into", type=Path, default=SHIPPED, help="where what is ready goes")
    parser.add_argument(
        "--simulate", type=int, metavar="N", help="only make the boxes of N tomograms"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
