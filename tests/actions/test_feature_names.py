"""Names and colours of features: one list over tomograms and library, each name one feature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.actions import undo
from scseg.actions.annotation import changes, features
from scseg.actions.annotation.known_names import known_looks
from scseg.actions.models import copy_to_annotation, model_list
from scseg.actions.tomograms import tomogram_list
from scseg.actions.training import new_set
from scseg.annotations import steps
from scseg.annotations.feature import COLOURS, LONGEST_NAME, Feature
from scseg.annotations.feature_names import named_twice, told_apart
from scseg.annotations.packed_masks import pack
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.reading import read_database
from scseg.base.progress import silent
from scseg.compute.messages import TomogramRef
from scseg.state.feature_library import Template
from scseg.state.models import Display, Model
from tests.actions.test_annotation import SHAPE, Volume, begun

RED, GREEN, GREY = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.5, 0.5, 0.5)
FOUND = {0: pack(np.ones(SHAPE[1:], np.uint8))}
NAMES = st.sampled_from(["M", "M (2)", "M (3)", "C", "n" * LONGEST_NAME, "n" * (LONGEST_NAME - 1)])


@pytest.fixture
def session(tmp_path):
    session, _ = begun(tmp_path)
    add_tomogram(session, tmp_path / "u.mrc")
    tomogram_list.activate(session, session.tomograms[0])
    yield session
    for opened in session.tomograms:
        assert opened.annotated.close()


def add_tomogram(session, path):
    opened = tomogram_list.add(session, Volume(path), TomogramRef(str(path), None, None, 0))
    changes.attach(session, opened, open_annotation(path, SHAPE))
    return opened


def put(opened, *features_to_add):
    """Put features into an annotation as a file may hold them: of one name, too."""
    for feature in features_to_add:
        opened.annotated.apply(steps.add_feature(opened.annotation.contents, feature))


def names(opened):
    return [feature.name for feature in opened.features]


def kept_names(opened):
    return [feature.name for feature in opened.annotation.contents.features]


def told(session):
    return [each.sentence for each in session.messages]


@given(st.lists(NAMES, max_size=8))
def test_every_feature_goes_by_a_name_of_its_own(given_names):
    found = tuple(Feature(name, RED) for name in given_names)
    shown = told_apart(found)
    assert len({each.name for each in shown}) == len(found)
    assert [replace(new, name=old.name) for new, old in zip(shown, found, strict=True)] == list(
        found
    )
    for number, name in enumerate(given_names):
        if name not in given_names[:number]:
            assert shown[number].name == name
    assert told_apart(shown) == shown
    assert set(named_twice(found)) == {name for name in given_names if given_names.count(name) > 1}


def test_known_are_the_names_of_tomograms_and_library_and_the_one_in_view_has_the_say(session):
    first, second = session.tomograms
    put(first, Feature("Membrane", RED))
    put(second, Feature("Membrane", GREEN), Feature("Carbon", GREY))
    session.library = (Template("Carbon", RED), Template("Ribosome", GREEN))
    looks = known_looks(session)
    assert looks == {"Membrane": RED, "Carbon": GREY, "Ribosome": GREEN}
    tomogram_list.activate(session, second)
    assert known_looks(session)["Membrane"] == GREEN


def test_a_model_is_called_as_a_feature_of_the_library(session):
    session.library = (Template("Ribosome", GREEN),)
    model = model_list.new(session)
    model_list.call_as_feature(session, model, "Ribosome")
    assert (model.display.name, model.display.colour) == ("Ribosome", GREEN)


def test_a_feature_that_is_added_takes_the_colour_that_its_name_has_elsewhere(session):
    first, second = session.tomograms
    put(first, Feature("Feature 1", RED), Feature("Membrane", COLOURS[0]))
    tomogram_list.activate(session, second)
    features.add(session)
    assert (names(second), second.features[0].colour) == (["Feature 1"], RED)
    features.add(session, Feature("Membrane", GREY))
    assert second.features[1].colour == COLOURS[0]
    # A new name gets none of the colours that stand for something already.
    features.add(session)
    assert (second.features[2].name, second.features[2].colour) == ("Feature 3", COLOURS[1])


def test_a_feature_without_a_name_takes_the_colour_of_the_one_that_it_gets(session):
    first, second = session.tomograms
    put(first, Feature("Membrane", RED), Feature("Carbon", GREEN))
    tomogram_list.activate(session, second)
    features.add(session)
    before = second.features[0].colour
    features.edit(session, second, second.features[0], "Membrane")
    assert second.features[0].colour == before
    features.commit(session, second)
    assert (second.features[0].name, second.features[0].colour) == ("Membrane", RED)
    # It has a name, and so a colour, by now.
    features.edit(session, second, second.features[0], "Carbon")
    features.commit(session, second)
    assert (second.features[0].name, second.features[0].colour) == ("Carbon", RED)
    for _ in range(2):
        undo.undo(session)
    assert (second.features[0].name, second.features[0].colour) == ("Feature 1", before)


def test_a_name_that_is_picked_comes_with_its_colour_as_one_step(session):
    first, second = session.tomograms
    put(first, Feature("Membrane", RED))
    put(second, Feature("Vesicle", GREY))
    tomogram_list.activate(session, second)
    features.call(session, second, second.features[0], "Membrane")
    assert (second.features[0].name, second.features[0].colour) == ("Membrane", RED)
    undo.undo(session)
    assert (second.features[0].name, second.features[0].colour) == ("Vesicle", GREY)


def test_the_name_of_another_feature_of_the_tomogram_is_refused(session):
    opened = session.active
    put(opened, Feature("Membrane", RED), Feature("Carbon", GREEN))
    carbon = opened.features[1]
    features.edit(session, opened, carbon, "Membran")
    assert names(opened) == ["Membrane", "Membran"]
    features.edit(session, opened, opened.features[1], "Membrane")
    features.refuse_name(session, opened, opened.features[1], "Membrane")
    features.commit(session, opened)
    assert names(opened) == kept_names(opened) == ["Membrane", "Carbon"]
    assert told(session) == [
        "t.mrc has a feature Membrane already: choose another name. This one is still called Carbon."
    ]
    features.call(session, opened, opened.features[1], "Membrane")
    assert names(opened) == ["Membrane", "Carbon"]
    assert session.history.undoable is None


def test_a_name_that_is_wiped_out_stays(session):
    opened = session.active
    put(opened, Feature("Membrane", RED))
    for typed in ("Mem", ""):
        features.edit(session, opened, opened.features[0], typed)
    features.commit(session, opened)
    assert names(opened) == ["Membrane"]


def test_one_that_is_there_is_chosen_instead_of_added(session):
    opened = session.active
    put(opened, Feature("Membrane", RED), Feature("Carbon", GREEN))
    features.choose(opened, opened.features[0])
    features.add(session, Template("Carbon", GREY).feature())
    assert names(opened) == ["Membrane", "Carbon"]
    assert changes.chosen_feature(session).name == "Carbon"
    assert told(session) == ["There is a feature Carbon already: it is chosen now."]


def test_new_features_never_get_a_name_that_is_there(session):
    opened = session.active
    put(opened, Feature("Feature 2", RED))
    features.add(session)
    assert names(opened) == ["Feature 2", "Feature 3"]


def test_equal_names_of_a_file_are_told_apart_and_stay_in_it_until_one_is_renamed(session):
    opened = session.active
    put(opened, Feature("Membrane", RED), Feature("Membrane", GREEN), Feature("Membrane", GREY))
    assert names(opened) == ["Membrane", "Membrane (2)", "Membrane (3)"]
    assert new_set.names(session) == ("Membrane", "Membrane (2)", "Membrane (3)")
    # The look, and the name that it goes by, typed, are no new name.
    features.edit(session, opened, replace(opened.features[1], alpha=0.25), "Membrane (2)")
    features.commit(session, opened)
    features.edit(session, opened, replace(opened.features[2], colour=COLOURS[0]))
    features.commit(session, opened)
    assert kept_names(opened) == ["Membrane"] * 3
    assert opened.features[1].alpha == 0.25
    features.edit(session, opened, opened.features[0], "Vesicle")
    features.commit(session, opened)
    assert kept_names(opened) == ["Vesicle", "Membrane", "Membrane"]
    assert names(opened) == ["Vesicle", "Membrane", "Membrane (2)"]
    undo.undo(session)
    assert names(opened) == ["Membrane", "Membrane (2)", "Membrane (3)"]


def test_opening_an_annotation_with_equal_names_does_not_change_it(tmp_path):
    _, opened = begun(tmp_path)
    put(opened, Feature("Membrane", RED), Feature("Membrane", GREEN))
    assert opened.annotated.close()
    path = opened.annotated.path
    before = path.read_bytes()
    _, opened = begun(tmp_path)
    assert names(opened) == ["Membrane", "Membrane (2)"]
    assert opened.annotated.close()
    assert path.read_bytes() == before
    assert [each.name for each in read_database(path, SHAPE)[0].features] == ["Membrane"] * 2


def test_what_a_model_finds_goes_to_a_feature_of_a_name_of_its_own(session):
    first, second = session.tomograms
    put(first, Feature("Membrane", RED))
    model = Model(Display("Membrane", GREEN))
    new = copy_to_annotation.feature_of(session, second, model)
    assert (new.name, new.colour) == ("Membrane", RED)
    new = copy_to_annotation.feature_of(session, first, model)
    assert (new.name, new.colour) == ("Membrane (2)", GREEN)
    # While it was found, another feature got its name.
    step = copy_to_annotation._united(
        first.annotation.contents.snapshot(), Feature("Membrane", RED), FOUND, silent
    )
    changes.apply_step(session, first, step)
    assert kept_names(first) == ["Membrane", "Membrane (2)"]
