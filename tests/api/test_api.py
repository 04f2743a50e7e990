"""The Python face: what it reads, writes and refuses, and that it is the command line's own code."""

from __future__ import annotations

import gc
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from scseg import api
from scseg.annotations.storage.opening import open_annotation
from scseg.cli import main
from scseg.compute.segmenter import Segmenter
from scseg.export import exporter
from tests.export.exports import FAKE, SHAPE, write_named_model, write_tomogram
from tests.interactions import brute

RULES = {
    "a.scnm": api.InteractionSettings(absorb=True, rules=(api.Rule("avoid", "b.scnm", 3.0, 0.9),)),
    "b.scnm": api.InteractionSettings(emit=True),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(exporter, "Segmenter", partial(Segmenter, FAKE))
    monkeypatch.chdir(tmp_path)
    write_tomogram(tmp_path / "t.mrc")
    write_tomogram(tmp_path / "u.mrc", 1)
    write_named_model(tmp_path / "a.scnm", "Membrane")
    write_named_model(tmp_path / "b.scnm", "inverse")
    api.save_group(api.Group(RULES, rules_3d=True), tmp_path / "g.scnmgroup")
    return tmp_path


def files_in(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


@pytest.mark.parametrize("models", [["a.scnm", "b.scnm"], ["g.scnmgroup"]])
@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ((), {}),
        (
            ("--slices", "1-4", "--crop", "5,40,3,30", "--type", "float32", "--averaging", "2"),
            {
                "slices": (1, 2, 3, 4),
                "crop": api.Rect(3, 5, 31, 41),
                "kind": "float32",
                "averaging": 2,
            },
        ),
        (("--mode", "whole", "--type", "mask"), {"mode": "whole", "kind": "mask"}),
        (
            ("--separate", "--tomogram-apix-z", "12"),
            {"separate": True, "word": api.TomogramWord(apix_z=12.0)},
        ),
    ],
)
@pytest.mark.usefixtures("folder")
def test_python_and_the_command_line_write_the_same_bytes(models, options, settings):
    named = [("--group" if "group" in model else "--model", model) for model in models]
    arguments = [word for pair in named for word in pair]
    assert main.run(("segment", "t.mrc", "u.mrc", *arguments, *options, "-o", "cli")) == 0
    outcomes = api.segment(["t.mrc", "u.mrc"], models, "python", api.ExportSettings(**settings))
    assert all(outcome.error is None for outcome in outcomes)
    assert files_in("python") == files_in("cli")
    assert {path.name for outcome in outcomes for path in outcome.written} <= files_in("cli").keys()


@pytest.mark.usefixtures("folder")
def test_failures_and_what_was_kept_are_told():
    Path("bad.mrc").write_text("a letter " * 200)
    api.segment("t.mrc", "a.scnm", "out")
    outcomes = api.segment(["t.mrc", "bad.mrc", "u.mrc"], "a.scnm", "out")
    assert [bool(each.error) for each in outcomes] == [False, True, False]
    assert "bad.mrc" in str(outcomes[1].error)
    assert [path.name for path in outcomes[0].kept] == ["t__Membrane.mrc"]
    assert [path.name for path in outcomes[2].written] == ["u__Membrane.mrc"]


@pytest.mark.usefixtures("folder")
def test_a_cancelled_export_leaves_nothing_unfinished():
    def report(fraction, _text):
        if fraction > 0.7:
            raise api.CancelledError

    with pytest.raises(api.CancelledError):
        api.segment(["t.mrc", "u.mrc"], "a.scnm", "out", report=report)
    assert files_in("out").keys() == {"t__Membrane.mrc", "t__Membrane.mrc.json"}


@pytest.mark.usefixtures("folder")
def test_an_estimate_is_that_of_what_is_written():
    settings = api.ExportSettings(slices=(1, 2), kind="float32")
    item = api.ExportItem(Path("t.mrc"), Path("g.scnmgroup"))
    Path("out").mkdir()
    with api.Exporter(Path("out"), settings) as made:
        plan = api.planned(item, settings)
        before = made.estimate([plan])
        assert before.seconds is None
        outcome = made.export(item)
        after = made.estimate([plan])
    sizes = [path.stat().st_size for path in outcome.written]
    assert (before.files, before.nbytes, before.needed) == (2, sum(sizes), sum(sizes))
    assert after.seconds is not None
    assert after.needed == max(sizes)  # those there go one after the other
    with pytest.raises(api.ScsegError, match="free some space"):
        api.check_space(replace(before, free=before.needed - 1), Path("out"))


