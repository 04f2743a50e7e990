"""One row of the grid of starters: ten boxes of ribosomes, as many batches as two AVX2 cores learn in 15 s.

Dice on tomograms that the starter never saw, with the starter and without: with it must not be worse. The
whole grid is `python -m benchmarks.starter_grid`.
"""

from __future__ import annotations

import sys

from benchmarks.starter_grid import learnt
from scseg.models.networks import backend
from scseg.models.starters.starter import find_starter

BOXES, BOX, BATCHES = 10, 32, 22
WORSE = 0.01


def main() -> int:
    backend.prepare()
    starter = find_starter("VGGNet")
    assert starter is not None
    row = {"task": "ribosome", "boxes": BOXES, "seed": 0, "architecture": "VGGNet", "box": BOX}
    scores = {
        start: next(learnt(row | {"start": start}, [BATCHES], starter))[1]
        for start in ("scratch", "starter")
    }
    for start, found in scores.items():
        told = ", ".join(f"{score:.3f} on {where} tomograms" for where, score in found.items())
        print(f"{BOXES} boxes, {BATCHES} batches, from {start}: Dice {told}")
    gain = {where: scores["starter"][where] - each for where, each in scores["scratch"].items()}
    print(f"gain: {', '.join(f'{each:+.3f}' for each in gain.values())} (not below {-WORSE})")
    return int(min(gain.values()) < -WORSE)


if __name__ == "__main__":
    sys.exit(main())
