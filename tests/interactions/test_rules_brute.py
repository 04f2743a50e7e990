"""Interactions equal brute force on random predictions: in the slice and in three dimensions."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scseg.interactions.rules import RULE_KINDS, InteractionSettings, Rule
from scseg.interactions.slice_interactions import SliceInteractions
from scseg.interactions.volume_interactions import VoxelSize, slices_after_rules
from tests.interactions import brute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

MODELS = ("membrane", "carbon", "ribosome")
FAR = 1e9
"""Between slices, where rules stay in the slice."""

LEVELS = np.linspace(0.0, 1.0, 5).astype(np.float32)

rules = st.builds(
    Rule,
    kind=st.sampled_from(RULE_KINDS),
    partner=st.sampled_from(MODELS),
    # Radii that hit pixels exactly, besides any.
    radius=st.sampled_from([0.0, 1.0, 2.0, 5.0, 1000.0]) | st.floats(0, 12, width=32),
    threshold=st.sampled_from([0.25, 0.5, 1.0]),
)
interactions = st.fixed_dictionaries(
    {
        model: st.builds(
            InteractionSettings,
            st.booleans(),
            st.booleans(),
            st.lists(rules, max_size=2).map(tuple),
        )
        for model in MODELS
    }
)
shapes = st.tuples(st.integers(1, 6), st.integers(1, 9), st.integers(1, 9))


def volumes_of(shape: tuple[int, int, int], seed: int) -> dict[str, NDArray[np.float32]]:
    """Return predictions of few levels, so that ties and bare thresholds happen, and mostly empty."""
    random = np.random.default_rng(seed)
    chances = (0.7, 0.1, 0.1, 0.05, 0.05)
    return {model: random.choice(LEVELS, shape, p=chances) for model in MODELS}


@settings(max_examples=150, deadline=None)
@given(shapes, interactions, st.sampled_from([10.0, 13.92]), st.integers(0, 2**32 - 1))
def test_slices_equal_brute_force(
    shape: tuple[int, int, int], taking_part: dict[str, InteractionSettings], apix: float, seed: int
) -> None:
    volumes = volumes_of(shape, seed)
    expected = brute.ruled(volumes, taking_part, (FAR, apix / 10, apix / 10))
    for z in range(shape[0]):
        predictions = {model: volume[z] for model, volume in volumes.items()}
        slice_interactions = SliceInteractions(predictions, taking_part)
        for model, interaction in taking_part.items():
            kept = slice_interactions.allowed(model, interaction.rules, apix)
            values = predictions[model] if kept is None else predictions[model] * kept
            np.testing.assert_array_equal(values, expected[model][z])


@settings(max_examples=150, deadline=None)
@given(
    shapes,
    interactions,
    st.sampled_from([(10.0, None), (10.0, 10.0), (10.0, 20.0), (10.0, 7.3), (13.92, 5.0)]),
    st.integers(0, 2**32 - 1),
)
def test_volumes_equal_brute_force(
    shape: tuple[int, int, int],
    taking_part: dict[str, InteractionSettings],
    voxel: tuple[float, float | None],
    seed: int,
) -> None:
    volumes = volumes_of(shape, seed)
    scale = VoxelSize(*voxel)
    apix_z = FAR if scale.apix_z is None else scale.apix_z / 10
    expected = brute.ruled(volumes, taking_part, (apix_z, scale.apix / 10, scale.apix / 10))
    slices = ({model: volume[z] for model, volume in volumes.items()} for z in range(shape[0]))
    done = list(slices_after_rules(slices, taking_part, scale, shape[0]))
    assert len(done) == shape[0]
    for model in MODELS:
        np.testing.assert_array_equal(np.stack([values[model] for values in done]), expected[model])


@pytest.mark.parametrize("radius", [0.0, 30.0])
def test_a_slice_comes_out_as_soon_as_all_in_reach_has_gone_in(radius: float) -> None:
    shape, count = (4, 4), 1000
    went_in = 0

    def slices() -> Iterator[dict[str, NDArray[np.float32]]]:
        nonlocal went_in
        for _ in range(count):
            went_in += 1
            yield {"a": np.ones(shape, np.float32), "b": np.zeros(shape, np.float32)}

    taking_part = {
        "a": InteractionSettings(rules=(Rule("avoid", "b", radius),)),
        "b": InteractionSettings(),
    }
    results = slices_after_rules(slices(), taking_part, VoxelSize(10.0, 10.0), count)
    for expected in range(1, 100):
        next(results)
        assert went_in == expected + int(radius)


def test_a_radius_beyond_the_volume_takes_no_memory_for_slices_that_are_not_there() -> None:
    shape, count = (200, 200), 10
    predictions = {name: np.ones(shape, np.float32) for name in ("a", "b")}
    taking_part = {
        "a": InteractionSettings(rules=(Rule("avoid", "b", 1000.0),)),
        "b": InteractionSettings(),
    }
    tracemalloc.start()
    for _ in slices_after_rules([predictions] * count, taking_part, VoxelSize(10.0, 10.0), count):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # The values of two models in ten slices, a distance map and what one slice takes to be worked on.
    assert peak < (2 * count + 10) * 4 * shape[0] * shape[1]
