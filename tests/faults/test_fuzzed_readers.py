"""Thousands of damaged files through every reader: each opens or is told in a sentence, and none takes long.

`SCSEG_FUZZ=5000 pytest -s tests/faults/test_fuzzed_readers.py` tries so many a reader, others at every run,
and prints the slowest; `SCSEG_FUZZ_SEED` repeats a run.
"""

from __future__ import annotations

import bz2
import gzip
import os
import random
import struct
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import mrcfile
import numpy as np
import pytest
import tifffile

from scseg.base.errors import ScsegError
from scseg.datasets.coordinates.grid import Grid
from scseg.datasets.coordinates.reading import read_coordinates
from scseg.datasets.coordinates.writing import Particles, Style, write_coordinates
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.training_set import load_training_set, save_training_set
from tests.datasets.test_training_set import made
from tests.fakes.bounded_memory import bounded_memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MUTANTS = int(os.environ.get("SCSEG_FUZZ", "150"))
SEED = int(os.environ.get("SCSEG_FUZZ_SEED", "0" if MUTANTS == 150 else str(time.time_ns())))
SHAPE = (4, 16, 12)
NUMBERS = (
    0,
    1,
    2,
    3,
    7,
    255,
    1 << 15,
    (1 << 16) - 1,
    1 << 24,
    (1 << 31) - 1,
    1 << 31,
    (1 << 32) - 1,
)


def mrc_files(folder: Path) -> list[bytes]:
    values = np.random.default_rng(0).normal(size=SHAPE)
    for number, kind in enumerate(("f4", "i2", "i1", "f2")):
        mrcfile.write(folder / f"{number}.mrc", values.astype(kind), voxel_size=12)
    extended = bytearray((folder / "0.mrc").read_bytes())
    struct.pack_into("<i", extended, 92, 512)
    return [file.read_bytes() for file in sorted(folder.glob("*.mrc"))] + [
        bytes(extended[:1024] + bytes(512) + extended[1024:])
    ]


def tiff_files(folder: Path) -> list[bytes]:
    values = np.random.default_rng(0).integers(0, 250, SHAPE).astype("u1")
    kinds: list[dict[str, Any]] = [
        {},
        {"imagej": True, "metadata": {"unit": "nm", "spacing": 1.2}},
        {"ome": True},
        {"metadata": None},
        {"bigtiff": True, "compression": "zstd"},
        {"byteorder": ">", "compression": "zlib", "predictor": True},
        {"compression": "lzw", "tile": (16, 16)},
        {"compression": "packbits", "rowsperstrip": 4},
        {"compression": "zlib", "volumetric": True, "tile": (2, 16, 16)},
        {"compression": "jpeg", "metadata": None},
    ]
    for number, options in enumerate(kinds):
        tifffile.imwrite(folder / f"{number}.tif", values, photometric="minisblack", **options)
    return [file.read_bytes() for file in sorted(folder.glob("*.tif"))]


def training_sets(folder: Path) -> list[bytes]:
    save_training_set(made(), folder / "a.scnt")
    return [(folder / "a.scnt").read_bytes()]


def positions(_folder: Path) -> list[bytes]:
    lines = "".join(f"{i} {2 * i}\t{3.5 * i},\n" for i in range(40))
    return [b"\xef\xbb\xbf# x y z\n" + lines.encode(), lines.replace("\n", "\r\n").encode()]


GRID = Grid("t", (100, 200, 300), (10.0, 10.0, 10.0))


def particles() -> Particles:
    chance = np.random.default_rng(0)
    along = np.tile([0.0, 0.6, 0.8], (40, 1))
    filaments = np.repeat([1, 2], 20)
    return Particles(GRID, chance.uniform(0, 99, (40, 3)), chance.random(40), along, filaments)


def stars(folder: Path) -> list[bytes]:
    found = []
    for kind in ("relion5", "relion4", "warp"):
        write_coordinates(folder / "a.star", [particles()], Style(kind))
        found.append((folder / "a.star").read_bytes())
    return found


