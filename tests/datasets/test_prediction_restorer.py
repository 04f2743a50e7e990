"""Predictions on resampled slices come back part by part as they do whole."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.rect import Rect
from scseg.datasets.prediction_restorer import PredictionRestorer
from scseg.datasets.resampling import restore_slice, slice_shape


@st.composite
def parts(draw):
    height, width = draw(st.integers(1, 70)), draw(st.integers(1, 70))
    y0, x0 = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    y1, x1 = draw(st.integers(y0 + 1, height)), draw(st.integers(x0 + 1, width))
    return (height, width), Rect(y0, x0, y1, x1)


steps = st.floats(0.2, 5.0)


def prediction_of(shape, step):
    rng = np.random.default_rng(shape[1])
    return rng.random(slice_shape(shape, step)).astype(np.float32)


@given(parts(), steps)
def test_a_part_is_cut_from_the_whole(case, step):
    shape, region = case
    prediction = prediction_of(shape, step)
    restoring = PredictionRestorer(shape, step)
    part = restoring.restored(prediction[restoring.source(region).slices], region)
    expected = restore_slice(prediction, shape, step)[region.slices]
    np.testing.assert_allclose(part, expected, atol=1e-6)


@given(parts(), steps, st.floats(0, 1))
def test_rows_are_told_to_be_known_only_when_they_are(case, step, fraction):
    shape, region = case
    prediction = prediction_of(shape, step)
    restoring = PredictionRestorer(shape, step)
    known = round(fraction * len(prediction))
    until = restoring.rows(region, known)
    assert region.y0 <= until <= region.y1
    changed = prediction.copy()
    changed[known:] += 100
    before, after = (restore_slice(each, shape, step) for each in (prediction, changed))
    np.testing.assert_allclose(after[region.y0 : until], before[region.y0 : until], atol=1e-5)
    if known == len(prediction):
        assert until == region.y1


def test_few_rows_have_to_wait():
    restoring = PredictionRestorer((600, 10), 2.0)
    assert 590 <= restoring.rows(Rect(0, 0, 600, 10), 298) < 600
