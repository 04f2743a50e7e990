"""The files of exports: what is written comes back, and nothing that is read does harm."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.rect import Rect
from scseg.export.settings import ExportSettings, TomogramWord
from scseg.persistence import kept_exports
from scseg.persistence.kept_exports import KeptBatch, batches_of
from scseg.persistence.last_export import export_plan_from, export_plan_record
from scseg.state.exports import ExportedModel, ExportPlan, QueuedExport

BATCH = "0123456789abcdef" * 2
WHOLE = ExportSettings(
    slices=(2, 3, 4),
    crop=Rect(1, 2, 30, 40),
    mode="whole",
    averaging=4,
    precision="float32",
    kind="mask",
    word=TomogramWord(13.92, 27.84, signed=True),
)


def queued(number, settings, **changes):
    values = {
        "id": f"{number:032x}",
        "batch": BATCH,
        "group": "models_0.scnmgroup",
        "tomogram": "/data/tomö.mrc",
        "models": (ExportedModel("a.scnm", "Membrane", (0.25, 0.5, 1.0), 0.25),),
        "folder": "/out",
        "settings": settings,
    }
    return QueuedExport(**(values | changes))


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path))


def test_what_is_written_comes_back():
    queue = (
        queued(1, WHOLE),
        queued(2, ExportSettings(), status="done", volumes=("/out/a.mrc",)),
        queued(3, ExportSettings(), status="failed", told="The disk is full."),
    )
    (batch,) = batches_of(queue)
    kept_exports.batch_folder(BATCH).mkdir(parents=True)
    kept_exports.save(batch)
    assert kept_exports.load(BATCH) == KeptBatch(BATCH, queue)
    assert kept_exports.batch_names() == [BATCH]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("group", "../../etc/passwd"),
        ("group", ""),
        ("id", "x"),
        ("status", "running"),
        ("tomogram", 5),
        ("models", []),
        ("models", [{"file": "/a.scnm", "colour": [0, 0, 0]}]),
    ],
)
def test_what_makes_no_sense_is_left_out(key, value):
    folder = kept_exports.batch_folder(BATCH)
    folder.mkdir(parents=True)
    (batch,) = batches_of((queued(1, WHOLE), queued(2, WHOLE)))
    kept_exports.save(batch)
    path = kept_exports.record_path(BATCH)
    content = json.loads(path.read_text())
    content["exports"][0][key] = value
    path.write_text(json.dumps(content))
    assert [export.id for export in kept_exports.load(BATCH).exports] == [f"{2:032x}"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
SETTINGS = ("slices", "crop", "mode", "averaging", "precision", "type", "apix", "apix_z", "signed")


@given(st.dictionaries(st.sampled_from(SETTINGS), JSON))
def test_whatever_stands_in_settings_they_are_legal(said):
    read = kept_exports._settings_from(said)
    assert 1 <= read.averaging <= 8
    assert read.slices is None or read.slices == tuple(range(read.slices[0], read.slices[-1] + 1))
    assert read.kind in ("int8", "float32", "mask")


@given(JSON)
def test_whatever_stands_in_a_plan_it_is_legal(said):
    plan = export_plan_from(said)
    assert export_plan_from(export_plan_record(plan)) == plan


def test_a_plan_comes_back():
    plan = ExportPlan({"ab": False}, frozenset({"/t.mrc"}), False, "mask", "whole", 3, "/out")
    assert export_plan_from(json.loads(json.dumps(export_plan_record(plan)))) == plan


def test_folders_of_other_names_and_links_are_no_batches(tmp_path):
    kept_exports.batch_folder("").mkdir(parents=True)
    (kept_exports.batch_folder("") / "notes").mkdir()
    (kept_exports.batch_folder("") / ("f" * 32)).symlink_to(tmp_path)
    assert kept_exports.batch_names() == []
