"""Model descriptions as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.errors import ScsegError
from scseg.models.description import (
    ModelDescription,
    TrainingParameters,
    from_json,
    safe_name,
    to_json,
    training_from_record,
    training_record,
)
from scseg.models.display_settings import DisplaySettings
from scseg.models.origin import Origin
from scseg.models.training_curve import Epoch
from tests.fakes.models import DESCRIPTION

CURVE = (Epoch(0, 0.75, 0.5, 0.25), Epoch(1, 0.5), Epoch(2, 0.123456, 1e-7, 1.0))
ORIGINS = st.builds(Origin, st.text(), st.integers(1, 99), *[st.text()] * 3, st.floats(0, 1))


@given(
    st.builds(
        ModelDescription,
        name=st.text(max_size=40),
        colour=st.tuples(*[st.floats(0, 1)] * 3),
        architecture=st.text(),
        box_size=st.integers(1, 2048),
        depth=st.integers(1, 99),
        apix=st.floats(0.01, 1e5),
        parameters=st.integers(0, 10**9),
        loss=st.floats(0, 100),
        normalisation=st.text(),
        weights_sha256=st.text(),
        training_set_sha256=st.text(),
        program=st.text(),
        epochs_trained=st.integers(0, 10**6),
        validation_loss=st.none() | st.floats(0, 9),
        curve=st.just(CURVE) | st.just(()),
        training=st.builds(
            TrainingParameters,
            epochs=st.integers(1, 99),
            start=st.sampled_from(["starter", "scratch"]),
        ),
        origin=st.none() | ORIGINS,
        display=st.builds(DisplaySettings, threshold=st.floats(0, 1)),
    )
)
def test_what_is_written_reads_back_equal(description):
    assert from_json(to_json(description), "m.scnm") == description


def test_what_was_saved_before_there_were_starters_began_from_scratch():
    record = training_record(TrainingParameters(start="scratch"))
    assert "start" not in record
    assert training_from_record(record) == TrainingParameters(start="scratch")


def test_the_info_line_and_the_proposed_name_are_the_manual_s():
    description = replace(DESCRIPTION, box_size=64, apix=13.92, loss=0.0261)
    assert description.title == "VGGNet (1493059, 64, 13.920, 0.0261)"
    assert description.file_name == "13.92_64_0.0261_Membrane.scnm"


@given(st.text())
def test_any_name_makes_a_file_name(name):
    safe = safe_name(name)
    assert 0 < len(safe) <= 100
    assert not set(safe) & set('<>:"/\\|?*\0\n')
    assert safe not in (".", "..")


def changed(**changes):
    return json.dumps(json.loads(to_json(DESCRIPTION)) | changes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a model"),
        ("{}", "not a model"),
        ("[1, 2]", "not a model"),
        ("[" * 100_000, "nested too deeply"),
        ('{"format": ' + "9" * 5000 + "}", "too large"),
        (changed(format="other"), "not a model"),
        (changed(version=2), "version 2"),
        (changed(box_size="64"), "box size"),
        (changed(box_size=0), "box size"),
        (changed(box_size=10**12), "box size"),
        (changed(box_size=10**400), "too large"),
        (changed(box_size=64.5), "box size"),
        (changed(loss="low"), "loss"),
        (changed(loss=float("nan")), "NaN"),
        (changed(validation_loss=[]), "validation loss"),
        (changed(parameters="many"), "parameters"),
        (changed(epochs_trained=None), "epochs"),
        (changed(normalisation=None), "normalisation"),
        (changed(program=1), "program"),
        (changed(colour=[0, 2, 0]), "colour"),
        (changed(colour=["nan", 0, 0]), "colour"),
        (changed(display={"alpha": "x"}), "alpha"),
        (changed(depth=True), "depth"),
        (changed(apix=None), "A per pixel"),
        (changed(colour=[1]), "colour"),
        (changed(colour="red"), "damaged"),
        (changed(name=5), "name"),
        (changed(training={"epochs": 10**9}), "epochs"),
        (changed(training={"unknown": 1}), "'unknown' is unknown"),
        (json.dumps({"format": "scseg model", "version": 1, "colour": [0, 0, 0]}), "lacks 'name'"),
        (changed(display={"threshold": 7}), "threshold"),
        (changed(display=[]), "damaged"),
        (changed(curve={}), "damaged"),
        (changed(curve=[1]), "damaged"),
        (changed(curve=[[0]]), "damaged"),
        (changed(curve=[[0, 0.5, 0.5]]), "Dice of an epoch"),
        (changed(curve=[[0, 0.5, 0.5, 2]]), "Dice of an epoch"),
        (changed(curve=[[0, 0.5, 0.5, 0.5, 0.5]]), "damaged"),
        (changed(curve=[[0, "low"]]), "loss of an epoch"),
        (changed(curve=[[-1, 0.5]]), "number of an epoch"),
        (changed(curve=[[0, 0.5]] * 10_001), "number of epochs"),
    ],
)
def test_impossible_descriptions_are_refused_with_the_file_s_name(text, words):
    with pytest.raises(ScsegError, match=words) as raised:
        from_json(text, "m.scnm")
    assert "m.scnm" in str(raised.value)


def test_a_curve_has_few_digits_and_the_longest_fits_into_a_file():
    one = replace(DESCRIPTION, curve=(Epoch(0, 1 / 3, 2 / 3, 1 / 7),))
    assert json.loads(to_json(one))["curve"] == [[0, 0.333333, 0.666667, 0.142857]]
    longest = replace(
        DESCRIPTION, curve=tuple(Epoch(n, 1 / 3, 1 / 7, 2 / 3) for n in range(10_000))
    )
    assert len(to_json(longest)) < 1 << 20
    assert "curve" not in json.loads(to_json(DESCRIPTION))


def test_fields_of_later_versions_are_passed_over():
    assert from_json(changed(added_later=[1]), "m.scnm") == DESCRIPTION


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"epochs": 2.5},
        {"batch_size": 0},
        {"copies": -1},
        {"negatives": -0.1},
        {"learning_rate": 0},
        {"seed": -1},
        {"seed": 2**31},
    ],
)
def test_training_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ScsegError, match=next(iter(wrong)).replace("_", " ")):
        TrainingParameters(**wrong)


def test_a_name_that_no_screen_can_show_is_refused():
    text = to_json(DESCRIPTION).replace('"Membrane"', '"\\ud800"')
    assert "ud800" in text
    with pytest.raises(ScsegError, match=r"m\.scnm"):
        from_json(text, "m.scnm")


@pytest.mark.parametrize(
    "origin",
    [None, [], {}, "scratch", {"starter": 1, "version": 1, "sha256": "", "trained_on": ""}]
    + [{"starter": "", "version": each, "sha256": "", "trained_on": ""} for each in (0, 1.5, "1")]
    + [
        {"starter": "", "version": 1, "sha256": "", "trained_on": "", "kept": each}
        for each in (-0.1, 1.1, "1")
    ],
)
def test_what_a_model_began_from_is_told_whole_or_the_description_is_damaged(origin):
    content = json.loads(to_json(DESCRIPTION)) | {"origin": origin}
    with pytest.raises(ScsegError, match="damaged description"):
        from_json(json.dumps(content), "m.scnm")


def test_models_that_were_saved_before_it_was_told_have_kept_all_that_they_learnt():
    described = replace(
        DESCRIPTION, origin=Origin("VGGNet starter 4", 4, "0" * 64, "noise", "Membrane", 0.5)
    )
    content = json.loads(to_json(described))
    assert from_json(json.dumps(content), "m.scnm").origin.kept == 0.5
    del content["origin"]["kept"], content["origin"]["feature"]
    before = from_json(json.dumps(content), "m.scnm").origin
    assert (before.kept, before.feature) == (1.0, "")
