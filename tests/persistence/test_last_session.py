"""The last session survives what a disk, a user or another version may do to its file."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.actions.training import new_set
from scseg.datasets.training_sets.summary import TrainingSetSummary
from scseg.interactions.rules import InteractionSettings, Rule
from scseg.models.description import TrainingParameters
from scseg.persistence.last_models import ModelRecord
from scseg.persistence.last_session import LastSession, load, save
from scseg.state.filters import KINDS, Filter, kernels
from scseg.state.models import Display, SetPlan, TrainingPlan
from scseg.state.panel_layout import PanelLayout, Stage, TomogramOrder
from scseg.state.session import Session
from scseg.state.tomograms import Contrast, TomogramRecord, View

KEPT = TomogramRecord(
    path="/data/ü.mrc",
    shape=(20, 30, 40),
    apix=13.92,
    apix_z=50.0,
    signed=False,
    apix_asked=True,
    z=7,
    contrast=Contrast(-1.5, 2.0, auto=False, inverted=True, interpolate=True),
    filters=(Filter("difference", (1.5, 4.0), weight=0.5), Filter("sobel", on=False)),
    view=View(3.5, 4.5, 6.0, fit=False),
    feature="0a1b",
)
MODEL = ModelRecord(
    "/models/a.scnm",
    Display("Membrane", (0.1, 0.2, 0.3), active=False, alpha=0.5),
    id="0123456789abcdef" * 2,
    kept=False,
    training=True,
    since=1795388400.123,
    plan=TrainingPlan(
        "UNet deep",
        TrainingSetSummary(
            "/sets/a.scnt", 80, 53, 64, 1, 13.92, ("Membrane",), "f" * 64, "quantiles"
        ),
        TrainingParameters(epochs=7, validation=0.2, augmentation="strong"),
    ),
    interaction=InteractionSettings(emit=True, rules=(Rule("colocalise", "f" * 32, 12.5, 0.25),)),
)
LAST = LastSession(
    tomograms=(KEPT, TomogramRecord("/data/b.mrc", (1, 2, 3))),
    active="/data/b.mrc",
    models=(MODEL,),
    set_plan=SetPlan({"Membrane": 1, "Carbon": -1}, frozenset({"/data/b.mrc"}), 50, 13.92, 3),
    overlays=False,
    tool="bucket",
    listing=TomogramOrder(sort="folder", backwards=True),
    panels=PanelLayout(Stage.MODELS, frozenset({"Filters", "Datasets"}), 412.0),
)


def keys(content):
    """Return all keys in what JSON says."""
    match content:
        case dict():
            return content.keys() | set().union(*map(keys, content.values()))
        case list():
            return set().union(*map(keys, content))
    return set()


WRITTEN = Path(__file__).parents[1] / "formats" / "data" / "session.json"
NAMES = sorted(keys(json.loads(WRITTEN.read_text("ascii"))) - {"format", "version"})
leaves = (
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers(-(10**30), 10**30)
    | st.text(max_size=4)
    | st.sampled_from(["/a.mrc", "\0", "/" + "a" * 5000, *KINDS])
)
said = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=8)
    ),
    max_leaves=30,
)


def test_what_is_saved_is_read_back(tmp_path):
    save(LAST, tmp_path / "session.json")
    assert load(tmp_path / "session.json") == LAST


def assert_usable(last):
    assert last.listing.sort in ("opened", "name", "folder")
    assert isinstance(last.overlays, bool)
    assert last.tool in ("brush", "ignore", "alike", "lasso", "bucket")
    paths = [each.path for each in (*last.tomograms, *last.models)]
    assert all("\0" not in path for path in paths)
    assert all(each.path for each in last.tomograms)
    for each in last.tomograms:
        assert each.apix is None or each.apix > 0
        assert isinstance(each.z, int)
        assert each.shape is None or min(each.shape) > 0
        assert each.contrast.auto or each.contrast.minimum < each.contrast.maximum
        assert all(math.isfinite(v) for v in (each.view.x, each.view.y, each.view.zoom))
        for one in each.filters:
            kernels(one)
    assert set(last.set_plan.choices.values()) <= {-1, 0, 1}
    assert all(isinstance(path, str) for path in last.set_plan.left_out)
    assert last.set_plan.apix is None or last.set_plan.apix > 0
    new_set.set_plan(Session(), last.set_plan)
    for each in last.models:
        assert all(0 <= part <= 1 for part in each.display.colour)
        assert math.isfinite(each.display.threshold)
        assert each.key
        assert not set(each.id) - set("0123456789abcdef")


@given(said)
def test_any_json_gives_a_usable_session(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("sessions") / "session.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert_usable(load(path))


@given(st.sampled_from(NAMES), said)
def test_a_session_with_any_field_spoilt_is_usable(tmp_path_factory, name, content):
    def spoilt(value):
        match value:
            case dict():
                return {
                    key: content if key == name else spoilt(each) for key, each in value.items()
                }
            case list():
                return [spoilt(each) for each in value]
        return value

    path = tmp_path_factory.mktemp("sessions") / "session.json"
    save(LAST, path)
    path.write_text(json.dumps(spoilt(json.loads(path.read_text("utf-8")))), encoding="utf-8")
    assert_usable(load(path))


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"{", b"[" * 100_000, b"null", b'{"tomograms": 1' + b"0" * 9999],
)
def test_a_damaged_file_gives_an_empty_session(tmp_path, content):
    path = tmp_path / "session.json"
    path.write_bytes(content)
    assert load(path) == LastSession()


def test_no_file_and_a_folder_in_its_place_give_an_empty_session(tmp_path):
    assert load(tmp_path / "missing.json") == LastSession()
    assert load(tmp_path) == LastSession()


def test_a_tomogram_or_model_comes_back_once(tmp_path):
    twice = replace(LAST, tomograms=(KEPT, KEPT), models=(MODEL, MODEL))
    save(twice, tmp_path / "session.json")
    last = load(tmp_path / "session.json")
    assert (last.tomograms, last.models) == ((KEPT,), (MODEL,))


def test_a_file_of_an_older_version_that_knew_paths_alone(tmp_path):
    path = Path(tmp_path / "session.json")
    path.write_text(json.dumps({"tomograms": [{"path": "/a.mrc"}, {}, "b", None]}), "utf-8")
    assert load(path) == LastSession(tomograms=(TomogramRecord("/a.mrc"),))
