"""Rules and competition must cost little more than the array operations that they are made of.

Run with `python -m benchmarks.bench_interactions`. A slice of 928 x 960 at 13.92 A per pixel; what is
compared takes turns, so that both find memory and processor in the same state.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scseg.interactions.rules import InteractionSettings, Rule
from scseg.interactions.slice_interactions import SliceInteractions, radius_px

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SHAPE = (928, 960)
APIX, RADIUS = 13.92, 30.0
TURNS = 101


def main() -> None:
    random = np.random.default_rng(0)
    predictions = {name: smooth(random) for name in "abcdefgh"}
    report_rule(predictions)
    report_radius(predictions)
    report_competition(predictions)


def smooth(random: np.random.Generator) -> NDArray[np.float32]:
    """Return a prediction of some blobs, 0..1."""
    blobs = cv2.GaussianBlur(random.random(SHAPE, dtype=np.float32), (0, 0), 8)
    low, high = np.percentile(blobs, [80, 99])
    return np.asarray(np.clip((blobs - low) / (high - low), 0, 1), np.float32)


def report_rule(predictions: dict[str, NDArray[np.float32]]) -> None:
    rules = (Rule("avoid", "b", RADIUS),)
    interactions = {"a": InteractionSettings(rules=rules), "b": InteractionSettings()}
    elsewhere = (predictions["b"] < 0.5).view(np.uint8)

    def alone() -> None:
        cv2.distanceTransform(elsewhere, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)

    def rule() -> None:
        SliceInteractions(predictions, interactions).allowed("a", rules, APIX)

    bare, ours = medians(alone, rule)
    print(
        f"avoid within {RADIUS:g} nm, distance map included: {1e3 * ours:.2f} ms, "
        f"{ours / bare:.2f} x the distance map alone ({1e3 * bare:.2f} ms, limit 1.3)"
    )


def report_radius(predictions: dict[str, NDArray[np.float32]]) -> None:
    slice_interactions = SliceInteractions(
        predictions, {"a": InteractionSettings(), "b": InteractionSettings()}
    )
    distances = slice_interactions.distances("b", 0.5)
    limit = np.float32(radius_px(RADIUS, APIX))
    radii = iter(np.linspace(1, 60, 10_000))

    def comparison() -> None:
        np.greater(distances, limit)

    def change() -> None:
        slice_interactions.kept("a", (Rule("avoid", "b", float(next(radii))),), APIX)

    bare, ours = medians(comparison, change)
    print(
        f"change of the radius: {1e3 * ours:.3f} ms, "
        f"{ours / bare:.2f} x one comparison ({1e3 * bare:.3f} ms, limit 3)"
    )


def report_competition(predictions: dict[str, NDArray[np.float32]]) -> None:
    everybody = InteractionSettings(emit=True, absorb=True)
    interactions = dict.fromkeys(predictions, everybody)
    arrays = list(predictions.values())

    def maximum() -> None:
        np.maximum.reduce(arrays)

    def stacked() -> None:
        np.maximum.reduce(stack)

    def masks() -> None:
        SliceInteractions(predictions, interactions)

    def values() -> None:
        slice_interactions = SliceInteractions(predictions, interactions)
        for model in interactions:
            slice_interactions.after_competition(model)

    stack = np.stack(arrays)
    bare, best, seen, stored = medians(maximum, stacked, masks, values)
    print(
        f"maximum.reduce over {len(arrays)} models: {1e3 * bare:.2f} ms, stacked {1e3 * best:.2f} ms\n"
        f"competition, what survives: {1e3 * seen:.2f} ms, {bare / seen:.2f} x that speed (limit 0.5), "
        f"{best / seen:.2f} x the stacked one\n"
        f"competition, all values: {1e3 * stored:.2f} ms, {bare / stored:.2f} x (limit 0.5), "
        f"{best / stored:.2f} x"
    )


def medians(*steps: Callable[[], None]) -> list[float]:
    """Return the median time of each in seconds; they take turns."""
    times: list[list[float]] = [[] for _ in steps]
    for _ in range(TURNS):
        for step, taken in zip(steps, times, strict=True):
            started = time.perf_counter()
            step()
            taken.append(time.perf_counter() - started)
    return [statistics.median(taken) for taken in times]


if __name__ == "__main__":
    main()
