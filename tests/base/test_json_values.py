"""What JSON may say: each number, text and nesting within bounds, or refused; salvaged, the rest remains."""

from __future__ import annotations

import json
import math
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.json_values import (
    DEEPEST,
    LARGEST_INT,
    LONGEST_TEXT,
    coerce_like,
    merge_known,
    parse_json,
    salvage_json,
)

ODD = {
    "whole": str(10**400),
    "longer than Python converts": "9" * 5000,
    "negative": str(-(2**63) - 1),
    "real": "1e999",
    "NaN": "NaN",
    "infinity": "-Infinity",
    "text": json.dumps("a" * (LONGEST_TEXT + 1)),
    "nesting": "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1),
}

if os.name != "nt":  # where names of files may have it
    ODD["half a pair"] = r'"\ud800"'


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_what_no_reader_takes_is_refused_and_salvaging_keeps_the_rest(value):
    text = f'{{"before": [1, {value}], "odd": {value}, "after": "x"}}'
    with pytest.raises(ValueError, match=r"it|number|text"):
        parse_json(text)
    found = salvage_json(text)
    assert (found["before"][0], found["after"]) == (1, "x")
    if not value.startswith("["):
        assert (found["before"][1], found["odd"]) == (None, None)


@pytest.mark.parametrize("text", ["[" + "[]," * 1_000_001 + "1]", "[" + "1," * 5_000_001 + "1]"])
def test_millions_of_values_are_not_even_made(text):
    for read in (parse_json, salvage_json):
        with pytest.raises(ValueError, match="too many values"):
            read(text)


def test_an_editor_s_mark_before_the_text_is_no_fault():
    assert parse_json(b"\xef\xbb\xbf[1]") == [1]


def test_a_name_that_stands_twice_or_is_none():
    with pytest.raises(ValueError, match="twice"):
        parse_json('{"a": 1, "a": 2}')
    assert salvage_json('{"a": 1, "a": 2}') == {"a": 2}
    assert salvage_json(json.dumps({"a" * (LONGEST_TEXT + 1): 1, "b": 2})) == {"b": 2}


@pytest.mark.parametrize("text", ["", "{", b"\xff\xfe\x00", "[" * 100_000])
def test_what_is_no_json_is_a_value_error(text):
    for read in (parse_json, salvage_json):
        with pytest.raises(ValueError, match=r"."):
            read(text)


bounded = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST_INT, LARGEST_INT)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.binary(max_size=20).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)


@given(bounded)
def test_what_is_within_bounds_is_read_as_it_was_written(content):
    text = json.dumps(content)
    assert parse_json(text) == content
    assert salvage_json(text) == content


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_each_number_of_32_bits_is_one_that_a_control_can_have(number):
    assert coerce_like(0.0, parse_json(json.dumps(number))) == number


@given(bounded, st.sampled_from([True, 1, 0.5, "a"]))
def test_what_is_taken_over_is_of_the_kind_of_the_usual_and_finite(content, usual):
    taken = coerce_like(usual, content)
    assert type(taken) is type(usual)
    assert isinstance(taken, str) or math.isfinite(taken)


USUAL = {"on": True, "count": 1, "size": 0.5, "name": "a", "none": None, "list": (1,)}


@given(bounded | st.dictionaries(st.sampled_from([*USUAL, "other"]), bounded))
def test_what_is_merged_has_the_usual_keys_and_kinds(content):
    merged = merge_known(USUAL, content)
    assert merged.keys() == USUAL.keys()
    assert list(map(type, merged.values())) == list(map(type, USUAL.values()))


def test_only_known_keys_are_taken_over_and_only_values_of_their_kind():
    given = {"on": False, "count": 2, "size": 3, "name": 4, "none": 5, "list": [6], "other": 7}
    assert merge_known(USUAL, given) == USUAL | {"on": False, "count": 2, "size": 3.0}
