"""One training set from many tomograms of different pixel sizes, by the whole program."""

from __future__ import annotations

import mrcfile
import numpy as np
import pytest

from scseg.actions.training import new_set
from scseg.annotations import steps
from scseg.annotations.contents import Contents
from scseg.annotations.storage.location import annotation_path
from scseg.annotations.storage.writing import save_copy
from scseg.datasets.training_sets.training_set import load_training_set
from scseg.models.sampling import Counts
from tests.fakes.annotated import MEMBRANE
from tests.fakes.headless import running, step_until
from tests.fakes.stepping import generate, plan_set

SHAPE = (6, 60, 80)
PIXEL_SIZES = [10.0, 10.05, 10.5, 11.0, 12.0, 13.92, 8.0, 9.0, 6.0, 20.5]


@pytest.fixture
def annotated(tmp_path):
    """Ten tomograms, each with a membrane over four rows, three boxes on it and one beside."""
    paths = []
    for number, apix in enumerate(PIXEL_SIZES):
        path = tmp_path / f"{number}.mrc"
        with mrcfile.new(path) as file:
            file.set_data(np.random.default_rng(number).normal(size=SHAPE).astype(np.float32))
            file.voxel_size = apix
        contents = Contents.empty(SHAPE)
        mask = np.zeros(SHAPE[1:], np.uint8)
        mask[18:22] = 1
        contents.apply(steps.add_feature(contents, MEMBRANE))
        contents.apply(steps.change_masks(contents, MEMBRANE.id, {3: mask}, "draw"))
        boxes = [(3, 20, 20), (3, 20, 40), (3, 20, 60), (3, 50, 40)]
        contents.apply(steps.change_boxes(contents, MEMBRANE.id, add=boxes))
        save_copy(annotation_path(path), contents)
        paths.append(path)
    return paths


def test_a_set_from_ten_tomograms_of_different_pixel_sizes(annotated, tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    with running(annotated, tmp_path / "set.scnt") as program:
        session = program.session
        step_until(program, lambda: len(session.tomograms) == len(annotated))
        step_until(program, lambda: all(each.annotation for each in session.tomograms))
        plan_set(session, Membrane=1)
        new_set.keep_counted(session)
        step_until(program, lambda: session.counted.counts == Counts(30, 10))
        found = generate(program).plan.training_set
        assert (found.count, found.positives, found.apix) == (40, 30, 10.0)

    made = load_training_set(tmp_path / "set.scnt")
    assert [source.apix for source in made.sources] == pytest.approx(PIXEL_SIZES, abs=1e-4)
    # The four rows of the membrane, as wide in the set's pixels as in the tomogram.
    for origin, apix in enumerate(PIXEL_SIZES):
        on = made.labels[(made.origins == origin) & made.positive]
        rows = (on == 1).mean() * 16
        assert abs(rows - 4 * apix / 10.0) <= 1.0