def test_rules_are_those_of_brute_force(rng):
    predictions = {name: rng.random((4, 20, 24)).astype(np.float32) for name in RULES}
    before = {name: values.copy() for name, values in predictions.items()}
    for apix_z, step in ((20.0, 2.0), (None, 1e9)):
        found = api.apply_rules(predictions, RULES, 10.0, apix_z)
        expected = brute.ruled(predictions, RULES, (step, 1.0, 1.0))
        for name in RULES:
            np.testing.assert_allclose(found[name], expected[name], atol=1e-6)
            np.testing.assert_array_equal(predictions[name], before[name])


@pytest.mark.parametrize(
    ("predictions", "words"),
    [
        ({}, "of one shape"),
        ({"a": np.zeros((3, 4), np.float32)}, "of one shape"),
        ({"a": np.zeros((2, 3, 4)), "b": np.zeros((2, 3, 5))}, "of one shape"),
        ({"a": np.zeros((2, 3, 4))}, "no prediction called"),
    ],
)
def test_rules_refuse_what_does_not_fit(predictions, words):
    with pytest.raises(api.ScsegError, match=words):
        api.apply_rules(predictions, RULES, 10.0)


def test_annotations_read_back_and_are_replaced_slice_by_slice(folder, rng):
    tomogram = api.open_tomogram(folder / "t.mrc")
    first, second = (rng.integers(0, 3, SHAPE[1:]) for _ in range(2))
    path = api.annotate(tomogram, "Membrane", {1: first, 2: first}, [(1, 5, 6), (99, 0, 0)])
    assert path == folder / "t.mrc.scna"
    api.annotate(tomogram, "Membrane", {2: second > 0}, [(2, 7, 8)])
    found = api.read_annotation(tomogram)
    (feature,) = found.features
    np.testing.assert_array_equal(found.mask(feature.id, 1), first)
    np.testing.assert_array_equal(found.mask(feature.id, 2), second > 0)
    assert found.boxes == {(feature.id, 1): {(5, 6)}, (feature.id, 2): {(7, 8)}}
    assert api.file_kind(path) == "annotation"


@pytest.mark.parametrize(
    "masks",
    [
        {9: np.zeros(SHAPE[1:])},
        {1: np.zeros((3, 3))},
        {1: np.full(SHAPE[1:], 3)},
        {1: np.full(SHAPE[1:], 0.5)},
        {1: np.full(SHAPE[1:], 257)},
        {1: np.full(SHAPE[1:], -1)},
    ],
)
def test_masks_that_do_not_fit_are_refused(folder, masks):
    with pytest.raises(api.ScsegError):
        api.annotate(api.open_tomogram(folder / "t.mrc"), "Membrane", masks)
    assert not (folder / "t.mrc.scna").exists()


@pytest.mark.parametrize(("name", "box_size"), [("", 64), ("x" * 200, 64), ("x", 0)])
def test_features_that_are_not_possible_are_refused(folder, name, box_size):
    with pytest.raises(api.ScsegError, match="not possible"):
        api.annotate(api.open_tomogram(folder / "t.mrc"), name, {}, box_size=box_size)


def test_an_annotation_that_is_open_elsewhere_stays_as_it_is(folder):
    tomogram = api.open_tomogram(folder / "t.mrc")
    api.annotate(tomogram, "Membrane", {1: np.ones(SHAPE[1:])})
    opened = open_annotation(tomogram.path, tomogram.shape)
    before = (folder / "t.mrc.scna").read_bytes()
    with pytest.raises(api.ScsegError):
        api.annotate(tomogram, "Membrane", {2: np.ones(SHAPE[1:])})
    opened.close()
    gc.collect()
    assert (folder / "t.mrc.scna").read_bytes() == before


def test_all_that_it_offers_is_documented():
    for name in api.__all__:
        assert getattr(api, name).__doc__ or name in ("FileKind", "Report")


def test_it_loads_neither_keras_nor_the_window():
    program = "import sys, scseg.api; print(*{name.partition('.')[0] for name in sys.modules})"
    command = [sys.executable, "-c", program]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    loaded = set(done.stdout.split())
    assert "scseg" in loaded
    assert not loaded & {"keras", "tensorflow", "openvino", "imgui_bundle", "glfw", "OpenGL"}
