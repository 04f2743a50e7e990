"""The list of tomograms: sorted, filtered, walked through, closed and relinked, without a window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.actions import restoring
from scseg.actions.tomograms import closing, listing, relinking, reopening, tomogram_list
from scseg.base.errors import ScsegError
from scseg.compute.messages import TomogramRef
from scseg.persistence.last_session import record_of_tomogram
from scseg.state.filters import usual
from scseg.state.panel_layout import TomogramOrder
from scseg.state.requests import FilesToOpen, OpenPaths
from scseg.state.session import Session
from scseg.state.tomograms import Contrast, MissingTomogram, OpenTomogram, TomogramRecord, View


@dataclass(frozen=True, eq=False)
class Volume:
    path: Path
    shape: tuple[int, int, int] = (20, 8, 9)
    apix: float | None = 10.0
    warnings: tuple[str, ...] = ()

    @property
    def voxels(self):
        return np.zeros(self.shape, np.int8)


def ref(path, signed=None):
    return TomogramRef(path, None, signed, 0)


def filled(*paths):
    session = Session()
    for path in paths:
        tomogram_list.add(session, Volume(Path(path)), ref(path))
    return session


def labels(session):
    return [row.label for row in listing.rows(session)]


PATHS = ("/b/TS_10.mrc", "/a/ts_2.mrc", "/b/TS_1.mrc", "/a/grid.rec")


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("opened", ["TS_10.mrc", "ts_2.mrc", "TS_1.mrc", "grid.rec"]),
        ("name", ["grid.rec", "TS_1.mrc", "ts_2.mrc", "TS_10.mrc"]),
        ("folder", ["a/grid.rec", "a/ts_2.mrc", "b/TS_1.mrc", "b/TS_10.mrc"]),
    ],
)
def test_the_list_is_sorted_with_numbers_as_numbers(sort, expected):
    session = filled(*PATHS)
    listing.set_sort(session, sort)
    assert labels(session) == expected
    listing.turn_round(session)
    assert labels(session) == expected[::-1]


def test_every_word_of_the_filter_counts():
    session = filled(*PATHS)
    listing.set_words(session, "MRC ts_1")
    assert labels(session) == ["TS_10.mrc", "TS_1.mrc"]


def test_names_that_occur_twice_have_their_folder_and_are_found_by_it():
    session = filled("/x/TS_1/rec.mrc", "/x/TS_2/rec.mrc", "/x/other.mrc")
    assert labels(session) == ["TS_1/rec.mrc", "TS_2/rec.mrc", "other.mrc"]
    listing.set_words(session, "ts_2")
    assert labels(session) == ["TS_2/rec.mrc"]


@given(
    st.lists(st.text("ab1/", min_size=1, max_size=5), max_size=8, unique=True),
    st.sampled_from(["opened", "name", "folder"]),
    st.booleans(),
)
def test_sorting_loses_and_doubles_nothing(names, sort, backwards):
    session = filled(*(f"/{name}" for name in names))
    session.tomogram_order = TomogramOrder("", sort, backwards)
    assert {id(row.entry) for row in listing.rows(session)} == set(map(id, session.tomograms))
    assert len(listing.rows(session)) == len(names)


def test_up_and_down_follow_the_list_as_it_is_shown():
    session = filled(*PATHS)
    listing.set_sort(session, "name")
    listing.set_words(session, "ts")
    tomogram_list.activate(session, session.tomograms[2])
    for by, name in ((1, "ts_2.mrc"), (1, "TS_10.mrc"), (1, "TS_10.mrc"), (-1, "ts_2.mrc")):
        listing.step_tomogram(session, by)
        assert session.active.name == name


def test_from_a_tomogram_that_the_filter_hides_down_leads_to_the_next_that_it_shows():
    session = filled(*PATHS)
    listing.set_sort(session, "name")
    tomogram_list.activate(session, session.tomograms[3])
    listing.set_words(session, "10")
    listing.step_tomogram(session, 1)
    assert session.active.name == "TS_10.mrc"


def test_absent_tomograms_stand_in_the_list_and_are_stepped_over():
    session = filled("/a/a.mrc", "/a/c.mrc")
    session.missing.append(MissingTomogram(TomogramRecord("/a/b.mrc"), "not found"))
    listing.set_sort(session, "name")
    assert labels(session) == ["a.mrc", "b.mrc", "c.mrc"]
    listing.step_tomogram(session, -5)
    listing.step_tomogram(session, 1)
    assert session.active.name == "c.mrc"


def test_after_closing_the_next_of_the_sorted_list_is_shown():
    session = filled(*PATHS)
    listing.set_sort(session, "name")
    tomogram_list.activate(session, session.tomograms[1])
    closing.close(session, session.tomograms[1])
    assert session.active.name == "TS_10.mrc"
    closing.close(session, session.active)
    assert session.active.name == "TS_1.mrc"


def test_after_closing_the_only_one_that_the_filter_shows_another_is_shown():
    session = filled(*PATHS)
    listing.set_words(session, "grid")
    closing.close(session, session.active)
    assert session.active in session.tomograms


def test_closing_others_and_all():
    session = filled(*PATHS)
    session.missing.append(MissingTomogram(TomogramRecord("/gone.mrc"), "not found"))
    third = session.tomograms[2]
    closing.close_others(session, third)
    assert (session.tomograms, session.active, session.missing) == ([third], third, [])
    session.missing.append(MissingTomogram(TomogramRecord("/gone.mrc"), "not found"))
    closing.close(session, session.missing[0])
    assert session.missing == []
    closing.close_all(session)
    assert (session.tomograms, session.active) == ([], None)


# Relinking

KEPT = TomogramRecord(
    "/old/a.mrc",
    (20, 8, 9),
    apix=12.0,
    signed=False,
    apix_asked=True,
    z=3,
    contrast=Contrast(1.0, 2.0, auto=False),
    filters=(usual("box"),),
    view=View(4, 5, 6, fit=False),
)


def test_a_relinked_tomogram_is_as_it_was_left():
    session = Session()
    session.missing.append(MissingTomogram(KEPT, "not found"))
    relinking.choose_moved(session, session.missing[0])
    (workflow,) = session.requests
    assert next(workflow) == FilesToOpen("tomogram", "Choose where a.mrc is now")
    moved = ref("/new/a.mrc", signed=False)
    relinking.relink(session, session.missing[0], Volume(Path("/new/a.mrc")), moved)
    assert session.missing == []
    assert session.active is session.tomograms[0]
    assert record_of_tomogram(session.active) == replace(KEPT, path="/new/a.mrc")


def test_an_open_tomogram_is_relinked_in_its_place():
    session = filled("/old/a.mrc", "/old/b.mrc")
    session.tomograms[0].z = 3
    session.tomograms[0].vanished = True
    relinking.relink(session, session.tomograms[0], Volume(Path("/new/a.mrc")), ref("/new/a.mrc"))
    first, second = session.tomograms
    assert (first.ref.path, first.z, first.vanished) == ("/new/a.mrc", 3, False)
    assert second.ref.path == "/old/b.mrc"
    assert session.settings.recent[0] == "/new/a.mrc"


def test_another_tomogram_is_not_taken_for_the_moved_one():
    session = filled("/old/b.mrc")
    session.missing.append(MissingTomogram(KEPT, "not found"))
    other = Volume(Path("/new/a.mrc"), shape=(20, 8, 10))
    with pytest.raises(ScsegError, match=r"10 x 8 x 20 voxels, /old/a.mrc had 9 x 8 x 20"):
        relinking.relink(session, session.missing[0], other, ref("/new/a.mrc"))
    with pytest.raises(ScsegError, match="open already"):
        relinking.relink(session, session.missing[0], Volume(Path("/old/b.mrc")), ref("/old/b.mrc"))
    assert len(session.missing) == 1


def test_a_row_that_was_closed_meanwhile_stays_closed():
    session = Session()
    absent = MissingTomogram(KEPT, "opening")
    volume, where = Volume(Path(KEPT.path)), ref(KEPT.path)
    restoring.restore(session, absent, volume, where)
    relinking.relink(session, absent, volume, where)
    assert session.tomograms == []


def test_an_absent_tomogram_that_is_opened_after_all_is_as_it_was_left():
    session = Session()
    session.missing.append(MissingTomogram(KEPT, "not found"))
    reopening.open_missing(session, session.missing[0])
    assert session.requests == [OpenPaths((Path("/old/a.mrc"),), signed=False)]
    opened = tomogram_list.add(session, Volume(Path("/old/a.mrc")), ref("/old/a.mrc", signed=False))
    assert record_of_tomogram(opened) == KEPT
    assert session.missing == []


def test_what_was_kept_of_another_shape_keeps_the_pixel_size_alone():
    session = Session()
    session.missing.append(MissingTomogram(KEPT, "opening"))
    volume = Volume(Path(KEPT.path), shape=(2, 8, 9))
    restoring.restore(session, session.missing[0], volume, ref(KEPT.path))
    opened: OpenTomogram = session.active
    assert (opened.z, opened.apix, opened.contrast.auto, opened.view) == (1, 12.0, True, View())
