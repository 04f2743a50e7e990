"""The filters of a tomogram are changed, and stay with it when its file is opened anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from scseg.actions.tomograms import tomogram_list
from scseg.actions.view import filters
from scseg.compute.messages import TomogramRef
from scseg.state.filters import Filter, usual
from scseg.state.session import Session
from scseg.state.tomograms import Contrast

FIXED = Contrast(3.0, 4.0, auto=False)


@dataclass(frozen=True, eq=False)
class Volume:
    path: Path = Path("/data/a.mrc")
    shape: tuple[int, int, int] = (20, 8, 9)
    apix: float | None = 10.0
    warnings: tuple[str, ...] = ()


def add(session, signed=None):
    return tomogram_list.add(session, Volume(), TomogramRef("/data/a.mrc", None, signed, 0))


@pytest.fixture
def opened():
    opened = add(Session())
    opened.contrast = FIXED
    return opened


def test_filters_are_added_changed_moved_and_removed(opened):
    filters.add(opened, "gaussian")
    filters.add(opened, "box")
    filters.change(opened, 0, Filter("gaussian", (1e9,), 0.5))
    wide = Filter("gaussian", (20.0,), 0.5)
    assert opened.filters == (wide, usual("box"))
    filters.move(opened, 0, by=1)
    assert opened.filters == (usual("box"), wide)
    filters.remove(opened, 0)
    assert opened.filters == (wide,)
    assert opened.contrast == FIXED


def test_contrast_becomes_automatic_when_grey_values_get_another_range(opened):
    filters.add(opened, "sobel")
    assert opened.contrast == replace(FIXED, auto=True)
    opened.contrast = FIXED
    filters.change(opened, 0, replace(usual("sobel"), weight=0.5))
    assert opened.contrast == FIXED
    filters.change(opened, 0, replace(usual("sobel"), on=False))
    assert opened.contrast.auto


def test_filters_stay_when_the_file_is_opened_anew():
    session = Session()
    filters.add(add(session), "box")
    assert add(session, signed=True).filters == (usual("box"),)
