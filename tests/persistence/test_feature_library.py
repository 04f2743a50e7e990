"""The library of features survives what a disk, a user or another version may do to its file."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.annotations.feature import Feature
from scseg.persistence.feature_library import load, save
from scseg.state.feature_library import Template, with_template, without

json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
entries = st.dictionaries(
    st.sampled_from(["name", "colour", "brush_px", "box_size", "alpha"]), json_values
)
MEMBRANE = Template("Membrane", (0.1, 0.2, 1.0), 3.5, 96)


def test_what_is_saved_is_read_back(tmp_path):
    library = with_template((MEMBRANE,), Template("ü", (0, 0, 0)))
    save(library, tmp_path / "features.json")
    assert load(tmp_path / "features.json") == library


def test_a_template_makes_features_of_their_own():
    first, second = MEMBRANE.feature(), MEMBRANE.feature()
    assert first.id != second.id
    assert Template.of(first) == MEMBRANE


def test_a_name_stands_once():
    renewed = Template("Membrane", (0, 0, 0))
    library = with_template(with_template((MEMBRANE,), Template("b", (0, 0, 0))), renewed)
    assert [each.name for each in library] == ["b", "Membrane"]
    assert library[-1] == renewed
    assert without(library, "b") == (renewed,)


@given(json_values | st.lists(entries))
def test_any_json_gives_a_usable_library(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("library") / "features.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    for template in load(path):
        assert isinstance(template.feature(), Feature)


def test_what_makes_sense_is_kept(tmp_path):
    path = tmp_path / "features.json"
    path.write_text(json.dumps([{"name": "a", "colour": [0, 0, 1]}, 7, {"name": "b"}]))
    assert load(path) == (Template("a", (0, 0, 1)),)


@pytest.mark.parametrize("content", [b"", b"\xff", b"{", b"[" * 100_000])
def test_a_damaged_file_is_an_empty_library(tmp_path, content):
    (tmp_path / "features.json").write_bytes(content)
    assert load(tmp_path / "features.json") == ()
    assert load(tmp_path / "missing") == ()
