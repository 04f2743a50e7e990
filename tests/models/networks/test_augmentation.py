"""Varied boxes against numpy's own padding, turning and straight lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scseg.models.networks.augmentation import VARIATIONS, Variation, varied


class Fixed:
    """In place of random numbers: a move (y, x) and an angle; all spreads have their mean."""

    def __init__(self, move=(0, 0), angle=0.0):
        self.move, self.angle = move, angle

    def integers(self, low, high, count):
        assert count == len(self.move)
        # At most a quarter of a box of 16, or not at all.
        assert (low, high) in {(-4, 5), (0, 1)}
        return np.array(self.move)

    def random(self):
        return 0.5

    def uniform(self, low, high):
        assert low <= self.angle <= high
        return self.angle

    def normal(self, mean, spread, size=None):
        assert spread >= 0
        return np.full(size, mean) if size else mean


@pytest.fixture
def box(rng):
    image = rng.normal(size=(3, 16, 16)).astype(np.float32)
    return image, (image[1] > 0.5).astype(np.uint8)


@pytest.mark.parametrize("move", [(0, 0), (3, -1), (-4, 4), (4, 2)])
@pytest.mark.parametrize("variation", [Variation(moved=0.25), Variation(moved=0.25, turned=True)])
def test_boxes_are_moved_and_what_is_beyond_is_mirrored_and_ignored(box, move, variation):
    image, label = box
    moved, moved_label = varied(image, label, variation, Fixed(move))
    rows, columns = (slice(8 + by, 24 + by) for by in move)
    mirrored = np.pad(image, ((0, 0), (8, 8), (8, 8)), "reflect")
    assert np.allclose(moved, mirrored[:, rows, columns], atol=1e-5)
    assert np.array_equal(moved_label, np.pad(label, 8, constant_values=2)[rows, columns])
    assert moved.dtype == np.float32


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_quarter_turn_is_numpys(box, quarters):
    image, label = box
    random = Fixed(angle=quarters * np.pi / 2)
    turned, turned_label = varied(image, label, Variation(turned=True), random)
    expected = {k: np.rot90(image, k, (1, 2)) for k in (quarters, -quarters)}
    (direction,) = [k for k, e in expected.items() if np.allclose(turned, e, atol=1e-3)][:1]
    assert np.array_equal(turned_label, np.rot90(label, direction))


def test_image_and_label_stay_together(rng):
    y, x = np.mgrid[:64, :64]
    label = (np.hypot(y - 30, x - 36) < 14).astype(np.uint8)
    shape = replace(VARIATIONS["strong"], contrast=0.0, brightness=0.0, shade=0.0, noise=0.0)
    for _ in range(50):
        image, moved = varied(label[None].astype(np.float32), label, shape, rng)
        # Nearest pixels and a cubic curve through them part ways only on the outline.
        known = moved != 2
        assert known.mean() > 0.1
        assert ((image[0] > 0.5) != moved)[known].mean() < 0.03


def test_none_leaves_a_box_as_it_is(box, rng):
    image, label = box
    same, same_label = varied(image, label, VARIATIONS["none"], rng)
    assert np.array_equal(same, image)
    assert np.array_equal(same_label, label)


@pytest.mark.parametrize("name", ["usual", "strong"])
def test_all_that_is_drawn_comes_from_the_seed(box, name):
    first, again, other = (
        varied(*box, VARIATIONS[name], np.random.default_rng(seed))[0] for seed in (5, 5, 6)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_labels_keep_their_kinds(rng):
    label = rng.integers(0, 3, (64, 64)).astype(np.uint8)
    image = np.zeros((1, 64, 64), np.float32)
    _, moved = varied(image, label, VARIATIONS["strong"], rng)
    assert moved.dtype == np.uint8
    assert set(np.unique(moved)) == {0, 1, 2}


def test_size_varies_by_the_spread_of_its_logarithm(rng):
    y, x = np.mgrid[:64, :64]
    label = (np.hypot(y - 31.5, x - 31.5) < 10).astype(np.uint8)
    image = np.zeros((1, 64, 64), np.float32)
    areas = []
    for _ in range(400):
        _, moved = varied(image, label, Variation(size=0.1), rng)
        areas.append((moved == 1).sum())
    # The area goes with the square of the length.
    assert np.std(np.log(areas)) == pytest.approx(0.2, rel=0.15)


def test_contrast_and_brightness_are_a_straight_line(box):
    image, label = box
    factors, offsets = [], []
    for seed in range(300):
        other, _ = varied(
            image,
            label,
            Variation(contrast=0.2, brightness=0.3),
            np.random.default_rng(seed),
        )
        factor, offset = np.polyfit(image.ravel(), other.ravel(), 1)
        assert np.allclose(other, factor * image + offset, atol=1e-4)
        factors.append(factor)
        offsets.append(offset)
    assert np.std(np.log(factors)) == pytest.approx(0.2, rel=0.15)
    assert np.std(offsets) == pytest.approx(0.3, rel=0.15)


def test_shade_is_smooth_the_same_in_all_slices_and_as_strong_as_asked(box):
    image, label = box
    shades = []
    for seed in range(200):
        shaded, same = varied(image, label, Variation(shade=0.4), np.random.default_rng(seed))
        assert np.array_equal(same, label)
        shade = shaded - image
        assert np.allclose(shade, shade[0], atol=1e-5)
        shades.append(shade[0])
    middle = np.array(shades)[:, 8, 8]
    assert np.std(middle) == pytest.approx(0.4, rel=0.25)
    steps = np.diff(shades, axis=1)
    assert np.std(steps) < 0.5 * 0.4


def test_a_part_of_the_boxes_is_warped_and_the_others_stay_on_their_pixels(box):
    image, label = box
    kept = [
        np.array_equal(
            varied(image, label, Variation(bend=1.0, warped=0.5), np.random.default_rng(n))[0],
            image,
        )
        for n in range(400)
    ]
    assert np.mean(kept) == pytest.approx(0.5, abs=0.1)
