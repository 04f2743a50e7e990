"""Predictions drawn over a slice, pixel by pixel against a formula on known arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from scseg.base.rect import Rect
from scseg.compute.messages import Band, SliceRequest, TomogramRef
from scseg.drawing.versioned_array import VersionedArray
from scseg.gui.gl import painter as painter_module
from scseg.gui.gl.painter import SlicePainter
from scseg.preview.predictions import Prediction
from scseg.runtime.display.scene import Drawing, Overlay, Scene
from scseg.runtime.on_screen import RemovedPixels, ShownPrediction
from scseg.runtime.tomograms.slice_reader import SliceKey, measured
from scseg.state.models import Display, Model
from scseg.state.tomograms import View

pytestmark = pytest.mark.gui

SHAPE = (40, 48)
ZOOM = 8
"""So many pixels show one voxel, and the picture is just as large as the slice."""

SIZE = (SHAPE[1] * ZOOM, SHAPE[0] * ZOOM)
REF = TomogramRef("a", None, None, 0)
TEAL = (0.0, 0.8, 0.6)
SURROUNDINGS = (0.0, 0.0, 0.0)


@dataclass
class Bench:
    """A painter with one slice, and models whose predictions it has."""

    painter: SlicePainter
    scene: Scene
    masks: tuple[ShownPrediction, ...] = ()

    def give(self, *masks):
        self.masks = masks
        self.painter.upload_predictions(masks)

    def overlay(self, mask, **changes):
        shown = Overlay(
            source=mask.model.id,
            prediction=mask.prediction,
            revision=mask.revision,
            removed=mask.removed,
            pending=mask.pending,
            region=Rect.whole(SHAPE),
            look="filled",
            colour=TEAL,
            alpha=1.0,
            threshold=0.5,
            blend=False,
            line=2.0,
        )
        return replace(shown, **changes)

    def painted(self, *overlays, **changes):
        """Return the picture, (y, x, RGB) from 0 to 1."""
        self.painter.paint(replace(self.scene, overlays=overlays, **changes))
        return self.painter.picture.pixels()[..., :3] / 255

    def voxels(self, *overlays):
        """Return what is at the middle of each voxel, (y, x, RGB)."""
        return self.painted(*overlays)[ZOOM // 2 :: ZOOM, ZOOM // 2 :: ZOOM]


def bench_scene(key):
    """Return a scene with nothing on the slice, black at 0 and white at 1."""
    view = View((SHAPE[1] - 1) / 2, (SHAPE[0] - 1) / 2, float(ZOOM), fit=False)
    return Scene(key, (), (0.0, 1.0), False, False, view, SIZE, 1.0, SURROUNDINGS)


def mask_of(values, **changes):
    prediction = Prediction(np.asarray(values, np.float32))
    request = SliceRequest(REF, None, 0, 0.2)
    return ShownPrediction(
        Model(Display("Membrane", TEAL)), request, prediction, prediction.revision, **changes
    )


@pytest.fixture
def grey(rng):
    return rng.uniform(0, 1, SHAPE).astype(np.float32)


@pytest.fixture
def bench(_graphics, grey):
    painter = SlicePainter()
    image = measured(SliceKey(REF, 0), grey)
    painter.upload_slice(image)
    yield Bench(painter, bench_scene(image.key))
    painter.delete()


@pytest.fixture
def values(rng):
    """A prediction with every kind of value, and rows of which nothing is known."""
    values = rng.uniform(0, 1, SHAPE).astype(np.float32)
    values[5:9] = -1
    return values


def over(grey, colour, alpha):
    """Return a colour (y, x, RGB or RGB alone) of this opacity (y, x) laid over a grey slice."""
    alpha = np.broadcast_to(alpha, grey.shape)[..., None]
    return (1 - alpha) * grey[..., None] + alpha * np.asarray(colour)


def assert_same(found, expected, tolerance=1.5 / 255):
    assert np.abs(found - expected).max() <= tolerance


def test_an_area_is_what_reaches_the_threshold_at_once_and_without_an_upload(bench, grey, values):
    mask = mask_of(values)
    bench.give(mask)
    uploaded = bench.painter.overlays.uploaded
    for threshold, alpha in ((0.5, 1.0), (0.5, 0.3), (0.0, 0.6), (0.9, 1.0), (1.0, 1.0)):
        found = bench.voxels(bench.overlay(mask, threshold=threshold, alpha=alpha))
        assert_same(found, over(grey, TEAL, alpha * (values >= threshold)))
        bench.give(mask)
    assert bench.painter.overlays.uploaded == uploaded == values.size


def test_blend_tones_the_colour_by_the_grey_of_the_slice(bench, grey, values):
    mask = mask_of(values)
    bench.give(mask)
    dark = np.multiply.outer(0.5 + grey, TEAL)
    light = np.asarray(TEAL) + (1.1 * (grey - 0.5))[..., None] * (1 - np.asarray(TEAL))
    toned = np.where(grey[..., None] < 0.5, dark, light)
    found = bench.voxels(bench.overlay(mask, blend=True, alpha=0.8))
    assert_same(found, over(grey, toned, 0.8 * (values >= 0.5)))


def test_values_are_told_by_colours_that_grow_lighter_and_where_there_are_none_the_slice_is_left(
    bench, grey
):
    values = np.linspace(0, 1, SHAPE[1], dtype=np.float32)[None].repeat(SHAPE[0], 0)
    values[:4] = -1
    mask = mask_of(values)
    bench.give(mask)
    found = bench.voxels(bench.overlay(mask, look="values"))
    assert_same(found[:4], over(grey, TEAL, 0.0)[:4])
    assert_same(found[:, 0], grey[:, :1].repeat(3, 1))
    opaque = found[4:, values[-1] > 0.3]
    assert (np.ptp(opaque, axis=0) <= 1 / 255).all()
    lightness = opaque[0] @ (0.2126, 0.7152, 0.0722)
    assert (np.diff(lightness) > 0).all()
    assert lightness[-1] - lightness[0] > 0.5


def test_several_models_lie_over_each_other_in_their_order(bench, grey, rng):
    masks = [mask_of(rng.uniform(0, 1, SHAPE)) for _ in range(3)]
    colours = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.2, 0.2, 1.0)
    bench.give(*masks)
    expected = over(grey, (0, 0, 0), 0.0)
    overlays = []
    for mask, colour, alpha in zip(masks, colours, (0.9, 0.4, 0.6), strict=True):
        overlays.append(bench.overlay(mask, colour=colour, alpha=alpha))
        part = (alpha * (mask.prediction.values >= 0.5))[..., None]
        expected = (1 - part) * expected + part * np.asarray(colour)
        assert_same(bench.voxels(*overlays), expected, 2.5 / 255)


def test_a_contour_is_the_rim_inside_of_the_area_two_pixels_wide(bench, grey):
    values = np.zeros(SHAPE, np.float32)
    values[10:20, 30:48] = 1  # up to the edge of the slice, which ends no area
    values[20:22, 30:48] = -1
    mask = mask_of(values)
    bench.give(mask)
    found = bench.painted(bench.overlay(mask, look="contour"))
    area = (values == 1).repeat(ZOOM, 0).repeat(ZOOM, 1)
    rim = area.copy()
    # What is above is not known yet, and the slice's edge is at the right.
    rim[10 * ZOOM + 2 : 20 * ZOOM, 30 * ZOOM + 2 :] = False
    assert_same(found, over(grey.repeat(ZOOM, 0).repeat(ZOOM, 1), TEAL, 1.0 * rim))


@pytest.mark.parametrize("look", ["filled", "contour", "values"])
def test_what_rules_took_away_is_hatched_and_the_rest_drawn_as_ever(bench, grey, look):
    values = np.full(SHAPE, 0.9, np.float32)
    values[:, :10] = 0.4
    removed = np.zeros(SHAPE, bool)
    removed[:, :30] = True
    whole, ruled = mask_of(values), mask_of(values, removed=RemovedPixels(removed))
    bench.give(whole)
    before = bench.painted(bench.overlay(whole, look=look))
    bench.give(ruled)
    found = bench.painted(bench.overlay(ruled, look=look))
    below, gone, kept = (
        slice(a * ZOOM + 4, b * ZOOM - 4) for a, b in ((0, 10), (10, 30), (30, 48))
    )
    assert_same(found[:, kept], before[:, kept])
    assert_same(found[:, below], before[:, below])
    slices = grey.repeat(ZOOM, 0).repeat(ZOOM, 1)[:, gone]
    hatched = np.abs(found[:, gone] - slices[..., None]).max(axis=2) > 0.02
    assert 0.2 < hatched.mean() < 0.3
    assert not (hatched[:, 8:] ^ hatched[:, :-8]).any()


@pytest.mark.parametrize("look", ["filled", "contour", "values"])
def test_what_rules_took_away_is_not_drawn_where_it_is_not_hatched(bench, grey, look):
    removed = np.zeros(SHAPE, bool)
    removed[:, :30] = True
    mask = mask_of(np.full(SHAPE, 0.9, np.float32), removed=RemovedPixels(removed))
    bench.give(mask)
    seen = bench.painted(bench.overlay(mask, look=look))
    found = bench.painted(bench.overlay(mask, look=look, hatched=False))
    gone, kept = slice(0, 30 * ZOOM), slice(30 * ZOOM, None)
    assert_same(found[:, gone], over(grey.repeat(ZOOM, 0).repeat(ZOOM, 1)[:, gone], TEAL, 0.0))
    assert_same(found[:, kept], seen[:, kept])


def test_rules_that_changed_replace_those_before(bench):
    values = np.ones(SHAPE, np.float32)
    mask = mask_of(values)
    nothing, all_of_it = (RemovedPixels(np.full(SHAPE, gone)) for gone in (False, True))
    for removed, part in ((nothing, 1.0), (all_of_it, 0.25), (nothing, 1.0)):
        ruled = replace(mask, removed=removed)
        bench.give(ruled)
        found = bench.painted(bench.overlay(ruled))
        assert np.isclose(found, TEAL, atol=0.003).all(axis=2).mean() == pytest.approx(
            part, abs=0.01
        )


def test_an_overlay_whose_rules_are_not_applied_yet_is_dim(bench, grey, values):
    mask = mask_of(values, pending=True)
    bench.give(mask)
    found = bench.voxels(bench.overlay(mask, alpha=0.5))
    assert_same(found, over(grey, TEAL, 0.5 * 0.4 * (values >= 0.5)))


def test_nothing_is_drawn_beyond_the_crop(bench, grey):
    mask = mask_of(np.ones(SHAPE))
    bench.give(mask)
    inside = np.zeros(SHAPE)
    inside[7:20, 11:33] = 1
    for look in ("filled", "values"):
        found = bench.painted(bench.overlay(mask, region=Rect(7, 11, 20, 33), look=look))
        drawn = np.abs(found - grey.repeat(ZOOM, 0).repeat(ZOOM, 1)[..., None]).max(axis=2) > 0.01
        assert not drawn[inside.repeat(ZOOM, 0).repeat(ZOOM, 1) == 0].any()
        assert drawn[inside.repeat(ZOOM, 0).repeat(ZOOM, 1) == 1].mean() > 0.95


def test_of_a_slice_that_is_being_predicted_only_the_new_bands_are_sent(bench, grey):
    prediction = Prediction.unknown(SHAPE)
    request = SliceRequest(REF, None, 0, 0.2)
    model = Model(Display("Membrane", TEAL))
    sent = []
    for start in (0, 16, 32):
        prediction.add(Band(request, start, np.ones((min(16, 40 - start), SHAPE[1]), np.float32)))
        before = bench.painter.overlays.uploaded
        mask = ShownPrediction(model, request, prediction, prediction.revision)
        bench.give(mask)
        sent.append(bench.painter.overlays.uploaded - before)
        known = np.arange(SHAPE[0]) < start + 16
        found = bench.voxels(bench.overlay(mask))
        assert_same(found, over(grey, TEAL, np.where(known, 1.0, 0.0)[:, None]))
    assert sent == [SHAPE[0] * SHAPE[1], 16 * SHAPE[1], 8 * SHAPE[1]]


def test_a_slice_drawn_small_shows_the_part_of_each_pixel_that_is_covered(bench):
    values = (np.indices(SHAPE)[1] % 8 < 4).astype(np.float32)
    mask = mask_of(values)
    bench.give(mask)
    small = replace(bench.scene.view, zoom=0.125)
    found = bench.painted(
        bench.overlay(mask), view=small, size=(6, 5), limits=(2.0, 3.0), interpolate=False
    )
    assert found[..., 1] == pytest.approx(0.5 * TEAL[1], abs=0.01)


@pytest.mark.parametrize("interpolate", [False, True])
@pytest.mark.parametrize("zoom", [ZOOM, 2.3, 0.6])
@pytest.mark.parametrize("look", ["filled", "contour", "values"])
def test_painting_only_what_has_changed_gives_the_same_picture(bench, rng, look, zoom, interpolate):
    assert_same_in_parts(bench, rng, look, zoom, interpolate=interpolate)


def assert_same_in_parts(bench, rng, look, zoom, *, interpolate):
    """Bands of a prediction and dabs of a mask come in turns, onto pictures that show what was before."""
    prediction = Prediction(np.full(SHAPE, -1, np.float32))
    labels = VersionedArray(np.zeros(SHAPE, np.uint8))
    view = replace(bench.scene.view, zoom=zoom)

    def upload():
        mask = replace(mask_of(prediction.values), prediction=prediction, model=model)
        bench.give(replace(mask, revision=prediction.revision))
        bench.painter.upload_labels({"feature": labels})
        drawing = Drawing("feature", labels.revision, (1.0, 0.2, 0.1), 0.7, look == "filled", 2.0)
        overlay = bench.overlay(bench.masks[0], look=look, alpha=0.6)
        shown = {"drawings": (drawing,), "view": view, "overlays": (overlay,)}
        return shown | {"interpolate": interpolate}

    def paint(shown):
        bench.painter.paint(replace(bench.scene, **shown))
        return bench.painter.picture.pixels()

    model = Model(Display("Membrane", TEAL))
    paint(upload())
    for _ in range(12):
        y, x = rng.integers(0, SHAPE[0] - 6), rng.integers(0, SHAPE[1] - 6)
        if rng.random() < 0.5:
            region = Rect(y, 0, y + 5, SHAPE[1])
            prediction.values[region.slices] = rng.uniform(0, 1, region.shape)
            prediction.touch(region)
        else:
            region = Rect(y, x, y + 4, x + 6)
            labels.values[region.slices] = rng.integers(0, 3, region.shape)
            labels.touch(region)
        shown = upload()
        in_part = paint(shown)
        bench.painter.drawn = None
        assert np.array_equal(in_part, paint(shown))


def test_of_what_has_changed_nothing_else_is_painted(bench, grey):
    labels = VersionedArray(np.zeros(SHAPE, np.uint8))

    def scene():
        bench.painter.upload_labels({"feature": labels})
        drawing = Drawing("feature", labels.revision, TEAL, 1.0, True, 2.0)
        return replace(bench.scene, drawings=(drawing,))

    painted = []
    cover = painter_module.cover_part
    bench.painter.paint(scene())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            painter_module, "cover_part", lambda part: (painted.append(part), cover(part))
        )
        labels.values[10:14, 20:26] = 1
        labels.touch(Rect(10, 20, 14, 26))
        bench.painter.paint(scene())
    (part,) = painted
    around = 2 + 2
    assert part == Rect(
        10 * ZOOM - around, 20 * ZOOM - around, 14 * ZOOM + around, 26 * ZOOM + around
    )
    assert_same(bench.voxels()[:5], over(grey, TEAL, 0)[:5])
