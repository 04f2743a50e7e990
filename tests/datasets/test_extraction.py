"""From annotated tomograms to a training set."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.errors import CancelledError, ScsegError
from scseg.base.labels import BACKGROUND, FEATURE, IGNORE
from scseg.datasets.channels import read_channels
from scseg.datasets.normalisation import DEFINITION, measure_normalisation
from scseg.datasets.resampling import resample_slice
from scseg.datasets.training_sets.extraction import AnnotatedTomogram, SetParameters, extract
from scseg.datasets.training_sets.labelling import BoxGrid, TrainingBox
from scseg.datasets.training_sets.training_set import save_training_set
from tests.datasets.makers import annotated_by_mask, one_label, tomogram_of
from tests.datasets.paddings import outside


@pytest.fixture
def volumes(rng):
    voxels = rng.normal(30.0, 4.0, (6, 50, 60)).astype(np.float32)
    mask = np.zeros((6, 50, 60), np.int8)
    mask[2, 20:30, 20:30] = 1
    centres = np.array([[2, 25, 25], [4, 25, 25], [2, 0, 59]])
    return tomogram_of(voxels), tomogram_of(mask, name="mask.mrc"), centres


@pytest.fixture
def annotated(volumes):
    return annotated_by_mask(*volumes)


def parameters(**changes):
    return SetParameters(**({"box_size": 16, "apix": None, "features": ("Membrane",)} | changes))


def everywhere(label, shape):
    """Return what draws one label on all of a slice."""
    return lambda _: np.full(shape[1:], label, np.uint8)


def test_boxes_are_cut_where_they_stand_and_normalised(volumes):
    made = extract([annotated_by_mask(*volumes)], parameters())
    tomogram, mask, _ = volumes
    normal = measure_normalisation(tomogram)
    cut = (tomogram.voxels[2, 17:33, 17:33] - normal.centre) / normal.scale
    np.testing.assert_allclose(made.images[0, 0], cut, rtol=1e-5, atol=1e-5)
    assert np.array_equal(made.labels[0], mask.voxels[2, 17:33, 17:33])
    assert made.apix == 10.0
    assert made.sources[0].tomogram == "t.mrc"
    assert (made.sources[0].centre, made.sources[0].scale) == (normal.centre, normal.scale)


def test_a_mask_of_bytes_255_that_read_as_signed_is_one(volumes):
    tomogram, mask, centres = volumes
    read_signed = annotated_by_mask(tomogram, tomogram_of(-mask.voxels, name="mask.mrc"), centres)
    assert extract([read_signed], parameters()).positive.tolist() == [True, False, False]


def test_a_box_without_mask_is_a_negative(annotated):
    assert extract([annotated], parameters()).positive.tolist() == [True, False, False]


def test_beyond_the_slice_the_label_is_ignored(annotated):
    label = extract([annotated], parameters()).labels[2]
    assert (label[:8] == IGNORE).all()
    assert (label[8:, 9:] == IGNORE).all()
    assert (label[8:, :9] == BACKGROUND).all()


def test_another_pixel_size_resamples_image_and_label(annotated):
    made = extract([annotated], parameters(apix=20.0, box_size=8))
    assert made.apix == 20.0
    assert made.images.shape == (3, 1, 8, 8)
    # The square of 10 x 10 px of 10 A covers about 5 x 5 px of 20 A.
    assert 16 <= (made.labels[0] == FEATURE).sum() <= 36


def test_a_pixel_size_within_one_percent_is_the_data_s(annotated):
    made = extract([annotated], parameters(apix=10.05))
    assert made.apix == 10.0
    assert np.array_equal(made.images, extract([annotated], parameters()).images)


def test_order_of_the_list_is_kept(volumes):
    tomogram, mask, centres = volumes
    a = extract([annotated_by_mask(tomogram, mask, centres)], parameters())
    b = extract([annotated_by_mask(tomogram, mask, centres[::-1])], parameters())
    assert np.array_equal(a.images, b.images[::-1])
    assert np.array_equal(a.labels, b.labels[::-1])
    assert np.array_equal(b.positions, centres[::-1])


@pytest.mark.parametrize("label", [FEATURE, IGNORE])
def test_a_negative_box_is_background_whatever_is_drawn_in_it(label):
    drawn = np.full((40, 40), label, np.uint8)
    negative = TrainingBox(0, 20, 20, annotated=16, background=True)
    assert (one_label(drawn, negative, BoxGrid(16)) == BACKGROUND).all()
    assert (one_label(drawn, replace(negative, background=False), BoxGrid(16)) == label).all()


@pytest.mark.parametrize("background", [False, True])
def test_beyond_the_annotated_box_the_label_is_ignored(background):
    box = TrainingBox(0, 40, 42, annotated=10, background=background)
    drawn = np.full((80, 80), FEATURE, np.uint8)
    expected = BACKGROUND if background else FEATURE
    label = one_label(drawn, box, BoxGrid(16))
    inside = np.zeros((16, 16), bool)
    # The training box covers rows 32 to 47, the annotated one 35 to 44; both are centred alike.
    inside[3:13, 3:13] = True
    assert (label[inside] == expected).all()
    assert (label[~inside] == IGNORE).all()


@pytest.mark.parametrize(
    ("annotated_size", "size", "step", "known"),
    [(64, 32, 2.0, 32), (64, 128, 0.5, 128), (64, 46, 64 / 46, 46), (32, 32, 2.0, 16)],
)
def test_the_annotated_box_and_the_training_box_are_compared_in_the_tomogram_s_pixels(
    annotated_size, size, step, known
):
    drawn = np.zeros((200, 200), np.uint8)
    label = one_label(drawn, TrainingBox(0, 100, 100, annotated_size), BoxGrid(size, step))
    assert (label != IGNORE).sum() == known**2


@given(
    st.integers(0, 2**32),
    st.integers(0, 6).map(lambda n: 2 * n + 1),
    st.integers(1, 30),
    st.booleans(),
)
def test_labels_of_coarser_pixels_go_by_what_they_are_made_of(seed, size, known, background):
    """Three times as large, a pixel of an odd box is made of 3 x 3 whole ones, of which five are half."""
    random = np.random.default_rng(seed)
    drawn = random.choice(3, (31, 25), p=random.dirichlet([1, 1, 1])).astype(np.uint8)
    centre = random.integers(31), random.integers(25)
    box = TrainingBox(0, *map(int, centre), known, background)
    expected = np.zeros((size, size), int)
    for i, j in np.ndindex(size, size):
        y, x = (c + 3 * (k - size // 2) for c, k in zip(centre, (i, j), strict=True))
        first = [c - known // 2 for c in centre]
        larger = size * 3 > known
        annotated = first[0] <= y < first[0] + known and first[1] <= x < first[1] + known
        if not (0 <= y < 31 and 0 <= x < 25) or (larger and not annotated):
            expected[i, j] = IGNORE
        elif not background:
            # Beyond the slice's edge, it is mirrored.
            block = np.pad(drawn, 1, mode="reflect")[y : y + 3, x : x + 3]
            certain, ignored = (block == FEATURE).sum(), (block == IGNORE).sum()
            expected[i, j] = (
                FEATURE if certain >= 5 else IGNORE if certain + ignored >= 5 else BACKGROUND
            )
    np.testing.assert_array_equal(one_label(drawn, box, BoxGrid(size, 3.0)), expected)


@given(
    st.integers(0, 99),
    st.sampled_from([0.75, 1.25, 1.5, 2.5]),
    st.integers(1, 3),
    st.tuples(st.sampled_from([-4, 0, 4]), st.sampled_from([-4, 0, 4])),
)
def test_a_resampled_box_is_the_one_cut_from_the_resampled_slices(seed, step, depth, shift):
    random = np.random.default_rng(seed)
    tomogram = tomogram_of(random.normal(size=(4, 61, 61)).astype(np.float32))
    z = int(random.integers(4))
    slices = read_channels(tomogram, z, depth, measure_normalisation(tomogram))
    resampled = np.stack([resample_slice(image, step) for image in slices])
    count = resampled.shape[1]
    # Pixels of a box fall on those of the slice where both are centred alike, and four of them further.
    size = 8 + count % 2
    y, x = (30 + int(each * step) for each in shift)
    top, left = ((count - size) // 2 + each for each in shift)
    boxed = AnnotatedTomogram(tomogram, [TrainingBox(z, y, x)], everywhere(FEATURE, tomogram.shape))
    made = extract([boxed], parameters(apix=10 * step, box_size=size, depth=depth))
    cut = resampled[:, top : top + size, left : left + size]
    np.testing.assert_allclose(made.images[0], cut, atol=2e-5)


@pytest.mark.parametrize(
    ("z", "depth", "expected"),
    [(2, 1, [2]), (2, 3, [1, 2, 3]), (0, 3, [0, 0, 1]), (4, 5, [2, 3, 4, 4, 4]), (2, 2, [1, 2])],
)
def test_neighbouring_slices_are_channels(z, depth, expected, rng):
    tomogram = tomogram_of(rng.normal(size=(5, 20, 20)).astype(np.float32))
    boxed = AnnotatedTomogram(
        tomogram, [TrainingBox(z, 10, 10)], everywhere(FEATURE, tomogram.shape)
    )
    made = extract([boxed], parameters(depth=depth))
    normal = measure_normalisation(tomogram)
    np.testing.assert_allclose(
        made.images[0], normal.apply(tomogram.voxels[expected, 2:18, 2:18]), rtol=1e-6
    )
    assert made.depth == depth


def test_ten_tomograms_of_different_pixel_sizes():
    """Discs of one size in A come out as discs of one size in pixels, whatever their tomogram."""
    apices = [8.0, 9.0, 9.95, 10.0, 10.05, 11.0, 12.5, 14.0, 16.0, 19.0]
    boxed = []
    for number, apix in enumerate(apices):
        y, x = np.mgrid[-40:41, -40:41] * apix
        disc = (y**2 + x**2 <= 150.0**2).astype(np.float32)
        voxels = np.stack([disc * 2, disc]) + number
        tomogram = tomogram_of(voxels, apix, f"t{number}.mrc")
        mask = tomogram_of(np.stack([disc, disc * 0]), apix)
        centres = np.array([[1, 40, 40], [0, 40, 40], [0, 40, 45]])[: 1 + number % 3]
        boxed.append(annotated_by_mask(tomogram, mask, centres))
    made = extract(boxed, parameters(apix=10.0, box_size=48))
    assert made.apix == 10.0
    assert [source.tomogram for source in made.sources] == [f"t{n}.mrc" for n in range(10)]
    assert [source.apix for source in made.sources] == apices
    assert made.origins.tolist() == [n for n in range(10) for _ in range(1 + n % 3)]
    assert made.positive.tolist() == [i > 0 for n in range(10) for i in range(1 + n % 3)]
    for origin, position, label in zip(made.origins, made.positions, made.labels, strict=True):
        if position.tolist() == [0, 40, 40]:
            # Coarse pixels make coarse discs.
            tolerance = 2.5 * np.pi * 15 * apices[origin] / 10
            assert abs((label == FEATURE).sum() - np.pi * 15**2) < tolerance
            rows, columns = np.nonzero(label == FEATURE)
            middle = 23.5 if made.sources[origin].apix not in (9.95, 10.0, 10.05) else 24.0
            assert abs(rows.mean() - middle) < 0.2
            assert abs(columns.mean() - middle) < 0.2


def test_tomograms_without_boxes_are_no_sources(volumes):
    tomogram, mask, centres = volumes
    none = annotated_by_mask(tomogram, mask, centres[:0])
    made = extract([none, annotated_by_mask(*volumes), none], parameters())
    assert len(made.sources) == 1
    assert made.origins.tolist() == [0, 0, 0]


@pytest.mark.parametrize("step", [1.0, 1.3])
def test_what_is_no_number_is_mended_as_for_prediction(step, rng):
    voxels = rng.normal(size=(3, 40, 40)).astype(np.float32)
    voxels[1, 18:20, 20] = np.nan, np.inf
    tomogram = tomogram_of(voxels)
    boxes = [TrainingBox(1, 20, 20), TrainingBox(0, 20, 20)]
    boxed = AnnotatedTomogram(tomogram, boxes, everywhere(FEATURE, tomogram.shape))
    made = extract([boxed], parameters(apix=10 * step))
    mended = tomogram_of(np.stack([tomogram.slice(z) for z in range(3)]))
    again = AnnotatedTomogram(mended, boxes, everywhere(FEATURE, tomogram.shape))
    np.testing.assert_allclose(
        made.images, extract([again], parameters(apix=10 * step)).images, rtol=1e-6
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"centres": np.array([[6, 0, 0]])}, "outside"),
        ({"centres": np.array([[0, -1, 0]])}, "outside"),
        ({"centres": np.zeros((0, 3), int)}, "no boxes"),
        ({"centres": np.array([[4, 25, 25]])}, "holds any Membrane"),
        ({"mask": tomogram_of(np.zeros((6, 50, 61), np.int8))}, "shape"),
        ({"tomogram": tomogram_of(np.zeros((6, 50, 60), np.int8), apix=None)}, "pixel size"),
    ],
)
def test_what_cannot_be_is_told(volumes, change, words):
    fields = dict(zip(("tomogram", "mask", "centres"), volumes, strict=True))
    with pytest.raises(ScsegError, match=words):
        extract([annotated_by_mask(**(fields | change))], parameters())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"depth": 7}, "6 slices"),
        ({"box_size": 7}, "use 8 or more"),
        ({"apix": 0.4}, "closer"),
        ({"apix": 250.0}, "closer"),
    ],
)
def test_a_set_that_makes_no_sense_is_told(annotated, change, words):
    with pytest.raises(ScsegError, match=words):
        extract([annotated], parameters(**change))


def test_the_pixel_size_has_to_be_chosen_where_tomograms_differ(volumes):
    tomogram, mask, centres = volumes
    other = replace(tomogram, voxel_size=(12.0, 12.0, 12.0))
    both = [annotated_by_mask(tomogram, mask, centres), annotated_by_mask(other, mask, centres)]
    with pytest.raises(ScsegError, match=r"10\.00 A .* 12\.00: choose"):
        extract(both, parameters())
    near = replace(tomogram, voxel_size=(10.05, 10.05, 10.05))
    both[1] = annotated_by_mask(near, mask, centres)
    assert extract(both, parameters()).apix == 10.0


def test_a_size_between_those_of_two_tomograms_resamples_neither(volumes):
    """10.05 A is within 1 % of both, though they are not of each other."""
    tomogram, mask, centres = volumes
    other = replace(tomogram, voxel_size=(10.14, 10.14, 10.14))
    made = extract(
        [annotated_by_mask(tomogram, mask, centres), annotated_by_mask(other, mask, centres)],
        parameters(apix=10.05),
    )
    assert made.apix == 10.05
    assert np.array_equal(made.images[3:], made.images[:3])
    assert np.array_equal(
        made.images[:3], extract([annotated_by_mask(*volumes)], parameters()).images
    )


def test_more_boxes_than_the_format_holds_are_refused_before_any_memory_is_taken(volumes):
    tomogram, _, _ = volumes
    many = [TrainingBox(2, 25, 25)] * 3_000_000
    boxed = AnnotatedTomogram(tomogram, many, everywhere(FEATURE, tomogram.shape))
    with pytest.raises(ScsegError, match="at most"):
        extract([boxed], parameters(box_size=64))


def test_extracting_and_saving_take_no_more_memory_than_the_set(tmp_path, rng):
    """Even with all boxes on one slice."""
    tomogram = tomogram_of(rng.normal(size=(2, 200, 200)).astype(np.float32))
    boxes = [TrainingBox(1, *place) for place in rng.integers(0, 200, (3000, 2)).tolist()]
    boxed = AnnotatedTomogram(tomogram, boxes, everywhere(FEATURE, tomogram.shape))
    tracemalloc.start()
    save_training_set(extract([boxed], parameters(box_size=64)), tmp_path / "x.scnt")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < (tmp_path / "x.scnt").stat().st_size


def test_progress_is_told_and_can_cancel(annotated):
    told = []

    def report(fraction, text):
        assert text
        told.append(fraction)
        if len(told) == 4:
            raise CancelledError

    with pytest.raises(CancelledError):
        extract([annotated, annotated], parameters(), report)
    assert told == sorted(told)
    assert told[0] == 0
    assert told[-1] > 0.5


@pytest.mark.parametrize("apix", [None, 20.0])
def test_boxes_of_a_padded_tomogram_see_the_centre_there_and_the_specimen_as_without(rng, apix):
    voxels = rng.normal(30.0, 4.0, (6, 80, 90)).astype(np.float32)
    mask = np.zeros((6, 80, 90), np.int8)
    mask[2, 40:60, 40:60] = 1
    centres = np.array([[2, 50, 50], [2, 30, 40], [4, 75, 89]])
    padding = outside("top", 0.4, 80, 90)
    voxels[:, padding] = 0.0
    tomogram = tomogram_of(voxels)
    made = extract(
        [annotated_by_mask(tomogram, tomogram_of(mask), centres)], parameters(apix=apix, depth=3)
    )
    normal = measure_normalisation(tomogram)
    assert normal.padded
    assert made.normalisation == DEFINITION
    filled = tomogram_of(np.where(padding, np.float32(normal.centre), voxels))
    with_centre = extract(
        [annotated_by_mask(filled, tomogram_of(mask), centres)], parameters(apix=apix, depth=3)
    )
    assert np.array_equal(with_centre.labels, made.labels)
    np.testing.assert_allclose(made.images, with_centre.images, atol=1e-5)
    assert (made.images[2] == 0.0).all()
