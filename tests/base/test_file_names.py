"""Names of files that are made of other names can be the names of files."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.file_names import MOST_BYTES, fit_file_name
from scseg.base.printable import printable
from scseg.datasets.training_sets.training_set import default_file_name
from scseg.models.description import safe_name

any_text = st.text(max_size=300) | st.binary(max_size=300).map(
    lambda raw: raw.decode("utf-8", "surrogateescape")
)
endings = st.sampled_from([".scnm", "__Membrane.mrc", "__Ä_slice_177.mrc"])


def length(name):
    return len(name.encode("utf-8", "surrogateescape"))


@given(any_text, endings)
def test_a_name_and_its_ending_fit(name, ending):
    made = fit_file_name(name, ending)
    assert length(made) <= MOST_BYTES
    assert made.endswith(ending)
    if length(name + ending) <= MOST_BYTES:
        assert made == name + ending


@given(st.integers(200, 250), st.sampled_from(["a", "ü", "中", "😀", "\udcf6"]))
def test_long_names_that_begin_alike_stay_apart(count, letter):
    first, second = (fit_file_name(letter * count + last, "__Membrane.mrc") for last in ("1", "2"))
    assert first != second


@given(any_text)
def test_a_safe_name_can_be_read_and_be_a_file_s(name):
    safe = safe_name(name)
    assert safe
    assert printable(safe) == safe
    assert not set(safe) & set('<>:"/\\|?*\0')
    assert length(f"13.92_64_0.0261_{safe}.scnm") <= MOST_BYTES
    assert length(default_file_name(13.92, 64, (safe, safe, safe))) <= MOST_BYTES


@pytest.mark.parametrize("name", ["中" * 85, "n" * 255, os.fsdecode(b"\xc3\xb6" * 127)])
def test_a_file_system_takes_the_longest(tmp_path, name):
    path = tmp_path / fit_file_name(name, "__Membrane_slice_177.mrc")
    path.write_bytes(b"")
    # What a file is called while it is written.
    path.with_name(f".{path.stem}.12345678{path.suffix}").write_bytes(b"")
    assert len(list(tmp_path.iterdir())) == 2
