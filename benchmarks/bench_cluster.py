"""Two workers of Dask on two cores against this process alone, on the same tomograms with a VGGNet.

Each worker has half of the cores. The single process goes before and after; networks are started within the
time that counts. Run with `python -m benchmarks.bench_cluster`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import mrcfile
import numpy as np
from distributed import LocalCluster

from scseg.api import (
    ClusterExporter,
    Exporter,
    ExportItem,
    ExportSettings,
    planned,
    write_ready,
)
from scseg.base.cores import usable_cores
from scseg.base.progress import silent

APIX = 13.92
SHAPE = (10, 464, 480)
TOMOGRAMS, WORKERS = 4, 2
LEAST = 0.9
SETTINGS = ExportSettings()


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        os.environ["SCSEG_HOME"] = name
        folder = Path(name)
        items = written(folder)
        before = alone(items, folder / "before")
        together = on_workers(items, folder / "together")
        after = alone(items, folder / "after")
        same = files(folder / "before") == files(folder / "together") == files(folder / "after")
    ratio = (before + after) / 2 / together
    print(
        f"{TOMOGRAMS} tomograms: this process {before:.1f} and {after:.1f} s, {WORKERS} workers of "
        f"Dask {together:.1f} s: {ratio:.2f} x its throughput (not below {LEAST}); the bytes are "
        f"{'the same' if same else 'DIFFERENT'}"
    )
    return int(ratio < LEAST or not same)


def written(folder: Path) -> list[ExportItem]:
    """Write tomograms and a model; return what is to be done."""
    rng = np.random.default_rng(0)
    model = write_ready("Membrane", APIX, folder)
    items = []
    for number in range(TOMOGRAMS):
        items.append(ExportItem(folder / f"t{number}.mrc", model))
        with mrcfile.new(items[-1].tomogram) as mrc:
            mrc.set_data(rng.normal(size=SHAPE).astype(np.float32))
            mrc.voxel_size = APIX
    return items


def alone(items: list[ExportItem], folder: Path) -> float:
    """Return the seconds that this process takes."""
    folder.mkdir()
    started = time.perf_counter()
    with Exporter(folder, SETTINGS) as exporter:
        for item in items:
            assert exporter.export(item).error is None
    return time.perf_counter() - started


def on_workers(items: list[ExportItem], folder: Path) -> float:
    """Return the seconds that the workers of a cluster take, which is there already."""
    folder.mkdir()
    with LocalCluster(
        n_workers=WORKERS,
        threads_per_worker=max(1, usable_cores() // WORKERS),
        dashboard_address=None,
    ) as cluster:
        started = time.perf_counter()
        exporter = ClusterExporter(cluster.scheduler_address, folder, SETTINGS)
        plans = {item: planned(item, SETTINGS) for item in items}
        assert all(each.error is None for each in exporter.export_all(plans, silent))
        return time.perf_counter() - started


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


if __name__ == "__main__":
    sys.exit(main())