def models(folder: Path) -> list[bytes]:
    write_coordinates(folder / "a.mod", [particles()])
    return [(folder / "a.mod").read_bytes()]


def placed(path: Path) -> None:
    assert np.isfinite(read_coordinates(path, GRID).positions).all()


def mutant(raw: bytes, chance: random.Random) -> bytes:
    """Return a file with one damage, or a few."""
    changed = bytearray(raw)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        # Most of what a reader believes stands at the beginning.
        place = chance.randrange(len(changed) if chance.random() < 0.5 else min(len(changed), 600))
        match chance.choice((0, 0, 0, 1, 1, 1, 1, 2, 3, 4, 4, 5)):
            case 0:
                changed[place] ^= 1 << chance.randrange(8)
            case 1:
                number = struct.pack(chance.choice("<>") + "I", chance.choice(NUMBERS))
                changed[place & ~1 : (place & ~1) + 4] = number
            case 2:
                del changed[place : place + chance.randint(1, 64)]
            case 3:
                changed[place:place] = changed[: chance.randint(1, 64)]
            case 4:
                other = chance.randrange(len(changed))
                changed[place : place + 12] = changed[other : other + 12]
            case _:
                del changed[max(place, 1) :]
        if not changed:
            return b"\0"
    return bytes(changed)


def look(path: Path) -> None:
    tomogram = open_tomogram(path)
    image = tomogram.slice(tomogram.shape[0] - 1)
    assert np.isfinite(image).all()


def inside(pack: Callable[[bytes], bytes]) -> Callable[[bytes, random.Random], bytes]:
    """Return how a file is damaged before it is packed."""
    return lambda raw, chance: pack(mutant(raw, chance))


def outside(pack: Callable[[bytes], bytes]) -> Callable[[bytes, random.Random], bytes]:
    return lambda raw, chance: mutant(pack(raw), chance)


READERS: dict[str, tuple[str, Callable[[Path], list[bytes]], Any, Callable[[Path], object]]] = {
    "MRC": (".mrc", mrc_files, mutant, look),
    "TIFF": (".tif", tiff_files, mutant, look),
    "MRC in gzip": (".mrc.gz", mrc_files, inside(gzip.compress), look),
    "gzip of MRC": (".mrc.gz", mrc_files, outside(gzip.compress), look),
    "TIFF in bzip2": (".tif.bz2", tiff_files, inside(bz2.compress), look),
    "bzip2 of TIFF": (".tif.bz2", tiff_files, outside(bz2.compress), look),
    "training set": (".scnt", training_sets, mutant, load_training_set),
    "positions": (".txt", positions, mutant, placed),
    "STAR": (".star", stars, mutant, placed),
    "IMOD": (".mod", models, mutant, placed),
}


@pytest.mark.timeout(60 + MUTANTS)
@pytest.mark.parametrize("name", READERS)
def test_damaged_files(tmp_path: Path, scseg_home: Path, name: str) -> None:
    suffix, make, damaged, read = READERS[name]
    chance, whole = random.Random(f"{SEED} {name}"), make(tmp_path)
    outcomes, slowest = Counter[str](), 0.0
    path = tmp_path / f"mutant{suffix}"
    with bounded_memory(2**30):
        for number in range(MUTANTS):
            path.write_bytes(damaged(chance.choice(whole), chance))
            # Else the cache would take it for the one before.
            os.utime(path, ns=(number, number))
            start = time.perf_counter()
            try:
                read(path)
                outcomes["opened"] += 1
            except ScsegError as error:
                outcomes["told" if str(path) in str(error) else f"not named in {number}"] += 1
            slowest = max(slowest, time.perf_counter() - start)
    sys.stdout.write(f"\n{name}: {dict(outcomes)}, slowest {slowest:.3f} s, seed {SEED}\n")
    assert outcomes["told"] > MUTANTS // 10
    assert set(outcomes) <= {"opened", "told"}, f"seed {SEED}"
    left = [file for file in scseg_home.rglob(".*") if file.is_file()]
    assert not left, "what was unpacked in vain"
