"""Strokes while nothing can be saved, in the real window: told, kept, and saved as soon as that can be."""

from __future__ import annotations

import numpy as np
import pytest

from tests.gui.drawing import annotation, begin, drag, in_file, mask

pytestmark = pytest.mark.gui


def test_a_folder_that_vanishes_while_somebody_draws_costs_nothing(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(10, 10), (40, 25)])
        first = in_file(user).mask(annotation(user).contents.features[0].id, 6)
        folder, away = tomogram.parent, tomogram.parent.with_name("away")
        folder.rename(away)
        drag(user, [(10, 30), (40, 30)])
        user.wait_for(lambda: user.session.active.annotated.state.problem is not None)
        assert user.session.active.annotated.state.waiting == 1
        drag(user, [(10, 36), (40, 36)])
        assert np.count_nonzero(mask(user)) > np.count_nonzero(first)
        away.rename(folder)
        user.wait_for(lambda: user.session.active.annotated.state.problem is None)
        contents = in_file(user)
        assert np.array_equal(contents.mask(contents.features[0].id, 6), mask(user))

    open_window(steps, [tomogram])
