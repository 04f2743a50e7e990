"""What a model finds is drawn into the annotation as it is by then, also where that changes meanwhile."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.actions.annotation import changes
from scseg.actions.annotation import features as annotation_features
from scseg.actions.models import copy_to_annotation
from scseg.annotations.packed_masks import pack
from scseg.base.progress import silent
from scseg.state.requests import Work
from tests.actions.test_annotation import SHAPE, begun, stroke


@pytest.fixture
def session(tmp_path):
    session, opened = begun(tmp_path)
    annotation_features.add(session)
    yield session
    opened.annotated.close()


def test_what_is_drawn_while_a_copy_is_worked_out_stays_beside_it(session):
    opened, feature = session.active, changes.chosen_feature(session)
    mask = np.zeros(SHAPE[1:], np.uint8)
    mask[0, :5] = 1
    find = Work("Finding", lambda _: {opened.z: pack(mask)})
    workflow = copy_to_annotation._copy(session, opened, feature, find)
    drawing = workflow.send(next(workflow).run(silent))
    step = drawing.run(silent)
    stroke(session, (23, 29), (23, 29), 1)
    again = workflow.send(step)
    with pytest.raises(StopIteration):
        workflow.send(again.run(silent))
    drawn = opened.annotation.contents.mask(feature.id, opened.z)
    assert (drawn[0, :5] == 1).all()
    assert drawn[23, 29] == 1
    assert [each.level for each in session.messages] == []
