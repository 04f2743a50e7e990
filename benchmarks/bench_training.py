"""What training costs beyond the network's own steps, and how soon a stopped run has kept what it learnt.

VGGNet with boxes of 64. Run with `python -m benchmarks.bench_training`. The limit of a step is a bare
compiled one of what is trained, the network with normalisation, on constant data in the same run; what a step
of the network alone takes is told, too. The limit of stopping is one batch of the same run, and a second.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from scseg.base.labels import FEATURE
from scseg.compute.messages import BatchDone, TrainingDone, TrainingRequest
from scseg.compute.reply_waiter import ReplyWaiter
from scseg.compute.training_client import TrainingClient
from scseg.datasets.normalisation import DEFINITION
from scseg.datasets.training_sets.source_tomogram import SourceTomogram
from scseg.datasets.training_sets.training_set import TrainingSet, save_training_set
from scseg.models.description import TrainingParameters
from scseg.models.samples import Samples

BOX, BOXES, POSITIVES = 64, 120, 80
STOPS, SETTLED, BATCHES_AT_MOST = 6, 4, 40
PERIOD = 4
"""Batches after which all that training does has been done: weights are averaged in each fourth."""
STEPS_AT_LEAST, SECONDS_AT_LEAST = 5 * PERIOD, 30.0
RATE_DUE = 0.95


def main() -> int:
    # Before this process imports Keras, whose threads would compete with the workers.
    latencies = stopping_ratios()
    print(
        f"stopping {STOPS} times, until the model is written: median {statistics.median(latencies):.2f}, "
        f"at most {max(latencies):.2f} x (a batch + 1 s) (1 is due)"
    )
    rate, ratio, normalising = training_rate()
    print(
        f"training: {rate:.1f} samples/s, {ratio:.2f} x a bare step on constant data "
        f"({RATE_DUE} is due), which takes {normalising:.2f} x one without normalisation"
    )
    return int(max(latencies) > 1 or ratio < RATE_DUE)


def stopping_ratios() -> list[float]:
    """Return the times from asking for an end to its being told, over a batch and a second."""
    chance = random.Random(0)  # noqa: S311 - when to stop is no secret
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "set.scnt")
        save_training_set(training_set(), path)
        request = TrainingRequest(
            training_set=str(path),
            folder=name,
            name="Membrane",
            colour=(1.0, 1.0, 1.0),
            architecture="VGGNet",
            parameters=TrainingParameters(validation=0.2),
        )
        batches = [SETTLED, *(chance.randint(SETTLED, BATCHES_AT_MOST) for _ in range(STOPS - 1))]
        return [stopping_ratio(request, after, chance.random()) for after in batches]


def stopping_ratio(request: TrainingRequest, after: int, later: float) -> float:
    """Stop a run so many batches after its start and a part of a batch later."""
    bell = ReplyWaiter()
    client = TrainingClient(request, bell.ring)
    arrivals: list[float] = []
    asked = 0.0
    try:
        for reply in bell.replies(client):
            if isinstance(reply, BatchDone) and not asked:
                arrivals.append(time.perf_counter())
            if len(arrivals) == after and not asked:
                time.sleep(later * batch_seconds(arrivals))
                asked = time.perf_counter()
                client.stop()
            if isinstance(reply, TrainingDone):
                return (time.perf_counter() - asked) / (batch_seconds(arrivals) + 1.0)
    finally:
        client.close()
    raise AssertionError("the replies of a run do not end before it does")


def batch_seconds(arrivals: list[float]) -> float:
    # In the first batch the network is compiled.
    return float(np.median(np.diff(arrivals[1:])))


def training_rate() -> tuple[float, float, float]:
    """Return samples a second; that as a multiple of a bare step's; and what normalisation costs in one.

    The steps take turns, so that whatever else the machine does meets all of them.
    """
    from benchmarks.bench_learning import as_it_is  # noqa: PLC0415
    from scseg.models.networks import backend  # noqa: PLC0415 - Keras, after the other processes

    backend.prepare()
    from scseg.models.networks.architectures import build  # noqa: PLC0415
    from scseg.models.networks.batches import batches  # noqa: PLC0415
    from scseg.models.networks.precision import of_training  # noqa: PLC0415
    from scseg.models.networks.training import Training  # noqa: PLC0415
    from scseg.models.networks.training_copy import TrainingCopy  # noqa: PLC0415

    made = training_set()
    parameters = TrainingParameters(epochs=1000)
    network = build("VGGNet", BOX, 1)
    samples = Samples.of(made.images, made.labels)
    training = Training(network, samples, parameters)
    normalised = TrainingCopy(network, of_training()).model
    alone = as_it_is(network)
    for each in (normalised, alone):
        each.compile("adam", "binary_crossentropy", jit_compile=False)
    constant = next(batches(samples, parameters))
    images, labels = constant.images, constant.labels == FEATURE
    times = []
    began = started = time.perf_counter()
    for _ in training.steps():
        stops = [time.perf_counter()]
        for each in (normalised, alone):
            each.train_on_batch(images, labels)
            stops.append(time.perf_counter())
        times.append(np.diff([started, *stops]))
        started = stops[-1]
        if len(times) >= STEPS_AT_LEAST and started - began > SECONDS_AT_LEAST:
            break
    # In the first steps networks are compiled.
    timed = np.array(times[len(times) % PERIOD + PERIOD :]).reshape(-1, PERIOD, 3)
    ours, bare, plain = timed.sum(axis=1).T
    return (
        PERIOD * parameters.batch_size / float(np.median(ours)),
        float(np.median(bare / ours)),
        float(np.median(bare / plain)),
    )


def training_set() -> TrainingSet:
    labels = np.zeros((BOXES, BOX, BOX), np.uint8)
    labels[:POSITIVES, 24:40] = 1
    noise = np.random.default_rng(0).normal(size=labels.shape).astype(np.float32)
    rows = np.arange(BOXES)
    return TrainingSet(
        images=(labels + noise)[:, None],
        labels=labels,
        positions=np.stack([rows, 0 * rows, 0 * rows], axis=1) * 10,
        origins=np.zeros(BOXES, np.int64),
        apix=13.92,
        features=("Membrane",),
        sources=(SourceTomogram("t.mrc", 13.92, 0.0, 1.0),),
        normalisation=DEFINITION,
    )


if __name__ == "__main__":
    raise SystemExit(main())
