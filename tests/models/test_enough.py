"""How many epochs are enough: at most as many as are asked for, and at least one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.errors import ScsegError
from scseg.models.description import TrainingParameters
from scseg.models.enough import enough_epochs, enough_samples
from scseg.models.sampling import Counts, epoch_counts

COUNTS = st.builds(Counts, st.integers(1, 5000), st.integers(0, 5000))
PARAMETERS = st.builds(
    TrainingParameters,
    epochs=st.integers(1, 1000),
    copies=st.integers(1, 1000),
    negatives=st.floats(0, 100),
)


@given(COUNTS, PARAMETERS)
def test_it_is_what_is_asked_for_unless_fewer_epochs_have_enough_samples(boxes, parameters):
    epochs = enough_epochs(boxes, parameters)
    assert 1 <= epochs <= parameters.epochs
    of_an_epoch = epoch_counts(
        boxes.positives, boxes.negatives, parameters.copies, parameters.negatives
    ).total
    enough = enough_samples(boxes.positives + boxes.negatives)
    assert epochs == 1 or epochs * of_an_epoch <= enough
    assert epochs == parameters.epochs or (epochs + 1) * of_an_epoch > enough


@given(st.integers(1, 10_000))
def test_more_boxes_never_need_fewer_samples(boxes):
    assert enough_samples(boxes + 1) >= enough_samples(boxes) >= 12_000


def test_the_usual_epochs_of_a_few_boxes_are_not_cut():
    assert enough_epochs(Counts(7, 3), TrainingParameters()) == 25


def test_many_boxes_are_seen_a_hundred_and_fifty_times_each():
    parameters = TrainingParameters(epochs=500, copies=1, negatives=0.0)
    assert enough_epochs(Counts(500, 500), parameters) == 150


def test_a_set_without_the_feature_is_refused():
    with pytest.raises(ScsegError, match="contains the feature"):
        enough_epochs(Counts(0, 9), TrainingParameters())
