"""Masks of other programs imported into a feature: what is taken without a question, and what is asked."""

from __future__ import annotations

import mrcfile
import numpy as np
import pytest

from scseg.actions.annotation import changes, features, mask_import
from scseg.actions.tomograms import tomogram_list
from scseg.annotations.storage.opening import open_annotation
from scseg.base.errors import ScsegError
from scseg.compute.messages import TomogramRef
from scseg.datasets.mask_volume import MaskMeaning
from scseg.state.session import Session
from tests.datasets.makers import tomogram_of
from tests.fakes.workflows import run, run_all

SHAPE = (5, 24, 30)


@pytest.fixture
def session(tmp_path):
    session = Session()
    path = tmp_path / "t.mrc"
    tomogram = tomogram_of(np.zeros(SHAPE, np.int8), name=str(path))
    opened = tomogram_list.add(session, tomogram, TomogramRef(str(path), None, None, 0))
    changes.attach(session, opened, open_annotation(path, SHAPE))
    features.add(session)
    yield session
    opened.annotated.close()


def brought(session, folder, values):
    """Import a volume as far as that goes without the user."""
    mrcfile.write(folder / "m.mrc", values)
    opened = session.active
    feature = opened.features[0].id
    run(mask_import.import_file(session, opened, feature, folder / "m.mrc"))


def drawn(session):
    contents = session.active.annotation.contents
    return np.stack([contents.mask(contents.features[0].id, z) for z in range(SHAPE[0])])


def test_two_values_are_imported_at_once_and_told(session, tmp_path, rng):
    inside = rng.random(SHAPE) < 0.3
    brought(session, tmp_path, np.where(inside, -127, -128).astype(np.int8))
    assert session.mask_question is None
    assert "-127 is taken for the feature" in session.notices[-1].sentence
    np.testing.assert_array_equal(drawn(session), inside)


def test_labels_are_asked_for(session, tmp_path, rng):
    labels = rng.integers(0, 5, SHAPE).astype(np.int16)
    brought(session, tmp_path, labels)
    assert session.mask_question.meaning == MaskMeaning(label=1)
    assert not drawn(session).any()
    mask_import.choose_meaning(session, MaskMeaning(label=3, ignore=3))
    with pytest.raises(ScsegError, match="cannot be both"):
        mask_import.answer(session)
    mask_import.choose_meaning(session, MaskMeaning(label=3, ignore=4))
    mask_import.answer(session)
    assert session.mask_question is None
    run_all(session)
    np.testing.assert_array_equal(drawn(session), (labels == 3) + 2 * (labels == 4))


def test_a_threshold_is_asked_for(session, tmp_path, rng):
    scores = rng.random(SHAPE).astype(np.float32)
    brought(session, tmp_path, scores)
    assert session.mask_question.meaning == MaskMeaning(threshold=0.5)
    mask_import.answer(session)
    run_all(session)
    np.testing.assert_array_equal(drawn(session), scores >= 0.5)


def test_without_an_answer_nothing_is_imported(session, tmp_path, rng):
    brought(session, tmp_path, rng.random(SHAPE).astype(np.float32))
    mask_import.cancel(session)
    mask_import.answer(session)
    assert not session.requests
    assert not drawn(session).any()
