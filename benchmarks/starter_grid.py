"""How much a starter is worth, at every number of boxes and every length of training.

Run with `python -m benchmarks.starter_grid`: it takes many hours. Each row is written to `--out` as it is
found, and none that stands there is found again, so it goes on where it was killed. `--tasks real --boxes 8
--seeds 0` and so on are parts of it; `--table` prints the means of what there is. A length is a number of
batches of 32 boxes: of 64 px, 60 s are some 320 on two cores with AMX, some 240 with AVX-512 and bfloat16,
and some 22 with AVX2 alone. Where the program would have ended earlier, as so many boxes have taught enough,
a row tells what there was then.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np

from benchmarks.starter_tasks import STACK, TASKS
from benchmarks.starter_ways import UNANNOTATED, Boxes, TriedTraining, ways_of
from scseg.models.description import TrainingParameters
from scseg.models.enough import enough_samples
from scseg.models.networks import backend
from scseg.models.networks.architectures import build
from scseg.models.networks.beginning import begin
from scseg.models.networks.tuning import NEW_FEATURE, part_of_the_way
from scseg.models.networks.weights import set_known_weights
from scseg.models.starters.simulated_boxes import simulated_boxes
from scseg.models.starters.starter import (
    find_starter,
    known_feature,
    read_starter,
    starter_weights,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.starter_tasks import Task
    from benchmarks.starter_ways import Way
    from scseg.models.starters.starter import Starter

OUT = Path(__file__).parents[1] / "build" / "starter_grid.jsonl"
ARCHITECTURE, LONGEST = "VGGNet", 10_000
SCORES = ("same", "other", "at 3 %", "at 0.5", "area", "by 40", "by 80")


def main() -> None:
    options = parsed()
    if options.table:
        print_table(rows_of(options.out))
        return
    backend.prepare()
    for name in options.tasks:
        for boxes in options.boxes:
            for start in options.starts:
                for seed in options.seeds:
                    run(options, {"task": name, "boxes": boxes, "start": start, "seed": seed})


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    there = [name for name in TASKS if name != "outline" or STACK.is_dir()]
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=there)
    parser.add_argument("--boxes", nargs="+", type=int, default=[0, 3, 10, 30, 90])
    parser.add_argument("--batches", nargs="+", type=int, default=[80, 320, 1330])
    parser.add_argument(
        "--starts", nargs="+", choices=ways_of(ARCHITECTURE), default=["scratch", "starter"]
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--architecture", default=ARCHITECTURE)
    parser.add_argument("--box", type=int, default=64, help="pixels of a box")
    parser.add_argument(
        "--starter", type=Path, help="the description of another than the shipped one"
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--table", action="store_true")
    return parser.parse_args()


def run(options: argparse.Namespace, row: dict) -> None:
    """Find the rows of one training, unless all of them are known."""
    starter = find_starter(options.architecture)
    starter = read_starter(options.starter) if options.starter else starter
    row |= {"architecture": options.architecture, "box": options.box}
    way = way_of(row, starter)
    row |= {"starter": starter.sha256[:8] if starter and way.starter else ""}
    marks = sorted(options.batches) if row["boxes"] else [0]
    shares = way.shares or (kept_of(way, row),)
    wanted = [row | {"batches": mark, "share": share} for mark in marks for share in shares]
    known = starter and known_feature(starter, (TASKS[row["task"]].feature,))
    if row["boxes"] == 0 and not (known and row["start"] == "starter"):
        return
    there = [{key: each.get(key) for key in wanted[0]} for each in rows_of(options.out)]
    if all(each in there for each in wanted):
        return
    for where, scores in learnt(row, marks, starter):
        line = row | where | {key: round(each, 4) for key, each in scores.items()}
        print(line, flush=True)
        options.out.parent.mkdir(parents=True, exist_ok=True)
        with options.out.open("a") as file:
            file.write(json.dumps(line) + "\n")


def learnt(
    row: dict, marks: list[int], starter: Starter | None
) -> Iterator[tuple[dict[str, float], dict[str, float]]]:
    """Train once; yield batches and share, and the scores there."""
    task: Task = TASKS[row["task"]]
    keras.utils.set_random_seed(row["seed"])
    network = build(row["architecture"], row["box"], 1)
    if marks == [0]:
        set_known_weights(network, starter_weights(starter, task.feature, 1, task.apix))
        yield {"batches": 0, "share": 0.0}, task.scores(network)
        return
    way = way_of(row, starter)
    training = training_of(network, row, way, starter if way.starter else None)
    first = network.get_weights()
    ends = {mark: min(mark, most_batches(row, way, starter)) for mark in marks}
    for done, _ in enumerate(training.steps(), start=1):
        for mark in (mark for mark, end in ends.items() if end == done):
            training.take_over()
            learned = network.get_weights()
            if not way.shares:
                yield {"batches": mark, "share": kept_of(way, row)}, task.scores(network)
            for share in way.shares:
                network.set_weights(part_of_the_way(first, learned, share))
                yield {"batches": mark, "share": share}, task.scores(network)
        if done == max(ends.values()):
            return


def most_batches(row: dict, way: Way, starter: Starter | None) -> int:
    """Return after how many batches the program ends the training of a row."""
    knows = starter and known_feature(starter, (TASKS[row["task"]].feature,))
    if not (way.starter and knows):
        return LONGEST
    return enough_samples(row["boxes"]) // TrainingParameters().batch_size


def training_of(
    network: keras.Model, row: dict, way: Way, starter: Starter | None
) -> TriedTraining:
    """Return the training of a row's network, which is given what it begins with."""
    task, box, seed = TASKS[row["task"]], row["box"], row["seed"]
    parameters = TrainingParameters(epochs=LONGEST, seed=seed, augmentation=way.augmentation)
    samples = task.samples(row["boxes"], box, seed)
    unannotated = task.unannotated(UNANNOTATED, box, seed)
    if starter is None:
        return TriedTraining(network, Boxes(samples, None, unannotated), parameters, way)
    known = begin(network, starter, samples, parameters)
    mixed_in = simulated_boxes(starter, known) if known else None
    boxes = Boxes(samples, mixed_in, unannotated)
    return TriedTraining(network, boxes, parameters, way, starter.sha256)


def way_of(row: dict, starter: Starter | None) -> Way:
    """Return how a row's network is taught: what is new to the starter in the program's way, or in none."""
    way = ways_of(row["architecture"])[row["start"]]
    feature = TASKS[row["task"]].feature
    known = starter is not None and known_feature(starter, (feature,)) is not None
    return way if known else replace(way, tuning=NEW_FEATURE if way.tuning else None)


def kept_of(way: Way, row: dict) -> float:
    """Return which part of what was learnt is kept where the way tries no other."""
    pixels = row["boxes"] * row["box"] ** 2
    return round(way.tuning.share(pixels), 2) if way.tuning and pixels else float(pixels > 0)


def rows_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def print_table(rows: list[dict]) -> None:
    """Print the mean over the seeds of each row."""
    keys = ("architecture", "task", "boxes", "batches", "start", "share", "starter", "box")
    scores: dict[tuple, list[dict]] = {}
    for row in rows:
        scores.setdefault(tuple(row[key] for key in keys), []).append(row)
    for key, found in sorted(scores.items(), key=str):
        names = [name for name in SCORES if all(name in each for each in found)]
        means = ", ".join(f"{name} {np.mean([each[name] for each in found]):.3f}" for name in names)
        print(" ".join(str(part) for part in key if part != ""), f"({len(found)} seeds):", means)


if __name__ == "__main__":
    main()
