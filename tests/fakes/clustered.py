"""Exports for tests of clusters: tomograms with two models that act on one another in three dimensions."""

from __future__ import annotations

import contextlib
import re
from functools import partial

from scseg.compute.segmenter import Segmenter
from scseg.export import exporter
from scseg.export.exporter import Exporter
from scseg.export.planning import ExportItem, planned
from scseg.export.settings import ExportSettings
from scseg.interactions.group import Group, save_group
from scseg.interactions.rules import InteractionSettings, Rule
from tests.export.exports import FAKE, write_named_model, write_tomogram

RULES = {
    "a.scnm": InteractionSettings(absorb=True, rules=(Rule("avoid", "b.scnm", 4.5, 0.95),)),
    "b.scnm": InteractionSettings(emit=True),
}
SETTINGS = ExportSettings(precision="float32")


def use_fake_network(monkeypatch):
    monkeypatch.setattr(exporter, "Segmenter", partial(Segmenter, FAKE))


def write_items(folder, shape, count):
    """Write tomograms and a group; return what is to be done, and make the folders `one` and `many`."""
    write_named_model(folder / "a.scnm", "Membrane")
    write_named_model(folder / "b.scnm", "inverse")
    save_group(Group(RULES, rules_3d=True), folder / "g.scnmgroup")
    for name in ("one", "many"):
        (folder / name).mkdir()
    tomograms = [write_tomogram(folder / f"t{n}.mrc", n, shape) for n in range(count)]
    return [ExportItem(tomogram, folder / "g.scnmgroup") for tomogram in tomograms]


def plans(items, settings=SETTINGS):
    return {item: planned(item, settings) for item in items}


def by_one_machine(items, folder, settings=SETTINGS):
    """Write the volumes in this process; return all files."""
    with Exporter(folder, settings) as by_one:
        assert not [outcome.error for outcome in map(by_one.export, items) if outcome.error]
    return files(folder)


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def named(item):
    """Return the names of the volumes of an item."""
    return [f"{item.tomogram.stem}__{model}.mrc" for model in ("Membrane", "inverse")]


def writer_of(folder, least):
    """Return the process that has written so many bytes of a volume, or None."""
    for part in folder.glob(".*.scseg-part"):
        lock = part.with_name(re.sub(r"\.[0-9a-f]{16}\.scseg-part", ".scseg-lock", part.name))
        with contextlib.suppress(FileNotFoundError):  # it was done at this moment
            told = lock.read_text().split() if part.stat().st_size > least else []
            if len(told) > 1:  # whoever has taken the lock tells so a moment later
                return int(told[1])
    return None
